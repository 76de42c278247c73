import type { Context, HostKind, ScmHost } from "../model/accessModel";
import { dialects, fillAll, hasDotGit } from "./hosts";
import { parseOnaSubject, type OnaSubject } from "./ona";
import { branchProblem, repoSubjects } from "./subjects";
import { hostOf, type EntryUrl } from "./url";

/** What a subject says. */
export type ParsedSubject =
  | {
      readonly kind: "repository";
      /** The repository that Gitpod opens for this URL, with its canonical URL. */
      readonly repository: EntryUrl;
      /** What of it was opened; null for a path that Gitpod does not know: it opens the default branch. */
      readonly context: Context | null;
      /** True where the URL means another one than it says: dot segments, or characters that URL parsers drop. */
      readonly disguised: boolean;
    }
  | { readonly kind: "snapshot" | "no-context" }
  /** A list of claims, e.g. `org_id:…:repository:…`. */
  | { readonly kind: "claims"; readonly claims: Readonly<Record<string, string>> }
  | { readonly kind: "ona"; readonly ona: OnaSubject }
  | { readonly kind: "other"; readonly problem: string };

/** Which URLs of a repository say which context, the most telling first. */
const contextOrder = Object.freeze(["pull-requests", "issues", "tags", "branches", "commits"] as const);

/**
 * Reads a subject as Gitpod resolves the URL that it was made of: by the URL standard, then by the host's parser.
 * Without the host's API nobody can tell whether the repository exists.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/workspace/context-parser-service.ts
 */
export function parseSubject(subject: string, hosts: readonly ScmHost[]): ParsedSubject {
  if (subject === "no-context") return { kind: "no-context" };
  if (subject.startsWith("snapshot/")) return { kind: "snapshot" };
  const ona = parseOnaSubject(subject);
  if (ona !== null) return { kind: "ona", ona };
  const claims = claimsOf(subject);
  if (claims !== null) return { kind: "claims", claims: Object.fromEntries(claims) };
  if (!subject.startsWith("https://") || !URL.canParse(subject)) return other("it is not an https URL");
  const url = new URL(subject);
  if (url.username !== "" || url.password !== "") return other("it holds a user name");
  const host = hostOf(url, hosts);
  if (!host)
    return other(`its host is none of ${hosts.map((h) => h.name).join(", ")}; scmHosts declares others`);
  const whole = `${url.host}${url.pathname}`.slice(host.name.length + 1);
  const segments = whole.split("/").filter((s) => s !== "");
  const repository = repositoryAt(segments.slice(0, repositoryDepth(segments, host.kind)), host);
  if (repository === null) return other(`it names no repository of ${host.name}`);
  return {
    kind: "repository",
    repository,
    context: contextOf(url, repository),
    disguised: /\.\.|%2e|[\t\n\r]/i.test(subject),
  };
}

function other(problem: string): ParsedSubject {
  return { kind: "other", problem };
}

/** The pairs of a list of claims; null for what is none. Known keys tell where one begins: values may hold colons. */
export function claimsOf(subject: string): readonly (readonly [key: string, value: string])[] | null {
  const key = /(?:^|:)(org_id|user_id|context|workspace_id|repository|email|scope):/g;
  const found = [...subject.matchAll(key)];
  if (found[0]?.index !== 0) return null;
  return found.map((match, i) => [
    match[1] ?? "",
    subject.slice(match.index + match[0].length, found[i + 1]?.index),
  ]);
}

/** The repository of these path segments below a host, the last with or without `.git`; null where they name none. */
export function repositoryAt(names: readonly string[], { name, kind }: ScmHost): EntryUrl | null {
  const last = names.at(-1) ?? "";
  const plain = hasDotGit(kind) ? last.replace(/\.git$/, "") : last;
  const segments = plain === "" ? null : dialects[kind].repo([...names.slice(0, -1), plain]);
  const base = `https://${name}`;
  return segments === null ? null : { url: [base, ...segments].join("/"), kind, base, segments };
}

/** How many segments of a path are the repository's: all of them, where the host says no more. */
function repositoryDepth(segments: readonly string[], kind: HostKind): number {
  const { inside, repoDepth } = dialects[kind];
  if (inside === undefined) return repoDepth(segments);
  const at = segments.findIndex((s, i) => s === "-" || (i >= repoDepth(segments) && inside.test(s)));
  return at < 0 ? segments.length : at;
}

function contextOf(url: URL, repository: EntryUrl): Context | null {
  const { href } = url;
  const { kind } = repository;
  if (repoSubjects(repository, ["repository"]).exact.includes(href)) return "repository";
  const queried = contextOfQuery(url, repository);
  if (queried !== null) return queried;
  const dialect = dialects[kind];
  const parts = dialect.parts(repository.base, repository.segments);
  const prefixOf = (rows: readonly string[] = []) => fillAll(rows, parts).find((p) => href.startsWith(p));
  for (const context of contextOrder) {
    const others = context === "branches" ? dialect.otherBranches : [];
    const prefix = prefixOf(dialect.prefixes[context]) ?? prefixOf(others);
    if (prefix === undefined) continue;
    if (context !== "branches") return context;
    const path = href.slice(prefix.length).replace(/[?#].*$/, "");
    const isSegment = fillAll(dialect.oneSegment ?? [], parts).includes(prefix);
    return branchOf(isSegment ? path.replace(/\/.*$/, "") : path, kind);
  }
  return null;
}

/** Hosts that keep the branch in the query: parsers read the first parameter of a name. */
function contextOfQuery(
  { searchParams, origin, pathname }: URL,
  { kind, url: own }: EntryUrl,
): Context | null {
  const { query, parameters } = dialects[kind];
  const page = `${origin}${pathname}`.slice(own.length).replace(/\/$/, "");
  if (query?.pages.includes(page) !== true) return null;
  const value = parameters.map((name) => searchParams.get(name)).find((v) => v !== null);
  if (value === undefined || /^[0-9a-f]{40}$/.test(value)) return null;
  const [prefix = "", context = null] = Object.entries(query.values).find(([p]) => value.startsWith(p)) ?? [];
  return context === "branch" ? namedBranch(value.slice(prefix.length), kind) : context;
}

/** A branch as it stands in a path: the host alone knows where the name ends and a folder begins. */
function branchOf(path: string, kind: HostKind): Context {
  const written = path.replace(/\/$/, "");
  if (/^[0-9a-f]{40}$/.test(written)) return "commits";
  const branch = decoded(written);
  return branch === null ? "branches" : namedBranch(branch, kind);
}

/** A text that is percent-encoded; null where it is so wrongly. */
export function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function namedBranch(branch: string, kind: HostKind): Context {
  return branch === "" || branchProblem(branch, kind) !== null ? "branches" : { branch };
}
