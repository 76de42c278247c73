import { quote } from "../diagnostics";
import type { Context } from "../model/accessModel";
import { isWritable } from "./subjectValues";
import { grammar } from "./subjectGrammar";
import { below, nothing, type Observation, type Rule, type TrustSubject } from "./rule";
import { trustView } from "./trustView";

/** Contexts whose workspaces can run code that nobody of the repository has reviewed. */
const forkContexts = Object.freeze(["all", "commits", "pull-requests"] as const satisfies Context[]);

/** A subject that does not name the Gitpod organization is anybody's who may read the repository. */
function openSignup(): NonNullable<Rule["role"]> {
  return ({ role, installation }) => {
    if (!installation.openSignup || installation.subject?.includes("org_id")) return nothing;
    const org = role.entry.kind === "org";
    return [
      {
        severity: org ? "error" : "warning",
        message:
          `anybody can get a workspace at ${installation.name} (${installation.providerName}), and sub does not name the organization: ` +
          (org
            ? `whoever may read any repository below ${role.entry.url} gets this role, and everybody may read a public one`
            : `whoever may read ${role.entry.url} gets this role; if it is public, that is everybody`),
        remedy: org
          ? "name the repositories under repos, unless every one of them is private"
          : "use an installation of your own, unless the repository is private",
      },
    ];
  };
}

/** Statements that trust an issuer of the form that Gitpod's installer wrote until September 2023. */
function oldIssuers(subject: TrustSubject): readonly Observation[] {
  return trustView(subject).logins.flatMap((login) =>
    login.issuers
      .filter((i) => i.foreign === null && i.providerName.startsWith("api."))
      .map((i) => ({
        message: `${login.name}: the issuer is ${quote(`https://${i.providerName}`)}; newer installations say ${quote(`https://services.${i.providerName.slice("api.".length)}`)}`,
        origin: below(login.origin, "Principal", "Federated"),
      })),
  );
}

/** Texts of a document that hold characters which IAM refuses. */
function foreignCharacters(subject: TrustSubject): readonly Observation[] {
  return trustView(subject).statements.flatMap(({ statement, name, origin }) => {
    const found = textsOf(statement, []).find(([text]) => !isWritable(text));
    if (found === undefined) return [];
    const [text, path] = found;
    return [
      {
        message: `${name} holds ${quote(text)}, with a character that IAM refuses`,
        origin: below(origin, ...path),
      },
    ];
  });
}

/** Every text of a value, keys included, each with where it stands. */
function textsOf(value: unknown, path: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  if (typeof value === "string") return [[value, path]];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsOf(item, path));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [key, path] as const,
    ...textsOf(item, [...path, key]),
  ]);
}

const error = { severity: "error", waivableError: false } as const;
const warning = { severity: "warning", waivableError: false } as const;

/** Rules about what Gitpod makes of a workspace, and so what `sub` should look like. */
export const trustGrammarRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T50",
    severity: "info",
    waivableError: false,
    title: "the bare repository only",
    why: "workspaces opened on a branch, a pull request or an issue are denied",
    remedy: "add branches, or what else is needed, to contexts",
    role: ({ role, installation }) =>
      role.entry.kind === "repo" &&
      (installation.subject?.includes("context") ?? true) &&
      role.entry.contexts.every((c) => c === "repository")
        ? [
            {
              message: `only workspaces opened on ${role.entry.url} itself are admitted: those opened on a branch are denied`,
            },
          ]
        : nothing,
    trust: grammar("T50"),
  },
  {
    ...{ id: "T51", ...warning },
    title: "everything below the repository, and not the repository itself",
    why: "workspaces opened on the front page of the repository are denied",
    remedy: "add a statement with StringEquals and the URL, bare, with .git and with a slash at its end",
    trust: grammar("T51"),
  },
  {
    ...{ id: "T52", ...error },
    title: "a wildcard that cuts a name short",
    why: "repositories or organizations whose names begin alike match, and anybody may take such a name",
    remedy: "end the name with a slash before the wildcard, or write it in full",
    trust: grammar("T52"),
  },
  {
    ...{ id: "T53", ...error },
    title: "a wildcard before the path of the repository",
    why: "somebody else can make a host, an organization or a longer path that fits",
    remedy: "write scheme, host, owner and repository in full, and the wildcard behind them",
    trust: grammar("T53"),
  },
  {
    id: "T54",
    severity: "warning",
    waivableError: false,
    title: "a whole organization",
    why: "every repository of it, present and future, gets the role, whoever may create one there, and workspaces opened on pull requests of forks",
    remedy: "name the repositories instead, under repos",
    role: ({ role }) =>
      role.entry.kind === "org"
        ? [
            {
              message: `any repository below ${role.entry.url}, present and future, gets this role, and so does whoever may create one there, or open a pull request of a fork`,
            },
          ]
        : nothing,
    trust: grammar("T54"),
  },
  {
    ...{ id: "T55", ...error },
    title: "a whole host",
    why: "whoever has a repository there gets the role",
    remedy: "name the organization or, better, the repository",
    trust: grammar("T55"),
  },
  {
    ...{ id: "T56", ...warning },
    title: "a subject in a form that workspaces do not have, or only some have",
    why: "subjects are compared character by character: the other forms are denied",
    remedy:
      "write https://, the host in small letters, and the letter case that the host shows; list the URL bare, with .git and with a slash at its end",
    trust: grammar("T56"),
  },
  {
    id: "T57",
    severity: "warning",
    waivableError: true,
    title: "anybody who may read the repository gets in",
    why: "on an installation with open signup, a subject without the organization is presented by strangers too; for an organization this is an error",
    remedy: "use an installation of your own, unless the repository is private",
    role: openSignup(),
    trust: grammar("T57"),
  },
  {
    id: "T58",
    severity: "warning",
    waivableError: false,
    title: "contexts that can run a fork's code",
    why: "whoever may open a pull request writes the code that then runs with the role",
    remedy: "leave pull-requests, commits and all out of contexts",
    role: ({ role }) => {
      const wide = forkContexts.filter((c) => role.entry.contexts.includes(c));
      return wide.length === 0
        ? nothing
        : [
            {
              message: `workspaces opened on ${wide.join(" or ")} can run the code of a fork, which nobody has reviewed`,
            },
          ];
    },
    trust: grammar("T58"),
  },
  {
    ...{ id: "T59", ...error },
    title: "a pattern without the guard against dot segments",
    why: "a URL below the repository can open another one: whoever may open workspaces gets in, without access to the repository",
    remedy: String.raw`add "StringNotLike" on the same key with "*..*", "*%2e*", "*%2E*", "*\t*", "*\n*" and "*\r*"`,
    trust: grammar("T59"),
  },
  {
    ...{ id: "T60", ...warning },
    title: "a pattern of paths on a host that keeps the branch in the query",
    why: "workspaces opened on a branch are denied",
    remedy: "add the forms of branches, with the question mark as ${?}",
    trust: grammar("T60"),
  },
  {
    ...{ id: "T61", ...error },
    title: "subjects that name no repository",
    why: "workspaces without a context, and those from a snapshot, present the same whoever opened them",
    remedy: "name the repository: https://HOST/OWNER/REPOSITORY",
    trust: grammar("T61"),
  },
  {
    ...{ id: "T62", ...error },
    title: "claims in sub that callers choose, or that say nothing",
    why: "whoever asks for the token, or opens the workspace, then writes part of the subject",
    remedy: "have Gitpod make sub of org_id,repository, and name both in full",
    trust: grammar("T62"),
  },
  {
    ...{ id: "T63", ...warning },
    title: "subjects of several versions, or of version 3 without the bare form",
    why: "an issuer presents one version, and some workspaces have no further fields: those logins are denied",
    remedy:
      "copy sub from gp idp token --audience sts.amazonaws.com --decode; list the bare form and the one with :*",
    trust: grammar("T63"),
  },
  {
    id: "T64",
    severity: "info",
    waivableError: false,
    title: "an issuer of the old form",
    why: "since September 2023 new installations issue as https://services.<host>/idp; with the other form every login is denied",
    remedy:
      "compare iss in gp idp token --audience sts.amazonaws.com --decode, and write it as issuer: if it differs",
    account: ({ roles }, { installations }) =>
      installations
        .filter(
          (i) => i.providerName.startsWith("api.") && roles.some((role) => role.installation === i.name),
        )
        .map((i) => ({
          message: `the issuer is ${i.issuer}; newer installations say https://services.${i.providerName.slice("api.".length)}`,
          origin: i.origin,
        })),
    trust: oldIssuers,
  },
  {
    ...{ id: "T65", ...error },
    title: "characters that IAM refuses",
    why: "IAM takes U+0020 to U+00FF, TAB, LF and CR only: it refuses the document",
    remedy: "write the text percent-encoded, as the URL has it",
    trust: foreignCharacters,
  },
  {
    id: "T66",
    severity: "info",
    waivableError: false,
    title: "the subject goes by the owner's name",
    why: "when the owner renames or moves, somebody else can take the old name, and gets in",
    remedy: "remove the entry before the owner is renamed or the repository moved",
    role: ({ role }) => [
      { message: `whoever takes over the name ${role.entry.url} after a rename gets this role` },
    ],
    trust: grammar("T66"),
  },
]);
