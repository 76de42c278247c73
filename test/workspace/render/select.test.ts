import { selectSnippet } from "../../../src/workspace/render/select";
import { modelOf } from "../../support/project";

const model = modelOf(`version: 1
accounts:
  dev: { id: "123456789012", region: us-east-1 }
installations:
  one: { host: one.gitpod.cloud }
  two: { host: two.gitpod.cloud }
defaults: { installations: [one] }
orgs:
  - { url: https://github.com/acme }
  - { url: https://gitlab.com/acme, name: gitlab }
  - { url: https://gitlab.com/acme/team }
repos:
  - { url: https://github.com/acme/app }
  - { url: https://github.com/other/app, installations: [one, two] }
`);
const select = (url: string, installation: string | null = null): unknown => {
  const selection = selectSnippet(model, url, installation);
  return selection.ok ? selection.snippet.url : selection;
};

describe("the snippet of a repository", () => {
  it("is that of its own entry before its organization's", () => {
    expect(select("https://github.com/acme/app")).toBe("https://github.com/acme/app");
    expect(select("https://github.com/acme/web")).toBe("https://github.com/acme");
  });

  it("is that of the innermost organization", () => {
    expect(select("https://gitlab.com/acme/team/app")).toBe("https://gitlab.com/acme/team");
    expect(select("https://gitlab.com/acme/app")).toBe("https://gitlab.com/acme");
  });

  it("is found whatever the letter case", () => {
    expect(select("https://github.com/Acme/App")).toBe("https://github.com/acme/app");
  });

  it("is none for a neighbour that merely begins alike, and says which entry comes near", () => {
    expect(select("https://github.com/acme-evil/app")).toEqual({
      ok: false,
      reason: "none",
      near: "https://github.com/acme/app",
    });
    expect(select("https://bitbucket.org/x/y")).toEqual({ ok: false, reason: "none", near: undefined });
  });

  it("needs an installation where there are several", () => {
    expect(select("https://github.com/other/app")).toEqual({
      ok: false,
      reason: "several",
      installations: ["one", "two"],
    });
    expect(select("https://github.com/other/app", "two")).toBe("https://github.com/other/app");
  });
});
