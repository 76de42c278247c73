import fc from "fast-check";
import { parseEntryUrl, scmHosts } from "../../src/subject";
import { runs } from "../proof/settings";

const hosts = scmHosts({
  "git.acme.com": "github",
  "git.acme.com:8443": "github",
  "intern.acme.com/git": "github",
  "intern.acme.com": "gitlab",
  "deep.acme.com": "gitlab",
  "deep.acme.com/a/b": "github",
});
const read = (url: string, kind: "org" | "repo" = "repo") => parseEntryUrl(url, kind, hosts);

describe("the URL of an entry", () => {
  it.each([
    ["https://github.com/acme/app", "acme/app"],
    ["https://github.com/ACME/App", "ACME/App"],
    ["https://github.com/acme/a..b", "acme/a..b"],
    ["https://github.com/acme/a$b", "acme/a$b"],
    ["https://git.acme.com/acme/app", "acme/app"],
    ["https://git.acme.com:8443/acme/app", "acme/app"],
    ["https://intern.acme.com/git/acme/app", "acme/app"],
  ])("%s is a repository", (url, path) => {
    expect(read(url)).toEqual({
      ok: true,
      entry: { url, kind: "github", base: url.slice(0, -path.length - 1), segments: path.split("/") },
    });
  });

  it.each([
    "http://github.com/acme/app",
    "HTTPS://github.com/acme/app",
    "git@github.com:acme/app.git",
    "github.com/acme/app",
    "https://GitHub.com/acme/app",
    "https://github.com:443/acme/app",
    "https://user@github.com/acme/app",
    "https://user:pw@github.com/acme/app",
    "https://github.com//acme/app",
    "https://github.com/acme//app",
    "https://github.com/acme/app/",
    "https://github.com/acme/app.git",
    "https://github.com/acme/app.GIT",
    "https://github.com/acme/app?x=1",
    "https://github.com/acme/app#x",
    "https://github.com/acme/*",
    "https://github.com/acme/ap?",
    "https://github.com/acme/../evil/app",
    "https://github.com/acme/./app",
    "https://gitlab.com/acme/.team/.",
    "https://gitlab.com/acme/.team/..",
    "https://github.com/acme/%2e%2e/app",
    "https://github.com/acme/a%2Fb",
    "https://github.com/acme/a%5cb",
    "https://github.com/acme\\app",
    "https://github.com/acme/app\n",
    "https://github.com/acme/a\tpp",
    "https://github.com/acme/ä",
    "https://github.com/acme/a b",
    'https://github.com/acme/a"b',
    "https://github.com/acme/{app}",
    "https://github.com/acme",
    "https://github.com",
    "https://github.com/",
    "https://github.com/acme/app/tree/main",
    "https://www.github.com/acme/app",
    "https://github.com.evil.com/acme/app",
    "https://github.community/acme",
    "https://other.acme.com/git/acme/app",
    "https://git.acme.com:9443/acme/app",
    "https://gitlab.com/acme",
  ])("%j is refused for a repository, with a remedy", (url) => {
    const result = read(url);
    expect(result).toMatchObject({ ok: false });
    expect(!result.ok && result.remedy.length > 10).toBe(true);
  });

  it("of an organization has one segment on GitHub, so that no repository is an organization and none a host", () => {
    expect(read("https://github.com/acme", "org")).toMatchObject({ ok: true });
    expect(read("https://github.com", "org")).toMatchObject({ ok: false });
    expect(read("https://github.com/acme/app", "org")).toMatchObject({
      ok: false,
      remedy: expect.stringContaining("move the entry to repos") as string,
    });
  });

  it("with an empty segment is shown one of its own host", () => {
    expect(read("https://deep.acme.com/acme//app")).toEqual({
      ok: false,
      problem: "a segment of its path is empty",
      remedy: "write it like https://gitlab.com/acme/team/app",
    });
  });

  it("under which another host lies is refused: its repositories would be admitted", () => {
    for (const url of ["https://intern.acme.com/git", "https://deep.acme.com/a", "https://deep.acme.com/a/b"])
      expect(read(url, "org")).toMatchObject({
        ok: false,
        problem: expect.stringContaining("a host of its own") as string,
      });
    expect(read("https://intern.acme.com/gitx", "org")).toMatchObject({ ok: true });
    expect(read("https://deep.acme.com/a/bc", "org")).toMatchObject({ ok: true });
    expect(read("https://deep.acme.com/a/b", "repo")).toMatchObject({ ok: false });
  });

  it("that is accepted is what the URL standard makes of it, whatever characters it has", () => {
    const character = fc.oneof(
      fc.constantFrom(...Array.from("abAB01-._~%$&'()+,;=:@!|[]^`{}\\/?#*\t\n\r é\u202e")),
      fc.constantFrom("%2e", "%2F", "..", "."),
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(character, { minLength: 1, maxLength: 6 }), (chars) => {
        const result = read(`https://github.com/acme/${chars.join("")}`);
        if (!result.ok) return;
        accepted += 1;
        const { href, pathname } = new URL(result.entry.url);
        expect(href).toBe(result.entry.url);
        expect(pathname.split("/").slice(0, 2)).toEqual(["", "acme"]);
        expect(result.entry.url).not.toMatch(/[*?#\\\s]/);
      }),
      runs(800, 20_000),
    );
    expect(accepted).toBeGreaterThan(80);
  });
});
