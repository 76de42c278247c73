import { parseRemoteUrl, scmHosts } from "../../src/subject";

const hosts = scmHosts({
  "git.acme.com:8443": "gitlab",
  "bb.acme.com": "bitbucket-server",
  "intern.acme.com/git": "gitlab",
});

const read = (text: string): string | null => {
  const result = parseRemoteUrl(text, hosts);
  return result.ok ? result.repository.url : null;
};

describe("what people paste for a repository", () => {
  test.each([
    "https://github.com/acme/app",
    "https://github.com/acme/app/",
    "https://github.com/acme/app.git",
    "http://github.com/acme/app",
    "https://www.github.com/acme/app",
    "HTTPS://GitHub.com/acme/app",
    "github.com/acme/app",
    "  https://github.com/acme/app\n",
    "git@github.com:acme/app.git",
    "git@github.com:/acme/app.git",
    "org-1234@github.com:acme/app.git",
    "ssh://git@github.com/acme/app.git",
    "ssh://git@github.com:22/acme/app.git",
    "git://github.com/acme/app.git",
    "https://user:secret@github.com/acme/app.git",
    "https://github.com/acme/app/tree/feature/x",
    "https://github.com/acme/app/pull/12/files",
    "https://github.com/acme/app?tab=readme#start",
  ])("%j is acme/app of GitHub", (text) => {
    expect(read(text)).toBe("https://github.com/acme/app");
  });

  test.each([
    ["git@gitlab.com:acme/team/app.git", "https://gitlab.com/acme/team/app"],
    ["https://gitlab.com/acme/team/app/-/tree/main", "https://gitlab.com/acme/team/app"],
    ["https://bitbucket.org/acme/app/src/main/", "https://bitbucket.org/acme/app"],
    ["git@ssh.dev.azure.com:v3/acme/shop/web", "https://dev.azure.com/acme/shop/_git/web"],
    ["https://acme@dev.azure.com/acme/shop/_git/web", "https://dev.azure.com/acme/shop/_git/web"],
    ["https://dev.azure.com/acme/shop", "https://dev.azure.com/acme/shop/_git/shop"],
    ["ssh://git@bb.acme.com:7999/app/web.git", "https://bb.acme.com/projects/APP/repos/web"],
    ["https://bb.acme.com/scm/app/web.git", "https://bb.acme.com/projects/APP/repos/web"],
    ["https://bb.acme.com/projects/APP/repos/web/browse", "https://bb.acme.com/projects/APP/repos/web"],
    ["git@git.acme.com:team/app.git", "https://git.acme.com:8443/team/app"],
    ["ssh://git@git.acme.com:2222/team/app.git", "https://git.acme.com:8443/team/app"],
    ["git@intern.acme.com:team/app.git", "https://intern.acme.com/git/team/app"],
  ])("%j is %s", (text, url) => {
    expect(read(text)).toBe(url);
  });

  test.each([
    ["", /empty/],
    ["acme/app", /no repository/],
    ["https://github.com/acme", /no repository/],
    ["git@github.com:acme", /no repository/],
    ["https://example.com/acme/app", /no repository/],
    ["https://github.com/acme/app/../../evil/app", /no repository/],
    ["/srv/git/app.git", /no repository/],
    ["C:\\code\\app", /no repository/],
    ["x".repeat(5000), /longer/],
  ])("%j is none, and says why", (text, problem) => {
    const result = parseRemoteUrl(text, hosts);
    expect(result).toMatchObject({ ok: false });
    if (!result.ok) expect(result.problem).toMatch(problem);
  });

  it("the problem does not repeat a password", () => {
    const result = parseRemoteUrl("https://user:hunter2@nowhere.example/acme/app", hosts);
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});
