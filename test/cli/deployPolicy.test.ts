import type { PolicyDocument, Statement } from "../../src/model/policyDocument";
import { command, inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const entry = "repos:\n  - { url: https://github.com/acme/app, grants: [{ secret: db }] }";
const boundary = "permissionsBoundary: arn:aws:iam::123456789012:policy/boundary";
const deployRole = "deployRole: arn:aws:iam::123456789012:role/acme-deploy";

/** What the command prints of an account with one more key. */
async function policy(account: string, ...options: readonly string[]) {
  write({ "manifest.yaml": manifest(entry, account) });
  const { status, stdout, stderr } = await command(["deploy-policy", ...options]);
  expect(status).toBe(0);
  const document = JSON.parse(stdout) as PolicyDocument;
  const bySid: Readonly<Partial<Record<string, Statement>>> = Object.fromEntries(
    document.Statement.map((statement) => [statement.Sid ?? "", statement]),
  );
  return { document, bySid, stderr };
}

/** The ways to more permissions (G04) that the command's own check finds in a policy. */
async function escalations(document: PolicyDocument): Promise<string> {
  write({ "policy.json": JSON.stringify(document) });
  const { stdout } = await command(["check", "--permission-policy", "policy.json"]);
  return stdout
    .split("\n")
    .filter((line) => line.includes(" G04: "))
    .join("\n");
}

test("a boundary is demanded of every role that gets permissions, and nobody can take it away", async () => {
  const { bySid, document, stderr } = await policy(`${boundary}\npath: /gitpod/`);
  const demanded = {
    StringEquals: { "iam:PermissionsBoundary": ["arn:aws:iam::123456789012:policy/boundary"] },
  };
  expect(bySid["RolesThatGetPermissions"]).toMatchObject({ Condition: demanded });
  expect(bySid["KeepBoundaries"]).toMatchObject({
    Effect: "Deny",
    Action: ["iam:DeleteRolePermissionsBoundary"],
  });
  expect(bySid["KeepBoundaryPolicies"]).toMatchObject({ Effect: "Deny" });
  expect(stderr).toBe("");
  expect(await escalations(document)).not.toContain("iam:PutRolePolicy");
});

test("without a boundary it says that roles can become anything, as check does", async () => {
  const { document, stderr } = await policy("path: /gitpod/");
  expect(stderr).toMatch(/^note: G04: .*permissionsBoundary on the account dev\n$/);
  expect(await escalations(document)).toContain("iam:PutRolePolicy");
});

test("whoever deploys cannot change the role that deploys", async () => {
  const { bySid, stderr } = await policy(`${boundary}\n${deployRole}`);
  expect(bySid["NotItself"]).toEqual({
    ...{ Sid: "NotItself", Effect: "Deny", Action: ["iam:*"] },
    Resource: ["arn:aws:iam::123456789012:role/acme-deploy"],
  });
  expect(stderr).toContain("sts:AssumeRole");
});

test("roles are named by path and installation, and nothing is allowed on others", async () => {
  const { document } = await policy("path: /gitpod/");
  const resources = document.Statement.flatMap(({ Resource }) => Resource ?? []);
  expect([...new Set(resources)]).toEqual([
    "arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp",
    "arn:aws:iam::123456789012:role/gitpod/acme-*",
  ]);
});

test("without a path it says whose roles it reaches, too", async () => {
  expect((await policy(boundary)).stderr).toMatch(/^note: .* every role called acme-…: .*\n$/);
  expect((await policy(boundary, "--plan")).stderr).toBe("");
});

test("it holds no policy whose name does not end in a number's digits, such as its own", async () => {
  const grants = Array.from({ length: 200 }, (_, i) => ({ secret: `team/application/secret-${i}` }));
  write({ "manifest.yaml": manifest(entry.replace("[{ secret: db }]", JSON.stringify(grants)), boundary) });
  const { stdout } = await command(["deploy-policy"]);
  const { Statement } = JSON.parse(stdout) as PolicyDocument;
  const policies = "arn:aws:iam::123456789012:policy/acme-*";
  const expected = [`${policies}-?`, `${policies}-??`];
  expect(Statement.find(({ Sid }) => Sid === "Policies")?.Resource).toEqual(expected);
  expect(Statement.find(({ Sid }) => Sid === "AttachedPolicies")?.Condition).toMatchObject({
    ArnLike: { "iam:PolicyARN": expected },
  });
});

test("a plan writes nothing but the lock of the state", async () => {
  const { bySid, document } = await policy(
    "backend: { s3: { bucket: acme-state, region: us-east-1 } }",
    "--plan",
  );
  const writes = document.Statement.filter(({ Sid }) => Sid !== "StateLock").flatMap(
    ({ Action }) => Action ?? [],
  );
  expect(writes.filter((action) => !/:(Get|List)/.test(action))).toEqual([]);
  expect(bySid["State"]?.Resource).toEqual(["arn:aws:s3:::acme-state/gitpod-aws-oidc/dev.tfstate"]);
});

test.each([
  [
    "the bucket, each shard's state with its lock, and the key",
    "shards: 2\nbackend: { s3: { bucket: acme-state, region: eu-west-1, kmsKeyId: 1234abcd-12ab-44cd-86ef-1234567890ab } }",
    {
      StateBucket: ["arn:aws:s3:::acme-state"],
      State: [
        "arn:aws:s3:::acme-state/gitpod-aws-oidc/dev.tfstate",
        "arn:aws:s3:::acme-state/gitpod-aws-oidc/dev-2.tfstate",
      ],
      StateLock: [
        "arn:aws:s3:::acme-state/gitpod-aws-oidc/dev.tfstate.tflock",
        "arn:aws:s3:::acme-state/gitpod-aws-oidc/dev-2.tfstate.tflock",
      ],
      StateKey: ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-44cd-86ef-1234567890ab"],
    },
    "",
  ],
  [
    "the role of the backend",
    "backend: { s3: { bucket: acme-state, region: us-east-1, roleArn: arn:aws:iam::123456789012:role/state } }",
    { StateRole: ["arn:aws:iam::123456789012:role/state"] },
    "which needs its own permissions",
  ],
  [
    "nothing, and says so, of a partial backend",
    "backend: { partial: http }",
    {},
    "(http): add what it needs",
  ],
] as const)("of the state it allows %s", async (_, account, expected, note) => {
  const { document, stderr } = await policy(`${boundary}\n${account}`);
  const state = document.Statement.filter(({ Sid }) => Sid?.startsWith("State"));
  expect(Object.fromEntries(state.map(({ Sid, Resource }) => [Sid, Resource]))).toEqual(expected);
  expect(stderr).toContain(note);
});

test("with several accounts it asks for one, and knows it by name or id", async () => {
  const two = manifest(entry.replace("{ url", "{ accounts: [dev], url")).replace(
    "installations:",
    '  prod: { id: "210987654321", region: us-east-1 }\ninstallations:',
  );
  write({ "manifest.yaml": two });
  expect(await command(["deploy-policy"])).toMatchObject({ status: 2, stdout: "" });
  expect(await command(["deploy-policy", "--account", "prd"])).toMatchObject({ status: 2, stdout: "" });
  for (const name of ["dev", "123456789012"])
    expect(await command(["deploy-policy", "--account", name])).toMatchObject({ status: 0 });
});

test("of a manifest with diagnostics it prints no policy", async () => {
  write({ "manifest.yaml": "version: 1\n" });
  expect(await command(["deploy-policy"])).toMatchObject({ status: 2, stdout: "" });
});
