import { accessWords, grantKeys } from "../../src/manifest/grantSchema";
import { recogniseGrants } from "../../src/documents";
import {
  accessLevels,
  canonicalDocument,
  grantKinds,
  grantStatements,
  grantTable,
  lengthOf,
} from "../../src/policy";
import { many, nameInArn } from "../../src/policy";
import { manifest, modelOf, project, roleOf } from "../support/project";

const key = "1234abcd-12ab-34cd-56ef-1234567890ab";
const keyArn = (region = "eu-central-1", account = "123456789012") =>
  `arn:aws:kms:${region}:${account}:key/${key}`;

const encrypted = grantKinds.filter((kind) => grantTable[kind].encryption !== undefined);

const repo = (grants: string, more = "", account = "") =>
  manifest(`repos:\n  - { url: https://github.com/acme/app, grants: [${grants}]${more} }`, account);

/** Messages of a manifest that has diagnostics. */
function messages(text: string): readonly string[] {
  const loaded = project(text);
  return loaded.ok ? [] : loaded.diagnostics.map((d) => `${d.code}: ${d.message}; ${d.remedy}`);
}
const statementsOf = (text: string) => roleOf(text).made.permissionPolicy?.Statement ?? [];
const resources = (text: string) => statementsOf(text).flatMap((s) => many(s.Resource));

test("the manifest's kinds and access levels are those of the grant table", () => {
  expect(grantKeys).toEqual([...grantKinds, "set"]);
  expect([...accessWords].sort()).toEqual([...new Set(grantKinds.flatMap(accessLevels))].sort());
  for (const kind of grantKinds) {
    for (const access of accessLevels(kind))
      expect(messages(repo(`{ ${kind}: "${grantTable[kind].examples[0]}", access: ${access} }`))).toEqual([]);
    expect(messages(repo(`{ ${kind}: "${grantTable[kind].examples[0]}", access: own }`))).toEqual([
      `R08: ${kind} has no access "own"; it has ${accessLevels(kind).join(", ")}; name one of these`,
    ]);
  }
});

test.each(grantKinds)("%s is resolved to the policy of its row, by the default access", (kind) => {
  const name = nameInArn(kind, grantTable[kind].examples[0]);
  const target = { partition: "aws", region: "eu-central-1", account: "123456789012", name } as const;
  const [access = "read"] = accessLevels(kind);
  expect(roleOf(repo(`{ ${kind}: "${grantTable[kind].examples[0]}" }`)).made.permissionPolicy).toEqual(
    canonicalDocument(grantStatements({ kind, access, target, arn: null, kmsKey: null })),
  );
});

test.each(grantKinds)("a role with %s has the grant that its statements are recognised as", (kind) => {
  const [name, encryption] = [grantTable[kind].examples[0], grantTable[kind].encryption];
  for (const access of accessLevels(kind))
    for (const option of encryption?.[access] === undefined ? [""] : ["", `, kmsKey: ${key}`]) {
      const { grants, made } = roleOf(repo(`{ ${kind}: "${name}", access: ${access}${option} }`));
      const place = { partition: "aws", region: "eu-central-1", account: "123456789012" } as const;
      expect(recogniseGrants(made.permissionPolicy?.Statement ?? [], place)).toEqual({
        grants,
        statements: [],
      });
    }
});

test("a role has each of its grants once, whatever their order, and by name or ARN", () => {
  const arn = "arn:aws:sqs:eu-central-1:123456789012:jobs";
  const twice = repo(`{ secret: b }, { sqs: jobs }, { secret: a }, { secret: b }, { sqs: "${arn}" }`);
  expect(roleOf(twice).grants.map(({ target }) => target.name)).toEqual(["a", "b", "jobs"]);
});

describe("another region and account", () => {
  it("are those of a name's ARN, and a foreign account is reported", () => {
    const role = roleOf(repo('{ sqs: jobs, region: us-east-1, account: "210987654321" }'));
    const arn = "arn:aws:sqs:us-east-1:210987654321:jobs";
    expect(many(role.made.permissionPolicy?.Statement[0]?.Resource)).toEqual([arn]);
    expect(role.foreignResources.map((r) => r.arn)).toEqual([arn]);
  });

  it("of an account that is declared, the region is that account's, unless the grant says another", () => {
    const text = (grant: string) =>
      repo(grant, ", accounts: [dev]").replace(
        "installations:",
        '  build: { id: "210987654321", region: us-west-2 }\ninstallations:',
      );
    expect(resources(text("{ sqs: jobs, account: build }"))).toEqual([
      "arn:aws:sqs:us-west-2:210987654321:jobs",
    ]);
    expect(resources(text("{ sqs: jobs, account: build, region: us-east-1 }"))).toEqual([
      "arn:aws:sqs:us-east-1:210987654321:jobs",
    ]);
    expect(resources(text('{ sqs: jobs, account: "210987654321" }'))).toEqual([
      "arn:aws:sqs:eu-central-1:210987654321:jobs",
    ]);
    expect(resources(text(`{ sqs: jobs, account: build, kmsKey: ${key} }`))).toContain(
      keyArn("us-west-2", "210987654321"),
    );
    expect(messages(text("{ sqs: jobs, account: build }").replace("us-west-2", "cn-north-1"))).toEqual([
      expect.stringMatching(/^R08: account build is in the partition aws-cn, and the role in aws/),
    ]);
  });

  it("are said by an ARN itself", () => {
    expect(resources(repo("{ role: 'arn:aws:iam::210987654321:role/a/b' }"))).toEqual([
      "arn:aws:iam::210987654321:role/a/b",
    ]);
    expect(resources(repo("{ logs: 'arn:aws:logs:us-east-1:123456789012:log-group:a:*' }"))).toContain(
      "arn:aws:logs:us-east-1:123456789012:log-group:a:*",
    );
  });
});

describe("a grant is refused", () => {
  it.each([
    ["a region on a role", "{ role: a, region: us-east-1 }", "R08: the ARN of a role has no region"],
    ["a region on a bucket", "{ s3: acme/a, region: us-east-1 }", "R08: the ARN of a bucket has no region"],
    ["an alias", "{ kms: alias/app }", "IAM cannot name a key by an alias"],
    [
      "an alias by ARN",
      "{ kms: 'arn:aws:kms:eu-central-1:123456789012:alias/app' }",
      "IAM cannot name a key by an alias",
    ],
    [
      "a table's stream",
      "{ dynamodb: 'arn:aws:dynamodb:eu-central-1:123456789012:table/a/stream/b' }",
      "M04",
    ],
    ["a subscription", "{ sns: 'arn:aws:sns:eu-central-1:123456789012:topic:0123' }", "M04"],
    ["a role with a region", "{ role: 'arn:aws:iam:us-east-1:123456789012:role/a' }", "has a region"],
    ["a user", "{ role: 'arn:aws:iam::123456789012:user/a' }", "is not the ARN of a role"],
    ["a queue without an account", "{ sqs: 'arn:aws:sqs:eu-central-1::jobs' }", "lacks an account id"],
    [
      "a queue of a region elsewhere",
      "{ sqs: 'arn:aws:sqs:cn-north-1:123456789012:jobs' }",
      "lacks a region",
    ],
    ["an unknown partition", "{ sqs: 'arn:aws-x:sqs:eu-central-1:123456789012:jobs' }", "no partition"],
    ["a wildcard", "{ lambda: 'resize*' }", "takes no wildcard"],
    ["a wildcard, in words", "{ eks: 'a*' }", "a cluster takes no wildcard; name each cluster by itself"],
    ["an ARN of another kind", "{ logs: 'arn:aws:s3:::a' }", "is not the ARN of a log group"],
    ...[
      "111122223333.dkr.ecr.eu-central-1.amazonaws.com/team/app",
      "111122223333.dkr-ecr.eu-central-1.on.aws/team/app",
      "public.ecr.aws/team/app",
    ].map((uri): [string, string, string] => [
      `the address ${uri}`,
      `{ ecr: ${uri} }`,
      "write what stands between the first slash and the tag",
    ]),
    [
      "a level that is misspelt",
      "{ sqs: jobs, access: recieve }",
      "it has send, receive; did you mean receive?",
    ],
    ["a region that is misspelt", "{ sqs: jobs, region: eu-cental-1 }", "did you mean eu-central-1?"],
    [
      "a misspelt region in an ARN",
      "{ sqs: 'arn:aws:sqs:eu-cental-1:123456789012:jobs' }",
      "did you mean eu-central-1?",
    ],
    ["a key alone", `{ kmsKey: ${key} }`, "write kmsKey beside the resource that the key encrypts"],
    ["no resource", "{ access: read }", "name the resource"],
    ["env on a queue", "{ sqs: jobs, env: JOBS }", "no value to export"],
    [
      "a level of another kind",
      "{ sqs: jobs, access: read }",
      'sqs has no access "read"; it has send, receive',
    ],
  ])("for %s", (_, grant, expected) => {
    expect(messages(repo(grant))).toEqual([expect.stringContaining(expected)]);
  });
});

describe("kmsKey", () => {
  const via = (text: string) =>
    statementsOf(text)
      .filter((s) => many(s.Resource).some((r) => r.includes(":kms:")))
      .map((s) => [s.Resource, s.Condition?.["StringEquals"]?.["kms:ViaService"]]);

  it.each([
    ["{ secret: db, kmsKey: KEY }", keyArn(), "secretsmanager.eu-central-1.amazonaws.com"],
    ["{ parameter: /a, kmsKey: KEY }", keyArn(), "ssm.eu-central-1.amazonaws.com"],
    ["{ s3: acme/a, kmsKey: KEY }", keyArn(), "s3.eu-central-1.amazonaws.com"],
    ["{ sqs: a, kmsKey: KEY, region: us-east-1 }", keyArn("us-east-1"), "sqs.us-east-1.amazonaws.com"],
    ["{ s3: acme/a, kmsKey: KEY, region: us-east-1 }", keyArn("us-east-1"), "s3.us-east-1.amazonaws.com"],
    [`{ s3: acme/a, kmsKey: '${keyArn("us-west-2")}' }`, keyArn("us-west-2"), "s3.us-west-2.amazonaws.com"],
    [
      `{ s3: 'arn:aws:s3:::acme/a', kmsKey: KEY, region: us-east-1 }`,
      keyArn("us-east-1"),
      "s3.us-east-1.amazonaws.com",
    ],
  ])("of %s is used in its region, through the resource's service", (grant, resource, service) => {
    expect(via(repo(grant.replace("KEY", key)))).toEqual([[resource, service]]);
  });

  it("of another account is reported as the resource is, where it is written", () => {
    const foreign = (grant: string) =>
      roleOf(repo(grant)).foreignResources.map((r) => [r.arn, r.origin.path.at(-1)]);
    const theirs = keyArn("eu-central-1", "210987654321");
    expect(foreign(`{ s3: acme/a, kmsKey: '${theirs}' }`)).toEqual([[theirs, "kmsKey"]]);
    expect(foreign(`{ sqs: a, account: "210987654321", kmsKey: ${key} }`)).toEqual([
      [theirs, "kmsKey"],
      ["arn:aws:sqs:eu-central-1:210987654321:a", 0],
    ]);
  });

  it.each([
    ["{ secret: db, kmsKey: alias/app }", "IAM cannot name a key by an alias"],
    ["{ secret: db, kmsKey: 'arn:aws:kms:eu-central-1:123456789012:alias/app' }", "by an alias"],
    ["{ secret: db, kmsKey: app }", "is not a KMS key"],
    ["{ secret: db, kmsKey: '*' }", "is not a KMS key"],
    ["{ secret: db, kmsKey: 'arn:aws:kms:eu-central-1:123456789012:key/*' }", "is not a KMS key"],
    ["{ secret: db, kmsKey: 'arn:aws:s3:::acme' }", "is not the ARN of a key"],
    [
      `{ secret: db, kmsKey: '${keyArn("us-east-1")}' }`,
      "is a key of us-east-1, and the resource is in eu-central-1",
    ],
    [`{ s3: acme/a, region: us-west-2, kmsKey: '${keyArn("us-east-1")}' }`, "is a key of us-east-1"],
    [
      `{ secret: db, kmsKey: 'arn:aws-cn:kms:cn-north-1:123456789012:key/${key}' }`,
      "of the partition aws-cn",
    ],
    [`{ dynamodb: orders, kmsKey: ${key} }`, `takes no kmsKey; those of ${encrypted.join(", ")} do`],
    [`{ kms: ${key}, kmsKey: ${key} }`, "takes no kmsKey"],
  ])("is refused in %s", (grant, expected) => {
    expect(messages(repo(grant))).toEqual([expect.stringContaining(expected)]);
  });
});

describe("what a role may do", () => {
  const secrets = (count: number) =>
    Array.from({ length: count }, (_, i) => `{ secret: team/app/secret-${i} }`);

  it("is one inline policy within the quota", () => {
    const { policies, permissionPolicy, grantWeights } = roleOf(repo(secrets(20).join())).made;
    expect(policies).toEqual({ inline: permissionPolicy, managed: [] });
    expect(grantWeights).toEqual([]);
  });

  it("is managed policies above it, numbered behind the role's name, on the role's path", () => {
    const { policies, permissionPolicy, grantWeights } = roleOf(
      repo(secrets(200).join(), ", path: /team/"),
    ).made;
    expect(lengthOf(permissionPolicy ?? canonicalDocument([]))).toBeGreaterThan(10_240);
    expect(policies.inline).toBeNull();
    expect(policies.managed.map((p) => [p.name, p.arn])).toEqual(
      [1, 2, 3].map((n) => [
        `acme-acme-app-${n}`,
        `arn:aws:iam::123456789012:policy/team/acme-acme-app-${n}`,
      ]),
    );
    expect(grantWeights).toEqual([]);
  });

  it("is split by the account's own quotas", () => {
    const text = repo(
      secrets(20).join(),
      "",
      "quotas: { inlinePolicyLength: 500, managedPolicyLength: 1000 }",
    );
    const { managed } = roleOf(text).made.policies;
    expect(managed.length).toBeGreaterThan(1);
    for (const { document } of managed) expect(lengthOf(document)).toBeLessThanOrEqual(1000);
  });

  it("above all quotas says how much it is, and which grants weigh most", () => {
    const kinds = `${secrets(40).join()}, { codeartifact: acme/store }`;
    const text = repo(
      kinds,
      "",
      "quotas: { inlinePolicyLength: 500, managedPolicyLength: 1200, managedPoliciesPerRole: 2 }",
    );
    const loaded = project(text);
    const found = loaded.ok ? loaded.findings.filter((f) => f.rule === "G12") : [];
    expect(found.map((f) => [f.severity, f.message])).toEqual([
      [
        "error",
        expect.stringMatching(
          /^[4-9] managed policies \([4-9] for the \d+ characters of grants and statements, 0 attached\); the account allows 2; the largest are repos\[0\]\.grants\[40\] \(codeartifact, \d+ characters\), repos\[0\]\.grants\[\d+\] \(secret, \d+ characters\)/,
        ),
      ],
    ]);
  });

  it("counts the policies that are attached", () => {
    const arns = Array.from({ length: 9 }, (_, i) => `'arn:aws:iam::aws:policy/P${i}'`).join();
    const of = (count: number) => {
      const loaded = project(repo(secrets(count).join(), `, managedPolicies: [${arns}]`));
      return loaded.ok ? loaded.findings.filter((f) => f.rule === "G12").map((f) => f.message) : [];
    };
    expect(of(100)).toEqual([]);
    expect(of(200)).toEqual([expect.stringMatching(/^12 managed policies \(3 for .*, 9 attached\)/)]);
  });
});

describe("grant sets by the hundred", () => {
  const sets = (count: number, each: number) =>
    Array.from(
      { length: count },
      (_, i) => `  s${i}: [${Array.from({ length: each }, (_, j) => `{ secret: n${i}-${j} }`).join()}]`,
    ).join("\n");
  const named = (names: readonly number[]) => names.map((i) => `{ set: s${i} }`).join();

  it("a set that is named again adds nothing", () => {
    const text = (names: readonly number[]) => `${repo(named(names))}\ngrantSets:\n${sets(1, 3)}`;
    expect(modelOf(text(Array.from({ length: 400 }, () => 0)))).toEqual(modelOf(text([0])));
  });

  it("more than any role has room for are refused, once", () => {
    const text = `${repo(named([0, 1, 2, 3, 4, 5, 6]))}\ngrantSets:\n${sets(7, 500)}`;
    expect(messages(text)).toEqual([
      "R08: with this set, the grants are more than 2000; name fewer sets here: no role has room for so many grants",
    ]);
  });
});

test("exclusive is the entry's, over that of defaults, over the account's", () => {
  const of = (account: string, defaults: string, own: string) =>
    modelOf(`${manifest(`repos:\n  - { url: https://github.com/acme/app${own} }`, account)}${defaults}`)
      .accounts[0]?.roles[0]?.exclusive;
  expect(of("", "", "")).toBe(false);
  expect(of("exclusive: true", "", "")).toBe(true);
  expect(of("exclusive: true", "defaults: { exclusive: false }\n", "")).toBe(false);
  expect(of("", "defaults: { exclusive: false }\n", ", exclusive: true")).toBe(true);
  expect(of("exclusive: true", "", ", exclusive: false")).toBe(false);
});
