import type { Condition, PolicyDocument } from "../../src/model/policyDocument";
import { evaluatePermission, evaluateTrust, valueProblem } from "../../src/policy";

const context = new Map([
  ["p:sub", ["https://github.com/acme/app"]],
  ["p:aud", ["sts.amazonaws.com"]],
  ["p:amr", ["a", "b"]],
  ["aws:currenttime", ["2026-06-01T12:00:00Z"]],
  ["aws:epochtime", ["1780315200"]],
  ["aws:sourceip", ["203.0.113.7"]],
  ["aws:securetransport", ["true"]],
  ["n", ["7"]],
  ["p:account", ["123456789012"]],
  ["arn", ["arn:aws:iam::123456789012:role/team/x"]],
]);
const decide = (condition: Condition) =>
  evaluateTrust(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: "f" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: condition,
        },
      ],
    },
    { federated: "f", context },
  );

describe("a condition holds or fails as AWS documents it", () => {
  const holds: readonly (readonly [string, string, string | string[], boolean])[] = [
    ["StringEquals", "p:sub", "https://github.com/acme/app", true],
    ["StringEquals", "P:SUB", "https://github.com/acme/app", true],
    ["stringequals", "p:sub", "https://github.com/acme/app", true],
    ["StringEquals", "p:sub", "https://github.com/ACME/app", false],
    ["StringEquals", "p:sub", "https://github.com/acme/*", false],
    ["StringEquals", "p:sub", ["x", "https://github.com/acme/app"], true],
    ["StringEquals", "p:sub", "${p:sub}", true],
    ["StringEquals", "p:sub", "${p:none}", false],
    ["StringEquals", "p:sub", "${p:none, 'https://github.com/acme/app'}", true],
    ["StringNotEquals", "p:sub", "x", true],
    ["StringNotEquals", "p:sub", ["x", "https://github.com/acme/app"], false],
    ["StringNotEquals", "p:none", "x", true],
    ["StringEqualsIgnoreCase", "p:sub", "HTTPS://github.com/ACME/app", true],
    ["StringNotEqualsIgnoreCase", "p:sub", "HTTPS://github.com/ACME/app", false],
    ["StringLike", "p:sub", "https://*/app", true],
    ["StringLike", "p:sub", "https://github.com/acme/ap?", true],
    ["StringLike", "p:sub", "https://github.com/acme/app?", false],
    ["StringLike", "p:sub", "https://github.com/acme/${*}", false],
    ["StringLike", "p:sub", "*", true],
    ["StringLike", "p:none", "*", false],
    ["StringNotLike", "p:sub", "*..*", true],
    ["StringNotLike", "p:sub", ["*..*", "*acme*"], false],
    ["StringNotLike", "p:none", "*", true],
    ["StringEqualsIfExists", "p:none", "x", true],
    ["StringEqualsIfExists", "p:sub", "x", false],
    ["ForAllValues:StringEquals", "p:amr", ["a", "b", "c"], true],
    ["ForAllValues:StringEquals", "p:amr", "a", false],
    ["ForAllValues:StringEquals", "p:none", "a", true],
    ["ForAnyValue:StringEquals", "p:amr", "b", true],
    ["ForAnyValue:StringEquals", "p:none", "b", false],
    ["ForAnyValue:StringNotEquals", "p:amr", "b", true],
    ["ForAnyValue:StringNotEquals", "p:none", "b", false],
    ["Null", "p:none", "true", true],
    ["Null", "p:none", "false", false],
    ["Null", "p:sub", "false", true],
    ["Bool", "aws:SecureTransport", "true", true],
    ["Bool", "aws:SecureTransport", "false", false],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/24", true],
    ["IpAddress", "aws:SourceIp", "203.0.113.7", true],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/33", false],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/", false],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/0/24", false],
    ["IpAddress", "aws:SourceIp", "203.0.113.0/2e1", false],
    ["IpAddress", "aws:SourceIp", "::/0", false],
    ["NotIpAddress", "aws:SourceIp", "203.0.113.0/24", false],
    ["NotIpAddress", "aws:SourceIp", "10.0.0.0/8", true],
    ["DateLessThan", "aws:CurrentTime", "2026-06-01T12:00:01Z", true],
    ["DateLessThan", "aws:CurrentTime", "2026-06-01T12:00:00Z", false],
    ["DateLessThanEquals", "aws:CurrentTime", "2026-06-01T12:00:00Z", true],
    ["DateGreaterThan", "aws:CurrentTime", "2026-06-01T14:00:00+02:00", false],
    ["DateGreaterThanEquals", "aws:CurrentTime", "2026-06-01T14:00:00+02:00", true],
    ["DateEquals", "aws:EpochTime", "2026-06-01T12:00:00Z", true],
    ["DateLessThan", "aws:CurrentTime", "soon", false],
    ["DateLessThan", "aws:CurrentTime", "June 2, 2026", false],
    ["NumericEquals", "n", "7.0", true],
    ["NumericEquals", "n", "0x7", false],
    ["NumericGreaterThan", "n", "7", false],
    ["NumericLessThan", "n", "x", false],
    ["ArnLike", "arn", "arn:aws:iam::*:role/team/*", true],
    ["ArnLike", "arn", "arn:aws:iam::*:role/*", true],
    ["ArnLike", "arn", "arn:*:role/team/x", false],
    ["ArnLike", "arn", "arn:aws:iam::${p:account}:role/team/x", true],
    ["ArnNotLike", "arn", "arn:aws:iam::*:role/other/*", true],
    ["NoSuchOperator", "p:sub", "*", false],
  ];

  it.each(holds)("%s %s %j: %s", (operator, key, expected, result) => {
    expect(decide({ [operator]: { [key]: expected } }).allowed).toBe(result);
  });

  it("operators are ANDed, and so are keys; the first that fails is named with what it saw", () => {
    const decision = decide({
      StringEquals: { "p:aud": "sts.amazonaws.com", "p:sub": "other" },
      StringLike: { "p:none": "*" },
    });
    expect(decision.statements).toEqual([
      { operator: "StringEquals", key: "p:sub", expected: ["other"], actual: "https://github.com/acme/app" },
    ]);
    expect(decide({ StringLike: { "p:none": "*" } }).statements).toEqual([
      { operator: "StringLike", key: "p:none", expected: ["*"], actual: null },
    ]);
  });

  it("a pattern of many wildcards is decided, too", () => {
    expect(decide({ StringLike: { "p:sub": "*a".repeat(400) } }).allowed).toBe(false);
  });
});

describe("a document", () => {
  const policy: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::b/x/*" },
      { Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:sqs:*:*:q" },
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } },
      },
    ],
  };
  const may = (action: string, resource: string, now = "2026-06-01T12:00:00Z") =>
    evaluatePermission(policy, { action, resource, context: new Map([["aws:currenttime", [now]]]) });

  it("allows what a statement allows, actions without regard to case, resources with", () => {
    expect(may("s3:GetObject", "arn:aws:s3:::b/x/y").allowed).toBe(true);
    expect(may("S3:getobject", "arn:aws:s3:::b/x/y").allowed).toBe(true);
    expect(may("s3:GetObject", "arn:aws:s3:::B/x/y").allowed).toBe(false);
    expect(may("s3:PutObject", "arn:aws:s3:::b/x/y").allowed).toBe(false);
    expect(may("sqs:SendMessage", "arn:aws:sqs:us-east-1:1:q").allowed).toBe(true);
    expect(may("iam:PassRole", "arn:aws:sqs:us-east-1:1:q").allowed).toBe(false);
  });

  it("denies what any statement denies", () => {
    expect(may("s3:GetObject", "arn:aws:s3:::b/x/y", "2027-01-01T00:00:00Z")).toMatchObject({
      allowed: false,
      denied: true,
    });
  });

  it("admits no web identity by a statement about other principals or actions", () => {
    const statement = { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity" } as const;
    const trust = (more: object) =>
      evaluateTrust(
        { Version: "2012-10-17", Statement: [{ ...statement, ...more }] },
        { federated: "f", context },
      );
    expect(trust({ Principal: { Federated: "f" } }).allowed).toBe(true);
    expect(trust({ Principal: "*" }).allowed).toBe(true);
    expect(trust({ Principal: { Federated: "g" } }).statements).toEqual(["principal"]);
    expect(trust({ Principal: { AWS: "f" } }).statements).toEqual(["principal"]);
    expect(trust({}).statements).toEqual(["principal"]);
    expect(trust({ NotPrincipal: { Federated: "f" } }).statements).toEqual(["principal"]);
    expect(trust({ Principal: { Federated: "f" }, Action: "sts:AssumeRole" }).statements).toEqual(["action"]);
    expect(trust({ Principal: { Federated: "f" }, Action: "sts:*" }).allowed).toBe(true);
  });
});

describe("a document of an older version", () => {
  it.each([
    ["StringEquals", "${*}", "*", false],
    ["StringEquals", "${p:aud}", "sts.amazonaws.com", false],
    ["StringEquals", "${p:aud}", "${p:aud}", true],
    ["StringLike", "${*}", "${anything}", true],
  ])("has no variables: %s %s on %s is %s", (operator, expected, actual, result) => {
    for (const version of ["2008-10-17", undefined]) {
      const policy = {
        Version: version,
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: "f" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { [operator]: { "p:sub": expected } },
          },
        ],
      } as unknown as PolicyDocument;
      const request = { federated: "f", context: new Map([...context, ["p:sub", [actual]] as const]) };
      expect(evaluateTrust(policy, request).allowed).toBe(result);
    }
  });

  it("NullIfExists is no operator, and never holds", () => {
    expect(decide({ NullIfExists: { "p:none": "true" } }).allowed).toBe(false);
  });
});

describe("values that an operator reads", () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ["datelessthan", ["2027-01-31", "2027-01-31T00:00:00Z", "1798675200"], ["31.12.2026", "2027-13-01", ""]],
    ["numericequals", ["3600", "-1.5"], ["1h", "${aws:x}"]],
    ["bool", ["true", "False"], ["yes", "1"]],
    ["null", ["true", "false"], ["no"]],
    ["ipaddress", ["203.0.113.0/24", "0.0.0.0/0", "2001:db8::1"], ["203.0.113.0/33", "10.0.0", "any"]],
    ["arnlike", ["arn:aws:iam::123456789012:role/*", "*"], ["123456789012", "arn:aws:iam"]],
  ])("%s", (base, right, wrong) => {
    const isRead = (value: string) => valueProblem(base, "key", value) === null;
    expect(right.filter((value) => !isRead(value))).toEqual([]);
    expect(wrong.filter(isRead)).toEqual([]);
  });

  it("of strings are all", () => {
    expect(valueProblem("stringlike", "key", "any")).toBeNull();
  });
});
