import fc from "fast-check";
import type { Context, SubjectSet } from "../../src/model/accessModel";
import type { Condition } from "../../src/model/policyDocument";
import {
  escapePattern,
  escapeVariables,
  evaluateTrust,
  guard,
  lengthOf,
  trustPolicy,
  webIdentityContext,
  type Claims,
  type TrustSource,
} from "../../src/policy";
import { orgSubjects, parseEntryUrl, repoSubjects, scmHosts } from "../../src/subject";
import { naiveAdmits, type NaiveStatement } from "../support/naive";
import { runs } from "../proof/settings";

const issuer = "https://api.gitpod.io/idp";
const federated = "arn:aws:iam::981341800645:oidc-provider/api.gitpod.io/idp";
function entry(url: string, kind: "org" | "repo") {
  const result = parseEntryUrl(url, kind, scmHosts({}));
  if (!result.ok) throw new Error(result.problem);
  return result.entry;
}
const app = entry("https://github.com/acme/app", "repo");
const source: TrustSource = {
  identityProviderArn: federated,
  issuer,
  audience: "sts.amazonaws.com",
  subjects: repoSubjects(app, ["repository"]),
  expires: null,
  sourceCidrs: [],
};
const all = repoSubjects(app, ["all"]);
const org = orgSubjects(entry("https://github.com/acme", "org"));

function admits(
  overrides: Partial<TrustSource>,
  claims: Claims,
  circumstances = { now: "2026-06-01T12:00:00Z", sourceIp: "203.0.113.7" as string | null },
): boolean {
  const context = webIdentityContext("api.gitpod.io/idp", claims, circumstances);
  return evaluateTrust(trustPolicy({ ...source, ...overrides }), { federated, context }).allowed;
}
/** Exact and pattern subjects apart, as the operators invite to write them. */
function inTwoStatements({ exact, prefixes }: SubjectSet): { readonly Statement: readonly NaiveStatement[] } {
  const sub = "api.gitpod.io/idp:sub";
  const allow = (Condition: Condition): NaiveStatement => ({
    ...{ Effect: "Allow", Principal: { Federated: federated } },
    ...{ Action: "sts:AssumeRoleWithWebIdentity", Condition },
  });
  return {
    Statement: [
      allow({ StringEquals: { [sub]: exact.map(escapeVariables) } }),
      allow({
        StringLike: { [sub]: prefixes.map((prefix) => `${escapePattern(prefix)}*`) },
        StringNotLike: { [sub]: guard },
      }),
    ],
  };
}
const token = (sub: string): Claims => ({ sub, aud: ["sts.amazonaws.com"], azp: "sts.amazonaws.com" });
const admitsSub = (subjects: SubjectSet, sub: string) => admits({ subjects }, token(sub));

describe("a trust policy", () => {
  it("for exact subjects is one statement of StringEquals", () => {
    expect(trustPolicy(source)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: federated },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "api.gitpod.io/idp:aud": "sts.amazonaws.com",
              "api.gitpod.io/idp:sub": [
                "https://github.com/acme/app",
                "https://github.com/acme/app.git",
                "https://github.com/acme/app/",
              ],
            },
          },
        },
      ],
    });
  });

  it("for exact and pattern subjects is one statement of StringLike, with what is special escaped", () => {
    const subjects = { exact: ["https://h/${a}*?"], prefixes: ["https://h/${a}*?/tree/"] };
    expect(trustPolicy({ ...source, subjects }).Statement.map((s) => s.Condition)).toEqual([
      {
        StringEquals: { "api.gitpod.io/idp:aud": "sts.amazonaws.com" },
        StringLike: {
          "api.gitpod.io/idp:sub": ["https://h/${$}{a}${*}${?}", "https://h/${$}{a}${*}${?}/tree/*"],
        },
        StringNotLike: { "api.gitpod.io/idp:sub": ["*\t*", "*\n*", "*\r*", "*%2E*", "*%2e*", "*..*"] },
      },
    ]);
  });

  it("for exact subjects alone takes what looks like a variable literally", () => {
    const subjects = { exact: ["https://h/${aws:username}*?"], prefixes: [] };
    expect(admitsSub(subjects, "https://h/${aws:username}*?")).toBe(true);
    expect(admitsSub(subjects, "https://h/${aws:username}a?")).toBe(false);
  });

  it.each(["https://h/a..b", "https://h/a%2eb", "https://h/a%2Eb"])(
    "admits the exact subject %s, which the guard refuses, by a statement of its own",
    (exact) => {
      const subjects = { exact: [exact, "https://h/c"], prefixes: ["https://h/c/"] };
      expect(trustPolicy({ ...source, subjects }).Statement).toHaveLength(2);
      for (const sub of [exact, "https://h/c", "https://h/c/d"]) expect(admitsSub(subjects, sub)).toBe(true);
      expect(admitsSub(subjects, `https://h/c/${exact}`)).toBe(false);
    },
  );

  it("admits what it admitted in two statements, and nothing else, whatever its names", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "*", "?", "$", "{", "}", "/", ".", "..", "%2e", "%2E", "\t"),
      minLength: 1,
      maxLength: 6,
    });
    const outcomes = { admitted: 0, refused: 0, guarded: 0, together: 0 };
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.array(text, { minLength: 1, maxLength: 2 }),
        fc.tuple(fc.nat(4), fc.nat(8), fc.constantFrom("", "a", "*", "$", ".", "..", "%2e", "/")),
        (exact, prefixes, [which, at, c]) => {
          const policy = trustPolicy({ ...source, subjects: { exact, prefixes } });
          const before = inTwoStatements({ exact, prefixes });
          outcomes[policy.Statement.length === 1 ? "together" : "guarded"] += 1;
          const base = [...exact, ...prefixes][which % (exact.length + prefixes.length)] ?? "";
          const mutated = base.slice(0, at) + c + base.slice(at + 1);
          for (const sub of [base, base + c, mutated, ...exact]) {
            const request = {
              federated,
              context: new Map([
                ["api.gitpod.io/idp:sub", [sub]],
                ["api.gitpod.io/idp:aud", ["sts.amazonaws.com"]],
              ]),
            };
            const expected = naiveAdmits(before, request);
            outcomes[expected ? "admitted" : "refused"] += 1;
            expect([sub, evaluateTrust(policy, request).allowed]).toEqual([sub, expected]);
            expect([sub, naiveAdmits(policy, request)]).toEqual([sub, expected]);
          }
        },
      ),
      runs(400, 10_000),
    );
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(40);
  });

  it("of several issuers has statements for each, with its own provider and keys", () => {
    const former = {
      ...source,
      issuer: "https://services.acme.example/idp",
      identityProviderArn: "arn:aws:iam::981341800645:oidc-provider/services.acme.example/idp",
    };
    const policy = trustPolicy({ ...source, subjects: all }, { ...former, subjects: all });
    expect(policy.Statement).toHaveLength(2);
    const sub = "https://github.com/acme/app/tree/x";
    const circumstances = { now: "2026-06-01T12:00:00Z", sourceIp: null };
    const by = (arn: string, provider: string) =>
      evaluateTrust(policy, {
        federated: arn,
        context: webIdentityContext(provider, token(sub), circumstances),
      }).allowed;
    expect(by(federated, "api.gitpod.io/idp")).toBe(true);
    expect(by(former.identityProviderArn, "services.acme.example/idp")).toBe(true);
    expect(by(former.identityProviderArn, "api.gitpod.io/idp")).toBe(false);
    expect(by(federated, "services.acme.example/idp")).toBe(false);
  });

  it.each<[string, readonly Context[], number]>([
    // The default repository of a project has all forms twice.
    ["https://dev.azure.com/acme-corp/web-platform/_git/web-platform", ["repository", { branch: "main" }], 1],
    ["https://dev.azure.com/acme-corp/web-platform/_git/web-platform", ["all"], 1],
    ["https://github.com/acme-corporation/payments-platform", ["all"], 2],
    ["https://gitlab.com/acme-corporation/platform/payments", ["all"], 2],
  ])("of %s for %j fits into 2,048 characters, trusted by %i issuers", (url, contexts, count) => {
    const trusted = {
      ...{ ...source, subjects: repoSubjects(entry(url, "repo"), contexts) },
      issuer: "https://services.acme.gitpod.cloud/idp",
      identityProviderArn: "arn:aws:iam::981341800645:oidc-provider/services.acme.gitpod.cloud/idp",
    };
    const former = { ...trusted, issuer: "https://api.acme.gitpod.cloud/idp" };
    const policy = count === 1 ? trustPolicy(trusted) : trustPolicy(trusted, former);
    expect(lengthOf(policy)).toBeLessThan(2048);
  });

  it("demands aud in every statement, and never by an operator that a missing key satisfies", () => {
    const { Statement } = trustPolicy({ ...source, subjects: all });
    for (const { Condition = {} } of Statement) {
      expect(Condition["StringEquals"]).toHaveProperty(["api.gitpod.io/idp:aud"], "sts.amazonaws.com");
      expect(Object.keys(Condition).join()).not.toMatch(/ForAllValues|IfExists/);
    }
  });

  it("for no subject at all is refused", () => {
    expect(() => trustPolicy({ ...source, subjects: { exact: [], prefixes: [] } })).toThrow(RangeError);
  });

  it.each([
    "https://github.com/acme/app",
    "https://github.com/acme/app.git",
    "https://github.com/acme/app/",
    "https://github.com/acme/app/tree/main",
    "https://github.com/acme/app/pull/1",
    "https://github.com/acme/app/any/path?x=1#y",
  ])("for all contexts admits %s", (sub) => {
    expect(admitsSub(all, sub)).toBe(true);
  });

  it.each([
    "https://github.com/acme/app2",
    "https://github.com/acme/app-evil",
    "https://github.com/acme/appgit",
    "https://github.com/acme",
    "https://github.com/acme-evil/app",
    "https://github.com/ACME/app",
    "http://github.com/acme/app",
    "https://github.com/acme/app/../../evil/app",
    "https://github.com/acme/app/%2e%2e/%2E./evil/app",
    "https://github.com/acme/app/.\t./.\n./evil/app",
    "https://github.com/acme/app/\revil",
    "https://github.com/acme/app/\\..\\..\\evil\\app",
    "https://evil.com/https://github.com/acme/app",
    "snapshot/0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a",
    "no-context",
    "",
  ])("for all contexts refuses %j", (sub) => {
    expect(admitsSub(all, sub)).toBe(false);
  });

  it("for an organization admits any repository of it, and no traversal out of it", () => {
    expect(admitsSub(org, "https://github.com/acme/any/tree/x")).toBe(true);
    expect(admitsSub(org, "https://github.com/acme/../evil/app")).toBe(false);
    expect(admitsSub(org, "https://github.com/acme-evil/app")).toBe(false);
    expect(admitsSub(org, "https://github.com/acme")).toBe(false);
  });

  it("refuses another audience, none, and one that is not the first", () => {
    const sub = "https://github.com/acme/app";
    expect(admits({}, token(sub))).toBe(true);
    expect(admits({}, { sub, aud: ["vault"], azp: "vault" })).toBe(false);
    expect(admits({}, { sub, aud: ["vault", "sts.amazonaws.com"], azp: "vault" })).toBe(false);
    expect(admits({}, { sub })).toBe(false);
    expect(admits({}, { aud: "sts.amazonaws.com" })).toBe(false);
  });

  it("refuses tokens of another issuer", () => {
    const context = webIdentityContext("evil.example/idp", token("https://github.com/acme/app"), {
      now: "2026-06-01T12:00:00Z",
      sourceIp: null,
    });
    const policy = trustPolicy(source);
    expect(evaluateTrust(policy, { federated, context }).allowed).toBe(false);
    const right = webIdentityContext("api.gitpod.io/idp", token("https://github.com/acme/app"), {
      now: "2026-06-01T12:00:00Z",
      sourceIp: null,
    });
    expect(
      evaluateTrust(policy, { federated: "arn:aws:iam::981341800645:oidc-provider/evil", context: right })
        .allowed,
    ).toBe(false);
  });

  it("that expires admits until the moment before", () => {
    const expires = "2026-06-01T00:00:00Z";
    const at = (now: string) =>
      admits({ expires, subjects: all }, token("https://github.com/acme/app/tree/x"), {
        now,
        sourceIp: null,
      });
    expect(at("2026-05-31T23:59:59Z")).toBe(true);
    expect(at("2026-06-01T00:00:00Z")).toBe(false);
  });

  it("with source addresses admits from these alone", () => {
    const from = (sourceIp: string | null) =>
      admits({ sourceCidrs: ["203.0.113.0/24", "2001:db8::/32"] }, token("https://github.com/acme/app"), {
        now: "2026-06-01T12:00:00Z",
        sourceIp,
      });
    expect(from("203.0.113.255")).toBe(true);
    expect(from("2001:db8::1")).toBe(true);
    expect(from("203.0.114.1")).toBe(false);
    expect(from(null)).toBe(false);
  });

  it("takes every character of a URL literally: a role admits the strings of its table, and nothing near them", () => {
    const nasty = fc.string({
      unit: fc.constantFrom("a", "*", "?", "$", "{", "}", "/", "."),
      minLength: 1,
      maxLength: 8,
    });
    const mutate = (s: string, at: number, c: string) =>
      s.slice(0, at % (s.length + 1)) + c + s.slice((at % (s.length + 1)) + 1);
    let admitted = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        nasty,
        fc.nat(60),
        fc.constantFrom("a", "*", "x", "$", "", "/"),
        fc.boolean(),
        (name, at, c, exact) => {
          const base = `https://h/${name}`;
          const subjects: SubjectSet = exact
            ? { exact: [base], prefixes: [] }
            : { exact: [], prefixes: [`${base}/`] };
          const sub = mutate(exact ? base : `${base}/x`, at, c);
          const guarded = /\.\.|%2e|[\t\n\r]/i.test(sub);
          const expected = exact ? sub === base : sub.startsWith(`${base}/`) && !guarded;
          expect(admitsSub(subjects, sub)).toBe(expected);
          if (expected) admitted += 1;
          else refused += 1;
        },
      ),
      runs(800, 10_000),
    );
    expect(admitted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
