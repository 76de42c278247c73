import fc from "fast-check";
import { runs } from "../proof/settings";
import { command } from "../support/folder";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const provider = "services.acme.gitpod.cloud/idp";
const providerArn = `arn:aws:iam::123456789012:oidc-provider/${provider}`;
const trust: Json = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Login",
      Effect: "Allow",
      Principal: { Federated: [providerArn], AWS: "arn:aws:iam::123456789012:root" },
      Action: ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"],
      Condition: {
        StringEquals: { [`${provider}:aud`]: "sts.amazonaws.com" },
        StringLike: { [`${provider}:sub`]: ["https://github.com/acme/app", "https://github.com/acme/app/*"] },
        StringNotLike: { [`${provider}:sub`]: "*..*" },
        IpAddress: { "aws:SourceIp": "203.0.113.0/24" },
        DateLessThan: { "aws:CurrentTime": "2027-03-31T00:00:00Z" },
      },
    },
  ],
};
const permission: Json = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "iam:PassRole", "s3:*"],
      Resource: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-??????", "*"],
      Condition: { NumericLessThan: { "s3:max-keys": "10" }, Null: { "aws:TokenIssueTime": "true" } },
    },
    { Effect: "Deny", NotAction: "ec2:*", NotResource: "arn:aws:s3:::x/*" },
  ],
};
/** What stands for them in what other shapes hold. */
const login: Json = { Statement: { Effect: "Allow", Principal: { Federated: providerArn } } };
const allowed: Json = { Statement: { Effect: "Allow", Action: "s3:*" } };
const policyArn = "arn:aws:iam::123456789012:policy/own";
const role: Json = {
  ...{ RoleName: "app", Arn: "arn:aws:iam::123456789012:role/app", Path: "/", Description: "d" },
  ...{ MaxSessionDuration: 3600, AssumeRolePolicyDocument: login, Tags: [{ Key: "team", Value: "a" }] },
  PermissionsBoundary: { PermissionsBoundaryArn: "arn:aws:iam::123456789012:policy/edge" },
  RolePolicyList: [{ PolicyName: "p", PolicyDocument: encodeURIComponent(JSON.stringify(allowed)) }],
  AttachedManagedPolicies: [
    { PolicyArn: policyArn },
    { PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
  ],
};
const attributes: Json = {
  ...{ name: "app", arn: "arn:aws:iam::123456789012:role/app", path: "/", permissions_boundary: "" },
  ...{ max_session_duration: 3600, tags_all: { a: "b" }, managed_policy_arns: [policyArn] },
  assume_role_policy: JSON.stringify(login),
  inline_policy: [{ name: "own", policy: JSON.stringify(allowed) }],
};
const inline: Json = { role: "app", name: "own", policy: JSON.stringify(allowed) };
const resources: Json = [
  { type: "aws_iam_role", name: "a", address: "aws_iam_role.a", mode: "managed", values: attributes },
  { type: "aws_iam_role_policy", name: "p", address: "aws_iam_role_policy.p", index: 0, values: inline },
];

/** Every shape that is read. */
const whole: readonly Json[] = [
  ...[trust, permission, role, { Role: role }, { Roles: [role], IsTruncated: true }],
  {
    RoleDetailList: [role],
    Policies: [{ Arn: policyArn, PolicyVersionList: [{ Document: allowed, IsDefaultVersion: true }] }],
  },
  { RoleName: "app", PolicyName: "p", PolicyDocument: allowed },
  { PolicyVersion: { Document: allowed } },
  { AttachedPolicies: [{ PolicyArn: policyArn }] },
  { Url: provider, ClientIDList: ["sts.amazonaws.com"], ThumbprintList: ["0".repeat(40)] },
  { format_version: "1.0", values: { root_module: { resources, child_modules: [{ resources }] } } },
  {
    format_version: "1.2",
    planned_values: { root_module: { resources } },
    resource_changes: [{ address: "aws_iam_role_policy.p", change: { after_unknown: { role: true } } }],
    configuration: {
      root_module: {
        resources: [
          {
            ...{ type: "aws_iam_role_policy", name: "p" },
            expressions: { role: { references: ["aws_iam_role.a.name", "aws_iam_role.a"] } },
          },
        ],
      },
    },
  },
  {
    ...{ version: 4, terraform_version: "1.11.4" },
    resources: [
      { mode: "managed", type: "aws_iam_role", name: "a", instances: [{ attributes }] },
      { mode: "managed", type: "aws_iam_role_policy", name: "p", instances: [{ attributes: inline }] },
      { type: "aws_iam_policy", name: "o", instances: [{ index_key: "k", attributes: { arn: policyArn } }] },
    ],
  },
  { resource: { aws_iam_role: { a: attributes }, aws_iam_role_policy: { p: inline } } },
];

/** What stands in a place by mistake; `deep 9` is that many lists in each other, in the text. */
const wrong = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(null, true, 0, -1.5, "", "x", "${a", "*", "%7B", '{"a":', []),
  },
  fc.constantFrom<Json>({}, [[]], [null], [{}], { "": "" }, { constructor: null }, "\ud800", "a\u0000b"),
  fc.integer({ min: 2, max: 3000 }).map((levels): Json => `deep ${levels}`),
);

const part = fc.double({ min: 0, max: 1, noNaN: true });

type Way = readonly string[];

/** The way to every value in a value, itself among them. */
function ways(value: Json): readonly Way[] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries<Json>(value).flatMap(([key, inner]) => ways(inner).map((way) => [key, ...way])),
  ];
}

/** A value with the one at the end of a way changed; undefined takes it out. */
function changed(
  value: Json,
  [first, ...rest]: Way,
  change: (value: Json) => Json | undefined,
): Json | undefined {
  if (typeof value !== "object" || value === null || first === undefined) return change(value);
  const left = Object.entries<Json>(value).flatMap(([key, inner]): [string, Json][] => {
    const own = key === first ? changed(inner, rest, change) : inner;
    return own === undefined ? [] : [[key, own]];
  });
  return Array.isArray(value) ? left.map(([, inner]) => inner) : Object.fromEntries(left);
}

interface Damage {
  /** Which of all values. */
  readonly place: number;
  readonly kind: "remove" | "replace" | "wrap" | "text" | "double";
  readonly by: Json;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("remove", "replace", "replace", "wrap", "text", "double"),
  by: wrong,
});

function damaged(value: Json, { place, kind, by }: Damage): Json {
  const change = {
    remove: () => undefined,
    replace: () => by,
    wrap: (inner: Json): Json => [inner],
    text: (inner: Json): Json => JSON.stringify(inner),
    double: (inner: Json): Json => [inner, inner],
  }[kind];
  const all = ways(value);
  return changed(value, all[place % all.length] ?? [], change) ?? null;
}

/** Files with something wrong in some places; some of them cut off. */
const text = fc
  .tuple(
    fc.constantFrom(...whole),
    fc.array(damage, { minLength: 1, maxLength: 3 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, part),
  )
  .map(([value, damages, kept]) => {
    const written = JSON.stringify(damages.reduce(damaged, value)).replace(/"deep (\d+)"/g, (_, levels) => {
      return "[".repeat(Number(levels)) + "]".repeat(Number(levels));
    });
    return written.slice(0, Math.ceil(written.length * kept));
  });

/** Runs a sub-command on a text; a bug of ours rejects. */
async function statusOf(subcommand: string, stdin: string): Promise<number> {
  const { status, stdout, stderr } = await command([...subcommand.split(" "), "-"], {}, { stdin });
  expect([0, 1, 2]).toContain(status);
  if (status !== 0) expect(stdout + stderr).not.toBe("");
  expect(stdout + stderr).not.toMatch(/^ +at .*:\d+:\d+\)?$|TypeError|RangeError|\[object Object\]/m);
  return status;
}

describe.each(["check --trust-policy", "check --permission-policy", "import-role"])(
  "%s answers with a verdict or a message, and never with a stack trace,",
  (subcommand) => {
    test("a document of any shape in which any one value is missing", async () => {
      // The option says what a bare document is, and nothing else.
      for (const shape of subcommand === "check --trust-policy" ? [trust] : whole)
        for (const way of ways(shape).slice(1))
          await statusOf(subcommand, JSON.stringify(changed(shape, way, () => undefined)));
    });

    test("one in which some values are others, or that is cut off", async () => {
      const seen = new Set<number>();
      const answered = fc.asyncProperty(text, async (stdin) => {
        seen.add(await statusOf(subcommand, stdin));
      });
      await fc.assert(answered, runs(100, 2000));
      expect(seen.size).toBeGreaterThan(1);
    });
  },
);
