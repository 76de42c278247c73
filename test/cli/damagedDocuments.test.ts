import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { runs } from "../proof/settings";
import { command, inTemporaryFolder, write } from "../support/folder";
import { acmeIssuer, payload, tokenOf } from "../support/login";

inTemporaryFolder();

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

/** Every shape of existing access that is read. */
const existing: readonly Json[] = [
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
];

const url = "https://github.com/acme/app";
const event: Json = {
  ...{ eventName: "AssumeRoleWithWebIdentity", eventTime: "2026-05-31T12:00:00Z", errorCode: "AccessDenied" },
  ...{ sourceIPAddress: "198.51.100.7", requestParameters: { roleArn: "arn:aws:iam::123456789012:role/a" } },
  userIdentity: {
    identityProvider: `arn:aws:iam::123456789012:oidc-provider/${acmeIssuer.slice(8)}`,
    ...{ userName: url, principalId: "somebody" },
  },
};
const token: Json = payload(url) as Record<string, Json>;
const logins: readonly Json[] = [
  ...[token, { Header: { alg: "RS256" }, Payload: token }, event, { Records: [event, event] }],
  { Events: [{ CloudTrailEvent: JSON.stringify(event) }] },
];

const manifest: Json = {
  version: 1,
  accounts: { dev: { id: "123456789012", region: "eu-central-1", backend: { local: { path: "x" } } } },
  installations: {
    acme: { host: "acme.gitpod.cloud", formerIssuers: ["https://services.acme.gitpod.cloud/idp"] },
  },
  grantSets: { db: [{ secret: "db", env: "DB" }] },
  defaults: { tags: { a: "b" }, accept: [{ rule: "T66", reason: "known" }] },
  repos: [
    {
      ...{ url, contexts: ["repository", { branch: "main" }], sourceCidrs: ["198.51.100.0/24"] },
      grants: [{ set: "db" }, { s3: "acme/x", access: "read" }],
      statements: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }],
      ...{ expires: "2027-01-01", snippet: { task: "aws", commands: ["make"] } },
    },
  ],
};
const gitpodYml: Json = {
  image: "gitpod/workspace-full",
  tasks: [
    {
      name: "aws",
      command: "gp idp login aws --role-arn arn:aws:iam::123456789012:role/a --profile default",
    },
    { init: "npm ci", before: "aws sts get-caller-identity", command: "gp sync-await aws && npm start" },
  ],
  ...{ ports: [{ port: 3000, onOpen: "ignore" }], env: { A: "b" }, github: { prebuilds: { master: true } } },
};
/** A file that nothing keeps from being merged into: the other has a login of its own. */
const mergeable: Json = { image: "acme/dev", tasks: [{ name: "web", command: "npm start" }] };
const automations: Json = {
  tasks: { aws: { name: "aws", command: "ona idp login aws --role-arn x", triggeredBy: ["manual"] } },
  services: { web: { name: "web", commands: { start: "npm start" }, dependsOn: ["aws"] } },
};

/**
 * What stands in a place by mistake. In the text, `deep 9` is that many lists in each other, `cycle` a list of itself,
 * and `bomb` lists of lists of one, which doubles with each.
 */
const wrong = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(null, true, 0, -1.5, "", "x", "${a", "*", "%7B", '{"a":', []),
  },
  fc.constantFrom<Json>({}, [[]], [null], [{}], { "": "" }, { constructor: null }, "\ud800", "a\u0000b"),
  fc.constantFrom<Json>("cycle", "bomb"),
  fc.integer({ min: 2, max: 3000 }).map((levels): Json => `deep ${levels}`),
);
const bomb = Array.from({ length: 30 }, (_, i) => `&b${i} [${i === 0 ? "1" : `*b${i - 1}, *b${i - 1}`}]`);

const part = fc.double({ min: 0, max: 1, noNaN: true });

interface Damage {
  /** Which of all values. */
  readonly place: number;
  readonly kind: "remove" | "replace" | "wrap" | "text" | "double";
  readonly by: Json;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("remove", "remove", "replace", "replace", "wrap", "text", "double"),
  by: wrong,
});

/** A value with something wrong in one place. */
function damaged(value: Json, { place, kind, by }: Damage): Json {
  const target = place % sizeOf(value);
  let at = -1;
  const walk = (inner: Json): Json | undefined => {
    at += 1;
    if (at === target)
      return {
        remove: undefined,
        replace: by,
        wrap: [inner],
        text: JSON.stringify(inner),
        double: [inner, inner],
      }[kind];
    if (typeof inner !== "object" || inner === null) return inner;
    const left = Object.entries<Json>(inner).flatMap(([key, own]): [string, Json][] => {
      const kept = walk(own);
      return kept === undefined ? [] : [[key, kept]];
    });
    return Array.isArray(inner) ? left.map(([, own]) => own) : Object.fromEntries(left);
  };
  return walk(value) ?? null;
}

/** How many values there are in a value, itself among them. */
function sizeOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values<Json>(value).reduce<number>((sum, inner) => sum + sizeOf(inner), 1);
}

/** Files with something wrong in some places; some of them cut off, some with a byte order mark. */
const textOf = (shapes: readonly Json[]) =>
  fc
    .tuple(
      fc.constantFrom(...shapes),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, part),
      fc.constantFrom("", "", "\ufeff"),
    )
    .map(([value, damages, kept, mark]) => {
      const written = JSON.stringify(damages.reduce(damaged, value))
        .replace(/"deep (\d+)"/g, (_, levels) => "[".repeat(Number(levels)) + "]".repeat(Number(levels)))
        .replace(/"cycle"/g, "&c [*c]")
        .replace(/"bomb"/g, `[${bomb.join(", ")}]`);
      return mark + written.slice(0, Math.ceil(written.length * kept));
    });

/** A manifest that is small and right: most of what is read beside it is not about the manifest. */
const sound = JSON.stringify({
  version: 1,
  accounts: { dev: { id: "123456789012", region: "eu-central-1" } },
  installations: { acme: { host: "acme.gitpod.cloud" } },
  repos: [{ url }],
});

const stackOfDev = "cdktf.out/stacks/dev/cdk.tf.json";
const written: Json = {
  "//": { metadata: { stackName: "dev" } },
  resource: {
    aws_iam_role: { a: { name: "gone", path: "/" }, b: { name: "acme-acme-app", path: "/x/" } },
    aws_iam_openid_connect_provider: { acme: { url: acmeIssuer } },
  },
};
const instances: Json = [{ attributes: { name: "gone", path: "/", url: provider } }];
const state: Json = {
  version: 4,
  resources: [
    { mode: "managed", type: "aws_iam_role", instances },
    { mode: "managed", type: "aws_iam_openid_connect_provider", instances },
  ],
};
const list: Json = { version: "0.21.0", stacks: { dev: { name: "dev", annotations: [] }, gone: {} } };
const ofCdktf: Json = { context: { manifest: "sound.yaml", templates: "" }, output: "z" };

/**
 * Every sub-command that reads what somebody else wrote: what it reads, its arguments, its share of the 2,000 with
 * FULL=1, and where.
 */
const readers: readonly (readonly [string, readonly Json[], readonly string[], number, string?])[] = [
  ["check --trust-policy", existing, ["check", "--trust-policy", "-"], 200],
  ["check --permission-policy", existing, ["check", "--permission-policy", "-"], 200],
  ["import-role", existing, ["import-role", "-"], 340],
  ["explain --claims", logins, ["explain", "sound.yaml", "--claims", "-"], 350],
  ["explain --token", [token], ["explain", "sound.yaml", "--token", "-"], 250],
  [
    "snippet --check",
    [gitpodYml, automations],
    ["snippet", "sound.yaml", "--repo", url, "--check", "damaged"],
    100,
  ],
  [
    "snippet --into",
    [gitpodYml, mergeable, automations],
    ["snippet", "sound.yaml", "--repo", url, "--into", "damaged", "--dry-run"],
    25,
  ],
  [
    "snippet --into --remove",
    [gitpodYml],
    ["snippet", "sound.yaml", "--into", "damaged", "--remove", "--dry-run"],
    75,
  ],
  ["check", [manifest], ["check", "damaged"], 125],
  ["access", [manifest], ["access", "damaged"], 25],
  ["access --deployed", existing, ["access", "sound.yaml", "--deployed", "-"], 50],
  ["access --diff", [manifest], ["access", "sound.yaml", "--diff", "damaged"], 25],
  ["snippet", [manifest], ["snippet", "damaged", "--repo", url], 25],
  ["explain", [manifest], ["explain", "damaged", "--context", url], 75],
  ["deploy-policy", [manifest], ["deploy-policy", "damaged"], 25],
  ["synth", [manifest], ["synth", "damaged"], 25],
  ["synth beside an older stack", [written], ["synth", "sound.yaml"], 10, stackOfDev],
  ["synth beside a state", [state], ["synth", "sound.yaml"], 10, "terraform.dev.tfstate"],
  [
    "synth beside an older list",
    [list],
    ["synth", "sound.yaml", "--only", "dev"],
    15,
    "cdktf.out/manifest.json",
  ],
  ["synth by cdktf.json", [ofCdktf], ["synth"], 25, "cdktf.json"],
];

/** Runs the command, and fails where its end is none of an answer. @returns its status */
async function answered(argv: readonly string[], stdin = ""): Promise<number> {
  const { status, stdout, stderr } = await command(argv, {}, { stdin });
  const said = stdout + stderr;
  const isAnswer = [0, 1, 2].includes(status) && (status === 0 || said !== "");
  const isTrace = /^ +at .*:\d+:\d+\)?$|TypeError|RangeError|\[object Object\]/m.test(said);
  if (!isAnswer || isTrace) throw new Error(`exit ${status}: ${said}`);
  return status;
}

test.each(
  readers.map(([name, shapes, argv, count, file = "damaged"]) => ({ name, shapes, argv, count, file })),
)(
  "$name answers with a verdict or a message, and never with a stack trace",
  async ({ name, shapes, argv, count, file }) => {
    write({ "sound.yaml": sound });
    const seen = new Set<number>();
    const property = fc.asyncProperty(textOf(shapes), async (text) => {
      if (!argv.includes("-")) write({ [file]: text });
      seen.add(await answered(argv, name === "explain --token" ? tokenOf(text) : text));
    });
    // Each shape as it should be, first: what is damaged alone may all end alike. They count among the runs.
    const examples = shapes.map((shape): [string] => [JSON.stringify(shape)]);
    const { length } = examples;
    await fc.assert(property, { ...runs(length + Math.ceil(count / 5), length + count), examples });
    // What an earlier synth left is replaced, whatever it holds.
    if (name.includes("beside")) expect([...seen]).toEqual([0]);
    else expect(seen.size).toBeGreaterThan(1);
  },
);

test("a folder of templates makes a task, or an error that names the template", async () => {
  const ours = readFileSync(join(__dirname, "..", "..", "templates", "gitpod.yml.hbs"), "utf8");
  const parts = [
    "",
    "a",
    "{{",
    "}}",
    "{{#each logins}}",
    "{{/if}}",
    "{{> gitpod.yml}}",
    "{{> x}}",
    "{{x}}",
    "\t- ",
    "\0",
    "*a",
  ];
  write({
    "sound.yaml": sound,
    "cdktf.json": '{"context": {"manifest": "sound.yaml", "templates": "mine"}}',
  });
  const seen = new Set<number>();
  const property = fc.asyncProperty(part, part, fc.constantFrom(...parts), async (from, length, inserted) => {
    const at = Math.floor(from * ours.length);
    const text = ours.slice(0, at) + inserted + ours.slice(at + Math.floor(length * 3));
    write({ "mine/gitpod.yml.hbs": text });
    const { status, stderr } = await command(["check"]);
    seen.add(status);
    if (status !== 0)
      expect([status, stderr]).toEqual([1, expect.stringMatching(/^error: template "?gitpod\.yml\.hbs/m)]);
  });
  await fc.assert(property, runs(15, 200));
  expect(seen).toEqual(new Set([0, 1]));
});
