import fc from "fast-check";
import type { Context } from "../../src/model/accessModel";
import {
  contextsOf,
  parseEntryUrl,
  parseSubject,
  repoClaimSubjects,
  repoSubjects,
  scmHosts,
} from "../../src/subject";
import { forms, ownHosts, repositories, sha } from "../support/forms";
import { runs } from "../proof/settings";

const hosts = scmHosts(ownHosts);
const main: Context = { branch: "main" };

describe("a subject that is a URL", () => {
  it.each(forms)("of %s: %s", (name, form, context) => {
    const url = repositories[name];
    const subject = form.startsWith("https://") ? form : `${url}${form}`;
    const parsed = parseSubject(subject, hosts);
    expect(parsed).toMatchObject({ kind: "repository", repository: { url }, context, disguised: false });
  });

  it("that our own table makes is read back as what it was made of, on every host", () => {
    let count = 0;
    for (const url of Object.values(repositories)) {
      const read = parseEntryUrl(url, "repo", hosts);
      if (!read.ok) throw new Error(url);
      const contexts: readonly Context[] = [main, ...contextsOf(read.entry.kind).filter((c) => c !== "all")];
      for (const context of contexts) {
        const { exact, prefixes } = repoSubjects(read.entry, [context]);
        const tail = context === "branches" ? "main" : context === "commits" ? sha : "7";
        const expected = context === "branches" ? main : context;
        for (const subject of [...exact, ...prefixes.map((p) => `${p}${tail}`)]) {
          count += 1;
          expect([subject, parseSubject(subject, hosts)]).toEqual([
            subject,
            { kind: "repository", repository: read.entry, context: expected, disguised: false },
          ]);
        }
      }
    }
    expect(count).toBeGreaterThan(80);
  });

  it.each([
    ["https://github.com/acme/app/../../evil/repo", "https://github.com/evil/repo"],
    ["https://github.com/acme/app/%2e%2e/%2E./evil/repo", "https://github.com/evil/repo"],
    ["https://github.com/acme/app/tree/../../../evil/repo", "https://github.com/evil/repo"],
    ["https://github.com/acme/app\\..\\..\\evil\\repo", "https://github.com/evil/repo"],
    ["https://github.com/acme/app/.\t./.\n./evil/repo", "https://github.com/evil/repo"],
    ["https://gitlab.com/a/b/-/../../../c/d", "https://gitlab.com/c/d"],
  ])("with dot segments is of the repository that it opens, and disguised: %j", (subject, url) => {
    expect(parseSubject(subject, hosts)).toMatchObject({
      ...{ kind: "repository", repository: { url }, disguised: true },
    });
  });

  it.each([
    "",
    "https://",
    "http://github.com/acme/app",
    "HTTPS://github.com/acme/app",
    "https://user@github.com/acme/app",
    "https://www.github.com/acme/app",
    "https://github.com.evil.com/acme/app",
    "https://gitlab.com:8443/acme/app",
    "https://10.0.0.1/other/g/p",
    "https://github.com",
    "https://github.com/acme",
    "https://github.com/acme/.git",
    "https://gitlab.com/-/tree/main",
    "https://stash.acme.com/projects/APP",
    "https://dev.azure.com/acme",
    "https://dev.azure.com/acme/shop/web",
    "https://dev.azure.com/acme/shop/pullrequest/7",
    "git@github.com:acme/app.git",
    "github.com/acme/app",
    "org:8f0e/other:1",
  ])("of no repository is none: %j", (subject) => {
    expect(parseSubject(subject, hosts)).toMatchObject({ kind: "other", problem: /./ });
  });

  it("keeps letter case, as Gitpod does", () => {
    expect(parseSubject("https://github.com/ACME/App", hosts)).toMatchObject({
      repository: { url: "https://github.com/ACME/App" },
    });
  });

  it("on Azure DevOps takes .git for a part of the name", () => {
    expect(parseSubject("https://dev.azure.com/acme/shop/_git/web.git", hosts)).toMatchObject({
      repository: { url: "https://dev.azure.com/acme/shop/_git/web.git" },
    });
  });
});

describe("another subject", () => {
  it("of a snapshot, or of nothing, says so", () => {
    expect(parseSubject("snapshot/6a1b1a3c", hosts)).toEqual({ kind: "snapshot" });
    expect(parseSubject("no-context", hosts)).toEqual({ kind: "no-context" });
  });

  it("that is a list of claims is taken apart, colons in values and empty values included", () => {
    const read = parseEntryUrl(repositories.github, "repo", hosts);
    if (!read.ok) throw new Error("unreadable");
    const [subject = ""] = repoClaimSubjects(read.entry, {
      keys: ["org_id", "repository"],
      organizationId: "0f7cbf6e",
    }).exact;
    expect(parseSubject(subject, hosts)).toEqual({
      kind: "claims",
      claims: { org_id: "0f7cbf6e", repository: "https://github.com/acme/app.git" },
    });
    expect(parseSubject("org_id::repository:https://gl.acme.com:8443/a/b.git", hosts)).toEqual({
      kind: "claims",
      claims: { org_id: "", repository: "https://gl.acme.com:8443/a/b.git" },
    });
  });

  it("never makes it throw, and a repository that it names is one that a manifest may name as well", () => {
    const piece = fc.constantFrom(
      ...["https://", "github.com", "gitlab.com", "dev.azure.com", "stash.acme.com", "bitbucket.org", "acme"],
      ...[
        "/",
        "//",
        ".git",
        "..",
        "%2e",
        "%",
        "%zz",
        "?",
        "#",
        "&",
        "version=GB",
        "at=",
        "_git",
        "scm",
        "projects",
      ],
      ...[
        "repos",
        "~",
        "-",
        "tree",
        "\t",
        "\n",
        "\0",
        "\\",
        "@",
        ":",
        "é",
        "\u202e",
        "\ud800",
        "__proto__",
        "$&",
      ],
      ...["snapshot/", "org_id:", "repository:", "{U}", "*"],
    );
    const near = fc
      .array(piece, { maxLength: 8 })
      .map((pieces) => `https://github.com/acme/app${pieces.join("")}`);
    const counts = { repository: 0, other: 0 };
    fc.assert(
      fc.property(
        fc.oneof(
          near,
          fc.array(piece, { maxLength: 12 }).map((p) => p.join("")),
          fc.string(),
        ),
        (s) => {
          const parsed = parseSubject(s, hosts);
          counts[parsed.kind === "repository" ? "repository" : "other"] += 1;
          if (parsed.kind !== "repository") return;
          const { segments, base, url } = parsed.repository;
          expect(segments).not.toContain("");
          expect(url).toBe([base, ...segments].join("/"));
          expect(new URL(s).href.toLowerCase().startsWith(`${base}/`)).toBe(true);
        },
      ),
      runs(400, 20_000),
    );
    expect(Math.min(counts.repository, counts.other)).toBeGreaterThan(100);
  });
});
