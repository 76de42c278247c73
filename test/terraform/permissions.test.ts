import type { Role } from "../../src/model/accessModel";
import { accessLevels, grantKinds, grantTable } from "../../src/policy";
import { startMoto, type Moto } from "../support/moto";
import { createOps, type Ops } from "../support/ops";
import { modelOf } from "../support/project";
import { describeReal } from "../support/toolsTier";

const account = "123456789012";
const key = "1234abcd-12ab-34cd-56ef-1234567890ab";
/** Names with characters that Terraform or AWS could read otherwise. */
const names: Readonly<Record<string, string>> = {
  parameter: "/app/*",
  s3: "acme-assets/a b (1)/*",
  sqs: "jobs.fifo",
  lambda: "resize:live",
  logs: "/aws/lambda/resize#1",
};

/** Every kind with every access, and with a key where it takes one. */
const everyGrant = grantKinds.flatMap((kind) =>
  accessLevels(kind).map((access) => ({
    ...{ [kind]: names[kind] ?? grantTable[kind].examples[0], access },
    ...(grantTable[kind].encryption === undefined ? {} : { kmsKey: key }),
  })),
);
const manySecrets = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ secret: `team/application/secret-number-${i}` }));
const attachedByUs = `arn:aws:iam::${account}:policy/team`;
const attachedByHand = `arn:aws:iam::${account}:policy/by-hand`;
const nothing = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});

const manifest = (secrets: number) => `version: 1
accounts:
  dev: { id: "${account}", region: us-east-1, path: /gitpod/, exclusive: true, tags: { team: acme } }
installations:
  acme: { host: acme.gitpod.cloud }
repos:
  - { url: https://github.com/acme/app, grants: ${JSON.stringify(everyGrant)} }
  - url: https://github.com/acme/large
    expires: 2037-01-01
    managedPolicies: ["${attachedByUs}"]
    grants: ${JSON.stringify(manySecrets(secrets))}
`;

describeReal("permissions in real Terraform", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let ops: Ops;

  beforeEach(async () => {
    moto = await startMoto(tools.moto, account);
    ops = createOps({ ...tools, endpoint: moto.endpoint });
    for (const name of ["team", "by-hand"])
      await ops.aws(`iam create-policy --policy-name ${name} --policy-document`, nothing);
  });
  afterEach(async () => {
    ops.remove();
    await moto.stop();
  });

  const terraform = async (...args: readonly string[]): Promise<string> => {
    const { status, output } = await ops.terraform(...args, "-no-color");
    if (status !== 0) throw new Error(output);
    return output;
  };
  const apply = () => terraform("apply", "-auto-approve", "-input=false");
  const synth = async (secrets: number): Promise<readonly Role[]> => {
    expect(await ops.synth(manifest(secrets))).toMatchObject({ status: 0 });
    return modelOf(manifest(secrets)).accounts[0]?.roles ?? [];
  };
  const named = (roles: readonly Role[], name: string): Role => {
    const role = roles.find((r) => r.name === name);
    if (role === undefined) throw new Error(`no role ${name}`);
    return role;
  };
  const inline = async (role: string): Promise<readonly string[]> =>
    (
      (await ops.aws("iam list-role-policies --role-name", role)) as { PolicyNames: string[] }
    ).PolicyNames.sort();
  const attached = async (role: string): Promise<readonly string[]> =>
    (
      (await ops.aws("iam list-attached-role-policies --role-name", role)) as {
        AttachedPolicies: { PolicyArn: string }[];
      }
    ).AttachedPolicies.map((p) => p.PolicyArn).sort();
  const document = async (arn: string): Promise<unknown> => {
    const found = await ops.aws("iam get-policy-version --version-id v1 --policy-arn", arn);
    return (found as { PolicyVersion: { Document: unknown } }).PolicyVersion.Document;
  };
  const arnsOf = (role: Role) =>
    [...role.made.policies.managed.map((p) => p.arn), ...role.managedPolicies].sort();

  test("every kind of grant, policies that are split, and nothing else on an exclusive role", async () => {
    const roles = await synth(200);
    const [app, large] = [named(roles, "acme-acme-app"), named(roles, "acme-acme-large")];
    await terraform("init", "-input=false");
    await terraform("validate");
    await apply();
    expect(await terraform("plan", "-detailed-exitcode", "-input=false")).toContain("No changes");

    const policy = await ops.aws("iam get-role-policy --policy-name gitpod-aws-oidc --role-name", app.name);
    expect(policy).toMatchObject({ PolicyDocument: app.made.permissionPolicy });
    expect(large.made.policies.managed.length).toBeGreaterThan(2);
    expect([await inline(large.name), await attached(large.name)]).toEqual([[], arnsOf(large)]);
    for (const { arn, document: expected } of large.made.policies.managed)
      expect(await document(arn)).toEqual(expected);

    for (const role of [app.name, large.name]) {
      await ops.aws(
        `iam put-role-policy --role-name ${role} --policy-name by-hand --policy-document`,
        nothing,
      );
      await ops.aws(`iam attach-role-policy --role-name ${role} --policy-arn`, attachedByHand);
    }
    expect(await inline(app.name)).toEqual(["by-hand", "gitpod-aws-oidc"]);
    await apply();
    expect([await inline(app.name), await attached(app.name)]).toEqual([["gitpod-aws-oidc"], []]);
    expect([await inline(large.name), await attached(large.name)]).toEqual([[], arnsOf(large)]);
    expect(await terraform("plan", "-detailed-exitcode", "-input=false")).toContain("No changes");
  });

  test("a role grows out of its inline policy, and back", async () => {
    const counts = [2, 200, 2];
    await synth(2);
    await terraform("init", "-input=false");
    for (const count of counts) {
      const role = named(await synth(count), "acme-acme-large");
      await apply();
      expect(await terraform("plan", "-detailed-exitcode", "-input=false")).toContain("No changes");
      expect([await inline(role.name), await attached(role.name)]).toEqual([
        role.made.policies.inline === null ? [] : ["gitpod-aws-oidc"],
        arnsOf(role),
      ]);
    }
  });
});
