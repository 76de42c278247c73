import type { Context, HostKind, SubjectSet } from "../../src/model/accessModel";
import type { AccessLevel, EncryptionKey, GrantKind } from "../../src/model/grant";
import {
  accessLevels,
  grantKinds,
  grantStatements,
  grantTable,
  guard,
  many,
  nameInArn,
} from "../../src/policy";
import {
  contextsOf,
  dialects,
  hostKinds,
  orgSubjects,
  parseEntryUrl,
  repoSubjects,
  scmHosts,
  type EntryUrl,
  type HostDialect,
} from "../../src/subject";
import { code, codes, table } from "./markdown";

/** Kinds without a host of their own stand on that of their example. */
const hosts = scmHosts(
  Object.fromEntries(
    hostKinds
      .filter((kind) => dialects[kind].host === null)
      .map((kind) => [new URL(dialects[kind].example.repo).host, kind]),
  ),
);

const words: Readonly<Record<Exclude<Context, object>, string>> = Object.freeze({
  repository: "the repository's own URL",
  branches: "any branch",
  tags: "any tag",
  commits: "any commit",
  issues: "any issue",
  "pull-requests": "any pull request",
  all: "all of these, and any other path of the repository",
});

/** A kind of host as its vendor writes it, and what a tag does there that has the name of a branch. */
const hostWords: Readonly<Record<HostKind, readonly [title: string, sameName: string]>> = Object.freeze({
  github: [
    "GitHub",
    "a link to the branch opens the tag, and a branch feature/x opens the tag or branch feature where there is one",
  ],
  gitlab: ["GitLab", "a link to the branch may open the tag"],
  bitbucket: ["Bitbucket Cloud", "a link to /src/ opens the tag; one to /branch/ opens the branch"],
  "bitbucket-server": [
    "Bitbucket Server",
    "at= with the bare name may open the tag; refs/heads/ and the name opens the branch",
  ],
  "azure-devops": ["Azure DevOps", "nothing: GB stands for a branch, GT for a tag"],
});

/** Contexts whose everyday links open a fork's code. */
const forksInUse: readonly Context[] = Object.freeze(["commits", "pull-requests", "all"]);

/** May a workspace of this context hold the code of a fork? */
function forkCode(kind: EntryUrl["kind"], context: Context): string {
  if (forksInUse.includes(context)) return "yes (T58)";
  return dialects[kind].forksByLink.some((made) => made === context)
    ? "by a link made for it (T71)"
    : "never";
}

/** What workspaces of each context present as `sub`, computed as a synth does. */
export function contextSection(): readonly string[] {
  return [
    "## Contexts",
    `A workspace's token says in ${code("sub")} what the workspace was opened on: the URL as somebody typed it. On each kind of host, a
role of the repository or organization in the first line admits what stands under ${code("sub")}. ${code("repository")} and a named branch never open
the code of a fork, on any host; what the others can open, a column says.`,
    ...hostKinds.flatMap((kind) => [`### ${hostWords[kind][0]}`, ...hostTable(dialects[kind].example)]),
    `A branch that Gitpod cannot open on its host is refused, with what to do. ${unopened()}`,
    `What ends in ${code("*")} is a pattern, and comes with a guard: a subject that holds one of ${codes(guard.map(visible))} is refused, since
a URL below one repository could then open another. A workspace opened from a snapshot presents no URL, and is always refused.`,
  ];
}

/** Which names those are, host by host. */
function unopened(): string {
  const sentences = hostKinds.flatMap((kind) => {
    const { why } = dialects[kind].unopened ?? {};
    return why === undefined ? [] : [`${why.charAt(0).toUpperCase()}${why.slice(1)}.`];
  });
  return sentences.join(" ");
}

function hostTable({ repo: repository, org: organization }: HostDialect["example"]): readonly string[] {
  const repo = entry(repository, "repo");
  const contexts: readonly (readonly [Context, string])[] = [
    ...contextsOf(repo.kind).map((word): readonly [Context, string] => [word, words[word]]),
    [{ branch: "main" }, "this branch alone"],
  ];
  const subjects = ({ exact, prefixes }: SubjectSet) =>
    codes([...exact, ...prefixes.map((prefix) => `${prefix}*`)]);
  return [
    `${code(repository)}; organization ${code(organization)}`,
    table(
      ["context", "workspaces opened on", "code of forks", "sub"],
      [
        ...contexts.map(([context, meaning]) => [
          code(typeof context === "object" ? `{ branch: ${context.branch} }` : context),
          meaning,
          forkCode(repo.kind, context),
          subjects(repoSubjects(repo, [context])),
        ]),
        [
          `an entry of ${code("orgs")}`,
          "anything of any repository",
          "yes (T54)",
          subjects(orgSubjects(entry(organization, "org"))),
        ],
      ],
    ),
    `Where a tag has the name of a branch: ${hostWords[repo.kind][1]}.`,
  ];
}

function entry(url: string, kind: "org" | "repo"): EntryUrl {
  const result = parseEntryUrl(url, kind, hosts);
  if (!result.ok) throw new Error(`${url}: ${result.problem}`);
  return result.entry;
}

function visible(pattern: string): string {
  const text = pattern.replace(/^\*|\*$/g, "");
  return (
    new Map([
      ["\t", "TAB"],
      ["\n", "LF"],
      ["\r", "CR"],
    ]).get(text) ?? text
  );
}

/** What each kind of grant allows, from the table that policies are made of. */
export function grantSection(): readonly string[] {
  const all = grantKinds.flatMap((kind) => accessLevels(kind).map((access) => [kind, access] as const));
  return [
    `A name is completed to an ARN in the role's own account and region; an ARN is used as it is. What belongs to another account
also needs a policy over there (rule G17). ${code("set")} takes the grants of that name under ${code("grantSets")}, and no options.`,
    table(
      ["kind", "names", "wildcard *", "env"],
      grantKinds.map((kind) => {
        const row = grantTable[kind];
        return [code(kind), row.nameRule, yes(row.wildcard === true), yes(row.exports === true)];
      }),
    ),
    "The first access of a kind is the default. It allows these actions, on these resources, and nothing else:",
    table(
      ["grant", "access", "actions", "resource", "condition"],
      all.flatMap(([kind, access]) =>
        grantTable[kind].examples.flatMap((name) => grantRows(kind, name, access, null)),
      ),
    ),
    `A secret's ARN ends in six characters that Secrets Manager makes up: ${code("-??????")} admits those, and no longer name. Every action
is one of the [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).`,
    `Where a customer's own KMS key encrypts the resource, ${code("kmsKey")} names it by id or ARN, and adds what the access needs of it,
for as long as the resource's own service asks. An alias is refused: IAM cannot name a key by one. A bucket's ARN does not say where
the bucket is: it is where its key's ARN says, or the grant's ${code("region")}, or else the role's region. The other kinds take no
${code("kmsKey")}: grant the key by itself, as ${code("kms")}.`,
    table(
      ["grant with kmsKey", "access", "actions", "resource", "condition"],
      all
        .filter(([kind]) => grantTable[kind].encryption !== undefined)
        .flatMap(([kind, access]) => {
          const [name] = grantTable[kind].examples;
          return grantRows(kind, name, access, exampleKey).filter(([, , , resource]) =>
            resource?.includes(":key/"),
          );
        }),
    ),
  ];
}

const place = Object.freeze({ partition: "aws", region: "us-east-1", account: "123456789012" } as const);
const exampleKey: EncryptionKey = Object.freeze({
  arn: `arn:aws:kms:us-east-1:123456789012:key/${grantTable.kms.examples[0]}`,
  ...{ partition: place.partition, region: place.region },
});

function grantRows(
  kind: GrantKind,
  written: string,
  access: AccessLevel,
  kmsKey: EncryptionKey | null,
): readonly (readonly string[])[] {
  const target = { ...place, name: nameInArn(kind, written) };
  return grantStatements({ kind, access, target, arn: null, kmsKey }).map((statement) => [
    code(`${kind}: ${written}`),
    code(access),
    codes(many(statement.Action)),
    codes(many(statement.Resource)),
    codes(many(statement.Condition === undefined ? undefined : JSON.stringify(statement.Condition))),
  ]);
}

function yes(is: boolean): string {
  return is ? "yes" : "no";
}
