import { command, inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const arn = (resource: string) => `arn:aws:s3:::${resource}`;
const statement = (...lines: readonly string[]) => `    statements: [${lines.join(", ")}]`;
const text = manifest(
  [
    "repos:",
    "  - url: https://github.com/acme/reads",
    "    grants: [{ s3: acme-data/app/* }]",
    "  - url: https://github.com/acme/writes",
    "    grants: [{ s3: acme-data/*, access: write }]",
    "  - url: https://github.com/acme/denied",
    statement(
      '{ Effect: Allow, Action: "s3:*", Resource: "*" }',
      `{ Effect: Deny, Action: "s3:Get*", Resource: "${arn("acme-data/*")}" }`,
    ),
    "  - url: https://github.com/acme/tagged",
    statement(
      `{ Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: { StringEquals: { s3:ExistingObjectTag/team: app } } }`,
    ),
    "  - url: https://github.com/acme/attached",
    "    managedPolicies: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]",
    "  - url: https://github.com/acme/bounded",
    "    permissionsBoundary: arn:aws:iam::123456789012:policy/edge",
    "    grants: [{ s3: acme-data/app/* }]",
    "  - url: https://github.com/acme/gone",
    "    expires: 2026-06-01",
    "    grants: [{ s3: acme-data/app/* }]",
    "  - url: https://github.com/acme/others",
    "    grants: [{ s3: acme-data/application/* }]",
  ].join("\n"),
);

const ask = async (...argv: readonly string[]) => {
  write({ "manifest.yaml": text });
  const { status, stdout, stderr } = await command(["access", "--format", "json", ...argv]);
  expect([status, stderr]).toEqual([0, ""]);
  const { roles } = JSON.parse(stdout) as {
    readonly roles: readonly {
      readonly role: string;
      readonly may: readonly { readonly words: string; readonly actions: readonly string[] }[];
    }[];
  };
  return Object.fromEntries(
    roles.map(({ role, may }) => [role.replace("acme-acme-", ""), may.map(({ words }) => words)]),
  );
};

test("who may read an object: by wildcards, denies and conditions, and what is not known is said", async () => {
  expect(await ask("--resource", arn("acme-data/app/x"), "--action", "s3:GetObject")).toEqual({
    attached: [],
    bounded: ["read s3 acme-data/app/* (depends on the boundary)"],
    reads: ["read s3 acme-data/app/*"],
    tagged: [
      "s3:GetObject on *, if s3:ExistingObjectTag/team StringEquals app (wide) (depends on s3:ExistingObjectTag/team)",
    ],
  });
});

test("who may do anything to it", async () => {
  const found = await ask("--resource", arn("acme-data/app/x"));
  expect(Object.keys(found)).toEqual(["attached", "bounded", "denied", "reads", "tagged", "writes"]);
});

test("a date that has not come yet changes nothing", async () => {
  const found = await ask("--resource", arn("acme-data/app/x"), "--now", "2026-05-31");
  expect(found).toHaveProperty("gone", ["read s3 acme-data/app/*"]);
});

test("a secret is known without the end of its ARN", async () => {
  write({
    "manifest.yaml": manifest(
      "repos:\n  - { url: https://github.com/acme/app, grants: [{ secret: app/string }] }",
    ),
  });
  const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/string";
  for (const [resource, count] of [
    [secret, 1],
    [`${secret}-a1B2c3`, 1],
    [`${secret}-other`, 0],
  ] as const)
    expect((await command(["access", "--resource", resource])).stdout).toContain(`${count} role`);
});

test.each([
  [["--action", "s3:GetObject"], "add --resource"],
  [["--resource", "acme-data"], "is not an ARN"],
  [["--resource", arn("b/k"), "--action", "GetObject"], "is not an action"],
])("%j is refused", async (argv, message) => {
  write({ "manifest.yaml": text });
  const { status, stdout, stderr } = await command(["access", ...argv]);
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
});
