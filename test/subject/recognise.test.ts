import type { Context, HostKind } from "../../src/model/accessModel";
import { recognise, type AdmittedSubjects } from "../../src/subject";

/** What a policy admits whose values are these: a star at the end is a wildcard. */
function admitting(...values: readonly string[]): AdmittedSubjects {
  const literals = values.map((v) => ({ text: v.replace(/\*$/, ""), open: v.endsWith("*") }));
  return {
    literals,
    admits: (s) => literals.some(({ text, open }) => (open ? s.startsWith(text) : s === text)),
    covers: (prefix) => literals.some(({ text, open }) => open && prefix.startsWith(text)),
    excludes: () => false,
  };
}

function contextsOf(name: string, kind: HostKind, ...values: readonly string[]): readonly Context[] | null {
  return recognise(admitting(...values), { name, kind })?.contexts ?? null;
}

describe("a form that says less than others of its context stands for itself", () => {
  const bitbucket = "https://bitbucket.org/acme/app";
  it.each<[readonly string[], readonly Context[] | null]>([
    [["branch/*"], null],
    [["commits/branch/*"], null],
    [["branch/*", "commits/branch/*"], null],
    [["src/*"], ["branches"]],
    [["src/*", "branch/*"], ["branches"]],
    [["commits/*", "branch/*"], ["commits"]],
    [["branch/main"], null],
    [["commits/branch/main"], null],
    [["src/main"], [{ branch: "main" }]],
    [["commits/tag/*"], ["tags"]],
    [["*"], ["all"]],
  ])("on Bitbucket, %j is %j", (values, expected) => {
    const found = contextsOf("bitbucket.org", "bitbucket", ...values.map((v) => `${bitbucket}/${v}`));
    expect(found?.filter((c) => c !== "repository") ?? null).toEqual(expected);
  });

  const azure = "https://dev.azure.com/acme/shop/_git/web";
  it.each<[readonly string[], readonly Context[] | null]>([
    [["/*"], ["repository", "commits", "pull-requests"]],
    [["?*"], ["branches", "tags"]],
    [["/*", "?*"], ["all"]],
    [["*"], ["all"]],
    [["?version=GB*"], ["branches"]],
    [["?path=%2F&version=GB*"], ["branches"]],
    [["?version=GBmain"], [{ branch: "main" }]],
  ])("on Azure DevOps, %j is %j", (values, expected) => {
    expect(contextsOf("dev.azure.com", "azure-devops", ...values.map((v) => `${azure}${v}`))).toEqual(
      expected,
    );
  });
});

describe("other spellings of the same are added", () => {
  it.each<[HostKind, string, string, Context]>([
    ["gitlab", "https://git.acme.com/a/b", "/-/tree/*", "branches"],
    ["gitlab", "https://git.acme.com/a/b", "/-/issues/*", "issues"],
    ["bitbucket-server", "https://git.acme.com/projects/A/repos/b", "/browse?at=refs/tags/*", "tags"],
    ["bitbucket-server", "https://git.acme.com/projects/A/repos/b", "/commits?until=*", "branches"],
    ["github", "https://git.acme.com/a/b", ".git", "repository"],
  ])("on %s, %s%s is all of %s", (kind, url, end, context) => {
    const found = recognise(admitting(`${url}${end}`), { name: "git.acme.com", kind });
    expect([found?.url.url, found?.contexts]).toEqual([url, [context]]);
    expect([...(found?.added.exact ?? []), ...(found?.added.prefixes ?? [])]).not.toEqual([]);
  });
});
