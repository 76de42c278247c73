import type { Context, HostKind, ScmHost } from "../model/accessModel";
import { dialects, fill, type ContextWord } from "./hosts";
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
  | { readonly kind: "other"; readonly problem: string };

/** Segments that begin what is inside a GitLab project, where the URL has no `/-/`. */
const gitlabInside: ReadonlySet<string> = new Set([
  "-",
  "tree",
  "blob",
  "commits",
  "commit",
  "issues",
  "merge_requests",
]);

/** Which URLs of a repository say which context, the most telling first. */
const contextOrder: readonly ContextWord[] = Object.freeze([
  "pull-requests",
  "issues",
  "tags",
  "branches",
  "commits",
]);

/**
 * Reads a subject as Gitpod resolves the URL that it was made of: by the URL standard, then by the host's parser.
 * Without the host's API nobody can tell whether the repository exists.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/workspace/context-parser-service.ts
 */
export function parseSubject(subject: string, hosts: readonly ScmHost[]): ParsedSubject {
  if (subject === "no-context") return { kind: "no-context" };
  if (subject.startsWith("snapshot/")) return { kind: "snapshot" };
  const claims = claimsOf(subject);
  if (claims !== null) return { kind: "claims", claims };
  if (!subject.startsWith("https://") || !URL.canParse(subject)) return other("it is no https URL");
  const url = new URL(subject);
  if (url.username !== "" || url.password !== "") return other("it holds a user name");
  const host = hostOf(url, hosts);
  if (!host) return other(`its host is none of ${hosts.map((h) => h.name).join(", ")}`);
  const whole = `${url.host}${url.pathname}`.slice(host.name.length + 1);
  const repository = repositoryOf(
    whole.split("/").filter((s) => s !== ""),
    host,
  );
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

/** The pairs of a subject that is a list of claims; values may hold colons, so known keys tell where one begins. */
function claimsOf(subject: string): Readonly<Record<string, string>> | null {
  const key = /(?:^|:)(org_id|user_id|context|workspace_id|repository|email|scope):/g;
  const found = [...subject.matchAll(key)];
  if (found[0]?.index !== 0) return null;
  return Object.fromEntries(
    found.map((match, i) => [
      match[1] ?? "",
      subject.slice(match.index + match[0].length, found[i + 1]?.index),
    ]),
  );
}

/** The repository that a path below a host begins with; null where it names none. */
function repositoryOf(segments: readonly string[], host: ScmHost): EntryUrl | null {
  for (const length of repositoryDepths(segments, host)) {
    const names = segments.slice(0, length);
    const last = names.at(-1) ?? "";
    const plain = host.kind === "azure-devops" ? last : last.replace(/\.git$/, "");
    const canonical = plain === "" ? null : dialects[host.kind].repo([...names.slice(0, -1), plain]);
    if (canonical === null) continue;
    const base = `https://${host.name}`;
    return { url: [base, ...canonical].join("/"), kind: host.kind, base, segments: canonical };
  }
  return null;
}

/** How many segments of a path may be the repository's, the likeliest first. */
function repositoryDepths(segments: readonly string[], { kind }: ScmHost): readonly number[] {
  switch (kind) {
    case "github":
    case "bitbucket":
      return [2];
    case "gitlab": {
      const inside = segments.findIndex((s, i) => (i >= 2 && gitlabInside.has(s)) || s === "-");
      return [inside < 0 ? segments.length : inside];
    }
    case "bitbucket-server":
      return segments[0] === "scm" ? [3] : [4];
    case "azure-devops":
      // What follows a short form can name another repository of the project.
      return segments[2] === "_git" ? [4] : segments.length <= 3 ? [segments.length] : [];
  }
}

function contextOf(url: URL, repository: EntryUrl): Context | null {
  const { href } = url;
  if (repoSubjects(repository, ["repository"]).exact.includes(href)) return "repository";
  const queried = contextOfQuery(url, repository);
  if (queried !== null) return queried;
  const dialect = dialects[repository.kind];
  const parts = dialect.parts(repository.base, repository.segments);
  for (const context of contextOrder) {
    if (context === "repository") continue;
    const rows = [...(dialect.prefixes[context] ?? []), ...(readOnly[repository.kind]?.[context] ?? [])];
    const prefix = rows.map((row) => fill(row, parts)).find((p) => href.startsWith(p));
    if (prefix === undefined) continue;
    return context === "branches" ? branchOf(href.slice(prefix.length).replace(/[?#].*$/, "")) : context;
  }
  return null;
}

/** Forms that Gitpod reads and no context of a manifest admits by itself. */
const readOnly: Readonly<
  Partial<Record<HostKind, Readonly<Partial<Record<ContextWord, readonly string[]>>>>>
> = Object.freeze({
  github: { branches: ["{U}/commits/"] },
  gitlab: { branches: ["{U}/-/commits/", "{U}/commits/"] },
});

/** Hosts that keep the branch in the query: parsers read the first parameter of a name. */
function contextOfQuery(url: URL, { kind, url: own }: EntryUrl): Context | null {
  const query = url.searchParams;
  const page = `${url.origin}${url.pathname}`.slice(own.length).replace(/\/$/, "");
  if (kind === "azure-devops" && page === "") {
    const version = query.get("version") ?? "";
    if (version.startsWith("GB")) return namedBranch(version.slice(2));
    if (version.startsWith("GT")) return "tags";
    return version.startsWith("GC") ? "commits" : null;
  }
  if (kind === "bitbucket-server" && (page === "" || page === "/browse" || page === "/commits")) {
    const at = query.get("at") ?? query.get("until");
    if (at === null) return null;
    if (at.startsWith("refs/tags/")) return "tags";
    return /^[0-9a-f]{40}$/.test(at) ? "commits" : namedBranch(at.replace(/^refs\/heads\//, ""));
  }
  return null;
}

/** A branch as it stands in a path: the host alone knows where the name ends and a folder begins. */
function branchOf(path: string): Context {
  const written = path.replace(/\/$/, "");
  if (/^[0-9a-f]{40}$/.test(written)) return "commits";
  try {
    return namedBranch(decodeURIComponent(written));
  } catch {
    return "branches";
  }
}

function namedBranch(branch: string): Context {
  return branch === "" || branchProblem(branch) !== null ? "branches" : { branch };
}
