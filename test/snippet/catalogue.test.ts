import { createHash } from "node:crypto";
import {
  catalogueJson,
  catalogueJsonOwnership,
  cataloguePage,
  cataloguePageOwnership,
  type CatalogueEntry,
} from "../../src/snippet";

const entry = (change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  url: "https://github.com/acme/app",
  kind: "repo",
  installation: "gitpod",
  file: "gitpod/github.com/acme/app.gitpod.yml",
  task: "aws",
  logins: [
    {
      account: "dev",
      roleArn: "arn:aws:iam::123456789012:role/gitpod-acme-app",
      profile: "default",
      exports: ["DATABASE_URL"],
    },
  ],
  ...change,
});

describe("the index of a folder of snippets", () => {
  it("lists every snippet for programs", () => {
    expect(JSON.parse(catalogueJson([entry()]))).toMatchObject({ snippets: [entry()] });
  });

  it("knows its own files again, and those that somebody edited", () => {
    const [json, page] = [catalogueJson([entry()]), cataloguePage([entry()])];
    expect([catalogueJsonOwnership(json), cataloguePageOwnership(page)]).toEqual(["ours", "ours"]);
    expect(catalogueJsonOwnership(json.replace("acme/app", "acme/other"))).toBe("edited");
    expect(cataloguePageOwnership(page.replace("acme/app", "acme/other"))).toBe("edited");
    expect(catalogueJsonOwnership("{}")).toBe("foreign");
    expect(catalogueJsonOwnership("not JSON")).toBe("foreign");
    expect(cataloguePageOwnership("<!doctype html>\n")).toBe("foreign");
  });

  it("shows hostile text as text", () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror='alert(1)'>\u202e`;
    const page = cataloguePage([entry({ url: `https://github.com/acme/${hostile}`, installation: hostile })]);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
    expect(page).not.toContain("\u202e");
  });

  it("runs its own script and nothing else, and asks nobody for anything", () => {
    const page = cataloguePage([entry()]);
    const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(script, "utf8").digest("base64");
    expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/(src|href)="(?!https:\/\/github\.com\/acme\/app"|gitpod\/)/);
  });

  it("says how a snippet is used", () => {
    expect(cataloguePage([entry()])).toContain("<code>gitpod-aws-oidc snippet --into .gitpod.yml");
  });

  it("links to files whatever is in their names", () => {
    expect(cataloguePage([entry({ file: "gitpod/h/100%25#x?y.gitpod.yml" })])).toContain(
      'href="gitpod/h/100%2525%23x%3Fy.gitpod.yml"',
    );
  });
});
