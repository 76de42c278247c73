import type { Role } from "../../src/model/accessModel";
import { createOps, type Ops } from "../support/ops";
import { modelOf } from "../support/project";
import { stageAccount, startStage, type Stage } from "../support/stage";
import { describeReal } from "../support/toolsTier";

const secretValue = `postgres://u:p'"$HOME\`\${x}%{y}@db/app\n\n`;

/**
 * A manifest of two repositories. The second may read every secret: moto enforces which actions are allowed, but
 * tells its policies of no resource.
 */
const manifest = (installation = "") => `version: 1
accounts:
  dev: { id: "${stageAccount}", region: us-east-1, tags: { managed-by: gitpod-aws-oidc } }
installations:
  acme: { host: acme.gitpod.cloud${installation} }
defaults:
  sessionDuration: 2h
repos:
  - url: https://github.com/acme/app
    contexts: [repository, branches]
    expires: 2037-01-01
    description: "\${file(\\"/etc/passwd\\")} %{ if true }"
    grants:
      - { secret: database_url, env: DATABASE_URL }
      - s3: acme-assets/fixtures/*
  - url: https://github.com/acme/admin
    statements:
      - { Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: "*" }
`;

const snippet = (repository: string) => `snippets/acme/github.com/acme/${repository}.gitpod.yml`;

describeReal("the main job", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let stage: Stage;
  let ops: Ops;

  beforeEach(async () => {
    stage = await startStage(tools, "https://api.acme.gitpod.cloud/idp");
    await stage.secret("database_url", { SecretString: secretValue });
    ops = createOps({ ...tools, endpoint: stage.endpoint });
  });
  afterEach(async () => {
    ops.remove();
    await stage.stop();
  });

  const must = async (step: ReturnType<Ops["terraform"]>): Promise<string> => {
    const { status, output } = await step;
    if (status !== 0) throw new Error(output);
    return output;
  };
  const terraform = (...args: readonly string[]) => must(ops.terraform(...args, "-no-color"));
  const apply = () => terraform("apply", "-auto-approve", "-input=false");
  const roles = (): readonly Role[] => modelOf(manifest()).accounts[0]?.roles ?? [];
  const inAws = async () => {
    const listed = (await ops.aws("iam list-roles")) as { Roles: readonly { RoleName: string }[] };
    const providers = (await ops.aws("iam list-open-id-connect-providers")) as {
      OpenIDConnectProviderList: readonly { Arn: string }[];
    };
    return {
      roles: listed.Roles.map((role) => role.RoleName).sort(),
      providers: providers.OpenIDConnectProviderList.map((provider) => provider.Arn),
    };
  };
  const providerArn = `arn:aws:iam::${stageAccount}:oidc-provider/api.acme.gitpod.cloud/idp`;

  /** Every role's trust policy in AWS is the model's. */
  const expectTrust = async () => {
    for (const { name, made } of roles()) {
      const { Role: found } = (await ops.aws("iam get-role --role-name", name)) as { Role: object };
      expect(found).toMatchObject({
        AssumeRolePolicyDocument: made.trustPolicy,
        MaxSessionDuration: 7200,
      });
    }
  };
  /** Workspaces of the repository, and of its branches, end with the secret in the variable; others are refused. */
  const expectLogins = async () => {
    for (const opened of ["", ".git", "/tree/main"]) {
      const made = stage.workspace({ contextUrl: `https://github.com/acme/app${opened}` });
      const run = await made.run(ops.read(snippet("app")));
      // A substitution takes the newlines at its end away.
      const value = secretValue.replace(/\n+$/, "");
      expect([run.stderr, run.env.get("DATABASE_URL"), run.status]).toEqual(["", value, 0]);
    }
    for (const stranger of ["other", "app-evil", "app/pull/1", "app/tree/../../../evil/repo"]) {
      const made = stage.workspace({ contextUrl: `https://github.com/acme/${stranger}` });
      const run = await made.run(ops.read(snippet("app")));
      expect(run.stderr).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
      expect(run.stderr).toContain(`opened on https://github.com/acme/${stranger}. `);
      expect(run.env.has("DATABASE_URL")).toBe(false);
    }
  };

  test("from a manifest to a workspace with its secret, and back to nothing", async () => {
    expect(await ops.synth(manifest())).toMatchObject({ status: 0 });
    await terraform("init", "-input=false");
    await terraform("validate");
    await apply();
    expect(await terraform("plan", "-detailed-exitcode", "-input=false")).toContain("No changes");
    expect(await inAws()).toEqual({ roles: ["acme-acme-admin", "acme-acme-app"], providers: [providerArn] });
    await expectTrust();
    await expectLogins();

    const admin = stage.workspace({ contextUrl: "https://github.com/acme/admin" });
    await admin.run(ops.read(snippet("admin")));
    await stage.enforcePermissions(true);
    const use = (action: string) =>
      admin.run(
        `tasks: [{command: "aws --region us-east-1 secretsmanager ${action} --secret-id database_url"}]`,
      );
    const [read, deletion] = [await use("get-secret-value"), await use("delete-secret")];
    await stage.enforcePermissions(false);
    expect([read.stderr, read.status]).toEqual(["", 0]);
    expect(deletion.stderr).toContain("is not authorized to perform: secretsmanager:DeleteSecret");

    expect((await ops.terraform("destroy", "-auto-approve", "-no-color")).output).toContain(
      "prevent_destroy",
    );
    expect(await ops.synth(manifest(", identityProvider: existing"))).toMatchObject({ status: 0 });
    expect(await apply()).toContain("0 added, 0 changed, 0 destroyed");
    await terraform("destroy", "-auto-approve");
    await ops.aws("iam delete-open-id-connect-provider --open-id-connect-provider-arn", providerArn);
    expect(await inAws()).toEqual({ roles: [], providers: [] });
  });

  test("the same by the cdktf command", async () => {
    await ops.synth(manifest());
    const stack = ops.read("cdktf.out/stacks/dev/cdk.tf.json");
    expect(await must(ops.cdktf("synth"))).toContain("Generated Terraform code for the stacks: dev");
    expect(ops.read("cdktf.out/stacks/dev/cdk.tf.json")).toBe(stack);
    expect((await ops.cdktf("synth", "--hcl")).output).toContain("--hcl is refused");

    const deploy = ["deploy", "--auto-approve", "--skip-provider-lock", "dev"];
    expect(await must(ops.cdktf(...deploy))).toContain(`role/acme-acme-app`);
    await expectTrust();
    await expectLogins();
    expect(await must(ops.cdktf("diff", "--skip-provider-lock", "dev"))).toContain("No changes");

    await ops.synth(manifest(", identityProvider: existing"));
    await must(ops.cdktf(...deploy));
    await must(ops.cdktf("destroy", "--auto-approve", "--skip-provider-lock", "dev"));
    expect(await inAws()).toEqual({ roles: [], providers: [providerArn] });
  });
});
