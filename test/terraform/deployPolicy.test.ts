import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyDocument } from "../../src/model/policyDocument";
import { evaluatePermission, many } from "../../src/policy";
import { startCountingProxy, type CountingProxy } from "../support/countingProxy";
import { startMoto, type Moto } from "../support/moto";
import { createOps, type Ops } from "../support/ops";
import { describeReal } from "../support/toolsTier";

const account = "123456789012";
const boundary = `arn:aws:iam::${account}:policy/boundary`;
const team = `arn:aws:iam::${account}:policy/team`;
const secrets = (count: number, name: string) =>
  JSON.stringify(Array.from({ length: count }, (_, i) => ({ secret: `team/application/${name}-${i}` })));

interface Wanted {
  readonly bounded?: boolean;
  readonly later?: boolean;
  readonly identityProvider?: string;
}

/** Actions that change a provider's audiences, which moto does not know. */
const unknownToMoto = [
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:RemoveClientIDFromOpenIDConnectProvider",
];

/** An account with all that a stack can hold. `later` changes each resource and drops some. */
const manifest = ({ bounded = true, later = false, identityProvider = "import" }: Wanted) => `version: 1
accounts:
  dev:
    id: "${account}"
    region: us-east-1
    path: /gitpod/
    exclusive: true
    deployProfile: deployer
    deployRole: arn:aws:iam::${account}:role/gitpod/acme-deploy
    tags: { ${later ? "owner" : "team"}: acme }
    ${bounded ? `permissionsBoundary: ${boundary}` : ""}
installations:
  acme:
    issuer: https://services.acme.gitpod.cloud/idp
    identityProvider: ${identityProvider}
    otherAudiences: [vault.acme.com]
    ${later ? "" : "formerIssuers: [https://api.acme.gitpod.cloud/idp]"}
repos:
  - url: https://github.com/acme/app
    description: ${later ? "second" : "first"}
    sessionDuration: ${later ? "2h" : "1h"}
    contexts: [${later ? "repository, branches" : "repository"}]
    managedPolicies: [${later ? "" : `"${team}"`}]
    grants: [{ secret: ${later ? "b" : "a"} }]
  - url: https://github.com/acme/large
    grants: ${secrets(200, later ? "second" : "first")}
  - { url: https://github.com/acme/old, name: by-hand, path: /, adopt: true, grants: [{ secret: a }] }
`;

type Call = ReadonlyMap<string, string>;

/** Would a policy have allowed this call of IAM? `boundaries` are those that roles have had, by name. */
function isAllowed(policy: PolicyDocument, call: Call, boundaries: Map<string, string>): boolean {
  const role = call.get("RoleName");
  const demanded = call.get("PermissionsBoundary");
  if (role !== undefined && demanded !== undefined) boundaries.set(role, demanded);
  const bound = demanded ?? (role === undefined ? undefined : boundaries.get(role));
  const attached = call.get("PolicyArn");
  return evaluatePermission(policy, {
    action: `iam:${call.get("Action") ?? ""}`,
    resource: resourceOf(call),
    context: new Map([
      ...(bound === undefined ? [] : [["iam:permissionsboundary", [bound]] as const]),
      ...(attached === undefined ? [] : [["iam:policyarn", [attached]] as const]),
    ]),
  }).allowed;
}

function resourceOf(call: Call): string {
  const role = call.get("RoleName");
  if (role !== undefined)
    return `arn:aws:iam::${account}:role${role === "by-hand" ? "/" : "/gitpod/"}${role}`;
  const provider = call.get("OpenIDConnectProviderArn");
  const url = call.get("Url");
  if (url !== undefined) return `arn:aws:iam::${account}:oidc-provider/${url.replace("https://", "")}`;
  return (
    provider ??
    call.get("PolicyArn") ??
    `arn:aws:iam::${account}:policy/gitpod/${call.get("PolicyName") ?? ""}`
  );
}

describeReal("deploy-policy", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let proxy: CountingProxy;
  let ops: Ops;

  beforeEach(async () => {
    moto = await startMoto(tools.moto, account);
    proxy = await startCountingProxy(moto.endpoint);
    ops = createOps({ ...tools, endpoint: proxy.endpoint });
  });
  afterEach(async () => {
    ops.remove();
    await proxy.stop();
    await moto.stop();
  });

  const policyOf = async (...options: readonly string[]) => {
    const { status, output } = await ops.command("deploy-policy", ...options);
    expect(status).toBe(0);
    return JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as PolicyDocument;
  };
  const terraform = async (...args: readonly string[]) => {
    const { status, output } = await ops.terraform(...args, "-input=false", "-no-color");
    if (status !== 0) throw new Error(output);
    return output;
  };
  const enforce = (on: boolean) =>
    fetch(`${moto.endpoint}/moto-api/reset-auth`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: on ? "0" : "inf",
    });

  /** The caller that Terraform's profile is, who may do what a policy says: moto looks at actions alone. */
  const permit = async (policy: PolicyDocument) => {
    const allowed = policy.Statement.filter(({ Effect }) => Effect === "Allow");
    const Statement = allowed.map(({ Effect, Action }) => ({ Effect, Action, Resource: "*" }));
    const document = JSON.stringify({ Version: policy.Version, Statement });
    await ops.aws(
      "iam put-user-policy --user-name deployer --policy-name deploy --policy-document",
      document,
    );
  };

  /** Runs Terraform while AWS refuses all that is not allowed; gives what it asked of IAM. */
  const run = async (...args: readonly string[]): Promise<readonly Call[]> => {
    const before = proxy.asked.length;
    await enforce(true);
    try {
      await terraform(...args);
    } finally {
      await enforce(false);
    }
    return proxy.asked.slice(before);
  };

  test("allows every call of a deploy from import to destroy, and has no action that none needs", async () => {
    const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const nothing = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
    });
    for (const name of ["boundary", "team"])
      await ops.aws(`iam create-policy --policy-name ${name} --policy-document`, nothing);
    await ops.aws("iam create-role --role-name by-hand --assume-role-policy-document", trust);
    await ops.aws(
      "iam create-open-id-connect-provider --client-id-list sts.amazonaws.com vault.acme.com --url https://services.acme.gitpod.cloud/idp",
    );
    await ops.aws("iam create-user --user-name deployer");
    const made = (await ops.aws("iam create-access-key --user-name deployer")) as {
      readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
    };
    const { AccessKeyId, SecretAccessKey } = made.AccessKey;
    writeFileSync(
      join(ops.folder, "aws-credentials"),
      `[deployer]\naws_access_key_id = ${AccessKeyId}\naws_secret_access_key = ${SecretAccessKey}\n`,
    );

    const boundaries = new Map<string, string>();
    const used = new Set<string>();
    const granted = new Set<string>();
    let before: PolicyDocument | null = null;
    const steps: readonly (readonly [wanted: Wanted, ...terraform: readonly string[]])[] = [
      [{}, "apply", "-auto-approve"],
      [{}, "plan"],
      [{ later: true }, "apply", "-auto-approve"],
      [{ later: true, bounded: false, identityProvider: "existing" }, "apply", "-auto-approve"],
      [{ later: true, bounded: false, identityProvider: "existing" }, "destroy", "-auto-approve"],
    ];
    for (const [wanted, ...args] of steps) {
      // The role that deploys would be assumed by whoever runs Terraform; here the profile is the deployer itself.
      const text = manifest(wanted);
      expect(await ops.synth(text)).toMatchObject({ status: 0 });
      const policy = await policyOf(...(args[0] === "plan" ? ["--plan"] : []));
      expect(await ops.synth(text.replace(/^ *deployRole: .*\n/m, ""))).toMatchObject({ status: 0 });
      if (before === null) await terraform("init");
      // What has left the manifest is removed with the policy of the manifest before it. A plan has its own alone.
      const earlier: PolicyDocument | null = args[0] === "plan" ? null : before;
      const both = { ...policy, Statement: [...(earlier?.Statement ?? []), ...policy.Statement] };
      await permit(both);
      const calls = await run(...args);
      const denials = calls.filter((call) => !isAllowed(policy, call, boundaries));
      const unknown = denials.filter((call) => earlier === null || !isAllowed(earlier, call, boundaries));
      expect(unknown.map((call) => Object.fromEntries(call))).toEqual([]);
      for (const call of calls) used.add(`iam:${call.get("Action") ?? ""}`);
      for (const { Effect, Action } of policy.Statement)
        if (Effect === "Allow") for (const action of many(Action)) granted.add(action);
      if (args[0] !== "plan") before = policy;
    }
    expect([...granted].filter((action) => !unknownToMoto.includes(action)).sort()).toEqual([...used].sort());
  });
});
