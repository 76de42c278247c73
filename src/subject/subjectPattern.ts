import type { HostKind, ScmHost } from "../model/accessModel";
import { dialects, fillAll, hostKinds, type ContextWord } from "./hosts";
import { repositoryAt } from "./parseSubject";
import { repoSubjects } from "./subjects";
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
  const { orgDepth, repo, repoDepth } = dialects[host.kind];
  // Before a query the path is whole, so that a short form is one, too.
  const isWhole = queryAt >= 0 && repo(complete) !== null;
  if (isWhole || complete.length >= repoDepth(complete)) return insideOf(start, host, complete, cut, isWhole);
  if (cut !== "") return { kind: "cut-name", name: [base, ...complete, cut].join("/") };
  if (complete.length < orgDepth) return { kind: more ? "before-path" : "host" };
  return { kind: "organization", url: [base, ...complete].join("/"), host: host.kind };
}

function insideOf(
  start: string,
  host: ScmHost,
  complete: readonly string[],
  cut: string,
  isWhole: boolean,
): SubjectReach {
  const { kind } = host;
  const { inside: begins, repoDepth } = dialects[kind];
  const base = `https://${host.name}`;
  const depth = Math.min(repoDepth(complete), complete.length);
  const inside = begins === undefined ? depth : complete.findIndex((s, i) => i >= depth && begins.test(s));
  const group = inside < 0 && !isWhole;
  if (group && cut !== "") return { kind: "cut-name", name: [base, ...complete, cut].join("/") };
  const own = complete.slice(0, inside < 0 ? complete.length : inside);
  const repository = repositoryAt(own, host);
  if (repository === null) return { kind: "no-url" };
  return { kind: "repository", repository, group, rest: start.slice([base, ...own].join("/").length) };
}

/** The declared host that a URL is on, or what its path makes of an undeclared one. */
export function scmHostOf(start: string, hosts: readonly ScmHost[]): ScmHost {
  const [, name = "", path = ""] = /^https:\/\/([^/?#]*)([^?#]*)/s.exec(start) ?? [];
  const declared = hostOf({ host: name, pathname: path }, hosts);
  if (declared) return declared;
  const telling = hostKinds.find((kind) => dialects[kind].tellingPaths?.some((shape) => shape.test(path)));
  return { name, kind: telling ?? "github" };
}

const exampleCommit = "0123456789abcdef0123456789abcdef01234567";

/** Subjects of a context by which a link was made for a fork's commit, as examples. */
export function forkLinks(repository: EntryUrl, context: "branches" | "tags" | "issues"): readonly string[] {
  return examples(repository, context, exampleCommit);
}

/** Subjects of one context, as examples: none of a host that has no such thing. */
export function exampleSubjects(
  repository: EntryUrl,
  context: "branches" | "commits" | "pull-requests",
): readonly string[] {
  const end = { branches: "main", commits: exampleCommit, "pull-requests": "1" }[context];
  const whole = context === "branches" ? repoSubjects(repository, [{ branch: end }]).exact : [];
  return [...examples(repository, context, end), ...whole];
}

function examples({ kind, base, segments }: EntryUrl, context: ContextWord, end: string): readonly string[] {
  const { prefixes, parts } = dialects[kind];
  const rows = context === "repository" ? [] : (prefixes[context] ?? []);
  return fillAll(rows, parts(base, segments)).map((prefix) => `${prefix}${end}`);
}
