import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "../../src/model/accessModel";
import { stackTerraform } from "../../src/terraform/stack";
import { modelOf, project } from "../support/project";

const file = (name: string) =>
  readFileSync(join(__dirname, "..", "fixtures", "accounts", `${name}.yaml`), "utf8");

/** `CODE line: message | remedy` of every diagnostic. */
function refusals(text: string): readonly string[] {
  const loaded = project(text);
  return loaded.ok ? [] : loaded.diagnostics.map((d) => `${d.code} ${d.line}: ${d.message} | ${d.remedy}`);
}

function terraform(account: Account | undefined) {
  if (!account) throw new Error("no account");
  return stackTerraform({ account, root: "../../..", unusedProviders: [] }) as Record<string, unknown>;
}

const account = (keys: string, more = "") => `version: 1
accounts:
  dev: { id: "123456789012", region: us-east-1, ${keys} }
${more}installations:
  acme: { issuer: https://services.acme.gitpod.cloud/idp }
repos:
  - url: https://github.com/acme/app
    accounts: [dev]
`;

describe("an identity provider that one account has and another has not", () => {
  const managements = (text: string) =>
    modelOf(text).accounts.map((a) => a.identityProviders.map((p) => p.management));
  const two = (keys: string) =>
    `version: 1
accounts:
  dev: { id: "123456789012", region: us-east-1, ${keys} }
  prod: { id: "210987654321", region: us-east-1 }
installations:
  acme: { issuer: https://services.acme.gitpod.cloud/idp }
  zeta: { issuer: https://services.acme.gitpod.cloud/idp }
repos:
  - { url: https://github.com/acme/app, installations: [acme, zeta], accounts: [dev, prod] }
`;

  it("is no matter of two installations: the refusal says where to write it", () => {
    expect(refusals(file("import-in-one-account-only"))).toEqual([
      expect.stringMatching(/^R08 7: .*one says import and the other create \| .*identityProviders: \{ acme/),
    ]);
  });

  it.each([
    ["identityProviders: { acme: import }", ["import"]],
    ["identityProviders: { zeta: existing }", ["existing"]],
    ["identityProviders: { acme: import, zeta: import }", ["import"]],
    ["identityProviders: {}", ["create"]],
  ])("is said on the account, and holds for all installations of the issuer: %s", (keys, dev) => {
    expect(managements(two(keys))).toEqual([dev, ["create"]]);
  });

  it.each([
    ["identityProviders: { acme: import, zeta: create }", /^R08 3: .*two answers/],
    ["identityProviders: { acmee: import }", /^R01 3: no installation is named "acmee".*did you mean "acme"/],
    ["identityProviders: { acme: adopt }", /^M0\d 3: /],
  ])("is said once, of an installation that there is: %s", (keys, refusal) => {
    expect(refusals(two(keys))).toEqual([expect.stringMatching(refusal)]);
  });
});

describe("two roles of one repository", () => {
  it("in one account need a profile each", () => {
    const text = file("two-roles-of-one-repository");
    expect(refusals(text)).toEqual([
      expect.stringMatching(/^R08 \d+: .*profile "default" \| .*snippet: \{ profile: writer \}$/),
    ]);
    const [snippet] = modelOf(`${text}    snippet: { profile: writer }\n`).snippets;
    expect(snippet?.logins.map((l) => l.profile)).toEqual(["default", "writer"]);
  });

  it("in two accounts have one already", () => {
    const [snippet] = modelOf(`version: 1
accounts:
  dev: { id: "123456789012", region: us-east-1 }
  prod: { id: "210987654321", region: us-east-1 }
installations:
  acme: { issuer: https://services.acme.gitpod.cloud/idp }
repos:
  - { url: https://github.com/acme/app, accounts: [dev] }
  - { url: https://github.com/acme/app, accounts: [prod] }
`).snippets;
    expect(snippet?.logins.map((l) => l.profile)).toEqual(["default", "prod"]);
  });
});

describe("the state", () => {
  const s3 = (keys: string) => account(`backend: { s3: { bucket: acme-state, region: us-east-1, ${keys} } }`);
  const backend = (text: string) => terraform(modelOf(text).accounts[0])["terraform"];

  it("can be in another account's bucket, by a role or a profile", () => {
    expect(backend(file("backend-role"))).toMatchObject({
      backend: { s3: { assume_role: { role_arn: "arn:aws:iam::999999999999:role/state" } } },
    });
    expect(backend(s3("profile: state"))).toMatchObject({ backend: { s3: { profile: "state" } } });
  });

  it.each(["azurerm", "gcs", "http", "s3"])("can be where init -backend-config says: %s", (type) => {
    expect(backend(account(`backend: { partial: ${type} }`))).toMatchObject({ backend: { [type]: {} } });
  });

  it("of several partial backends is not taken for one", () => {
    const prod = `  prod: { id: "210987654321", region: us-east-1, shards: 2, backend: { partial: http } }\n`;
    expect(refusals(account("backend: { partial: http }, shards: 2", prod))).toEqual([]);
  });

  it("is told apart by its place, not by who reads it", () => {
    const at = (keys: string) => `backend: { s3: { bucket: acme, region: us-east-1, key: state, ${keys} } }`;
    const prod = `  prod: { id: "210987654321", region: us-east-1, ${at("profile: b")} }\n`;
    expect(refusals(account(at("profile: a"), prod))).toEqual([
      expect.stringMatching(/^R08 4: the stacks "dev" and "prod" would share one Terraform state/),
    ]);
  });

  it.each([
    [s3('roleArn: "arn:aws-cn:iam::999999999999:role/state"'), /^R08 3: .*partition "aws-cn"/],
    [s3("roleArn: state"), /^M\d+ 3: .*ARN of a role/],
    [account("backend: { partial: local }"), /^M\d+ 3: .*azurerm/],
    [account("backend: { partial: http, local: { path: x } }"), /^M\d+ 3: .*exactly one/],
  ])("has a backend that works, or is refused", (text, refusal) => {
    expect(refusals(text)).toEqual([expect.stringMatching(refusal)]);
  });
});

describe("the role that deploys", () => {
  const role = "deployRole: arn:aws:iam::123456789012:role/deploy";

  it("can ask for an external id, which Terraform takes literally", () => {
    const [dev] = modelOf(account(`${role}, deployExternalId: "a/b=c,d@e.f:g"`)).accounts;
    expect(terraform(dev)["provider"]).toEqual({
      aws: [
        expect.objectContaining({
          assume_role: [{ external_id: "a/b=c,d@e.f:g", role_arn: "arn:aws:iam::123456789012:role/deploy" }],
        }),
      ],
    });
  });

  it.each([
    ["deployExternalId: abc", /^R08 3: .*add deployRole/],
    [`${role}, deployExternalId: "\${x}"`, /^M\d+ 3: .*external id/],
    [`${role}, deployExternalId: a`, /^M\d+ 3: .*2 to 1224/],
  ])("is there, and the id one that STS takes: %s", (keys, refusal) => {
    expect(refusals(account(keys))).toEqual([expect.stringMatching(refusal)]);
  });
});

describe("audiences that others registered", () => {
  const text = file("other-audiences-of-the-provider");
  const other = (list: string) => text.replace("identityProvider: import", `$&, otherAudiences: ${list}`);
  const provider = (manifest: string) => modelOf(manifest).accounts[0]?.identityProviders[0];

  it("are taken away by an import, unless the manifest names them", () => {
    expect(provider(text)?.audiences).toEqual(["sts.amazonaws.com"]);
    expect(provider(other("[vault.acme.com, sts.amazonaws.com]"))?.audiences).toEqual([
      "sts.amazonaws.com",
      "vault.acme.com",
    ]);
  });

  it("open no role", () => {
    const trust = (manifest: string) => modelOf(manifest).accounts[0]?.roles[0]?.made.trustPolicy;
    expect(trust(other("[vault.acme.com]"))).toEqual(trust(text));
  });

  it.each([
    ['["a b"]', /^M\d+ 5: .*without spaces/],
    [JSON.stringify(Array.from({ length: 100 }, (_, i) => `a${i}`)), /^M\d+ 5: /],
  ])("are what IAM takes: %.20s", (list, refusal) => {
    expect(refusals(other(list))).toEqual([expect.stringMatching(refusal)]);
  });
});
