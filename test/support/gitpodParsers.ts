import type { HostKind } from "../../src/model/accessModel";

/*
 * What Gitpod opens for a URL that somebody typed, as far as its parsers are known: the URL standard first, then what
 * the parser of the host's kind makes of the path. It knows nothing of src/subject, and is made to find the worst: where
 * a parser asks the host's API, the answer is that of a table that the caller makes up.
 * https://github.com/gitpod-io/gitpod/tree/4f45d02eac/components/server/src (*-context-parser.ts)
 */

/** A source control host as Gitpod is configured for it. */
export interface ParserHost {
  /** Host, port if any, path prefix if any: `gitlab.acme.com:8443`, `10.0.0.1/gitlab`. */
  readonly name: string;
  readonly kind: HostKind;
  /** The projects that exist, as paths: GitLab's parser asks for them. */
  readonly projects?: ReadonlySet<string>;
}

/** The repository that a workspace holds. */
export interface Opened {
  readonly host: string;
  /** Path of the owner, the one spelling where there are several: `acme`, `group/sub`, `projects/APP`, `users/jo`. */
  readonly owner: string;
  readonly repo: string;
  /** The branch that the query asks for, on the hosts that have it there. */
  readonly branch: string | null;
}

/** What is opened for this URL; null where no parser takes it, or it names no repository. */
export function gitpodOpens(typed: string, hosts: readonly ParserHost[]): Opened | null {
  const text = typed.trim();
  // User names, another scheme, `www.` and a port that the host does not have: no parser takes these.
  const host = hosts
    .filter(({ name }) => text.startsWith(`https://${name}/`))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (host === undefined || !URL.canParse(text)) return null;
  const url = new URL(text);
  const path = url.pathname.replace(/^\//, "").replace(/\/$/, "").split("/");
  const segments = path.slice(host.name.split("/").length - 1);
  const found = repositoryOf(segments, host);
  if (found === null || found.owner === "" || found.repo === "") return null;
  return { host: host.name, ...found, branch: branchOf(url.searchParams, host.kind) };
}

type Found = Pick<Opened, "owner" | "repo">;

function repositoryOf(segments: readonly string[], host: ParserHost): Found | null {
  switch (host.kind) {
    case "github":
    case "bitbucket":
      return firstTwo(segments);
    case "gitlab":
      return probed(segments, host.projects ?? new Set());
    case "bitbucket-server":
      return ofFamily(segments);
    case "azure-devops":
      return ofProject(segments);
  }
}

/** `.git` goes where the name ends the path; a name with anything behind it is taken as it stands. */
function named(segments: readonly string[], at: number): string {
  const name = segments[at] ?? "";
  return at === segments.length - 1 ? name.replace(/\.git$/, "") : name;
}

function firstTwo(segments: readonly string[]): Found {
  return { owner: segments[0] ?? "", repo: named(segments, 1) };
}

/**
 * GitLab: `-` is dropped behind the first two segments. Then the shortest path that is a project, asked of the API, in
 * which letter case does not count. A path that is none opens nothing.
 */
function probed(all: readonly string[], projects: ReadonlySet<string>): Found | null {
  const segments = all.filter((s, i) => i < 2 || s !== "-").map((s) => s.replaceAll("%23", "#"));
  const known = new Map([...projects].map((path) => [path.toLowerCase(), path]));
  for (let length = 2; length <= segments.length; length += 1) {
    const name = named(segments, length - 1);
    const path = [...segments.slice(0, length - 1), name].join("/");
    const project = known.get(path.toLowerCase());
    if (project === undefined) continue;
    const cut = project.lastIndexOf("/");
    return { owner: project.slice(0, cut), repo: project.slice(cut + 1) };
  }
  return null;
}

/** Bitbucket Server: `projects` and `users` as in the browser, `scm` as in clone URLs. Keys of projects have no case. */
function ofFamily(segments: readonly string[]): Found | null {
  const [family, owner = ""] = segments;
  const personal = owner.startsWith("~");
  const key = personal ? owner.slice(1) : owner;
  if (key === "") return null;
  const project = personal ? `users/${key}` : `projects/${key.toUpperCase()}`;
  if (family === "scm") return { owner: project, repo: named(segments, 2) };
  if (family === "projects") return { owner: project, repo: named(segments, 3) };
  return family === "users" ? { owner: `users/${owner}`, repo: named(segments, 3) } : null;
}

/**
 * Azure DevOps: the full form, and two short ones. What follows `org/project` may name another repository of the
 * project: here it does. `.git` is part of a name.
 */
function ofProject(all: readonly string[]): Found | null {
  const segments = all.filter((s) => s !== "");
  const [org = "", second = "", third = "", name] = segments;
  if (third === "_git") return { owner: `${org}/${second}`, repo: name ?? "" };
  if (second === "_git") return { owner: `${org}/${third}`, repo: name ?? third };
  if (second === "") return null;
  return { owner: `${org}/${second}`, repo: third === "" ? second : third };
}

/** The first parameter of a name decides. */
function branchOf(query: URLSearchParams, kind: ParserHost["kind"]): string | null {
  if (kind === "azure-devops") {
    const version = query.get("version");
    return version?.startsWith("GB") === true ? version.slice(2) : null;
  }
  if (kind === "bitbucket-server") {
    return (query.get("at") ?? query.get("until"))?.replace(/^refs\/heads\//, "") ?? null;
  }
  return null;
}
