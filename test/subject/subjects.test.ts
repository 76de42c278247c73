import { branchProblem, contextsOf, subjectsOf } from "../../src/subject";

const url = "https://github.com/acme/app";
const of = (
  contexts: Parameters<typeof subjectsOf>[0] extends infer S
    ? S extends { contexts: infer C }
      ? C
      : never
    : never,
) => subjectsOf({ kind: "repo", url, hostKind: "github", contexts });

describe("subjects on GitHub", () => {
  it("of a repository are its URL, as typed, as cloned, and with a slash", () => {
    expect(of(["repository"])).toEqual({ exact: [url, `${url}.git`, `${url}/`].sort(), prefixes: [] });
  });

  it.each([
    ["branches", "/tree/"],
    ["tags", "/releases/tag/"],
    ["commits", "/commit/"],
    ["issues", "/issues/"],
    ["pull-requests", "/pull/"],
  ] as const)("of %s begin with the URL and %s", (context, end) => {
    expect(of([context])).toEqual({ exact: [], prefixes: [url + end] });
  });

  it("of all are the repository's own and everything below it, and swallow narrower prefixes", () => {
    expect(of(["all", "branches", "tags"])).toEqual({
      exact: [url, `${url}.git`, `${url}/`].sort(),
      prefixes: [`${url}/`],
    });
  });

  it.each([
    ["main", "/tree/main"],
    ["release/1.2", "/tree/release/1.2"],
    ["fix#12", "/tree/fix%2312"],
    ["50%", "/tree/50%25"],
    ["größe", "/tree/gr%C3%B6%C3%9Fe"],
    ["a$b", "/tree/a$b"],
  ])("of the branch %s are exactly one string, as Gitpod spells it", (branch, end) => {
    expect(of([{ branch }])).toEqual({ exact: [url + end], prefixes: [] });
  });

  it("of an organization are everything below it", () => {
    expect(subjectsOf({ kind: "org", url: "https://github.com/acme", hostKind: "github" })).toEqual({
      exact: [],
      prefixes: ["https://github.com/acme/"],
    });
  });

  it("contexts are listed for messages", () => {
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

describe("a branch name", () => {
  it.each(["main", "release/1.2", "a+b", "fix#12", "größe", "x/${y}", "a@b"])("%s is one", (branch) => {
    expect(branchProblem(branch)).toBeNull();
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
    ...["x.lock", "a.lock/b", "@", "a@{1}", "a\u0000", "a\u007f", "a\u202eb", "a\ufeff", "\ud800"],
  ])("%j is none", (branch) => {
    expect(branchProblem(branch)).toEqual(expect.any(String));
  });
});
