import fc from "fast-check";
import type { PolicyDocument, Statement } from "../../src/model/policyDocument";
import { defaultQuotas } from "../../src/model/quotas";
import {
  canonicalDocument,
  denies,
  evaluatePermission,
  many,
  merged,
  lengthOf,
  splitPolicy,
} from "../../src/policy";
import { runs } from "../proof/settings";

const small = { inlinePolicyLength: 250, managedPolicyLength: 400 };
const secrets = (count: number): Statement => ({
  Effect: "Allow",
  Action: "secretsmanager:GetSecretValue",
  Resource: Array.from(
    { length: count },
    (_, i) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/app/number-${i}-??????`,
  ),
});
const whole = (...statements: readonly Statement[]) => canonicalDocument(statements);
const union = (policies: readonly PolicyDocument[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: policies.flatMap((p) => p.Statement),
});
const allPolicies = (split: ReturnType<typeof splitPolicy>) => [
  ...(split.inline === null ? [] : [split.inline]),
  ...split.managed,
];

describe("a permission policy", () => {
  it("of nothing is no policy", () => {
    expect(splitPolicy(null, defaultQuotas)).toEqual({ inline: null, managed: [] });
  });

  it("is inline to the last character of the quota, and managed from the next", () => {
    const policy = whole(secrets(20));
    const length = lengthOf(policy);
    expect(splitPolicy(policy, { ...small, inlinePolicyLength: length })).toEqual({
      inline: policy,
      managed: [],
    });
    expect(splitPolicy(policy, { ...small, inlinePolicyLength: length - 1 }).inline).toBeNull();
  });

  it("uses a managed policy to the last character of its quota", () => {
    const statement = secrets(1);
    const managedPolicyLength = lengthOf(whole(statement));
    const two = whole(statement, { ...statement, Action: "secretsmanager:DescribeSecret" });
    const lengths = (limit: number) =>
      splitPolicy(two, { inlinePolicyLength: 1, managedPolicyLength: limit }).managed.map(lengthOf);
    expect(lengths(lengthOf(two))).toEqual([lengthOf(two)]);
    expect(lengths(lengthOf(two) - 1)).toHaveLength(2);
    expect(lengths(managedPolicyLength)[1]).toBe(managedPolicyLength);
  });

  it("of 400 secrets fills its managed policies", () => {
    const { managed } = splitPolicy(whole(secrets(400)), defaultQuotas);
    const least = Math.ceil(lengthOf(whole(secrets(400))) / defaultQuotas.managedPolicyLength);
    expect(managed.length).toBeLessThanOrEqual(least + 1);
    for (const policy of managed) {
      expect(lengthOf(policy)).toBeLessThanOrEqual(defaultQuotas.managedPolicyLength);
    }
    expect(managed.flatMap((p) => p.Statement.flatMap((s) => many(s.Resource))).sort()).toEqual(
      [...many(secrets(400).Resource)].sort(),
    );
  });

  it("divides resources to the last character, whatever the quota", () => {
    const longest = Math.max(...many(secrets(20).Resource).map((arn) => JSON.stringify(arn).length + 1));
    for (let managedPolicyLength = 300; managedPolicyLength < 400; managedPolicyLength += 1) {
      const { managed } = splitPolicy(whole(secrets(20)), { inlinePolicyLength: 1, managedPolicyLength });
      const lengths = managed.map(lengthOf).sort((a, b) => a - b);
      expect(lengths.at(-1)).toBeLessThanOrEqual(managedPolicyLength);
      // Only the rest of the list leaves room for another.
      expect(lengths.slice(1).filter((l) => l + longest <= managedPolicyLength)).toEqual([]);
    }
  });

  it("keeps statements whole that fit, Sid and all", () => {
    const named: Statement[] = ["A", "B", "C"].map((Sid) => ({ ...secrets(2), Sid }));
    const { managed } = splitPolicy(whole(...named), small);
    expect(managed.length).toBeGreaterThan(1);
    expect(managed.flatMap((p) => p.Statement.map((s) => s.Sid)).sort()).toEqual(["A", "B", "C"]);
  });

  it("that has to be divided loses its Sid, which may stand once", () => {
    const { managed } = splitPolicy(whole({ ...secrets(20), Sid: "A" }), small);
    expect(managed.length).toBeGreaterThan(2);
    expect(JSON.stringify(managed)).not.toContain("Sid");
  });

  it("is divided by actions where one resource has too many", () => {
    const Action = Array.from({ length: 30 }, (_, i) => `dynamodb:Action${i}`);
    const { managed } = splitPolicy(whole({ Effect: "Allow", Action, Resource: "*" }), small);
    expect(managed.map(lengthOf).every((length) => length <= small.managedPolicyLength)).toBe(true);
    expect(managed.flatMap((p) => p.Statement.flatMap((s) => many(s.Action))).sort()).toEqual(Action.sort());
  });

  it("cannot be divided where each item narrows the whole of it: then its policy is too long", () => {
    const statement: Statement = {
      ...{ Effect: "Deny", NotAction: "s3:*", NotResource: many(secrets(9).Resource) },
    };
    const { managed } = splitPolicy(whole(statement), small);
    expect(managed.map((p) => p.Statement)).toEqual([whole(statement).Statement]);
    expect(managed.map(lengthOf)[0]).toBeGreaterThan(small.managedPolicyLength);
  });

  it("denies first", () => {
    const deny: Statement = { Effect: "Deny", Action: "*", Resource: "*" };
    const { managed } = splitPolicy(whole(secrets(20), deny), small);
    expect(managed.map(denies)).toEqual([true, ...managed.slice(1).map(() => false)]);
  });
});

const word = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
const long = (prefix: string, w: string) => `${prefix}:${w}${"-of-a-long-name".repeat(3)}`;
const lists = (prefix: string) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.uniqueArray(
        word.map((w) => long(prefix, w)),
        { minLength: 1, maxLength: 8 },
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(`${prefix}:*`, `${prefix}:?-of*`).map((pattern) => [pattern]) },
  );
const condition = fc.constantFrom(
  {},
  {},
  { Condition: { StringEquals: { "aws:x": "1" } } },
  { Condition: { StringNotEquals: { "aws:x": "1" } } },
);
const anyStatement: fc.Arbitrary<Statement> = fc
  .record({
    Effect: fc.constantFrom("Allow" as const, "Allow" as const, "Allow" as const, "Deny" as const),
    action: fc.tuple(fc.constantFrom("Action", "Action", "Action", "NotAction"), lists("s")),
    resource: fc.tuple(fc.constantFrom("Resource", "Resource", "Resource", "NotResource"), lists("r")),
    condition,
  })
  .map((s) => ({
    Effect: s.Effect,
    ...{ [s.action[0]]: s.action[1], [s.resource[0]]: s.resource[1] },
    ...s.condition,
  }));
const anyRequest = fc.record({
  action: word.map((w) => long("s", w)),
  resource: word.map((w) => long("r", w)),
  context: fc.constantFrom(new Map<string, string[]>(), new Map([["aws:x", ["1"]]])),
});

test("inline, merged, unmerged and split documents decide alike", () => {
  const tally = { allowed: 0, denied: 0, neither: 0, split: 0, divided: 0 };
  fc.assert(
    fc.property(fc.array(anyStatement, { minLength: 1, maxLength: 6 }), anyRequest, (statements, request) => {
      const unmerged: PolicyDocument = { Version: "2012-10-17", Statement: statements };
      const one = whole(...merged(statements));
      const split = splitPolicy(one, { inlinePolicyLength: 500, managedPolicyLength: 450 });
      const { allowed, denied } = evaluatePermission(unmerged, request);
      for (const document of [one, whole(...statements), union(allPolicies(split))])
        expect(evaluatePermission(document, request)).toMatchObject({ allowed, denied });
      expect(one.Statement.length).toBeLessThanOrEqual(statements.length);
      tally[denied ? "denied" : allowed ? "allowed" : "neither"] += 1;
      if (split.managed.length > 1) tally.split += 1;
      if (union(split.managed).Statement.length > one.Statement.length) tally.divided += 1;
    }),
    runs(150, 10_000),
  );
  expect(Math.min(...Object.values(tally))).toBeGreaterThan(10);
});

test("the same permissions are split alike, in any order and from any part that says the same", () => {
  fc.assert(
    fc.property(fc.array(anyStatement, { minLength: 1, maxLength: 6 }), (statements) => {
      const split = splitPolicy(whole(...statements), small);
      expect(splitPolicy(whole(...[...statements].reverse()), small)).toEqual(split);
      for (const policy of allPolicies(split)) expect(whole(...policy.Statement)).toEqual(policy);
    }),
    runs(30, 1000),
  );
});

test("no policy that can be divided is longer than its quota", () => {
  const divisible = anyStatement.filter((s) => s.NotAction === undefined && s.NotResource === undefined);
  fc.assert(
    fc.property(fc.array(divisible, { minLength: 1, maxLength: 8 }), (statements) => {
      const { managed } = splitPolicy(whole(...statements), small);
      for (const policy of managed) expect(lengthOf(policy)).toBeLessThanOrEqual(small.managedPolicyLength);
    }),
    runs(80, 5_000),
  );
});
