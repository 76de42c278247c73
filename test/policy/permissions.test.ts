import fc from "fast-check";
import type { PolicyDocument, Statement } from "../../src/model/policyDocument";
import type { AccessLevel, GrantKind, Place, ResolvedGrant } from "../../src/model/grant";
import {
  canonicalDocument,
  evaluatePermission,
  grantStatements,
  merged,
  permissionPolicy,
  lengthOf,
} from "../../src/policy";
import { runs } from "../proof/settings";

const here: Place = { partition: "aws", region: "eu-central-1", account: "123456789012" };
const target = (name: string) => ({ ...here, name });
const grant = (kind: GrantKind, name: string, access: AccessLevel = "read"): ResolvedGrant => ({
  kind,
  access,
  target: target(name),
  arn: null,
  kmsKey: null,
});
const policyOf = (...grants: ResolvedGrant[]): PolicyDocument =>
  canonicalDocument(grants.flatMap(grantStatements));
const may = (
  policy: PolicyDocument,
  action: string,
  resource: string,
  context: Record<string, string> = {},
) =>
  evaluatePermission(policy, {
    action,
    resource,
    context: new Map(Object.entries(context).map(([k, v]) => [k.toLowerCase(), [v]])),
  }).allowed;

describe("a grant of a secret", () => {
  const policy = policyOf(grant("secret", "db"));
  const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";

  it("lets it be read", () => {
    expect(may(policy, "secretsmanager:GetSecretValue", `${arn}db-AbC123`)).toBe(true);
  });

  it.each([
    ["another secret that begins alike", "secretsmanager:GetSecretValue", `${arn}db-other-AbC123`],
    ["a secret named like its ending", "secretsmanager:GetSecretValue", `${arn}db-AbC123-XyZ789`],
    [
      "another region",
      "secretsmanager:GetSecretValue",
      `${arn.replace("eu-central-1", "us-east-1")}db-AbC123`,
    ],
    [
      "another account",
      "secretsmanager:GetSecretValue",
      `${arn.replace("123456789012", "210987654321")}db-AbC123`,
    ],
    ["writing", "secretsmanager:PutSecretValue", `${arn}db-AbC123`],
    ["deleting", "secretsmanager:DeleteSecret", `${arn}db-AbC123`],
  ])("refuses %s", (_, action, resource) => {
    expect(may(policy, action, resource)).toBe(false);
  });
});

describe("a grant of a parameter", () => {
  const arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/";

  it("is of this parameter alone", () => {
    const policy = policyOf(grant("parameter", "app/url"));
    expect(may(policy, "ssm:GetParameter", `${arn}app/url`)).toBe(true);
    expect(may(policy, "ssm:GetParameter", `${arn}app/url2`)).toBe(false);
    expect(may(policy, "ssm:GetParametersByPath", `${arn}app/url`)).toBe(false);
    expect(may(policy, "ssm:PutParameter", `${arn}app/url`)).toBe(false);
  });

  it("with a path is of what lies below, and of listing that", () => {
    const policy = policyOf(grant("parameter", "shared/dev/*"));
    expect(may(policy, "ssm:GetParameter", `${arn}shared/dev/a/b`)).toBe(true);
    expect(may(policy, "ssm:GetParametersByPath", `${arn}shared/dev/`)).toBe(true);
    expect(may(policy, "ssm:GetParameter", `${arn}shared/prod/a`)).toBe(false);
    expect(may(policy, "ssm:GetParameter", `${arn}shared/dev2`)).toBe(false);
  });
});

describe("a grant of objects", () => {
  const read = policyOf(grant("s3", "acme/fixtures/*"));
  const write = policyOf(grant("s3", "acme/fixtures/*", "write"));

  it("to read is of these objects, and lists the bucket below their prefix only", () => {
    expect(may(read, "s3:GetObject", "arn:aws:s3:::acme/fixtures/a")).toBe(true);
    expect(may(read, "s3:ListBucket", "arn:aws:s3:::acme", { "s3:prefix": "fixtures/" })).toBe(true);
    expect(may(read, "s3:ListBucket", "arn:aws:s3:::acme", { "s3:prefix": "" })).toBe(false);
    expect(may(read, "s3:ListBucket", "arn:aws:s3:::acme", { "s3:prefix": "other/" })).toBe(false);
    expect(may(read, "s3:ListBucket", "arn:aws:s3:::acme")).toBe(false);
    expect(may(read, "s3:GetObject", "arn:aws:s3:::acme/other")).toBe(false);
    expect(may(read, "s3:GetObject", "arn:aws:s3:::acme2/fixtures/a")).toBe(false);
    expect(may(read, "s3:PutObject", "arn:aws:s3:::acme/fixtures/a")).toBe(false);
    expect(may(read, "s3:DeleteObject", "arn:aws:s3:::acme/fixtures/a")).toBe(false);
  });

  it("of all keys lists the whole bucket, whether or not a prefix is asked for", () => {
    const policy = policyOf(grant("s3", "acme/*"));
    expect(may(policy, "s3:ListBucket", "arn:aws:s3:::acme")).toBe(true);
    expect(may(policy, "s3:ListBucket", "arn:aws:s3:::acme", { "s3:prefix": "any/" })).toBe(true);
    expect(may(policy, "s3:ListBucket", "arn:aws:s3:::acme2")).toBe(false);
  });

  it("of one key lists nothing", () => {
    const policy = policyOf(grant("s3", "acme/a.txt"));
    expect(may(policy, "s3:GetObject", "arn:aws:s3:::acme/a.txt")).toBe(true);
    expect(may(policy, "s3:ListBucket", "arn:aws:s3:::acme", { "s3:prefix": "a.txt" })).toBe(false);
  });

  it("to write does not read", () => {
    expect(may(write, "s3:PutObject", "arn:aws:s3:::acme/fixtures/a")).toBe(true);
    expect(may(write, "s3:GetObject", "arn:aws:s3:::acme/fixtures/a")).toBe(false);
    expect(may(write, "s3:DeleteBucket", "arn:aws:s3:::acme")).toBe(false);
  });
});

describe("a permission policy", () => {
  it("is null where nothing is granted and nothing expires", () => {
    expect(permissionPolicy({ grants: [], statements: [], expires: null })).toBeNull();
  });

  it("that expires denies everything from that moment on, to sessions that still run too", () => {
    const policy = permissionPolicy({
      grants: [grant("secret", "db")],
      statements: [],
      expires: "2026-06-01T00:00:00Z",
    });
    const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbC123";
    const at = (now: string) =>
      policy !== null && may(policy, "secretsmanager:GetSecretValue", arn, { "aws:CurrentTime": now });
    expect(at("2026-05-31T23:59:59Z")).toBe(true);
    expect(at("2026-06-01T00:00:00Z")).toBe(false);
  });

  it("keeps raw statements one by one", () => {
    const statements: Statement[] = [
      {
        Sid: "A",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: "arn:aws:sqs:eu-central-1:123456789012:q",
      },
      {
        Sid: "B",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: "arn:aws:sqs:eu-central-1:123456789012:r",
      },
    ];
    expect(permissionPolicy({ grants: [], statements, expires: null })?.Statement).toEqual(statements);
  });

  it("is the same for any order of grants", () => {
    const anyGrant = fc.constantFrom(
      grant("secret", "a"),
      grant("secret", "b"),
      grant("parameter", "p"),
      grant("parameter", "p/*"),
      grant("s3", "bucket/k/*"),
      grant("s3", "bucket/k/*", "write"),
    );
    fc.assert(
      fc.property(fc.array(anyGrant, { minLength: 1 }), (grants) => {
        const make = (g: readonly ResolvedGrant[]) =>
          JSON.stringify(permissionPolicy({ grants: g, statements: [], expires: null }));
        expect(make([...grants].reverse())).toBe(make(grants));
      }),
      runs(100),
    );
  });

  it("merged decides as it does unmerged", () => {
    const word = fc.constantFrom("a", "b", "c");
    const statement = fc.record({
      Effect: fc.constantFrom("Allow" as const, "Deny" as const),
      Action: fc.uniqueArray(
        word.map((w) => `s:${w}`),
        { minLength: 1 },
      ),
      Resource: fc.uniqueArray(word, { minLength: 1 }),
    });
    let allowed = 0;
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), word, word, (statements, action, resource) => {
        const before = may({ Version: "2012-10-17", Statement: statements }, `s:${action}`, resource);
        const after = may(canonicalDocument(merged(statements)), `s:${action}`, resource);
        expect(after).toBe(before);
        if (after) allowed += 1;
      }),
      runs(600, 10_000),
    );
    expect(allowed).toBeGreaterThan(60);
  });

  it("is as long as AWS counts it: without white space", () => {
    expect(lengthOf({ Version: "2012-10-17", Statement: [] })).toBe(
      '{"Version":"2012-10-17","Statement":[]}'.length,
    );
    expect(lengthOf({ Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "a b" }] })).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ab"}]}'.length,
    );
  });
});
