import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Account, Backend } from "../../src/model/accessModel";
import type { Statement } from "../../src/model/policyDocument";
import { canonicalDocument, trustPolicy } from "../../src/policy";
import { testAccount, testIdentityProvider, testIssuer, testRole } from "../support/model";
import { startMoto, type Moto } from "../support/moto";
import { describeReal } from "../support/toolsTier";
import { createDeployment, type Deployment } from "./support";

const providerArn = testIdentityProvider().arn;

/** A trust policy with everything that it may hold. */
const fullTrust = trustPolicy({
  identityProviderArn: providerArn,
  issuer: testIssuer,
  audience: "sts.amazonaws.com",
  subjects: {
    exact: ["https://github.com/acme/app", "https://github.com/acme/app/tree/$${x}%{y}"],
    prefixes: ["https://github.com/acme/a*p?/"],
  },
  expires: "2037-01-01T00:00:00Z",
  sourceCidrs: ["10.0.0.0/8", "2001:db8::/32"],
});

const statements: readonly Statement[] = [
  {
    Sid: "Own",
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*",
  },
  {
    Effect: "Deny",
    NotAction: ["s3:*", "iam:*"],
    Resource: "*",
    Condition: { StringNotEquals: { "aws:RequestedRegion": "us-east-1" } },
  },
];

const nothing = canonicalDocument([{ Effect: "Deny", Action: "*", Resource: "*" }]);

function fullAccount(change: Partial<Account> = {}, managedPolicies: readonly string[] = []): Account {
  const boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
  const full = testRole("gitpod-acme-app.js", {
    path: "/gitpod/acme/",
    description: '${file("/etc/passwd")} %{ if true } $${x} "\\ \u00e9\u00ff\n\tend',
    maxSessionDuration: 43200,
    permissionsBoundary: boundary,
    tags: { "managed-by": "gitpod-aws-oidc", "Größe +-=._:/@": "日本 1" },
    trustPolicy: fullTrust,
    permissionPolicy: canonicalDocument(statements),
    managedPolicies,
  });
  return testAccount({ roles: [testRole("gitpod-acme-api"), full], ...change });
}

describeReal("a stack in real Terraform, on moto", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let deployment: Deployment;

  beforeAll(async () => {
    moto = await startMoto(tools.moto);
  });
  afterAll(async () => {
    await moto.stop();
  });
  beforeEach(async () => {
    await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
    deployment = createDeployment({ ...tools, endpoint: moto.endpoint });
  });
  afterEach(() => {
    deployment.remove();
  });

  const apply = async (account: Account, ...init: readonly string[]): Promise<string> => {
    deployment.synth(account);
    await deployment.mustTerraform("init", "-input=false", ...init);
    return await deployment.mustTerraform("apply", "-auto-approve", "-input=false", "-no-color");
  };
  const destroy = () => deployment.terraform("destroy", "-auto-approve", "-input=false", "-no-color");
  const expectNoChanges = async () => {
    const plan = await deployment.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color");
    expect(plan).toEqual({ status: 0, output: expect.stringContaining("No changes") as unknown });
  };
  const roleInAws = async (name: string) =>
    ((await deployment.aws("iam get-role --role-name", name)) as { Role: Record<string, unknown> }).Role;
  const trustOf = async (name: string) => (await roleInAws(name))["AssumeRolePolicyDocument"];
  const roles = async () =>
    ((await deployment.aws("iam list-roles")) as { Roles: { RoleName: string }[] }).Roles.map(
      (r) => r.RoleName,
    );
  const providers = async () => {
    const list = await deployment.aws("iam list-open-id-connect-providers");
    return (list as { OpenIDConnectProviderList: { Arn: string }[] }).OpenIDConnectProviderList.map(
      (p) => p.Arn,
    );
  };
  const managed = async () =>
    (await deployment.mustTerraform("state", "list")).split("\n").filter((l) => l !== "");
  const createProvider = () =>
    deployment.aws(
      "iam create-open-id-connect-provider --client-id-list sts.amazonaws.com --url",
      testIssuer,
      "--thumbprint-list",
      "a".repeat(40),
    );
  const existing = (account: Account): Account => ({
    ...account,
    identityProviders: account.identityProviders.map((p) => ({ ...p, management: "existing" })),
  });

  test("applies whole, comes out of AWS as the model says, and then has no changes", async () => {
    const arns = ["one", "two"].map((name) => `arn:aws:iam::123456789012:policy/${name}`);
    for (const name of ["one", "two"]) {
      await deployment.aws(
        "iam create-policy --policy-name",
        name,
        "--policy-document",
        JSON.stringify(nothing),
      );
    }
    const account = fullAccount({}, arns);
    deployment.synth(account);
    await deployment.mustTerraform("init", "-input=false");
    await deployment.mustTerraform("validate");
    await deployment.mustTerraform("apply", "-auto-approve", "-input=false");
    await expectNoChanges();
    for (const role of account.roles) expect(await trustOf(role.name)).toEqual(role.made.trustPolicy);
    const full = account.roles[1];
    const name = full?.name ?? "";
    expect(await roleInAws(name)).toMatchObject({
      Path: "/gitpod/acme/",
      Description: full?.description,
      MaxSessionDuration: 43200,
      Tags: expect.arrayContaining([{ Key: "Größe +-=._:/@", Value: "日本 1" }]) as unknown,
    });
    const policy = await deployment.aws(
      "iam get-role-policy --policy-name gitpod-aws-oidc --role-name",
      name,
    );
    const attached = await deployment.aws("iam list-attached-role-policies --role-name", name);
    expect(
      (attached as { AttachedPolicies: { PolicyArn: string }[] }).AttachedPolicies.map(
        (p) => p.PolicyArn,
      ).sort(),
    ).toEqual(arns);
    expect(policy).toMatchObject({ PolicyDocument: full?.made.permissionPolicy });
    expect(JSON.parse(await deployment.mustTerraform("output", "-json", "role_arns"))).toEqual(
      Object.fromEntries(account.roles.map((r) => [r.name, r.arn])),
    );
    expect(existsSync(join(deployment.folder, "terraform.dev.tfstate"))).toBe(true);
  });

  test("Terraform does not destroy an identity provider; the documented way out leaves nothing", async () => {
    await apply(fullAccount());
    const refused = await destroy();
    expect(refused.output).toContain("prevent_destroy");
    expect(refused.status).not.toBe(0);
    expect(await roles()).toHaveLength(2);

    expect(await apply(existing(fullAccount()))).toContain("0 added, 0 changed, 0 destroyed");
    expect((await managed()).filter((address) => address.includes("openid"))).toEqual([]);
    await expectNoChanges();
    expect((await destroy()).status).toBe(0);
    expect(await roles()).toEqual([]);
    expect(await providers()).toEqual([providerArn]);
    await deployment.aws("iam delete-open-id-connect-provider --open-id-connect-provider-arn", providerArn);
    expect([await providers(), await managed()]).toEqual([[], []]);
  });

  test("an identity provider that no role needs any more is let go of, not destroyed", async () => {
    await apply(fullAccount());
    await apply(fullAccount({ identityProviders: [], roles: [] }));
    expect([await roles(), await providers(), await managed()]).toEqual([[], [providerArn], []]);
  });

  test("an identity provider of somebody else's is left alone, by deploy and by destroy", async () => {
    await createProvider();
    await apply(existing(fullAccount()));
    await expectNoChanges();
    expect((await destroy()).status).toBe(0);
    expect([await roles(), await providers()]).toEqual([[], [providerArn]]);
  });

  test("a role and an identity provider made by hand are adopted, and then are as the model says", async () => {
    await createProvider();
    const anybody = canonicalDocument([
      { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" },
    ]);
    await deployment.aws(
      "iam create-role --role-name by-hand --assume-role-policy-document",
      JSON.stringify(anybody),
    );
    const role = testRole("by-hand", { adopt: true });
    const account = testAccount({
      identityProviders: [testIdentityProvider({ management: "import" })],
      roles: [role],
    });
    expect(await apply(account)).toContain("2 imported");
    await expectNoChanges();
    expect(await trustOf("by-hand")).toEqual(role.made.trustPolicy);
    const get = "iam get-open-id-connect-provider --open-id-connect-provider-arn";
    expect(await deployment.aws(get, providerArn)).toMatchObject({
      Tags: [{ Key: "managed-by", Value: "gitpod-aws-oidc" }],
    });
  });

  test("credentials of another account are refused before anything is changed", async () => {
    deployment.synth(fullAccount({ id: "210987654321" }));
    await deployment.mustTerraform("init", "-input=false");
    const refused = await deployment.terraform("apply", "-auto-approve", "-input=false", "-no-color");
    expect(refused.output).toMatch(/not\s+allowed/);
    expect(await roles()).toEqual([]);
  });

  test("state in S3 is written there, encrypted, and nowhere else", async () => {
    await deployment.aws("s3api create-bucket --bucket acme-state");
    const backend: Backend = {
      ...{
        kind: "s3",
        bucket: "acme-state",
        region: "us-east-1",
        key: "gitpod/dev.tfstate",
        useLockfile: true,
      },
      ...{ kmsKeyId: null, roleArn: null, profile: null },
    };
    await apply(testAccount({ backend }), "-backend-config=use_path_style=true");
    const head = await deployment.aws("s3api head-object --bucket acme-state --key gitpod/dev.tfstate");
    expect(head).toMatchObject({ ServerSideEncryption: "AES256" });
    expect(existsSync(join(deployment.folder, "terraform.dev.tfstate"))).toBe(false);
  });

  test("state in HCP Terraform is a valid configuration", async () => {
    const backend: Backend = {
      kind: "cloud",
      organization: "acme",
      workspace: "dev",
      hostname: "app.terraform.io",
    };
    deployment.synth(testAccount({ backend }));
    await deployment.mustTerraform("init", "-input=false", "-backend=false");
    expect(await deployment.mustTerraform("validate")).toContain("valid");
  });

  test("the path of local state is taken literally", async () => {
    const path = "${x}%{y}$${z}.tfstate";
    await apply(testAccount({ backend: { kind: "local", path } }));
    expect(readFileSync(join(deployment.folder, path), "utf8")).toContain("aws_iam_role");
  });
});
