import type { Context } from "../../src/model/accessModel";
import type { OneOrMany } from "../../src/model/policyDocument";
import {
  grantStatements,
  grantTable,
  guard,
  type AccessLevel,
  type GrantKind,
  type GrantRow,
} from "../../src/policy";
import { contextsOf, subjectsOf } from "../../src/subject";
import { code, codes, table } from "./markdown";

const repository = "https://github.com/acme/app";
const organization = "https://github.com/acme";

const words: Readonly<Record<Exclude<Context, object>, string>> = Object.freeze({
  repository: "the repository's own URL",
  branches: "any branch",
  tags: "any release",
  commits: "any commit, also of a fork",
  issues: "any issue",
  "pull-requests": "any pull request: runs the code of forks",
  all: "all of these, and any other path of the repository",
});

/** What workspaces of each context present as `sub`, computed as a synth does. */
export function contextSection(): readonly string[] {
  const contexts: readonly (readonly [Context, string])[] = [
    ...contextsOf("github").map((word): readonly [Context, string] => [word, words[word]]),
    [{ branch: "main" }, "this branch alone"],
  ];
  return [
    "## Contexts",
    `A workspace's token says in ${code("sub")} what the workspace was opened on: the URL as somebody typed it. The role of
${code(repository)} admits, on GitHub:`,
    table(
      ["context", "workspaces opened on", "sub"],
      [
        ...contexts.map(([context, meaning]) => [
          code(typeof context === "object" ? `{ branch: ${context.branch} }` : context),
          meaning,
          subjects({ kind: "repo", url: repository, hostKind: "github", contexts: [context] }),
        ]),
        [
          `an entry of ${code("orgs")}`,
          "anything of any repository",
          subjects({ kind: "org", url: organization, hostKind: "github" }),
        ],
      ],
    ),
    `What ends in ${code("*")} is a pattern, and comes with a guard: a subject that holds one of ${codes(guard.map(visible))} is refused, since
a URL below one repository could then open another. A workspace opened from a snapshot presents no URL, and is always refused.`,
  ];
}

function subjects(source: Parameters<typeof subjectsOf>[0]): string {
  const { exact, prefixes } = subjectsOf(source);
  return codes([...exact, ...prefixes.map((prefix) => `${prefix}*`)]);
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
  const kinds = Object.entries(grantTable) as [GrantKind, GrantRow][];
  return [
    `A name is completed to an ARN in the role's own account and region; an ARN is used as it is. What belongs to another account
also needs a policy over there (rule G17). ${code("set")} takes the grants of that name under ${code("grantSets")}, and no options.`,
    table(
      ["kind", "names", "wildcard *", "env"],
      kinds.map(([kind, row]) => [code(kind), row.nameRule, yes(row.wildcard), yes(row.exports)]),
    ),
    "The first access of a kind is the default. It allows these actions, on these resources, and nothing else:",
    table(
      ["grant", "access", "actions", "resource", "condition"],
      kinds.flatMap(([kind, row]) =>
        (Object.keys(row.access) as AccessLevel[]).flatMap((access) => grantRows(kind, access)),
      ),
    ),
    `A secret's ARN ends in six characters that Secrets Manager makes up: ${code("-??????")} admits those, and no longer name. Every action
is one of the [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).`,
  ];
}

/** Names that show what each kind takes. */
const examples: Readonly<Record<GrantKind, readonly string[]>> = Object.freeze({
  secret: ["db"],
  parameter: ["/shared/dev/url", "/shared/dev/*"],
  s3: ["acme-assets/logo.png", "acme-assets/fixtures/*"],
});

function grantRows(kind: GrantKind, access: AccessLevel): readonly (readonly string[])[] {
  return examples[kind].flatMap((written) => {
    const name = written.replace(/^\//, "");
    const target = { partition: "aws", region: "us-east-1", account: "123456789012", name };
    return grantStatements({ kind, access, target, arn: null }).map((statement) => [
      code(`${kind}: ${written}`),
      code(access),
      codes(many(statement.Action)),
      codes(many(statement.Resource)),
      codes(many(statement.Condition === undefined ? undefined : JSON.stringify(statement.Condition))),
    ]);
  });
}

function many(values: OneOrMany | undefined): readonly string[] {
  if (values === undefined) return [];
  return typeof values === "string" ? [values] : values;
}

function yes(is: boolean): string {
  return is ? "yes" : "no";
}
