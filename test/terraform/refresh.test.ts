import { startCountingProxy, type CountingProxy } from "../support/countingProxy";
import { testAccount, testIdentityProvider, testRole } from "../support/model";
import { startMoto, type Moto } from "../support/moto";
import { describeReal } from "../support/toolsTier";
import { createDeployment, type Deployment } from "./support";

/** Enough that the calls of the provider itself do not matter, few enough to apply in seconds. */
const count = 20;
const roles = Array.from({ length: count }, (_, i) => testRole(`gitpod-acme-app-${i}`));

/** The same roles in the shape that is found everywhere: a role, a managed policy, and its attachment. */
function attachmentShape(): object {
  const named = <T>(body: (role: (typeof roles)[number]) => T): Record<string, T> =>
    Object.fromEntries(roles.map((role) => [role.name, body(role)]));
  return {
    provider: { aws: { region: "us-east-1" } },
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    resource: {
      aws_iam_role: named((role) => ({
        name: role.name,
        assume_role_policy: JSON.stringify(role.made.trustPolicy),
      })),
      aws_iam_policy: named((role) => ({
        name: role.name,
        policy: JSON.stringify(role.made.permissionPolicy),
      })),
      aws_iam_role_policy_attachment: named((role) => ({
        role: `\${aws_iam_role.${role.name}.name}`,
        policy_arn: `\${aws_iam_policy.${role.name}.arn}`,
      })),
    },
  };
}

describeReal("what a refresh asks of IAM", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let proxy: CountingProxy;
  let deployment: Deployment;

  beforeEach(async () => {
    moto = await startMoto(tools.moto);
    proxy = await startCountingProxy(moto.endpoint);
    deployment = createDeployment({ ...tools, endpoint: proxy.endpoint });
  });
  afterEach(async () => {
    deployment.remove();
    await proxy.stop();
    await moto.stop();
  });

  /** Calls of a plan that changes nothing, for each role. */
  async function callsPerRole(): Promise<number> {
    await deployment.mustTerraform("init", "-input=false", "-no-color");
    await deployment.mustTerraform("apply", "-input=false", "-no-color", "-auto-approve");
    proxy.take();
    const plan = await deployment.terraform("plan", "-input=false", "-no-color", "-detailed-exitcode");
    expect(plan.status).toBe(0);
    const calls = [...proxy.take()].filter(([action]) => /Role|Polic/.test(action));
    return calls.reduce((sum, [, n]) => sum + n, 0) / count;
  }

  it("is five calls for each role of ours", async () => {
    deployment.synth(testAccount({ roles, identityProviders: [testIdentityProvider()] }));
    expect(await callsPerRole()).toBe(5);
  });

  it("is six in the shape of role, policy and attachment", async () => {
    deployment.write(attachmentShape());
    expect(await callsPerRole()).toBe(6);
  });
});
