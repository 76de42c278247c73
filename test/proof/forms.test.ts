import { manifest, roleOf } from "../support/project";
import { hostKinds, parseEntryUrl, scmHosts } from "../../src/subject";
import { admits } from "./roles";

/*
 * Every form of URL that Gitpod's parsers know, with the contexts that declare it: a role for one of these admits it, a
 * role for any other context refuses it. `U` is the repository's URL, `main` the branch that {branch: main} declares.
 */

type Word = "repository" | "branches" | "tags" | "commits" | "issues" | "pull-requests" | "all" | "main";
interface Host {
  readonly title: string;
  readonly url: string;
  readonly contexts: readonly Word[];
  readonly rows: readonly (readonly [subject: string, ...declaredBy: Word[]])[];
}

const sha = "0123456789abcdef0123456789abcdef01234567";
const common: readonly Word[] = ["repository", "branches", "commits", "pull-requests", "all", "main"];

const table: readonly Host[] = [
  {
    title: "GitHub",
    url: "https://github.com/acme/app",
    contexts: [...common, "tags", "issues"],
    rows: [
      ["U", "repository", "all"],
      ["U.git", "repository", "all"],
      ["U/", "repository", "all"],
      ["U/tree/main", "branches", "main", "all"],
      ["U/tree/release/1.2", "branches", "all"],
      ["U/tree/fix%2312", "branches", "all"],
      ["U/commits/main", "all"],
      ["U/pull/7", "pull-requests", "all"],
      ["U/pull/7/files", "pull-requests", "all"],
      ["U/issues/7", "issues", "all"],
      [`U/commit/${sha}`, "commits", "all"],
      ["U/tree/v1.0", "branches", "all"],
      ["U/releases/tag/v1.0", "tags", "all"],
      ["U/blob/main/src/index.ts", "all"],
      ["U/tree/main/src", "branches", "all"],
      ["U/any/unknown/path", "all"],
      ["U/tree/main?x=1#frag", "branches", "all"],
      ["U?tab=readme-ov-file#install", "all"],
      ["U#readme", "all"],
      ["U.git?x", "all"],
    ],
  },
  {
    title: "GitHub Enterprise",
    url: "https://10.0.0.1:8443/github/acme/app",
    contexts: [...common, "tags", "issues"],
    rows: [
      ["U", "repository", "all"],
      ["U/tree/main", "branches", "main", "all"],
      ["U/releases/tag/v1.0", "tags", "all"],
    ],
  },
  {
    title: "GitLab",
    url: "https://gitlab.com/acme/team/sub/app",
    contexts: [...common, "issues"],
    rows: [
      ["U", "repository", "all"],
      ["U.git", "repository", "all"],
      ["U/", "repository", "all"],
      ["U/-/tree/main", "branches", "main", "all"],
      ["U/tree/main", "branches", "main", "all"],
      ["U/-/tree/main/", "branches", "main", "all"],
      ["U/-/tree/main?ref_type=heads", "branches", "main", "all"],
      ["U/tree/main/", "branches", "main", "all"],
      ["U/tree/main?ref_type=heads", "branches", "main", "all"],
      ["U?ref_type=heads", "all"],
      ["U/-/tree/release/1.2", "branches", "all"],
      ["U/-/commits/main", "all"],
      ["U/commits/main", "all"],
      ["U/-/merge_requests/7", "pull-requests", "all"],
      ["U/merge_requests/7", "pull-requests", "all"],
      ["U/-/issues/7", "issues", "all"],
      ["U/issues/7", "issues", "all"],
      [`U/-/commit/${sha}`, "commits", "all"],
      [`U/commit/${sha}`, "commits", "all"],
      ["U/-/tree/v1.0", "branches", "all"],
      ["U/-/tags/v1.0", "all"],
      ["U/-/blob/main/src/index.ts", "all"],
      ["U/-/tree/main/src", "branches", "all"],
    ],
  },
  {
    title: "Bitbucket Cloud",
    url: "https://bitbucket.org/acme/app",
    contexts: [...common, "tags", "issues"],
    rows: [
      ["U", "repository", "all"],
      ["U.git", "repository", "all"],
      ["U/", "repository", "all"],
      ["U/src/main/", "branches", "main", "all"],
      ["U/src/main", "branches", "main", "all"],
      ["U/branch/main", "branches", "main", "all"],
      ["U/commits/branch/main", "branches", "main", "commits", "all"],
      ["U/pull-requests/7", "pull-requests", "all"],
      ["U/pull-requests/7/fix-it/diff", "pull-requests", "all"],
      ["U/issues/7", "issues", "all"],
      ["U/issues/7/it-breaks", "issues", "all"],
      [`U/commits/${sha}`, "commits", "all"],
      [`U/src/${sha}/`, "branches", "all"],
      [`U/src/${sha}/?at=main`, "branches", "all"],
      ["U/src/v1.0/", "branches", "all"],
      ["U/commits/tag/v1.0", "tags", "commits", "all"],
      ["U/src/main/src/index.ts", "branches", "all"],
    ],
  },
  {
    title: "Bitbucket Server, a project",
    url: "https://stash.acme.com/projects/APP/repos/web",
    contexts: [...common, "tags"],
    rows: [
      ["U", "repository", "all"],
      ["U/", "repository", "all"],
      ["U/browse", "repository", "all"],
      ["https://stash.acme.com/scm/app/web.git", "repository", "all"],
      ["U/browse?at=refs%2Fheads%2Fmain", "branches", "main", "all"],
      ["U/browse?at=main", "branches", "main", "all"],
      ["U/browse?at=refs/heads/main", "branches", "all"],
      ["U?at=refs%2Fheads%2Fmain", "all"],
      ["U/browse?at=refs%2Fheads%2Frelease%2F1.2", "branches", "all"],
      ["U/commits?until=refs%2Fheads%2Fmain", "branches", "all"],
      ["U/commits?until=main", "branches", "all"],
      ["U/pull-requests/7", "pull-requests", "all"],
      ["U/pull-requests/7/overview", "pull-requests", "all"],
      [`U/commits/${sha}`, "commits", "all"],
      ["U/browse?at=refs%2Ftags%2Fv1.0", "tags", "branches", "all"],
      ["U/browse/src/index.ts", "all"],
    ],
  },
  {
    title: "Bitbucket Server, a user",
    url: "https://stash.acme.com/users/jo/repos/dots",
    contexts: [...common, "tags"],
    rows: [
      ["U", "repository", "all"],
      ["https://stash.acme.com/scm/~jo/dots.git", "repository", "all"],
      ["U/browse?at=main", "branches", "main", "all"],
    ],
  },
  {
    title: "Azure DevOps",
    url: "https://dev.azure.com/acme/shop/_git/web",
    contexts: [...common, "tags"],
    rows: [
      ["U", "repository", "all"],
      ["U/", "repository", "all"],
      ["U?version=GBmain", "branches", "main", "all"],
      ["U?path=%2F&version=GBmain&_a=contents", "branches", "main", "all"],
      ["U?path=%2F&version=GBmain", "branches", "main", "all"],
      ["U?path=/&version=GBmain", "branches", "main", "all"],
      ["U?path=/&version=GBmain&_a=contents", "branches", "main", "all"],
      ["U?version=GBmain&_a=contents", "branches", "main", "all"],
      ["U?version=GBmain&path=%2F&_a=contents", "branches", "all"],
      ["U?_a=contents&version=GBmain", "all"],
      ["U?path=%2Fsrc%2Findex.ts&version=GBmain", "all"],
      ["U/pullrequest/7", "pull-requests", "all"],
      [`U/commit/${sha}`, "commits", "all"],
      [`U/commit/${sha}?refName=refs%2Fheads%2Fmain`, "commits", "all"],
      ["U?version=GTv1.0", "tags", "all"],
      ["U?path=/&version=GTv1.0", "tags", "all"],
      ["U?path=%2F&version=GTv1.0&_a=contents", "tags", "all"],
      ["U#x", "all"],
      ["U?path=%2Fsrc", "all"],
    ],
  },
  {
    title: "Azure DevOps, a repository named like its project",
    url: "https://dev.azure.com/acme/shop/_git/shop",
    contexts: [...common, "tags"],
    rows: [
      ["U", "repository", "all"],
      ["https://dev.azure.com/acme/shop", "repository", "all"],
      ["https://dev.azure.com/acme/_git/shop", "repository", "all"],
      ["U?version=GBmain", "branches", "main", "all"],
      ["https://dev.azure.com/acme/_git/shop?version=GBmain", "branches", "main", "all"],
      ["https://dev.azure.com/acme/_git/shop?path=/&version=GBmain&_a=contents", "branches", "main", "all"],
      ["https://dev.azure.com/acme/_git/shop?path=%2F&version=GTv1", "tags", "all"],
      ["https://dev.azure.com/acme/shop?version=GBmain", "all"],
      ["https://dev.azure.com/acme/shop#x", "all"],
    ],
  },
];

/** What no role of the repository admits, whatever its contexts. */
const never: readonly (readonly [title: string, subjects: readonly string[]])[] = [
  [
    "GitHub",
    [
      ...["https://github.com/ACME/App", "U-evil", "U.git/tree/main", "U.git/", "U.gitx"],
      ...["http://github.com/acme/app", "HTTPS://github.com/acme/app", "https://www.github.com/acme/app"],
      ...["https://github.com:443/acme/app", "https://user@github.com/acme/app", "github.com/acme/app"],
      ...["git@github.com:acme/app.git", "FOO=bar/U", "referrer:jetbrains-gateway:goland/U", "imagebuild/U"],
      ...["open-prebuild/0c9cd6bc/U", "snapshot/0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a", "no-context", ""],
      ...[
        "U/../../evil/repo",
        "U/%2e%2e/%2E./evil/repo",
        "U/tree/../../../evil/repo",
        "https://github.com/acme",
      ],
      ...["U/\\..\\..\\evil\\repo", "U/.\t./.\n./evil/repo", "deleted-normalizedContextURL"],
    ],
  ],
  ["GitHub Enterprise", ["https://10.0.0.1/github/acme/app", "https://10.0.0.1:8443/acme/app"]],
  ["GitLab", ["https://gitlab.com/acme/team/sub", "https://gitlab.com/acme/team/app", "U/../other"]],
  ["Bitbucket Cloud", ["U/../other", "https://bitbucket.org/acme/app2/src/main/"]],
  [
    "Bitbucket Server, a project",
    [
      ...["https://stash.acme.com/scm/app/web", "https://stash.acme.com/scm/app/web.git/browse"],
      ...["https://stash.acme.com/scm/APP/web.git", "https://stash.acme.com/users/APP/repos/web"],
      ...["https://stash.acme.com/scm/~app/web.git", "U/../other"],
    ],
  ],
  ["Bitbucket Server, a user", ["https://stash.acme.com/scm/jo/dots.git"]],
  [
    "Azure DevOps",
    ["U.git", "https://dev.azure.com/acme/shop", "https://dev.azure.com/acme/shop/_git/web2", "U/../other"],
  ],
  [
    "Azure DevOps, a repository named like its project",
    [
      ...["https://dev.azure.com/acme/shop/other", "https://dev.azure.com/acme/shop/?version=GBmain"],
      ...["https://dev.azure.com/acme/_git/shop/x", "https://dev.azure.com/acme/shop/_git/web", "U.git"],
    ],
  ],
];

const scm = `scmHosts: { "10.0.0.1:8443/github": github, stash.acme.com: bitbucket-server }`;

/** Does the role of this host's repository for this one context admit the subject? From the manifest on. */
function decider(host: Host): (context: Word, subject: string) => boolean {
  const policies = new Map(
    host.contexts.map((context) => {
      const written = context === "main" ? "{ branch: main }" : context;
      const text = manifest(`${scm}\nrepos:\n  - { url: "${host.url}", contexts: [${written}] }`);
      return [context, roleOf(text).made.trustPolicy];
    }),
  );
  return (context, subject) => {
    const policy = policies.get(context);
    if (policy === undefined) throw new Error(`${host.title} has no ${context}`);
    return admits(policy, subject);
  };
}

test("the table has every kind of host", () => {
  const hosts = scmHosts({ "10.0.0.1:8443/github": "github", "stash.acme.com": "bitbucket-server" });
  const kindOf = ({ url }: Host) => {
    const read = parseEntryUrl(url, "repo", hosts);
    return read.ok ? read.entry.kind : read.problem;
  };
  expect(hostKinds.filter((kind) => !table.map(kindOf).includes(kind))).toEqual([]);
});

describe.each(table)("on $title", (host) => {
  const decide = decider(host);
  const spelled = (subject: string): string => subject.replace(/(?<=^|\/)U(?![A-Za-z])/, host.url);

  it.each(host.rows.map(([subject, ...declaredBy]) => ({ subject, declaredBy })))(
    "$subject is admitted by $declaredBy, and by nothing else",
    ({ subject, declaredBy }) => {
      const admitting = host.contexts.filter((context) => decide(context, spelled(subject)));
      expect([...admitting].sort()).toEqual([...declaredBy].sort());
      expect(admitting.length).toBeLessThan(host.contexts.length);
    },
  );

  it.each(never.flatMap(([title, subjects]) => (title === host.title ? subjects : [])))(
    "%j is admitted by no context",
    (subject) => {
      expect(host.contexts.filter((context) => decide(context, spelled(subject)))).toEqual([]);
    },
  );

  it("has rows for each of its contexts", () => {
    const declared = new Set(host.rows.flatMap(([, ...declaredBy]) => declaredBy));
    if (host.rows.length > 10) expect([...declared].sort()).toEqual([...host.contexts].sort());
  });
});
