import type { AccessModel } from "../../src/model/accessModel";
import { evaluateTrust, lengthOf, webIdentityContext } from "../../src/policy";
import { attempt, reportOn } from "../support/login";
import { manifest, modelOf, project, roleOf } from "../support/project";

const api = "https://api.acme.gitpod.cloud/idp";
const services = "https://services.acme.gitpod.cloud/idp";
const shared = "https://api.gitpod.io/idp";
const app = "https://github.com/acme/app";

/** A manifest of one repository on an installation that says this. */
const moved = (installation: string, entry = "") =>
  manifest(`repos:\n  - { url: ${app}${entry} }`, "", installation);

const moving = `issuer: ${services}\nformerIssuers: [${api}]`;

const findings = (text: string, ...rules: readonly string[]) => {
  const loaded = project(text);
  return loaded.ok ? loaded.findings.filter((f) => rules.includes(f.rule)) : [];
};
const refusals = (text: string) => {
  const loaded = project(text);
  return loaded.ok ? [] : loaded.diagnostics.map((d) => `${d.code} ${d.message} | ${d.remedy}`);
};

/** May a token of an issuer, vouched for by an issuer's identity provider, assume the only role? */
function admits(model: AccessModel, from: string, voucher = from, sub = app, aud = "sts.amazonaws.com") {
  const [account] = model.accounts;
  const [role] = account?.roles ?? [];
  const provider = account?.identityProviders.find((p) => p.issuer === voucher);
  if (!role || !provider) return false;
  const name = from.slice("https://".length);
  const now = { now: "2026-06-01T00:00:00Z", sourceIp: null };
  const context = webIdentityContext(name, { sub, aud: [aud] }, now);
  return evaluateTrust(role.made.trustPolicy, { federated: provider.arn, context }).allowed;
}

describe("former issuers", () => {
  it("are trusted besides, each by its own identity provider, audience and subject", () => {
    const model = modelOf(moved(moving));
    expect([services, api].map((issuer) => admits(model, issuer))).toEqual([true, true]);
    expect(admits(model, services, api)).toBe(false);
    expect(admits(model, api, services)).toBe(false);
    expect(admits(model, api, api, `${app}x`)).toBe(false);
    expect(admits(model, api, api, app, "sts.example.com")).toBe(false);
    expect(admits(modelOf(moved(`issuer: ${services}`)), api)).toBe(false);
  });

  it("change neither role names nor what a repository has pasted", () => {
    const stages = ["host: acme.gitpod.cloud", moving, `issuer: ${services}`].map((i) => modelOf(moved(i)));
    for (const stage of stages) expect(stage.snippets).toEqual(stages[0]?.snippets);
    expect(new Set(stages.map((s) => s.accounts[0]?.roles[0]?.arn)).size).toBe(1);
  });

  it.each([
    [moving, ["create", "create"]],
    [
      `issuer: ${services}\nformerIssuers: [{ issuer: ${api}, identityProvider: existing }]`,
      ["existing", "create"],
    ],
    [
      `issuer: ${services}\nidentityProvider: import\nformerIssuers: [{ issuer: ${api} }]`,
      ["create", "import"],
    ],
  ])("have an identity provider, created unless they say otherwise: %j", (installation, managements) => {
    const providers = modelOf(moved(installation)).accounts[0]?.identityProviders ?? [];
    expect(providers.map((p) => p.issuer)).toEqual([api, services]);
    expect(providers.map((p) => p.management)).toEqual(managements);
    expect(providers.map((p) => p.audiences)).toEqual([["sts.amazonaws.com"], ["sts.amazonaws.com"]]);
  });

  it("name their own organization where the subject does", () => {
    const [now, then] = ["0f7cbf6e-2f6b-4b0a-9c0f-3f2f3c1d9a55", "11111111-2f6b-4b0a-9c0f-3f2f3c1d9a55"];
    const keys = `subject: [org_id, repository]\norganizationId: ${now}`;
    const model = modelOf(
      moved(`issuer: ${services}\n${keys}\nformerIssuers: [{ issuer: ${api}, organizationId: ${then} }]`),
    );
    const subject = (id: string) => `org_id:${id}:repository:${app}.git`;
    expect(admits(model, services, services, subject(now))).toBe(true);
    expect(admits(model, api, api, subject(then))).toBe(true);
    expect(admits(model, api, api, subject(now))).toBe(false);
    expect(admits(modelOf(moved(`${moving}\n${keys}`)), api, api, subject(now))).toBe(true);
  });

  it("of one installation may be the issuer of another, if both say the same of its identity provider", () => {
    const two = (old: string) => `version: 1
accounts: { dev: { id: "123456789012", region: us-east-1 } }
installations:
  acme: { issuer: ${services}, formerIssuers: [{ issuer: ${api}${old} }] }
  beta: { issuer: ${api}, identityProvider: import }
repos: [{ url: ${app}, installations: [acme, beta] }]
`;
    const [account] = modelOf(two("")).accounts;
    expect(account?.identityProviders.map((p) => p.management)).toEqual(["import", "create"]);
    expect(refusals(two(", identityProvider: existing"))).toEqual([
      expect.stringMatching(/^R08 .*share an issuer.*one says existing and the other import/),
    ]);
  });

  it.each([
    ["[https://services.acme.gitpod.cloud]", /lacks the path \/idp/],
    ["[https://app.gitpod.io]", /issuer of Ona/],
    [`[{ issuer: ${api}/ }]`, /write https:\/\/api/],
    [`[${services}]`, /stands there already.*take it off formerIssuers/],
    [`[${api}, ${api}]`, /stands there already/],
    [`[{ issuer: ${api}, organizationId: 0f7cbf6e-2f6b-4b0a-9c0f-3f2f3c1d9a55 }]`, /does not hold org_id/],
    [`[{ issuer: ${api}, identityProvider: adopt }]`, /create, existing, import/],
    [`[{ host: acme.gitpod.cloud }]`, /host/],
    [api, /list/],
  ])("are issuers, and others than the installation's own: %s", (list, refusal) => {
    expect(refusals(moved(`issuer: ${services}\nformerIssuers: ${list}`)).join("\n")).toMatch(refusal);
  });

  it("say what it means to come from gitpod.io, as long as they list it", () => {
    const left = `issuer: ${services}\nformerIssuers: [${shared}]`;
    const secrets = `, statements: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: "*" }]`;
    expect(findings(moved(left), "T57").map((f) => f.message)).toEqual([
      expect.stringMatching(
        /^anybody can get a workspace at "api\.gitpod\.io\/idp", which formerIssuers still trusts, .*whoever may read/,
      ),
    ]);
    expect(findings(moved(moving), "T57")).toEqual([]);
    expect(refusals(moved(`${left}\nopenSignup: false`))).toEqual([
      expect.stringMatching(/openSignup cannot be false/),
    ]);
    const severities = (installation: string) =>
      findings(moved(installation, secrets), "G02", "G05", "G06").map((f) => [f.rule, f.severity]);
    expect(severities(moving).length).toBeGreaterThan(0);
    expect(severities(left)).toEqual(severities(moving).map(([rule]) => [rule, "error"]));
  });

  it("of the old form are known to be", () => {
    expect(findings(moved("host: acme.gitpod.cloud"), "T64")).toHaveLength(1);
    expect(findings(moved(moving), "T64")).toEqual([]);
  });

  it("leave room in a trust policy: all of a repository on GitHub, with one of them", () => {
    const { trustPolicy } = roleOf(moved(moving, ", contexts: [all]")).made;
    expect(trustPolicy.Statement).toHaveLength(2);
    expect(lengthOf(trustPolicy)).toBeLessThan(2048);
  });

  it("are explained like the installation's own", () => {
    for (const issuer of [services, api]) {
      const report = reportOn(moved(moving), attempt(app, { issuer }));
      expect(report.roles.map((r) => r.verdict.admitted)).toEqual([true]);
    }
  });
});
