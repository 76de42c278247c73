import type { HostKind, ScmHost } from "../model/accessModel";
import { dialects, fill } from "./hosts";
import { opensElsewhere } from "./traversal";
import { hostOf, type EntryUrl } from "./url";

/** How far a pattern on `sub` reaches, by the boundary that its first wildcard stands behind. */
export type SubjectReach =
  /** Something of one repository. `group`: it may as well be a group, with every repository below it. */
  | {
      readonly kind: "repository";
      readonly repository: EntryUrl;
      readonly group: boolean;
      /** What stands between the repository's URL and the wildcard. */
      readonly rest: string;
    }
  /** Any repository of an organization, with its URL. */
  | { readonly kind: "organization"; readonly url: string; readonly host: HostKind }
  | { readonly kind: "host" }
  /** The wildcard cuts a name short: others begin like it. */
  | { readonly kind: "cut-name"; readonly name: string }
  /** The wildcard stands before the repository's path. */
  | { readonly kind: "before-path" }
  /** No URL that Gitpod presents begins like this. */
  | { readonly kind: "no-url" };

/** How many path segments lead to an organization and to a repository. */
interface Depths {
  readonly organization: number;
  readonly repository: number;
}

/** Shapes of paths that only one kind of host has: for hosts that nobody has declared. */
const tellingPaths: readonly (readonly [RegExp, HostKind])[] = Object.freeze([
  [/\/_git(\/|$)/, "azure-devops"],
  [/^\/(projects|users)\/[^/]*\/repos\//, "bitbucket-server"],
  [/^\/scm\//, "bitbucket-server"],
  [/\/-\//, "gitlab"],
]);

/** Path segments that begin what is inside of a GitLab project. */
const insideGitlab = /^(-|tree|blob|commits?|issues|merge_requests)$/;

/**
 * Reads where a pattern's first wildcard stands, once a URL parser has taken the dot segments out of what is before it.
 * @param written - what stands before the wildcard, at least one character of which the pattern has
 * @param more - does anything but wildcards follow it?
 */
export function subjectReach(written: string, more: boolean, hosts: readonly ScmHost[]): SubjectReach {
  const start = opensElsewhere(written) ?? written;
  if (!start.startsWith("https://")) return { kind: "https://".startsWith(start) ? "before-path" : "no-url" };
  const afterScheme = start.slice("https://".length);
  const end = afterScheme.search(/[/?#]/);
  if (end < 0) return { kind: more ? "before-path" : "host" };
  const host = scmHostOf(start, hosts);
  const base = `https://${host.name}`;
  const inner = start.slice(base.length + 1);
  const queryAt = inner.search(/[?#]/);
  const path = queryAt < 0 ? inner : inner.slice(0, queryAt);
  const segments = path.split("/");
  // What stands before a slash or a query is complete; the last of the others is cut short by the wildcard.
  const cut = queryAt < 0 ? (segments.pop() ?? "") : "";
  const complete = segments.filter((s) => s !== "");
  const depths = depthsOf(host.kind, complete);
  if (complete.length >= depths.repository) return insideOf(start, host, complete, depths, cut);
  if (cut !== "") return { kind: "cut-name", name: [base, ...complete, cut].join("/") };
  if (complete.length < depths.organization) return { kind: more ? "before-path" : "host" };
  return { kind: "organization", url: [base, ...complete].join("/"), host: host.kind };
}

function insideOf(
  start: string,
  host: ScmHost,
  complete: readonly string[],
  { repository: depth }: Depths,
  cut: string,
): SubjectReach {
  const { kind } = host;
  const base = `https://${host.name}`;
  const inside = kind === "gitlab" ? complete.findIndex((s, i) => i >= 2 && insideGitlab.test(s)) : depth;
  const group = inside < 0;
  if (group && cut !== "") return { kind: "cut-name", name: [base, ...complete, cut].join("/") };
  const own = complete.slice(0, group ? complete.length : inside);
  const last = own.at(-1) ?? "";
  const plain = kind === "azure-devops" ? own : [...own.slice(0, -1), last.replace(/\.git$/, "")];
  const segments = dialects[kind].repo(plain);
  if (segments === null) return { kind: "no-url" };
  const written = [base, ...own].join("/");
  const repository = { url: [base, ...segments].join("/"), kind, base, segments };
  return { kind: "repository", repository, group, rest: start.slice(written.length) };
}

/** Azure DevOps has repositories below `_git` alone: what follows a short form can name another repository. */
function depthsOf(kind: HostKind, segments: readonly string[]): Depths {
  switch (kind) {
    case "bitbucket-server":
      return { organization: 2, repository: segments[0] === "scm" ? 3 : 4 };
    case "azure-devops":
      return { organization: 1, repository: segments[2] === "_git" ? 4 : Infinity };
    case "github":
    case "gitlab":
    case "bitbucket":
      return { organization: 1, repository: 2 };
  }
}

/** The declared host that a URL is on, or what its path makes of an undeclared one. */
export function scmHostOf(start: string, hosts: readonly ScmHost[]): ScmHost {
  const [, name = "", path = ""] = /^https:\/\/([^/?#]*)([^?#]*)/s.exec(start) ?? [];
  const declared = hostOf({ host: name, pathname: path }, hosts);
  if (declared) return declared;
  return { name, kind: tellingPaths.find(([shape]) => shape.test(path))?.[1] ?? "github" };
}

/** Subjects of one context, as examples: none of a host that has no such thing. */
export function exampleSubjects(
  repository: EntryUrl,
  context: "branches" | "commits" | "pull-requests",
): readonly string[] {
  const dialect = dialects[repository.kind];
  const parts = dialect.parts(repository.base, repository.segments);
  const end = { branches: "main", commits: "0123456789abcdef0123456789abcdef01234567", "pull-requests": "1" };
  const forms = context === "branches" ? dialect.branch : [];
  return [
    ...(dialect.prefixes[context] ?? []).map((row) => `${fill(row, parts)}${end[context]}`),
    ...forms.flatMap((row) => dialect.spellBranch("main").map((b) => fill(row, { ...parts, b }))),
  ];
}
