import type { Context, HostKind } from "../model/accessModel";

/** A context as one word: what rows of {@link HostDialect.prefixes} are keyed by. */
export type ContextWord = Exclude<Context, object>;

/** What URLs of a repository or organization are made of. `{…}` in the rows of a dialect stand for these. */
export interface UrlParts {
  /** The canonical URL, without slash or `.git` at its end. */
  readonly U: string;
  /** Where the host keeps a second family of URLs for the same thing: the beginning of that. */
  readonly S?: string;
  /** The short forms of a URL, where the host has them: `{P}` the project's own, `{G}` the one with `_git`. */
  readonly P?: string;
  readonly G?: string;
}

/** How a kind of source control host spells the URLs of its repositories: rows of facts. */
export interface HostDialect {
  /** The vendor's own host, known without an entry in `scmHosts`; null where there is none. */
  readonly host: string | null;
  /** May `scmHosts` name further hosts of this kind? */
  readonly selfHosted: boolean;
  /** What paths of organizations and repositories look like, in words, each with an example URL. */
  readonly words: { readonly org: string; readonly repo: string };
  readonly example: { readonly org: string; readonly repo: string };
  /** Paths that only this kind of host has: they tell the kind of a host that nobody has declared. */
  readonly tellingPaths?: readonly RegExp[];
  /** Canonical path segments of an organization, and of a repository; null for what is none. */
  readonly org: (segments: readonly string[]) => readonly string[] | null;
  readonly repo: (segments: readonly string[]) => readonly string[] | null;
  /** How many path segments at least lead to an organization. */
  readonly orgDepth: number;
  /** The same for a repository whose path begins so; Infinity: whatever follows can name another repository. */
  readonly repoDepth: (segments: readonly string[]) => number;
  /** Path segments that begin what is inside of a repository, where its own path may have any length. */
  readonly inside?: RegExp;
  /** @param base - URL of the host, path prefix included, without slash at its end */
  readonly parts: (base: string, segments: readonly string[]) => UrlParts;
  /** The repository's own URLs: whole subjects. */
  readonly repository: readonly string[];
  /** How subjects of a context begin, where the host has such a thing, and URLs that tell it apart. */
  readonly prefixes: Readonly<Partial<Record<Exclude<ContextWord, "repository">, readonly string[]>>>;
  /** Whole subjects of one branch, `{b}` or `{b/}`: what Gitpod itself makes, and what the host's pages link to. */
  readonly branch: readonly string[];
  /** The rows for a name with a slash, where they are others. */
  readonly slashedBranch?: readonly string[];
  /** A branch's name as it stands encoded in a URL: `{b}`; `{b/}` is the same with its slashes as they are. */
  readonly spellBranch: (branch: string) => string;
  /** Names of branches that Gitpod cannot open on this kind of host. */
  readonly unopened?: { readonly name: RegExp; readonly why: string };
  /** How subjects of branches begin that Gitpod opens and no context but `all` admits. */
  readonly otherBranches?: readonly string[];
  /** How subjects begin that name the branch by the next path segment alone. */
  readonly oneSegment?: readonly string[];
  /** Parameters that the host or Gitpod put in the query of a URL. */
  readonly parameters: readonly string[];
  /** Where the query says what is opened: on which pages, and by which beginnings of the first parameter's value. */
  readonly query?: {
    readonly pages: readonly string[];
    readonly values: Readonly<Record<string, "branch" | "tags" | null>>;
  };
  /** Contexts by which a link that somebody made for it opens a commit or pull request of a fork (rule T71). */
  readonly forksByLink: readonly ("branches" | "tags" | "issues")[];
  /** Of the rows above, those that say less than their context; all others of it are spellings of the same thing. */
  readonly lesser?: readonly string[];
  /** Rows that open what others of their context open: nobody needs to have said them. */
  readonly spare?: readonly string[];
  /** How subjects of any repository of an organization begin. */
  readonly orgPrefixes: readonly string[];
  /** The claim `repository`: what the host's API calls the clone URL. */
  readonly cloneUrl: string;
  /** The first segment of paths that git clones by, where URLs for ssh leave it out. */
  readonly cloneFolder?: string;
}

/** A branch in a path: slashes kept, the rest percent-encoded where a URL would otherwise end or mean something else. */
function inPath(branch: string): string {
  return encodeURI(branch).replace(/[#?]/g, encodeURIComponent);
}

const depth =
  (from: number, to = from) =>
  (segments: readonly string[]): readonly string[] | null =>
    segments.length >= from && segments.length <= to ? segments : null;

/** What the hosts with plain paths have in common. */
const plain = Object.freeze({
  words: { org: "one path segment", repo: "two path segments" },
  org: depth(1),
  repo: depth(2),
  orgDepth: 1,
  repoDepth: () => 2,
  parts: (base, segments) => ({ U: [base, ...segments].join("/") }),
  repository: ["{U}", "{U}.git", "{U}/"],
  spellBranch: inPath,
  parameters: [],
  spare: ["{U}?", "{U}#", "{U}.git?"],
  orgPrefixes: ["{U}/"],
  cloneUrl: "{U}.git",
} as const satisfies Partial<HostDialect>);

/**
 * `tree` and `releases/tag` are read by one function, which takes any ref and any commit, of a fork too; `issues/N` opens
 * pull request N where that is one. A ref is the shortest that exists: `feature` before `feature/x`.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/github/github-context-parser.ts
 */
const github = Object.freeze<HostDialect>({
  ...plain,
  host: "github.com",
  selfHosted: true,
  example: { org: "https://github.com/acme", repo: "https://github.com/acme/app" },
  prefixes: Object.freeze({
    branches: ["{U}/tree/"],
    tags: ["{U}/releases/tag/"],
    commits: ["{U}/commit/"],
    issues: ["{U}/issues/"],
    "pull-requests": ["{U}/pull/"],
    all: ["{U}/", "{U}?", "{U}#", "{U}.git?"],
  }),
  branch: ["{U}/tree/{b}"],
  otherBranches: ["{U}/commits/"],
  forksByLink: ["branches", "tags", "issues"],
});

/**
 * GitLab writes `/-/` before what is inside a project, and Gitpod reads it with and without. Tags have no URL of their
 * own: `/-/tree/` is for both, and opens no commit. A segment `-` would end the project's path. Of what is
 * percent-encoded, Gitpod decodes `%23` alone. GitLab's pages link to `?ref_type=heads`, its Gitpod button to a slash.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/gitlab/gitlab-context-parser.ts
 * @see https://docs.gitlab.com/user/project/repository/branches/
 */
const gitlab = Object.freeze<HostDialect>({
  ...plain,
  host: "gitlab.com",
  selfHosted: true,
  words: {
    org: "one path segment or more, none of them -",
    repo: "two path segments or more, none of them -",
  },
  example: { org: "https://gitlab.com/acme/team", repo: "https://gitlab.com/acme/team/app" },
  tellingPaths: [/\/-\//],
  org: (segments) => (segments.includes("-") ? null : segments),
  repo: (segments) => (segments.includes("-") ? null : depth(2, 21)(segments)),
  inside: /^(-|tree|blob|commits?|issues|merge_requests)$/,
  prefixes: Object.freeze({
    branches: ["{U}/-/tree/", "{U}/tree/"],
    commits: ["{U}/-/commit/", "{U}/commit/"],
    issues: ["{U}/-/issues/", "{U}/issues/"],
    "pull-requests": ["{U}/-/merge_requests/", "{U}/merge_requests/"],
    all: ["{U}/", "{U}?", "{U}#", "{U}.git?"],
  }),
  branch: [
    ...["{U}/-/tree/{b}", "{U}/-/tree/{b}/", "{U}/-/tree/{b}?ref_type=heads"],
    ...["{U}/tree/{b}", "{U}/tree/{b}/", "{U}/tree/{b}?ref_type=heads"],
  ],
  unopened: {
    name: /[^A-Za-z0-9\-_.!~*'();/:@&=+$,#]/,
    why: "on GitLab, Gitpod decodes no character of a link but #",
  },
  otherBranches: ["{U}/-/commits/", "{U}/commits/"],
  parameters: ["ref_type"],
  forksByLink: [],
});

/**
 * `/src/` is followed by a branch, a tag or a commit, also of a fork, so it counts as branches. It and
 * `/commits/branch/` take one path segment for the name. Where a tag has a branch's name, `/src/` opens the tag.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/bitbucket/bitbucket-context-parser.ts
 */
const bitbucket = Object.freeze<HostDialect>({
  ...plain,
  host: "bitbucket.org",
  selfHosted: false,
  example: { org: "https://bitbucket.org/acme", repo: "https://bitbucket.org/acme/app" },
  prefixes: Object.freeze({
    branches: ["{U}/src/", "{U}/branch/", "{U}/commits/branch/"],
    tags: ["{U}/commits/tag/"],
    commits: ["{U}/commits/"],
    issues: ["{U}/issues/"],
    "pull-requests": ["{U}/pull-requests/"],
    all: ["{U}/", "{U}?", "{U}#", "{U}.git?"],
  }),
  branch: ["{U}/src/{b}", "{U}/src/{b}/", "{U}/branch/{b}", "{U}/commits/branch/{b}"],
  slashedBranch: ["{U}/branch/{b}"],
  unopened: {
    name: /[^A-Za-z0-9\-_.!~*'();/:@&=+$,]/,
    why: "on Bitbucket Cloud, Gitpod decodes no character of a link",
  },
  oneSegment: ["{U}/src/", "{U}/commits/branch/"],
  parameters: ["at"],
  forksByLink: ["branches"],
  lesser: ["{U}/branch/", "{U}/commits/branch/", "{U}/branch/{b}", "{U}/commits/branch/{b}"],
});

/** `projects/~name` is the same as `users/name`, which is the one spelling here; no name begins with a tilde. */
function isServerOwner(family: string | undefined, owner: string | undefined): boolean {
  return (family === "projects" || family === "users") && owner !== undefined && !owner.startsWith("~");
}

/**
 * A repository has two families of URLs: the browser's, and `scm`, in which it is cloned. The branch is in the query,
 * which Gitpod decodes twice: `%` and `+` in a name are lost, and `&` ends it. A commit there opens the default branch.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/bitbucket-server/bitbucket-server-context-parser.ts
 */
const bitbucketServer = Object.freeze<HostDialect>({
  host: null,
  selfHosted: true,
  words: {
    org: "a path projects/KEY or users/name",
    repo: "a path projects/KEY/repos/name, users/name/repos/name or scm/key/name",
  },
  example: { org: "https://git.acme.com/projects/APP", repo: "https://git.acme.com/projects/APP/repos/web" },
  tellingPaths: [/^\/(projects|users)\/[^/]*\/repos\//, /^\/scm\//],
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
  orgDepth: 2,
  repoDepth: ([family]) => (family === "scm" ? 3 : 4),
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
    all: ["{U}/", "{U}?", "{U}#", "{S}.git?"],
  }),
  branch: ["{U}/browse?at=refs%2Fheads%2F{b}", "{U}/browse?at={b}", "{U}/browse?at={b/}"],
  spellBranch: encodeURIComponent,
  unopened: { name: /[+&%]/, why: "on Bitbucket Server, Gitpod does not read a name that holds +, & or %" },
  parameters: ["at", "until"],
  query: {
    pages: ["", "/browse", "/commits"],
    values: { "refs/tags/": "tags", "refs/heads/": "branch", "": "branch" },
  },
  forksByLink: [],
  spare: ["{U}?", "{U}#", "{S}.git?"],
  orgPrefixes: ["{U}/", "{S}/"],
  cloneUrl: "{S}.git",
  cloneFolder: "scm",
});

/** Queries of a repository's URL, and of the short form that browsers show. */
const onEither = (...queries: readonly string[]) =>
  ["{U}", "{G}"].flatMap((url) => queries.map((query) => `${url}${query}`));

/**
 * The branch is in the query, and `.git` is part of a name. A repository that is named like its project is also opened
 * by the project's URL; what follows that URL in the path can name another repository, so no pattern on it goes on
 * there. The host's pages write the slash of `path` both ways. A version `GC…` opens the default branch.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/azure-devops/azure-context-parser.ts
 */
const azureDevops = Object.freeze<HostDialect>({
  host: "dev.azure.com",
  selfHosted: false,
  words: {
    org: "a path org or org/project",
    repo: "a path org/project/_git/name, org/_git/project or org/project",
  },
  example: { org: "https://dev.azure.com/acme", repo: "https://dev.azure.com/acme/shop/_git/web" },
  tellingPaths: [/\/_git(\/|$)/],
  org: (segments) => (segments.includes("_git") ? null : depth(1, 2)(segments)),
  repo: (segments) => {
    const [org = "", second = "", third = "", name = ""] = segments;
    if (segments.length === 4 && third === "_git" && second !== "_git" && name !== "_git") return segments;
    if (segments.length === 3 && second === "_git" && third !== "_git") return [org, third, "_git", third];
    return segments.length === 2 && second !== "_git" ? [org, second, "_git", second] : null;
  },
  orgDepth: 1,
  repoDepth: (segments) => (segments[2] === "_git" ? 4 : Infinity),
  parts: (base, segments) => {
    const [org = "", project = "", , name] = segments;
    const short =
      project === name ? { P: `${base}/${org}/${project}`, G: `${base}/${org}/_git/${project}` } : {};
    return { U: [base, ...segments].join("/"), ...short };
  },
  repository: ["{U}", "{U}/", "{P}", "{G}"],
  prefixes: Object.freeze({
    branches: onEither("?version=GB", "?path=/&version=GB", "?path=%2F&version=GB"),
    tags: onEither("?version=GT", "?path=/&version=GT", "?path=%2F&version=GT"),
    commits: ["{U}/commit/"],
    "pull-requests": ["{U}/pullrequest/"],
    all: ["{U}/", "{U}?", "{U}#", "{P}?", "{P}#", "{G}?", "{G}#"],
  }),
  // Whoever writes one slash encoded writes all of them so.
  branch: onEither(
    ...["?version=GB{b}", "?version=GB{b/}", "?path=/&version=GB{b/}", "?path=%2F&version=GB{b}"].flatMap(
      (query) => [query, `${query}&_a=contents`],
    ),
  ),
  spellBranch: encodeURIComponent,
  parameters: ["version"],
  query: {
    pages: [""],
    values: { GB: "branch", GT: "tags", "": null },
  },
  forksByLink: [],
  // Pull requests and commits are below the path, branches and tags in the query.
  lesser: ["{U}/", "{U}?"],
  spare: ["{U}#", "{P}?", "{P}#", "{G}?", "{G}#"],
  orgPrefixes: ["{U}/"],
  cloneUrl: "{U}",
});

/** The dialects, by kind of host. */
export const dialects: Readonly<Record<HostKind, HostDialect>> = Object.freeze({
  github,
  gitlab,
  bitbucket,
  "bitbucket-server": bitbucketServer,
  "azure-devops": azureDevops,
});

/** The kinds of hosts. */
export const hostKinds = Object.freeze(Object.keys(dialects) as HostKind[]);

/** The hosts that need no `scmHosts` entry. */
export const knownHosts: Readonly<Record<string, HostKind>> = Object.freeze(
  Object.fromEntries(
    hostKinds.flatMap((kind) => [dialects[kind].host ?? []].flat().map((host) => [host, kind] as const)),
  ),
);

/** Do a host's clone URLs end in `.git`? Elsewhere that is part of a name. */
export function hasDotGit(kind: HostKind): boolean {
  return dialects[kind].cloneUrl.endsWith(".git");
}

type Parts = UrlParts & { readonly b?: string; readonly "b/"?: string };

/** A row's template with its parts filled in, in one pass: text that looks like a template stays text. */
export function fill(template: string, parts: Parts): string {
  return template.replace(/\{([USPGb]|b\/)\}/g, (_, name: keyof Parts) => {
    const value = parts[name];
    if (value === undefined) throw new Error(`template ${template} names an unknown field ${name}`);
    return value;
  });
}

/** Rows filled in, without those on a short form that the repository does not have. */
export function fillAll(rows: readonly string[], parts: Parts): readonly string[] {
  const has = parts.P === undefined ? (row: string) => !/^\{[PG]\}/.test(row) : () => true;
  return rows.filter(has).map((row) => fill(row, parts));
}

/** Rows for a branch filled in: the dialect's own, unless others are given. */
export function branchForms(
  dialect: HostDialect,
  parts: UrlParts,
  branch: string,
  rows = (branch.includes("/") ? dialect.slashedBranch : undefined) ?? dialect.branch,
): readonly string[] {
  const b = dialect.spellBranch(branch);
  return fillAll(rows, { ...parts, b, "b/": b.replaceAll("%2F", "/") });
}
