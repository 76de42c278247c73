import type { Context, HostKind } from "../model/accessModel";
import { templateFiller } from "../model/textTemplate";

/** A context as one word: what rows of {@link HostDialect.prefixes} are keyed by. */
export type ContextWord = Exclude<Context, object>;

/** What URLs of a repository or organization are made of. `{…}` in the rows of a dialect stand for these. */
export interface UrlParts {
  /** The canonical URL, without slash or `.git` at its end. */
  readonly U: string;
  /** Where the host keeps a second family of URLs for the same thing: the beginning of that. */
  readonly S?: string;
}

/** How a kind of source control host spells the URLs of its repositories: rows of facts. */
export interface HostDialect {
  /** What paths of organizations and repositories look like, in words, each with an example URL. */
  readonly words: { readonly org: string; readonly repo: string };
  readonly example: { readonly org: string; readonly repo: string };
  /** Canonical path segments of an organization; null for what is none. */
  readonly org: (segments: readonly string[]) => readonly string[] | null;
  /** Canonical path segments of a repository; null for what is none. */
  readonly repo: (segments: readonly string[]) => readonly string[] | null;
  /** @param base - URL of the host, path prefix included, without slash at its end */
  readonly parts: (base: string, segments: readonly string[]) => UrlParts;
  /** The repository's own URLs: whole subjects. */
  readonly repository: readonly string[];
  /** Further whole subjects of the repository, where they depend on its names. */
  readonly shortForms?: (base: string, segments: readonly string[]) => readonly string[];
  /** How subjects of a context begin; absent where the host has no such thing, or no URL that tells it apart. */
  readonly prefixes: Readonly<Partial<Record<Exclude<ContextWord, "repository">, readonly string[]>>>;
  /** Whole subjects of one branch; `{b}` is its name in each of the spellings of {@link HostDialect.spellBranch}. */
  readonly branch: readonly string[];
  readonly spellBranch: (branch: string) => readonly string[];
  /**
   * Of the rows above, those that say less than others of their context: whoever trusts these alone does not trust the
   * context. All other rows of a context are spellings of the same thing.
   */
  readonly lesser?: readonly string[];
  /** How subjects of any repository of an organization begin. */
  readonly orgPrefixes: readonly string[];
  /** The claim `repository`: what the host's API calls the clone URL. */
  readonly cloneUrl: string;
  /** How that claim begins for any repository of an organization. */
  readonly orgClone: string;
}

/** A branch in a path: slashes kept, the rest percent-encoded where a URL would otherwise end or mean something else. */
function inPath(branch: string): readonly string[] {
  return [encodeURI(branch).replace(/[#?]/g, encodeURIComponent)];
}

/** A branch in a query: everything percent-encoded that could end the value, but for slashes, which come both ways. */
function inQuery(branch: string): readonly string[] {
  const encoded = encodeURIComponent(branch);
  return [encoded, encoded.replaceAll("%2F", "/")];
}

const depth =
  (from: number, to = from) =>
  (segments: readonly string[]): readonly string[] | null =>
    segments.length >= from && segments.length <= to ? segments : null;

const plainParts: HostDialect["parts"] = (base, segments) => ({ U: [base, ...segments].join("/") });

/** @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/github/github-context-parser.ts */
const github = Object.freeze<HostDialect>({
  words: { org: "one path segment", repo: "two path segments" },
  example: { org: "https://github.com/acme", repo: "https://github.com/acme/app" },
  org: depth(1),
  repo: depth(2),
  parts: plainParts,
  repository: ["{U}", "{U}.git", "{U}/"],
  prefixes: Object.freeze({
    branches: ["{U}/tree/"],
    tags: ["{U}/releases/tag/"],
    commits: ["{U}/commit/"],
    issues: ["{U}/issues/"],
    "pull-requests": ["{U}/pull/"],
    all: ["{U}/"],
  }),
  branch: ["{U}/tree/{b}"],
  spellBranch: inPath,
  orgPrefixes: ["{U}/"],
  cloneUrl: "{U}.git",
  orgClone: "{U}/",
});

/**
 * GitLab writes `/-/` before what is inside a project, and Gitpod reads it with and without. Tags have no URL of their
 * own: `/-/tree/` is for both. A segment `-` would end the project's path.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/gitlab/gitlab-context-parser.ts
 */
const gitlab = Object.freeze<HostDialect>({
  words: {
    org: "one path segment or more, none of them -",
    repo: "two path segments or more, none of them -",
  },
  example: { org: "https://gitlab.com/acme", repo: "https://gitlab.com/acme/team/app" },
  org: (segments) => (segments.includes("-") ? null : segments),
  repo: (segments) => (segments.includes("-") ? null : depth(2, 21)(segments)),
  parts: plainParts,
  repository: ["{U}", "{U}.git", "{U}/"],
  prefixes: Object.freeze({
    branches: ["{U}/-/tree/", "{U}/tree/"],
    commits: ["{U}/-/commit/", "{U}/commit/"],
    issues: ["{U}/-/issues/", "{U}/issues/"],
    "pull-requests": ["{U}/-/merge_requests/", "{U}/merge_requests/"],
    all: ["{U}/"],
  }),
  branch: ["{U}/-/tree/{b}", "{U}/tree/{b}"],
  spellBranch: inPath,
  orgPrefixes: ["{U}/"],
  cloneUrl: "{U}.git",
  orgClone: "{U}/",
});

/**
 * `/src/` is followed by a branch, a tag or a commit, so it counts as branches; the other two have forms of their own.
 * Where a tag has a branch's name, `/src/` opens the tag.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/bitbucket/bitbucket-context-parser.ts
 */
const bitbucket = Object.freeze<HostDialect>({
  words: { org: "one path segment", repo: "two path segments" },
  example: { org: "https://bitbucket.org/acme", repo: "https://bitbucket.org/acme/app" },
  org: depth(1),
  repo: depth(2),
  parts: plainParts,
  repository: ["{U}", "{U}.git", "{U}/"],
  prefixes: Object.freeze({
    branches: ["{U}/src/", "{U}/branch/", "{U}/commits/branch/"],
    tags: ["{U}/commits/tag/"],
    commits: ["{U}/commits/"],
    issues: ["{U}/issues/"],
    "pull-requests": ["{U}/pull-requests/"],
    all: ["{U}/"],
  }),
  branch: ["{U}/src/{b}", "{U}/src/{b}/", "{U}/branch/{b}", "{U}/commits/branch/{b}"],
  spellBranch: inPath,
  lesser: ["{U}/branch/", "{U}/commits/branch/", "{U}/branch/{b}", "{U}/commits/branch/{b}"],
  orgPrefixes: ["{U}/"],
  cloneUrl: "{U}.git",
  orgClone: "{U}/",
});

/** `projects/~name` is the same as `users/name`, which is the one spelling here; no name begins with a tilde. */
function isServerOwner(family: string | undefined, owner: string | undefined): boolean {
  return (family === "projects" || family === "users") && owner !== undefined && !owner.startsWith("~");
}

/**
 * A repository has two families of URLs: the browser's, and `scm`, in which it is cloned. The branch is in the query.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/bitbucket-server/bitbucket-server-context-parser.ts
 */
const bitbucketServer = Object.freeze<HostDialect>({
  words: {
    org: "a path projects/KEY or users/name",
    repo: "a path projects/KEY/repos/name, users/name/repos/name or scm/key/name",
  },
  example: { org: "https://git.acme.com/projects/APP", repo: "https://git.acme.com/projects/APP/repos/web" },
  org: (segments) => (segments.length === 2 && isServerOwner(segments[0], segments[1]) ? segments : null),
  repo: (segments) => {
    const [family, owner = "", third = "", name = ""] = segments;
    if (segments.length === 3 && family === "scm") {
      const personal = owner.startsWith("~");
      const [kind, key] = personal ? ["users", owner.slice(1)] : ["projects", owner.toUpperCase()];
      return key !== "" && isServerOwner(kind, key) ? [kind, key, "repos", third] : null;
    }
    const known = segments.length === 4 && isServerOwner(family, owner) && third === "repos";
    return known && name !== "" ? segments : null;
  },
  parts: (base, segments) => {
    const [family, owner = "", , name] = segments;
    const key = family === "users" ? `~${owner}` : owner.toLowerCase();
    return {
      U: [base, ...segments].join("/"),
      S: [base, "scm", key, ...(name === undefined ? [] : [name])].join("/"),
    };
  },
  repository: ["{U}", "{U}/", "{U}/browse", "{S}.git"],
  prefixes: Object.freeze({
    branches: ["{U}/browse?at=", "{U}/commits?until="],
    tags: ["{U}/browse?at=refs%2Ftags%2F", "{U}/browse?at=refs/tags/"],
    commits: ["{U}/commits/"],
    "pull-requests": ["{U}/pull-requests/"],
    all: ["{U}/"],
  }),
  branch: ["{U}/browse?at=refs%2Fheads%2F{b}", "{U}/browse?at=refs/heads/{b}", "{U}/browse?at={b}"],
  spellBranch: inQuery,
  orgPrefixes: ["{U}/", "{S}/"],
  cloneUrl: "{S}.git",
  orgClone: "{S}/",
});

/**
 * The branch is in the query, and `.git` is part of a name. A repository that is named like its project is also opened
 * by the project's URL; anything that follows that URL can name another repository, so no pattern is built on it.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/azure-devops/azure-context-parser.ts
 */
const azureDevops = Object.freeze<HostDialect>({
  words: {
    org: "a path org or org/project",
    repo: "a path org/project/_git/name, org/_git/project or org/project",
  },
  example: { org: "https://dev.azure.com/acme", repo: "https://dev.azure.com/acme/shop/_git/web" },
  org: (segments) => (segments.includes("_git") ? null : depth(1, 2)(segments)),
  repo: (segments) => {
    const [org = "", second = "", third = "", name = ""] = segments;
    if (segments.length === 4 && third === "_git" && second !== "_git" && name !== "_git") return segments;
    if (segments.length === 3 && second === "_git" && third !== "_git") return [org, third, "_git", third];
    return segments.length === 2 && second !== "_git" ? [org, second, "_git", second] : null;
  },
  parts: plainParts,
  repository: ["{U}", "{U}/"],
  shortForms: (base, [org = "", project = "", , name = ""]) =>
    project === name ? [`${base}/${org}/${project}`, `${base}/${org}/_git/${project}`] : [],
  prefixes: Object.freeze({
    branches: ["{U}?version=GB", "{U}?path=%2F&version=GB"],
    tags: ["{U}?version=GT"],
    commits: ["{U}/commit/"],
    "pull-requests": ["{U}/pullrequest/"],
    all: ["{U}/", "{U}?"],
  }),
  branch: ["{U}?version=GB{b}", "{U}?path=%2F&version=GB{b}&_a=contents"],
  spellBranch: inQuery,
  // Pull requests and commits are below the path, branches and tags in the query.
  lesser: ["{U}/", "{U}?"],
  orgPrefixes: ["{U}/"],
  cloneUrl: "{U}",
  orgClone: "{U}/",
});

/** The dialects, by kind of host. */
export const dialects: Readonly<Record<HostKind, HostDialect>> = Object.freeze({
  github,
  gitlab,
  bitbucket,
  "bitbucket-server": bitbucketServer,
  "azure-devops": azureDevops,
});

/** The hosts that need no `scmHosts` entry. */
export const knownHosts: Readonly<Record<string, HostKind>> = Object.freeze({
  "github.com": "github",
  "gitlab.com": "gitlab",
  "bitbucket.org": "bitbucket",
  "dev.azure.com": "azure-devops",
});

/** A row's template with its parts filled in, in one pass: text that looks like a template stays text. */
export function fill(template: string, parts: UrlParts & { readonly b?: string }): string {
  return filled(template, (name) => parts[name as "U" | "S" | "b"]);
}

const filled = templateFiller(/\{([USb])\}/);
