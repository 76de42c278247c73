import fc from "fast-check";
import type { Condition, PolicyDocument, Statement } from "../../src/model/policyDocument";
import type { ResolvedGrant } from "../../src/model/grant";
import {
  accessLevels,
  canonicalDocument,
  escapePattern,
  escapeVariables,
  grantKinds,
  grantStatements,
  guard,
  permissionPolicy,
  trustPolicy,
  type TrustSource,
} from "../../src/policy";
import { runs } from "../proof/settings";

/* What is written in canonical order from the start must be what sorting it would have made, byte for byte. */

/** A document sorted all over again, as text. */
const sortedAgain = ({ Statement }: PolicyDocument): string => JSON.stringify(canonicalDocument(Statement));

/** Text near what is special in subjects, and on both sides of it in the order of characters. */
const subject = fc.string({
  unit: fc.constantFrom("a", "b", "/", "$", "*", "?", "%", '"', "!", "\\", "é"),
  minLength: 1,
});
const subjects = fc
  .record({ exact: fc.array(subject, { maxLength: 4 }), prefixes: fc.array(subject, { maxLength: 4 }) })
  .filter(({ exact, prefixes }) => exact.length + prefixes.length > 0);

const source = fc.record({
  identityProviderArn: fc.constantFrom("arn:aws:iam::123456789012:oidc-provider/a.b/idp", "arn:b"),
  issuer: fc.constantFrom("https://a.b/idp", "https://z.example"),
  audience: fc.constantFrom("sts.amazonaws.com", 'a"b', "}", "!"),
  subjects,
  expires: fc.constantFrom(null, "2027-01-01T00:00:00Z"),
  sourceCidrs: fc.array(fc.constantFrom("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"), { maxLength: 3 }),
});

/** A trust policy the long way: statements that are written in any order, and sorted. */
function trustTheLongWay(one: TrustSource): PolicyDocument {
  const provider = one.issuer.slice("https://".length);
  const statement = (conditions: Condition): Statement => ({
    Condition: {
      ...conditions,
      StringEquals: { [`${provider}:aud`]: one.audience, ...conditions["StringEquals"] },
      ...(one.sourceCidrs.length === 0 ? {} : { IpAddress: { "aws:SourceIp": one.sourceCidrs } }),
      ...(one.expires === null ? {} : { DateLessThan: { "aws:CurrentTime": one.expires } }),
    },
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: one.identityProviderArn },
    Effect: "Allow",
  });
  const { exact, prefixes } = one.subjects;
  const sub = `${provider}:sub`;
  const patterns = prefixes.map((prefix) => `${escapePattern(prefix)}*`);
  return canonicalDocument([
    prefixes.length === 0
      ? statement({ StringEquals: { [sub]: exact.map(escapeVariables) } })
      : statement({
          StringNotLike: { [sub]: guard },
          StringLike: { [sub]: [...patterns, ...exact.map(escapePattern)] },
        }),
  ]);
}

describe("a document that is written in canonical order", () => {
  test("depends on nothing but its own source, whatever was written before it", () => {
    fc.assert(
      fc.property(source, (one) => {
        const policy = trustPolicy(one);
        const expected = trustTheLongWay(one);
        expect(JSON.stringify(policy)).toBe(JSON.stringify(expected));
        expect({ ...policy }).toEqual({ ...expected });
      }),
      runs(150, 2_000),
    );
  });

  test("is what sorting makes, for every trust policy", () => {
    fc.assert(
      fc.property(source, (one) => {
        const policy = trustPolicy(one);
        expect(JSON.stringify(policy)).toBe(sortedAgain(policy));
      }),
      runs(150, 2_000),
    );
  });

  test("is what sorting makes, for every combination of grants", () => {
    const grant = fc.constantFrom(...grantKinds).chain((kind) =>
      fc.record<ResolvedGrant>({
        kind: fc.constant(kind),
        access: fc.constantFrom(...accessLevels(kind)),
        target: fc.record({
          ...{ partition: fc.constant("aws"), region: fc.constantFrom("eu-west-1", "us-east-1") },
          ...{ account: fc.constant("123456789012"), name: fc.constantFrom("a/b", "a/*", "b/c*") },
        }),
        arn: fc.constant(null),
        kmsKey: fc.constantFrom(null, {
          arn: "arn:aws:kms:::key/k",
          partition: "aws" as const,
          region: "eu-west-1",
        }),
      }),
    );
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 6 }), fc.boolean(), (grants, expires) => {
        for (const one of grants) {
          const statements = grantStatements(one);
          expect(JSON.stringify(statements)).toBe(
            JSON.stringify(statements.flatMap((s) => canonicalDocument([s]).Statement)),
          );
        }
        const policy = permissionPolicy({
          ...{ grants, statements: [{ Effect: "Deny", Resource: ["b", "a"], Action: ["s:Z", "s:A"] }] },
          expires: expires ? "2027-01-01T00:00:00Z" : null,
        });
        if (policy === null) throw new Error("no policy");
        expect(JSON.stringify(policy)).toBe(sortedAgain(policy));
      }),
      runs(80, 2_000),
    );
  });
});
