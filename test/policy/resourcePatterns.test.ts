import fc from "fast-check";
import {
  arnsMeet,
  isAtLarge,
  loadServiceReference,
  matchesPattern,
  namesEvery,
  resourceBound,
  resourcesOf,
  textOnly,
  typesWhere,
  type ActionFacts,
} from "../../src/policy";
import { runs } from "../proof/settings";

const templates = Object.freeze({
  object: "arn:${Partition}:s3:::${BucketName}/${ObjectName}",
  secret: "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${SecretId}",
  role: "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}",
});

describe("a pattern that leaves the name open", () => {
  it.each([
    ["*", "object"],
    ["**", "object"],
    ["?*", "object"],
    ["arn:*", "object"],
    ["arn:aws:s3:::*", "object"],
    ["arn:aws:s3:::*/*", "object"],
    ["arn:aws:secretsmanager:*:*:secret:*", "secret"],
    ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:*", "secret"],
    ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:*-??????", "secret"],
    ["arn:aws-cn:iam::123456789012:role/*", "role"],
    ["arn:aws-eusc:secretsmanager:eusc-de-east-1:123456789012:secret:*", "secret"],
    ["arn:aws:iam::aws_caller_identity.me.account_id:role/*", "role"],
    ["arn:aws:iam::*:*", "role"],
  ] as const)("%s names every %s", (pattern, type) => {
    expect(namesEvery(pattern, templates[type])).toBe(true);
  });

  it.each([
    ["arn:aws:s3:::acme-assets/*", "object"],
    ["arn:aws:s3:::acme-*", "object"],
    ["arn:aws:s3:::*/fixtures/*", "object"],
    ["arn:aws:s3:::${aws:PrincipalTag/team}/*", "object"],
    ["arn:aws:sqs:*:*:*", "object"],
    ["arn:aws:secretsmanager:*:*:secret:app/*", "secret"],
    ["arn:aws:iam::*:role/deploy", "role"],
    ["arn:aws:iam::*:user/*", "role"],
    ["", "role"],
  ] as const)("%j does not name every %s", (pattern, type) => {
    expect(namesEvery(pattern, templates[type])).toBe(false);
  });

  it("is at large for an action only where all that the action needs is open", () => {
    const run = loadServiceReference(["ec2"]).actions.get("ec2")?.get("runinstances");
    const identity = loadServiceReference(["sts"]).actions.get("sts")?.get("getcalleridentity");
    if (!run || !identity) throw new Error("the reference lacks an action");
    const largeOn = (pattern: string, action: ActionFacts) =>
      isAtLarge(
        action,
        typesWhere([action], (type) => namesEvery(pattern, type)),
      );
    expect(largeOn("*", run)).toBe(true);
    expect(largeOn("arn:aws:ec2:*:*:instance/*", run)).toBe(false);
    expect(largeOn("*", identity)).toBe(false);
  });
});

test.each([
  ["arn:aws:iam", "arn:aws:iam:*"],
  ["arn:aws:iam::123456789012", "arn:aws:iam::123456789012:*"],
  ["arn:aws:s3:::", "arn:aws:s3:::*"],
  ["arn:aws:s3:::acme/*", "arn:aws:s3:::acme/*"],
  ["arn:aws:iam::${aws:PrincipalAccount}:role/x", "arn:aws:iam::${aws:PrincipalAccount}:role/x"],
  ["foo", "foo"],
])("AWS completes the resource %s: %s", (Resource, expected) => {
  expect(resourcesOf({ Effect: "Allow", Resource })).toEqual([expected]);
});

test("NotResource leaves everything, and nothing where it names everything", () => {
  expect(resourcesOf({ Effect: "Allow", NotResource: "arn:aws:s3:::x" })).toEqual(["*"]);
  expect(resourcesOf({ Effect: "Allow", NotResource: ["arn:aws:s3:::x", "*"] })).toEqual([]);
});

describe("two patterns", () => {
  it.each([
    ["*", "arn:*:iam::*:role/*", true],
    ["arn:aws:iam::123456789012:role/app", "arn:*:iam::*:role/*", true],
    ["arn:aws:iam::123456789012:user/app", "arn:*:iam::*:role/*", false],
    ["arn:aws:s3:::acme/*", "arn:*:lambda:*:*:*", false],
    ["arn:aws:*", "arn:*:lambda:*:*:*", true],
    ["arn:aws:iam::*:${aws:PrincipalTag/kind}/x", "arn:*:iam::*:role/*", true],
  ] as const)("%s and %s meet: %s", (one, other, expected) => {
    expect(arnsMeet(one, other)).toBe(expected);
    expect(arnsMeet(other, one)).toBe(expected);
  });

  it("meet wherever a text is matched by both", () => {
    const piece = fc.constantFrom("*", "?", "a", "b", "/");
    const pattern = fc.array(piece, { maxLength: 4 }).map((p) => p.join(""));
    const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 3 }).map((p) => p.join(""));
    let both = 0;
    fc.assert(
      fc.property(pattern, pattern, text, (one, other, name) => {
        if (!matchesPattern(one, name, textOnly) || !matchesPattern(other, name, textOnly)) return;
        both += 1;
        expect(arnsMeet(one, other)).toBe(true);
      }),
      runs(1_500, 20_000),
    );
    expect(both).toBeGreaterThan(50);
  });
});

describe("a condition", () => {
  it.each([
    [{ StringEquals: { "aws:ResourceTag/team": "a" } }, "some"],
    [{ StringLike: { "ec2:ResourceTag/team": ["a", "b-*"] } }, "some"],
    [{ StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } }, "some"],
    [{ StringEquals: { "aws:ResourceAccount": "123456789012" } }, "owned"],
    [{ "ForAnyValue:StringLike": { "aws:ResourceOrgPaths": "o-abc/*" } }, "owned"],
  ] as const)("%j bounds the resources", (condition, bound) => {
    expect(resourceBound(condition)).toBe(bound);
  });

  it.each([
    undefined,
    {},
    { StringLike: { "aws:ResourceTag/team": "*" } },
    { StringLike: { "aws:ResourceTag/team": ["a", "*"] } },
    { StringNotEquals: { "aws:ResourceTag/team": "a" } },
    { StringEqualsIfExists: { "aws:ResourceTag/team": "a" } },
    { "ForAllValues:StringEquals": { "aws:ResourceTag/team": "a" } },
    { StringEquals: { "aws:RequestTag/team": "a" } },
    { Bool: { "aws:SecureTransport": "true" } },
    { NumericEquals: { "aws:ResourceAccount": "123456789012" } },
  ])("%j does not", (condition) => {
    expect(resourceBound(condition)).toBeNull();
  });
});
