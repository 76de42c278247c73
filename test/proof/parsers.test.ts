import { gitpodOpens, type ParserHost } from "../support/gitpodParsers";

const hosts: readonly ParserHost[] = [
  { name: "github.com", kind: "github" },
  { name: "intern.acme.com/git", kind: "github" },
  { name: "gitlab.com", kind: "gitlab", projects: new Set(["acme/app", "acme/team/web", "evil/repo"]) },
  { name: "bitbucket.org", kind: "bitbucket" },
  { name: "stash.acme.com", kind: "bitbucket-server" },
  { name: "dev.azure.com", kind: "azure-devops" },
];
const opened = (typed: string): string | null => {
  const found = gitpodOpens(typed, hosts);
  return (
    found && `${found.host} ${found.owner} ${found.repo}${found.branch === null ? "" : ` @${found.branch}`}`
  );
};

/** The oracle of the proof is only worth something if it sees through what the proof is about. */
describe("Gitpod's parsers, as they are known, open", () => {
  it.each([
    ["https://github.com/acme/app", "github.com acme app"],
    ["https://github.com/acme/app.git", "github.com acme app"],
    ["https://github.com/acme/app/any/path?x=1#y", "github.com acme app"],
    ["https://github.com/ACME/App", "github.com ACME App"],
    ["https://github.com/acme/app/../../evil/repo", "github.com evil repo"],
    ["https://github.com/acme/app/%2e%2e/%2E./evil/repo", "github.com evil repo"],
    ["https://github.com/acme/app/.\t./.\n./evil/repo", "github.com evil repo"],
    ["https://github.com/acme/app/\\..\\..\\..\\evil\\repo", "github.com evil repo"],
    ["https://github.com/acme/app/tree/../../../evil/repo", "github.com evil repo"],
    ["https://intern.acme.com/git/acme/app", "intern.acme.com/git acme app"],
    ["https://gitlab.com/acme/app/-/tree/main", "gitlab.com acme app"],
    ["https://gitlab.com/acme/app/tree/main", "gitlab.com acme app"],
    ["https://gitlab.com/acme/team/web/issues/1", "gitlab.com acme/team web"],
    ["https://gitlab.com/Acme/Team/Web/issues/1", "gitlab.com acme/team web"],
    ["https://bitbucket.org/acme/app/src/main/", "bitbucket.org acme app"],
    ["https://stash.acme.com/projects/app/repos/web/browse", "stash.acme.com projects/APP web"],
    ["https://stash.acme.com/scm/app/web.git", "stash.acme.com projects/APP web"],
    ["https://stash.acme.com/scm/~jo/dots.git", "stash.acme.com users/jo dots"],
    ["https://stash.acme.com/users/jo/repos/dots", "stash.acme.com users/jo dots"],
    [
      "https://stash.acme.com/projects/APP/repos/web/browse?at=refs%2Fheads%2Fa&at=b",
      "stash.acme.com projects/APP web @a",
    ],
    ["https://dev.azure.com/acme/shop/_git/web", "dev.azure.com acme/shop web"],
    ["https://dev.azure.com/acme/shop/_git/web.git", "dev.azure.com acme/shop web.git"],
    ["https://dev.azure.com/acme/shop", "dev.azure.com acme/shop shop"],
    ["https://dev.azure.com/acme/_git/shop", "dev.azure.com acme/shop shop"],
    ["https://dev.azure.com/acme/shop/other", "dev.azure.com acme/shop other"],
    ["https://dev.azure.com/acme/shop/_git/web?version=GBa&version=GBb", "dev.azure.com acme/shop web @a"],
  ])("%j: %s", (typed, expected) => {
    expect(opened(typed)).toBe(expected);
  });

  it.each([
    "http://github.com/acme/app",
    "HTTPS://github.com/acme/app",
    "https://www.github.com/acme/app",
    "https://github.com:443/acme/app",
    "https://user@github.com/acme/app",
    "https://github.com/acme",
    "https://github.com/",
    "https://github.com.evil.com/acme/app",
    "https://gitlab.com/acme/team",
    "https://gitlab.com/acme/-/team/web",
    "https://stash.acme.com/other/app/repos/web",
    "https://dev.azure.com/acme",
    "snapshot/0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a",
    "no-context",
    "",
  ])("nothing for %j", (typed) => {
    expect(opened(typed)).toBeNull();
  });
});
