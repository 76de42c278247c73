import {
  exampleSubjects,
  isDisguised,
  leavesPath,
  scmHosts,
  subjectReach,
  traversals,
} from "../../src/subject";

const hosts = scmHosts({ "git.acme.com": "bitbucket-server", "10.0.0.1/gitlab": "gitlab" });
const at = (start: string, more = false): string => {
  const reach = subjectReach(start, more, hosts);
  return reach.kind === "repository"
    ? `${reach.group ? "group" : "repository"} ${reach.repository.url} ${reach.rest}`
    : reach.kind;
};

describe("where the first wildcard of a pattern stands", () => {
  it.each([
    ["", "before-path"],
    ["http", "before-path"],
    ["https://", "host"],
    ["https://github.com", "host"],
    ["https://github.com/", "host"],
    ["https://github.com//", "host"],
    ["https://github.com/acme", "cut-name"],
    ["https://github.com/acme/", "organization"],
    ["https://github.com/acme/app", "cut-name"],
    ["https://github.com/acme/app/", "repository https://github.com/acme/app /"],
    ["https://github.com/acme/app.git/", "repository https://github.com/acme/app /"],
    ["https://github.com/acme/app/tree/x", "repository https://github.com/acme/app /tree/x"],
    ["https://github.com/acme/app?", "repository https://github.com/acme/app ?"],
    ["https://bitbucket.org/acme/app/src/", "repository https://bitbucket.org/acme/app /src/"],
    ["https://gitlab.com/acme/", "organization"],
    ["https://gitlab.com/acme/team/app/", "group https://gitlab.com/acme/team/app /"],
    ["https://gitlab.com/acme/team/app", "cut-name"],
    ["https://gitlab.com/acme/team/app/-/tree/", "repository https://gitlab.com/acme/team/app /-/tree/"],
    ["https://gitlab.com/acme/app/tree/", "repository https://gitlab.com/acme/app /tree/"],
    ["https://10.0.0.1/gitlab/", "host"],
    ["https://10.0.0.1/gitlab/acme/", "organization"],
    ["https://git.acme.com/projects/", "host"],
    ["https://git.acme.com/projects/APP/", "organization"],
    ["https://git.acme.com/projects/APP/repos/", "organization"],
    ["https://git.acme.com/projects/APP/repos/web", "cut-name"],
    [
      "https://git.acme.com/projects/APP/repos/web/",
      "repository https://git.acme.com/projects/APP/repos/web /",
    ],
    ["https://git.acme.com/scm/app/", "organization"],
    ["https://git.acme.com/scm/app/web.git/", "repository https://git.acme.com/projects/APP/repos/web /"],
    ["https://dev.azure.com/acme/", "organization"],
    ["https://dev.azure.com/acme/shop/", "organization"],
    ["https://dev.azure.com/acme/_git/shop/", "organization"],
    ["https://dev.azure.com/acme/shop/_git/", "organization"],
    ["https://dev.azure.com/acme/shop/_git/web", "cut-name"],
    [
      "https://dev.azure.com/acme/shop/_git/web?version=GB",
      "repository https://dev.azure.com/acme/shop/_git/web ?version=GB",
    ],
    ["https://ghe.example.com/acme/", "organization"],
    [
      "https://stash.example.com/projects/APP/repos/web/",
      "repository https://stash.example.com/projects/APP/repos/web /",
    ],
    ["repo:acme/app:", "no-url"],
    ["http://github.com/acme/app/", "no-url"],
  ])("%s* reaches %s", (start, expected) => {
    expect(at(start)).toBe(expected);
  });

  it("a wildcard with more behind it stands before the path until an owner is named", () => {
    for (const start of ["https://", "https://github.com", "https://github.com/"])
      expect(at(start, true)).toBe("before-path");
    expect(at("https://github.com/acme/", true)).toBe("organization");
  });
});

describe("subjects that open another path than they begin with", () => {
  const start = "https://github.com/acme/app/tree/";

  it("every traversal behind a path leaves it, however it is spelled", () => {
    expect(traversals(start).length).toBeGreaterThan(10);
    for (const run of traversals(start)) expect([run, leavesPath(start + run, start)]).toEqual([run, true]);
  });

  it("what goes on below it does not, nor do steps up in a query", () => {
    for (const run of ["main", "a..b", "a/./b", "?x=/../../..", "#/../.."])
      expect([run, leavesPath(start + run, start)]).toEqual([run, false]);
  });

  it("whole subjects are disguised by dot segments and dropped characters, not by dots in a name", () => {
    for (const sub of [
      "https://h/a/../b",
      "https://h/a/%2e%2E/b",
      "https://h/a/..",
      "https://h/a\\..\\b",
      "https://h/a/.\t./b",
    ])
      expect([sub, isDisguised(sub)]).toEqual([sub, true]);
    for (const sub of ["https://h/a..b/c", "https://h/a/...", "https://h/.github"])
      expect([sub, isDisguised(sub)]).toEqual([sub, false]);
  });
});

describe("examples of a context", () => {
  it("are of the repository, spelled as the host spells them", () => {
    const repository = {
      url: "https://github.com/acme/app",
      kind: "github",
      base: "https://github.com",
      segments: ["acme", "app"],
    } as const;
    expect(exampleSubjects(repository, "pull-requests")).toEqual(["https://github.com/acme/app/pull/1"]);
    expect(exampleSubjects(repository, "branches")).toEqual([
      "https://github.com/acme/app/tree/main",
      "https://github.com/acme/app/tree/main",
    ]);
  });
});
