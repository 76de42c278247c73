import type { Context, HostKind } from "../../src/model/accessModel";

/** The hosts of {@link repositories} that need an entry in `scmHosts`. */
export const ownHosts: Readonly<Record<string, HostKind>> = {
  "git.acme.com": "github",
  "stash.acme.com": "bitbucket-server",
  "gl.acme.com:8443": "gitlab",
  "10.0.0.1/gitlab": "gitlab",
};

/** A commit. */
export const sha = "0123456789abcdef0123456789abcdef01234567";
const main: Context = { branch: "main" };

/** A repository of every kind of host, known and self-hosted. */
export const repositories = {
  github: "https://github.com/acme/app",
  enterprise: "https://git.acme.com/acme/app",
  gitlab: "https://gitlab.com/acme/team/app",
  port: "https://gl.acme.com:8443/acme/app",
  prefix: "https://10.0.0.1/gitlab/g/p",
  bitbucket: "https://bitbucket.org/acme/app",
  server: "https://stash.acme.com/projects/APP/repos/web",
  user: "https://stash.acme.com/users/ada/repos/web",
  azure: "https://dev.azure.com/acme/shop/_git/web",
  twin: "https://dev.azure.com/acme/shop/_git/shop",
} as const;
type Name = keyof typeof repositories;

/**
 * Rows of what Gitpod's parsers recognise: the repository, what follows its URL (or a whole URL), the context.
 * Null: Gitpod opens the default branch, whatever the path says.
 */
export const forms: readonly (readonly [Name, string, Context | null])[] = [
  ...(["github", "enterprise"] as const).flatMap(
    (name) =>
      [
        [name, "", "repository"],
        [name, ".git", "repository"],
        [name, "/", "repository"],
        [name, "/tree/main", main],
        [name, "/tree/release/1.2", { branch: "release/1.2" }],
        [name, "/tree/fix%2312", { branch: "fix#12" }],
        [name, "/tree/a&b", { branch: "a&b" }],
        [name, "/commits/main", main],
        [name, "/pull/7", "pull-requests"],
        [name, "/pull/7/files", "pull-requests"],
        [name, "/issues/7", "issues"],
        [name, `/commit/${sha}`, "commits"],
        [name, "/releases/tag/v1", "tags"],
        [name, "/blob/main/README.md", null],
        [name, "/any/unknown/path", null],
        [name, "?x=1", null],
        [name, "#readme", null],
        [name, "?x=1#frag", null],
      ] as const,
  ),
  ...(["gitlab", "port", "prefix"] as const).flatMap(
    (name) =>
      [
        [name, "", "repository"],
        [name, ".git", "repository"],
        [name, "/", "repository"],
        [name, "/-/tree/main", main],
        [name, "/tree/main", main],
        [name, "/-/commits/main", main],
        [name, "/-/merge_requests/7", "pull-requests"],
        [name, "/merge_requests/7", "pull-requests"],
        [name, "/-/issues/7", "issues"],
        [name, "/issues/7", "issues"],
        [name, `/-/commit/${sha}`, "commits"],
        [name, "/-/tags/v1", null],
        [name, "/-/blob/main/README.md", null],
      ] as const,
  ),
  ["bitbucket", "", "repository"],
  ["bitbucket", ".git", "repository"],
  ["bitbucket", "/src/main/", main],
  ["bitbucket", "/branch/main", main],
  ["bitbucket", "/commits/branch/main", main],
  ["bitbucket", "/pull-requests/7", "pull-requests"],
  ["bitbucket", "/pull-requests/7/slug/diff", "pull-requests"],
  ["bitbucket", "/issues/7/slug", "issues"],
  ["bitbucket", `/commits/${sha}`, "commits"],
  ["bitbucket", `/src/${sha}`, "commits"],
  ["bitbucket", `/src/${sha}/?at=main`, "commits"],
  ["bitbucket", "/commits/tag/v1", "tags"],
  ...(["server", "user"] as const).flatMap(
    (name) =>
      [
        [name, "", "repository"],
        [name, "/browse", "repository"],
        [name, "/browse?at=refs%2Fheads%2Fmain", main],
        [name, "/browse?at=refs%2Fheads%2Fa%2Fb", { branch: "a/b" }],
        [name, "/browse?at=main", main],
        [name, "/browse?at=main&at=other", main],
        [name, "/commits?until=main", main],
        [name, "/pull-requests/7", "pull-requests"],
        [name, "/pull-requests/7/overview", "pull-requests"],
        [name, `/commits/${sha}`, "commits"],
        [name, "/browse?at=refs%2Ftags%2Fv1", "tags"],
      ] as const,
  ),
  ["server", "https://stash.acme.com/scm/app/web.git", "repository"],
  ["user", "https://stash.acme.com/scm/~ada/web.git", "repository"],
  ["azure", "", "repository"],
  ["azure", "?version=GBmain", main],
  ["azure", "?path=%2F&version=GBmain&_a=contents", main],
  ["azure", "?_a=contents&version=GBfeature%2Fa", { branch: "feature/a" }],
  ["azure", "?version=GBmain&version=GBother", main],
  ["azure", "?version=GTv1", "tags"],
  ["azure", "/pullrequest/7", "pull-requests"],
  ["azure", `/commit/${sha}?refName=refs%2Fheads%2Fmain`, "commits"],
  ["azure", "?path=%2Fsrc", null],
  ["twin", "https://dev.azure.com/acme/shop", "repository"],
  ["twin", "https://dev.azure.com/acme/_git/shop", "repository"],
];
