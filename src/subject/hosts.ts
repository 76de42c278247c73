import type { Context, HostKind } from "../model/accessModel";

/** A context as one word: what rows of {@link HostDialect.contexts} are keyed by. */
export type ContextWord = Exclude<Context, object>;

/** What a kind of source control host calls its places: one row of facts for each. */
export interface HostDialect {
  /** How many path segments the URL of an organization has: from, to. */
  readonly orgDepth: readonly [from: number, to: number];
  /** How many path segments the URL of a repository has: from, to. */
  readonly repoDepth: readonly [from: number, to: number];
  /** Where the URL of an organization or repository looks like this. */
  readonly example: { readonly org: string; readonly repo: string };
  /** Ends of the repository's own URL, besides none: each opens the same repository. */
  readonly repositorySuffixes: readonly string[];
  /** What follows the repository's URL, by context; absent where the host has no such thing. */
  readonly prefixes: Readonly<Partial<Record<Exclude<ContextWord, "repository" | "all">, readonly string[]>>>;
  /** The URLs of a branch, after the repository's own. */
  readonly branch: (branch: string) => readonly string[];
}

/**
 * A branch in a URL path as browsers and Gitpod's own links spell it: slashes kept, the rest percent-encoded where a
 * URL would otherwise end or mean something else.
 */
function encodeBranch(branch: string): string {
  return encodeURI(branch).replace(/[#?]/g, encodeURIComponent);
}

/** @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/github/github-context-parser.ts */
const github = Object.freeze<HostDialect>({
  orgDepth: [1, 1],
  repoDepth: [2, 2],
  example: { org: "https://github.com/acme", repo: "https://github.com/acme/app" },
  repositorySuffixes: [".git", "/"],
  prefixes: Object.freeze({
    branches: ["/tree/"],
    tags: ["/releases/tag/"],
    commits: ["/commit/"],
    issues: ["/issues/"],
    "pull-requests": ["/pull/"],
  }),
  branch: (branch) => [`/tree/${encodeBranch(branch)}`],
});

/** The dialects, by kind of host. Kinds without a row are not supported yet. */
export const dialects: Readonly<Partial<Record<HostKind, HostDialect>>> = Object.freeze({ github });

/** The hosts that need no `scmHosts` entry. */
export const knownHosts: Readonly<Record<string, HostKind>> = Object.freeze({
  "github.com": "github",
  "gitlab.com": "gitlab",
  "bitbucket.org": "bitbucket",
  "dev.azure.com": "azure-devops",
});
