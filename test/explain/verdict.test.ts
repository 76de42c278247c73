import { explainJson, outcome } from "../../src/explain/report";
import { manifest } from "../support/project";
import { attempt, onlyRole, reportOn } from "../support/login";

const app = "https://github.com/acme/app";
const repo = (rest = "", url = app) =>
  manifest(`repos:\n  - url: ${url}${rest === "" ? "" : `\n    ${rest}`}`);
const sub = "api.acme.gitpod.cloud/idp:sub";
const aud = "api.acme.gitpod.cloud/idp:aud";

describe("a verdict", () => {
  it("admits the repository's own forms, and refuses the rest by the subject", () => {
    for (const form of [app, `${app}.git`, `${app}/`])
      expect(onlyRole(repo(), attempt(form)).verdict).toMatchObject({ admitted: true, failures: [] });
    const { verdict } = onlyRole(repo(), attempt(`${app}/tree/main`));
    expect(verdict).toMatchObject({ admitted: false, undecided: false });
    expect(verdict.failures).toEqual([
      {
        operator: "StringEquals",
        key: sub,
        expected: [app, `${app}.git`, `${app}/`],
        actual: `${app}/tree/main`,
      },
    ]);
  });

  it("names the condition of the statement that comes nearest", () => {
    const text = repo("contexts: [repository, branches]");
    const keyOf = (login: ReturnType<typeof attempt>) =>
      onlyRole(text, login).verdict.failures.map((f) => [f.operator, f.key]);
    const wrong = { aud: ["vault"], azp: "vault" };
    expect(keyOf(attempt(app, { claims: { sub: app, ...wrong } }))).toEqual([["StringEquals", aud]]);
    const branch = `${app}/tree/main`;
    expect(keyOf(attempt(branch, { claims: { sub: branch, ...wrong } }))).toEqual([["StringEquals", aud]]);
    expect(keyOf(attempt(`${app}/tree/../../../evil/x`))).toEqual([["StringNotLike", sub]]);
  });

  it("compares azp where the token has one, else the first audience", () => {
    const admitted = (claims: object) =>
      onlyRole(repo(), attempt(app, { claims: { sub: app, ...claims } })).verdict.admitted;
    expect(admitted({ aud: "sts.amazonaws.com" })).toBe(true);
    expect(admitted({ aud: ["vault", "sts.amazonaws.com"], azp: "vault" })).toBe(false);
    expect(admitted({ aud: ["vault"], azp: "sts.amazonaws.com" })).toBe(true);
    expect(admitted({})).toBe(false);
  });

  it("refuses a token five minutes past its end, and one from more than five minutes ahead", () => {
    const at = Date.parse("2026-06-01T12:00:00Z") / 1000;
    const keys = (change: object) =>
      onlyRole(repo(), attempt(app, change)).verdict.failures.map((f) => f.key);
    expect(keys({ expires: at - 299 })).toEqual([]);
    expect(keys({ expires: at - 300 })).toEqual(["exp"]);
    expect(keys({ issued: at + 300 })).toEqual([]);
    expect(keys({ issued: at + 301 })).toEqual(["iat"]);
  });

  it("refuses an expired entry from its day on", () => {
    const text = repo("expires: 2026-06-01");
    expect(onlyRole(text, attempt(app, { now: "2026-05-31T23:59:59Z" })).verdict.admitted).toBe(true);
    expect(onlyRole(text, attempt(app)).verdict.failures).toMatchObject([{ key: "aws:CurrentTime" }]);
  });

  it("is left open where only the source address is missing, and not otherwise", () => {
    const text = repo("sourceCidrs: [203.0.113.0/24, '2001:db8::/32']");
    const unknown = reportOn(text, attempt(app));
    expect(unknown.roles[0]?.verdict).toMatchObject({
      ...{ admitted: false, undecided: true },
      ...{ failures: [], unknown: [{ operator: "IpAddress", key: "aws:SourceIp", actual: null }] },
    });
    expect(outcome(unknown)).toBe(2);
    const verdict = (sourceIp: string | null, subject = app) =>
      onlyRole(text, attempt(subject, { sourceIp })).verdict;
    expect(verdict("203.0.113.9").admitted).toBe(true);
    expect(verdict("2001:db8::1").admitted).toBe(true);
    expect(verdict("198.51.100.7")).toMatchObject({ admitted: false, undecided: false });
    const refused = verdict(null, `${app}/tree/main`);
    expect(refused).toMatchObject({ admitted: false, undecided: false });
    expect([refused.failures, refused.unknown].map(([f]) => f?.key)).toEqual([sub, "aws:SourceIp"]);
    const stale = onlyRole(text, attempt(app, { expires: 1 })).verdict;
    expect(stale).toMatchObject({ admitted: false, undecided: false });
  });

  it("of an unknown issuer has no installation and no roles", () => {
    const report = reportOn(repo(), attempt(app, { issuer: "https://services.acme.gitpod.cloud/idp" }));
    expect(report).toMatchObject({ installation: null, roles: [] });
    expect(outcome(report)).toBe(1);
  });

  it("is of all installations that have the issuer, and of the one that admits, else of the one with the token's audience, else of the first", () => {
    const shared = `version: 1
accounts: { dev: { id: "123456789012", region: eu-central-1 } }
installations:
  a: { host: acme.gitpod.cloud, audience: one }
  b: { host: acme.gitpod.cloud, audience: two }
repos:
  - { url: ${app}, installations: [a, b] }
`;
    const of = (azp: string, subject = app) =>
      reportOn(shared, attempt(subject, { claims: { sub: subject, azp } })).installation;
    const names = (azp: string) =>
      reportOn(shared, attempt(app, { claims: { sub: app, azp } })).roles.map(({ verdict }) => [
        verdict.role.name,
        verdict.admitted,
      ]);
    expect(names("two")).toEqual([
      ["a-acme-app", false],
      ["b-acme-app", true],
    ]);
    expect(of("one")).toBe("a");
    expect(of("two")).toBe("b");
    expect(of("two", "https://github.com/evil/app")).toBe("b");
    expect(of("three")).toBe("a");
  });
});

describe("the JSON", () => {
  const keys = ["role", "arn", "account", "admitted", "because", "remedy"];
  it("has the keys that others read, in their order, and nothing else", () => {
    const report = reportOn(repo(), attempt(`${app}/tree/main`));
    const parsed = JSON.parse(explainJson(report)) as { roles: Record<string, unknown>[] };
    expect(Object.keys(parsed)).toEqual(["installation", "subject", "audience", "roles"]);
    expect(parsed.roles.map((r) => Object.keys(r))).toEqual([keys]);
    expect(parsed.roles[0]?.["because"]).toEqual({
      operator: "StringEquals",
      key: sub,
      expected: [app, `${app}.git`, `${app}/`],
      actual: `${app}/tree/main`,
    });
    expect(parsed.roles[0]?.["remedy"]).toEqual(expect.any(String));
  });

  it("of a role that admits has neither because nor remedy", () => {
    expect(JSON.parse(explainJson(reportOn(repo(), attempt(app))))).toEqual({
      ...{ installation: "acme", subject: app, audience: "sts.amazonaws.com" },
      roles: [
        {
          ...{ role: "acme-acme-app", arn: "arn:aws:iam::123456789012:role/acme-acme-app", account: "dev" },
          ...{ admitted: true, because: null, remedy: null },
        },
      ],
    });
  });

  it("with an action has what the role's policy says to it", () => {
    const permission = { action: "s3:GetObject", resource: "arn:aws:s3:::b/k" };
    const report = reportOn(repo("grants: [{ s3: b-b/k }]"), attempt(app), { permission });
    const { roles } = JSON.parse(explainJson(report)) as { roles: Record<string, unknown>[] };
    expect(roles[0]).toMatchObject({ admitted: true, permission: { ...permission, allowed: false } });
    expect(outcome(report)).toBe(1);
  });

  it("of an unknown issuer says null and nothing", () => {
    const report = reportOn(repo(), attempt(app, { issuer: "https://evil.example/idp" }));
    expect(JSON.parse(explainJson(report))).toMatchObject({ installation: null, roles: [] });
  });
});
