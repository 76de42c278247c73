import {
  catalogueJson,
  catalogueJsonOwnership,
  type CatalogueEntry,
} from "../../../src/workspace/render/catalogue";

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

  it("is known again, and so is one that somebody edited", () => {
    const json = catalogueJson([entry()]);
    expect(catalogueJsonOwnership(json)).toBe("ours");
    expect(catalogueJsonOwnership(json.replace("acme/app", "acme/other"))).toBe("edited");
    expect(catalogueJsonOwnership("{}")).toBe("foreign");
    expect(catalogueJsonOwnership("not JSON")).toBe("foreign");
  });
});
