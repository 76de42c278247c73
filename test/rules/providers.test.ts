import { manifest, project } from "../support/project";
import { aboveInfo, judge, type FixtureContext } from "./trustFixture";

const issuer = "https://services.acme.gitpod.cloud/idp";
const audiences = ["sts.amazonaws.com"];
const say = (
  changes: readonly {
    arn?: string;
    url?: string;
    audiences?: readonly string[];
    thumbprints?: readonly string[] | null;
  }[],
  context: FixtureContext = {},
) => judge({ providers: changes.map((c) => ({ url: issuer, audiences, thumbprints: null, ...c })), context });
const rulesOf = (...args: Parameters<typeof say>) => aboveInfo(say(...args));

describe("an identity provider that exists", () => {
  it.each([
    issuer,
    "services.acme.gitpod.cloud/idp",
    "https://acme.eu.auth0.com/",
    "https://accounts.google.com",
  ])("%s may be one", (url) => {
    expect(rulesOf([{ url }])).toEqual([]);
  });

  it.each([
    "http://services.acme.gitpod.cloud/idp",
    "https://services.acme.gitpod.cloud:8443/idp",
    "https://services.acme.gitpod.cloud/idp/",
    "https://services.acme.gitpod.cloud/idp?x=1",
    `https://services.acme.gitpod.cloud/${"x".repeat(255)}`,
    "https://token.actions.githubusercontent.com:8443",
    "",
  ])("P02: %s is no issuer", (url) => {
    expect(rulesOf([{ url }])).toEqual(["P02"]);
  });

  it("P01: is the same with and without scheme", () => {
    expect(rulesOf([{}, { url: issuer.replace("https://", "") }])).toEqual(["P01"]);
  });

  it("P01: is another one in another account, as far as its ARN shows", () => {
    const arn = (account: string) => ({ arn: `arn:aws:iam::${account}:oidc-provider/x` });
    expect(rulesOf([arn("123456789012"), arn("210987654321")])).toEqual([]);
    expect(rulesOf([arn("123456789012"), arn("123456789012")])).toEqual(["P01"]);
    expect(rulesOf([arn("123456789012"), arn("210987654321"), arn("123456789012")])).toEqual(["P01"]);
    expect(rulesOf([arn("123456789012"), {}])).toEqual(["P01"]);
  });

  it("P03: takes up to five thumbprints of 40 hex digits", () => {
    const good = "0123456789abcdef0123456789ABCDEF01234567";
    expect(rulesOf([{ thumbprints: Array.from({ length: 5 }, () => good) }])).toEqual([]);
    for (const thumbprints of [[], ["xyz"], [good.slice(1)], Array.from({ length: 6 }, () => good)])
      expect(rulesOf([{ thumbprints }])).toEqual(["P03"]);
  });

  it("P04: registers an audience, at most 100, and those of the installations", () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => `aud-${i}`);
    expect(rulesOf([{ audiences: many(100) }])).toEqual([]);
    expect(rulesOf([{ audiences: many(101) }])).toEqual(["P04"]);
    expect(rulesOf([{ audiences: [] }])).toEqual(["P04"]);
    expect(rulesOf([{}], { installations: [{ issuer }, { issuer, audience: "vault.acme.com" }] })).toEqual([
      "P04",
    ]);
  });
});

describe("an installation of a manifest", () => {
  const two = (rest: string) =>
    manifest(rest).replace(
      "installations:\n",
      "installations:\n  spare:\n    issuer: https://services.spare.gitpod.cloud/idp\n",
    );
  const unused = (text: string) => {
    const loaded = project(text);
    if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join("\n"));
    return loaded.findings.filter((f) => f.rule === "P05").map((f) => `${f.severity} ${f.path}`);
  };

  it("P05: that no entry uses is info, once, at its place", () => {
    expect(unused(two("repos:\n  - { url: https://github.com/acme/app, installations: [acme] }"))).toEqual([
      "info installations.spare",
    ]);
  });

  it("P05: that an entry uses is not", () => {
    expect(
      unused(two("repos:\n  - { url: https://github.com/acme/app, installations: [acme, spare] }")),
    ).toEqual([]);
  });
});

describe("hosts with the branch in the query", () => {
  it("T60 cannot occur in a manifest: contexts that are patterns of the whole repository admit its branches", () => {
    for (const url of [
      "https://dev.azure.com/acme/shop/_git/web",
      "https://git.acme.com/projects/APP/repos/web",
    ]) {
      const loaded = project(
        manifest(
          `scmHosts: { git.acme.com: bitbucket-server }\nrepos:\n  - { url: "${url}", contexts: [all] }`,
        ),
      );
      if (!loaded.ok) throw new Error("diagnostics");
      const [role] = loaded.model.accounts.flatMap((a) => a.roles);
      const found = judge({
        document: role?.made.trustPolicy,
        context: { hosts: { "git.acme.com": "bitbucket-server" } },
      });
      expect(aboveInfo(found)).toEqual(["T58"]);
    }
  });
});
