import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context, HostKind } from "../../src/model/accessModel";
import {
  branchProblem,
  cloneUrl,
  contextsOf,
  dialects,
  hostKinds,
  orgClaimSubjects,
  orgSubjects,
  parseEntryUrl,
  repoClaimSubjects,
  repoSubjects,
  scmHosts,
} from "../../src/subject";

const hosts = scmHosts({
  "stash.acme.com": "bitbucket-server",
  "gl.acme.com:8443": "gitlab",
  "acme.com/git": "github",
});
function entry(url: string, kind: "org" | "repo" = "repo") {
  const result = parseEntryUrl(url, kind, hosts);
  if (!result.ok) throw new Error(`${result.problem}; ${result.remedy}`);
  return result.entry;
}
/** Forms with the repository's URL as U, prefixes with a star. */
function forms(url: string, contexts: readonly Context[]): readonly string[] {
  const { exact, prefixes } = repoSubjects(entry(url), contexts);
  const base = entry(url).url;
  return [...exact, ...prefixes.map((p) => `${p}*`)].map((s) => s.replace(base, "U"));
}

const github = "https://github.com/acme/app";
const gitlab = "https://gitlab.com/acme/team/app";
const bitbucket = "https://bitbucket.org/acme/app";
const server = "https://stash.acme.com/projects/APP/repos/web";
const azure = "https://dev.azure.com/acme/shop/_git/web";
const scm = "https://stash.acme.com/scm/app/web.git";

describe("subjects", () => {
  it.each<[string, string, Context, readonly string[]]>([
    ["GitHub", github, "repository", ["U", "U.git", "U/"]],
    ["GitHub", github, "branches", ["U/tree/*"]],
    ["GitHub", github, "tags", ["U/releases/tag/*"]],
    ["GitHub", github, "commits", ["U/commit/*"]],
    ["GitHub", github, "issues", ["U/issues/*"]],
    ["GitHub", github, "pull-requests", ["U/pull/*"]],
    ["GitHub", github, "all", ["U", "U.git", "U/", "U/*", "U?*", "U#*", "U.git?*"]],
    ["GitHub", github, { branch: "release/1.2" }, ["U/tree/release/1.2"]],
    ["GitHub", github, { branch: "fix#12" }, ["U/tree/fix%2312"]],
    ["GitHub", github, { branch: "50%" }, ["U/tree/50%25"]],
    ["GitHub", github, { branch: "größe" }, ["U/tree/gr%C3%B6%C3%9Fe"]],
    ["GitLab", gitlab, "repository", ["U", "U.git", "U/"]],
    ["GitLab", gitlab, "branches", ["U/-/tree/*", "U/tree/*"]],
    ["GitLab", gitlab, "commits", ["U/-/commit/*", "U/commit/*"]],
    ["GitLab", gitlab, "issues", ["U/-/issues/*", "U/issues/*"]],
    ["GitLab", gitlab, "pull-requests", ["U/-/merge_requests/*", "U/merge_requests/*"]],
    [
      "GitLab",
      gitlab,
      { branch: "a/b" },
      [
        ...["U/-/tree/a/b", "U/-/tree/a/b/", "U/-/tree/a/b?ref_type=heads"],
        ...["U/tree/a/b", "U/tree/a/b/", "U/tree/a/b?ref_type=heads"],
      ],
    ],
    ["Bitbucket", bitbucket, "repository", ["U", "U.git", "U/"]],
    ["Bitbucket", bitbucket, "branches", ["U/branch/*", "U/commits/branch/*", "U/src/*"]],
    ["Bitbucket", bitbucket, "tags", ["U/commits/tag/*"]],
    ["Bitbucket", bitbucket, "commits", ["U/commits/*"]],
    ["Bitbucket", bitbucket, "issues", ["U/issues/*"]],
    ["Bitbucket", bitbucket, "pull-requests", ["U/pull-requests/*"]],
    [
      "Bitbucket",
      bitbucket,
      { branch: "main" },
      ["U/branch/main", "U/commits/branch/main", "U/src/main", "U/src/main/"],
    ],
    ["Bitbucket", bitbucket, { branch: "a/b" }, ["U/branch/a/b"]],
    ["Bitbucket Server", server, "repository", ["U", "U/", "U/browse", scm]],
    ["Bitbucket Server", server, "branches", ["U/browse?at=*", "U/commits?until=*"]],
    ["Bitbucket Server", server, "tags", ["U/browse?at=refs%2Ftags%2F*", "U/browse?at=refs/tags/*"]],
    ["Bitbucket Server", server, "commits", ["U/commits/*"]],
    ["Bitbucket Server", server, "pull-requests", ["U/pull-requests/*"]],
    ["Bitbucket Server", server, "all", ["U", "U/", "U/browse", scm, "U/*", "U?*", "U#*", `${scm}?*`]],
    [
      "Bitbucket Server",
      server,
      { branch: "a/b" },
      ["U/browse?at=a%2Fb", "U/browse?at=a/b", "U/browse?at=refs%2Fheads%2Fa%2Fb"],
    ],
    ["Azure DevOps", azure, "repository", ["U", "U/"]],
    ["Azure DevOps", azure, "branches", ["U?path=%2F&version=GB*", "U?path=/&version=GB*", "U?version=GB*"]],
    ["Azure DevOps", azure, "tags", ["U?path=%2F&version=GT*", "U?path=/&version=GT*", "U?version=GT*"]],
    ["Azure DevOps", azure, "commits", ["U/commit/*"]],
    ["Azure DevOps", azure, "pull-requests", ["U/pullrequest/*"]],
    ["Azure DevOps", azure, "all", ["U", "U/", "U/*", "U?*", "U#*"]],
    [
      "Azure DevOps",
      azure,
      { branch: "a/b" },
      [
        ...["U?version=GBa%2Fb", "U?version=GBa/b", "U?path=/&version=GBa/b", "U?path=%2F&version=GBa%2Fb"],
        ...["U?version=GBa%2Fb&_a=contents", "U?version=GBa/b&_a=contents"],
        ...["U?path=/&version=GBa/b&_a=contents", "U?path=%2F&version=GBa%2Fb&_a=contents"],
      ],
    ],
  ])("of %s %s on %j", (_, url, context, expected) => {
    expect([...forms(url, [context])].sort()).toEqual([...expected].sort());
  });

  it("of a repository that is named like its project on Azure DevOps have the two short forms, and no pattern on their path", () => {
    const { exact, prefixes } = repoSubjects(entry("https://dev.azure.com/acme/shop"), ["all"]);
    expect(exact).toEqual([
      "https://dev.azure.com/acme/_git/shop",
      "https://dev.azure.com/acme/shop",
      "https://dev.azure.com/acme/shop/_git/shop",
      "https://dev.azure.com/acme/shop/_git/shop/",
    ]);
    expect(prefixes).toEqual([
      ...["https://dev.azure.com/acme/_git/shop#", "https://dev.azure.com/acme/_git/shop?"],
      ...["https://dev.azure.com/acme/shop#"],
      ...["https://dev.azure.com/acme/shop/_git/shop#", "https://dev.azure.com/acme/shop/_git/shop/"],
      ...["https://dev.azure.com/acme/shop/_git/shop?", "https://dev.azure.com/acme/shop?"],
    ]);
    const main = repoSubjects(entry("https://dev.azure.com/acme/shop"), [{ branch: "main" }]).exact;
    expect(main).toContain("https://dev.azure.com/acme/_git/shop?version=GBmain");
    expect(main).not.toContain("https://dev.azure.com/acme/shop?version=GBmain");
    expect(main).toHaveLength(12);
  });

  it("of a context that another covers come once", () => {
    expect(repoSubjects(entry(github), ["all", "branches", "tags"]).prefixes).toEqual([
      ...[`${github}#`, `${github}.git?`, `${github}/`, `${github}?`],
    ]);
  });

  it.each([
    ["https://github.com/acme", ["https://github.com/acme/"]],
    ["https://gitlab.com/acme/team", ["https://gitlab.com/acme/team/"]],
    ["https://dev.azure.com/acme", ["https://dev.azure.com/acme/"]],
    ["https://dev.azure.com/acme/shop", ["https://dev.azure.com/acme/shop/"]],
    [
      "https://stash.acme.com/projects/APP",
      ["https://stash.acme.com/projects/APP/", "https://stash.acme.com/scm/app/"],
    ],
    [
      "https://stash.acme.com/users/jo",
      ["https://stash.acme.com/scm/~jo/", "https://stash.acme.com/users/jo/"],
    ],
  ])("of the organization %s are everything below it", (url, prefixes) => {
    expect(orgSubjects(entry(url, "org"))).toEqual({ exact: [], prefixes });
  });

  it("contexts that a host cannot express are not offered", () => {
    expect(contextsOf("gitlab")).not.toContain("tags");
    expect(contextsOf("bitbucket-server")).not.toContain("issues");
    expect(contextsOf("azure-devops")).not.toContain("issues");
    expect(contextsOf("github")).toEqual([
      "repository",
      "branches",
      "tags",
      "commits",
      "issues",
      "pull-requests",
      "all",
    ]);
  });
});

describe("URLs with several spellings", () => {
  it.each([
    ["https://dev.azure.com/acme/shop", "https://dev.azure.com/acme/shop/_git/shop"],
    ["https://dev.azure.com/acme/_git/shop", "https://dev.azure.com/acme/shop/_git/shop"],
    ["https://dev.azure.com/acme/shop/_git/web", "https://dev.azure.com/acme/shop/_git/web"],
    ["https://stash.acme.com/scm/app/web", server],
    ["https://stash.acme.com/scm/~jo/dots", "https://stash.acme.com/users/jo/repos/dots"],
    [server, server],
  ])("%s is %s", (url, canonical) => {
    expect(entry(url).url).toBe(canonical);
  });

  it.each([
    ["repo", "https://dev.azure.com/acme"],
    ["repo", "https://dev.azure.com/acme/_git"],
    ["repo", "https://dev.azure.com/acme/shop/_git"],
    ["repo", "https://dev.azure.com/acme/shop/_git/web/x"],
    ["org", "https://dev.azure.com/acme/_git"],
    ["repo", "https://stash.acme.com/projects/APP"],
    ["repo", "https://stash.acme.com/projects/APP/repos/web/browse"],
    ["org", "https://stash.acme.com/scm/app"],
    ["org", "https://stash.acme.com/projects/~JO"],
    ["repo", "https://stash.acme.com/projects/~JO/repos/dots"],
    ["repo", "https://stash.acme.com/scm/~/dots"],
    ["repo", "https://stash.acme.com/scm/~~jo/dots"],
    ["repo", "https://gitlab.com/acme"],
    ["repo", "https://gitlab.com/acme/app/-/tree/main"],
    ["repo", "https://bitbucket.org/acme/app/src/main"],
  ] as const)("as a %s, %s is refused", (kind, url) => {
    expect(parseEntryUrl(url, kind, hosts).ok).toBe(false);
  });
});

describe("claim keys", () => {
  const organizationId = "0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a";

  it.each([
    [github, `${github}.git`],
    [gitlab, `${gitlab}.git`],
    [bitbucket, `${bitbucket}.git`],
    [server, scm],
    [azure, azure],
  ])("the repository of %s is its clone URL", (url, clone) => {
    expect(cloneUrl(entry(url))).toBe(clone);
  });

  it("a repository's subject is exact, in the list's order", () => {
    expect(repoClaimSubjects(entry(github), { keys: ["org_id", "repository"], organizationId })).toEqual({
      exact: [`org_id:${organizationId}:repository:${github}.git`],
      prefixes: [],
    });
    expect(
      repoClaimSubjects(entry(github), { keys: ["repository", "context"], organizationId: null }).exact,
    ).toEqual([
      `repository:${github}.git:context:${github}`,
      `repository:${github}.git:context:${github}.git`,
      `repository:${github}.git:context:${github}/`,
    ]);
  });

  it("an organization's ends in its clone URLs, and needs repository last and no context", () => {
    const org = entry("https://github.com/acme", "org");
    expect(orgClaimSubjects(org, { keys: ["org_id", "repository"], organizationId })).toEqual({
      exact: [],
      prefixes: [`org_id:${organizationId}:repository:https://github.com/acme/`],
    });
    const stash = entry("https://stash.acme.com/projects/APP", "org");
    expect(orgClaimSubjects(stash, { keys: ["repository"], organizationId: null })?.prefixes).toEqual([
      "repository:https://stash.acme.com/scm/app/",
    ]);
    expect(orgClaimSubjects(org, { keys: ["repository", "org_id"], organizationId })).toBeNull();
    expect(orgClaimSubjects(org, { keys: ["context", "repository"], organizationId: null })).toBeNull();
    expect(orgClaimSubjects(org, { keys: ["repository", "context"], organizationId: null })).toBeNull();
  });
});

describe("a branch name", () => {
  it.each(["main", "release/1.2", "a+b", "fix#12", "größe", "x/${y}", "a@b"])("%s is one", (branch) => {
    expect(branchProblem(branch, "github")).toBeNull();
  });

  it.each([
    ...[
      "a..b",
      "../x",
      "a b",
      "a~1",
      "a^",
      "a:b",
      "a?",
      "a*",
      "a[b",
      "a\\b",
      "-x",
      "/x",
      "x/",
      "a//b",
      "x.",
      ".x",
      "a/.b",
    ],
    ...[
      "x.lock",
      "0123456789012345678901234567890123456789",
      "refs/heads/main",
      "refs/tags/v1",
      "a.lock/b",
      "@",
      "a@{1}",
      "a\u0000",
      "a\u007f",
      "a\u202eb",
      "a\ufeff",
      "\ud800",
    ],
  ])("%j is none", (branch) => {
    expect(branchProblem(branch, "github")?.problem).toContain("is not the name of a branch");
  });

  it.each<[HostKind, string]>([
    ...["größe", "50%", "a{b", 'a"b', "a|b", "a`b", "a<b"].map((b): [HostKind, string] => ["gitlab", b]),
    ...["größe", "50%", "fix#12", "a{b"].map((b): [HostKind, string] => ["bitbucket", b]),
    ...["a+b", "a&b", "50%"].map((b): [HostKind, string] => ["bitbucket-server", b]),
  ])("on %s that Gitpod cannot open is refused: %j", (kind, branch) => {
    expect(branchProblem(branch, kind)).toEqual({
      problem: expect.stringContaining("no workspace can be opened on") as string,
      remedy: expect.stringContaining("rename the branch") as string,
    });
  });

  it.each<[HostKind, string]>([
    ["gitlab", "fix#12"],
    ["gitlab", "a+b&c=d"],
    ["bitbucket", "a+b&c=d"],
    ["bitbucket", "release/1.2"],
    ["bitbucket-server", "größe"],
    ["bitbucket-server", "fix#12"],
    ["azure-devops", "a+b&50%größe"],
    ["github", "a+b&50%größe"],
  ])("on %s that Gitpod opens is accepted: %j", (kind, branch) => {
    expect(branchProblem(branch, kind)).toBeNull();
  });
});

describe("kinds of hosts", () => {
  it("that a manifest may declare are those of the table", () => {
    const schema = JSON.parse(readFileSync(join(__dirname, "../../schema/manifest.schema.json"), "utf8")) as {
      readonly properties: {
        readonly scmHosts: { readonly additionalProperties: { readonly enum: string[] } };
      };
    };
    const declared = schema.properties.scmHosts.additionalProperties.enum;
    expect(declared).toEqual(hostKinds.filter((kind) => dialects[kind].selfHosted));
  });
});
