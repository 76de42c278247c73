import fc from "fast-check";
import { importRoles } from "../../src/documents/importRoles";
import type { ExistingRole } from "../../src/model/existing";
import type { Statement, TrustPolicy } from "../../src/model/policyDocument";
import { assumeAction, escapePattern, evaluateTrust, trustPolicy } from "../../src/policy";
import { branchProblem, orgSubjects, repoSubjects } from "../../src/subject";
import { entryOf } from "../proof/roles";
import { kinds, scenario, type Scenario } from "../proof/scenarios";
import { full, runs } from "../proof/settings";

const provider = "api.acme.gitpod.cloud/idp";
const federated = `arn:aws:iam::123456789012:oidc-provider/${provider}`;

const source = {
  ...{ identityProviderArn: federated, issuer: `https://${provider}`, audience: "sts.amazonaws.com" },
  ...{ expires: null, sourceCidrs: [] },
};

/** How somebody without our guard writes the subjects of a role, or nearly those. */
interface Habit {
  readonly operator: "StringLike" | "ForAnyValue:StringLike" | "StringLikeIfExists";
  /** Characters that are missing at the end of each value, and what stands there instead. */
  readonly cut: readonly number[];
  readonly end: readonly string[];
  readonly except: string | null;
}

const habit: fc.Arbitrary<Habit> = fc.record({
  operator: fc.constantFrom("StringLike", "ForAnyValue:StringLike", "StringLikeIfExists"),
  cut: fc.array(fc.constantFrom(0, 0, 0, 1, 3), { minLength: 1, maxLength: 4 }),
  end: fc.array(fc.constantFrom("*", "*", "", "/*", "?"), { minLength: 1, maxLength: 4 }),
  except: fc.constantFrom(null, null, "*/pull/*", "*/tree/*", "*.git", "*..*"),
});

function byHand({ target: of }: Scenario, { operator, cut, end, except }: Habit): TrustPolicy | null {
  const url = entryOf(of);
  if (url === null) return null;
  const { exact, prefixes } = of.kind === "repo" ? repoSubjects(url, of.contexts) : orgSubjects(url);
  const values = [...exact, ...prefixes].map((text, i) => {
    const kept = text.slice(0, text.length - (cut[i % cut.length] ?? 0));
    return `${escapePattern(kept)}${i < exact.length ? "" : (end[i % end.length] ?? "")}`;
  });
  const statement: Statement = {
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: assumeAction,
    Condition: {
      StringEquals: { [`${provider}:aud`]: "sts.amazonaws.com" },
      [operator]: { [`${provider}:sub`]: values },
      ...(except === null ? {} : { StringNotLike: { [`${provider}:sub`]: except } }),
    },
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

function admits(policy: TrustPolicy, sub: string): boolean {
  const context = new Map([
    [`${provider}:sub`, [sub]],
    [`${provider}:aud`, ["sts.amazonaws.com"]],
  ]);
  return evaluateTrust(policy, { federated, context }).allowed;
}

function roleWith(trust: TrustPolicy): ExistingRole {
  const origin = { file: "role.json", path: [] };
  return {
    ...{ name: "by-hand", origin, arn: null, path: null, description: null, maxSessionDuration: null },
    ...{ shown: new Set(), permissionsBoundary: null, tags: {}, permissions: [], managedPolicies: [] },
    trust: { kind: "trust", origin, value: trust, role: "by-hand" },
  };
}

test.each(kinds)(
  "on %s, an entry admits nobody that its role did not, but for the spellings that it names",
  (kind) => {
    const seen = { imported: 0, skipped: 0, both: 0, oldOnly: 0, named: 0 };
    fc.assert(
      fc.property(
        scenario(kind, false, (b) => branchProblem(b, kind) === null),
        habit,
        (drawn, written) => {
          const old = byHand(drawn, written);
          fc.pre(old !== null);
          const [role] = importRoles({ roles: [roleWith(old)], identityProviders: [] }).roles;
          if (role === undefined) {
            seen.skipped += 1;
            return;
          }
          seen.imported += 1;
          const { subjects, added } = role.trust.entry;
          const own = trustPolicy({ ...source, subjects });
          for (const sub of [
            ...drawn.subjects,
            ...subjects.exact,
            ...subjects.prefixes.map((p) => `${p}x/y`),
          ]) {
            const [before, after] = [admits(old, sub), admits(own, sub)];
            if (before && after) seen.both += 1;
            if (before && !after) seen.oldOnly += 1;
            if (before || !after) continue;
            const isNamed = added.exact.includes(sub) || added.prefixes.some((p) => sub.startsWith(p));
            expect([sub, old.Statement[0]?.Condition, isNamed]).toEqual([
              sub,
              old.Statement[0]?.Condition,
              true,
            ]);
            seen.named += 1;
          }
        },
      ),
      runs(10, 100),
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(full ? 10 : 0);
  },
);

test.each(kinds)(
  "on %s, exact and pattern subjects give the same entry, in one statement and in two",
  (kind) => {
    let both = 0;
    fc.assert(
      fc.property(
        scenario(kind, false, (b) => branchProblem(b, kind) === null),
        ({ target: of }) => {
          const url = entryOf(of);
          fc.pre(url !== null && of.kind === "repo");
          const { exact, prefixes } = repoSubjects(url, of.contexts);
          fc.pre(exact.length > 0 && prefixes.length > 0);
          const apart = [
            { exact, prefixes: [] },
            { exact: [], prefixes },
          ].flatMap((subjects) => trustPolicy({ ...source, subjects }).Statement);
          const entries = [trustPolicy({ ...source, subjects: { exact, prefixes } }).Statement, apart].map(
            (Statement) => {
              const { roles } = importRoles({
                roles: [roleWith({ Version: "2012-10-17", Statement })],
                identityProviders: [],
              });
              return roles.map(({ trust }) => [trust.entry.subjects, trust.notes]);
            },
          );
          expect(entries).toEqual([[[{ exact, prefixes }, []]], [[{ exact, prefixes }, []]]]);
          both += 1;
        },
      ),
      runs(5, 100),
    );
    expect(both).toBeGreaterThan(full ? 50 : 3);
  },
);
