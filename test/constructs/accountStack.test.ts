import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { AccountStack, GitpodIdentityProvider, GitpodWorkspaceRole } from "../../src/constructs";
import { describedRole } from "../../src/constructs/roleProps";
import { logicalId } from "../../src/terraform/blocks";
import type { Backend } from "../../src/model/accessModel";
import { stackText, synthManifestText, type StackSource } from "../../src/terraform/stack";
import { testAccount, testAccountId, testIdentityProvider, testIssuer, testRole } from "../support/model";
import { accountStackJson, foreignStackJson, resourcesOf, testApp } from "../support/stacks";

const providerId = () =>
  Object.keys(
    resourcesOf(accountStackJson({ account: testAccount() }))["aws_iam_openid_connect_provider"] ?? {},
  )[0];

test("the AWS provider works in this account alone", () => {
  const account = testAccount({ deployRole: "arn:aws:iam::123456789012:role/deploy", deployProfile: "ops" });
  expect(accountStackJson({ account }).provider).toEqual({
    aws: [
      {
        region: "us-east-1",
        allowed_account_ids: [testAccountId],
        assume_role: [{ role_arn: "arn:aws:iam::123456789012:role/deploy" }],
        profile: "ops",
      },
    ],
  });
});

test("the versions of Terraform and of the AWS provider are ranges, each written once", () => {
  const { terraform } = accountStackJson({ account: testAccount() });
  expect(terraform).toMatchObject({
    required_version: ">= 1.10.0",
    required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
  });
});

describe("the backend", () => {
  const s3 = {
    kind: "s3",
    bucket: "acme-state",
    region: "eu-west-1",
    key: "gitpod/dev",
    useLockfile: true,
    roleArn: null,
    profile: null,
  } as const;
  test.each<[string, Backend, unknown]>([
    [
      "local",
      { kind: "local", path: "terraform.dev.tfstate" },
      { backend: { local: { path: "../../../terraform.dev.tfstate" } } },
    ],
    [
      "s3",
      { ...s3, kmsKeyId: null },
      {
        backend: {
          s3: {
            bucket: "acme-state",
            region: "eu-west-1",
            key: "gitpod/dev",
            encrypt: true,
            use_lockfile: true,
          },
        },
      },
    ],
    ["s3 with a key", { ...s3, kmsKeyId: "alias/x" }, { backend: { s3: { kms_key_id: "alias/x" } } }],
    [
      "cloud",
      { kind: "cloud", organization: "acme", workspace: "dev", hostname: "app.terraform.io" },
      { cloud: { organization: "acme", hostname: "app.terraform.io", workspaces: { name: "dev" } } },
    ],
  ])("%s", (_, backend, expected) => {
    expect(accountStackJson({ account: testAccount({ backend }) }).terraform).toMatchObject(
      expected as object,
    );
  });

  test("its text is literal for Terraform, and no token for cdktf", () => {
    const path = "${x}-${TfToken[TOKEN.0]}";
    const { terraform } = accountStackJson({ account: testAccount({ backend: { kind: "local", path } }) });
    expect(terraform).toMatchObject({ backend: { local: { path: `../../../${path}` } } });
  });
});

describe("the identity provider", () => {
  test("cannot be destroyed, and every role of it waits for it", () => {
    const json = accountStackJson({ account: testAccount() });
    const id = String(providerId());
    expect(resourcesOf(json)["aws_iam_openid_connect_provider"]?.[id]).toEqual({
      url: testIssuer,
      client_id_list: ["sts.amazonaws.com"],
      tags: { "managed-by": "gitpod-aws-oidc" },
      lifecycle: { prevent_destroy: true },
    });
    const roles = Object.values(resourcesOf(json)["aws_iam_role"] ?? {});
    expect(roles.map((r) => r["depends_on"])).toEqual([[`aws_iam_openid_connect_provider.${id}`]]);
  });

  test("that exists is let go of, whoever made it, and no role waits for it", () => {
    const account = testAccount({ identityProviders: [testIdentityProvider({ management: "existing" })] });
    const json = accountStackJson({ account });
    expect(json.removed).toEqual([
      { from: `aws_iam_openid_connect_provider.${String(providerId())}`, lifecycle: { destroy: false } },
    ]);
    expect(resourcesOf(json)["aws_iam_openid_connect_provider"]).toBeUndefined();
    expect(JSON.stringify(json)).not.toContain("depends_on");
  });

  test("of an issuer that no role of the account trusts any more is let go of", () => {
    const account = testAccount({ identityProviders: [], roles: [] });
    const json = accountStackJson({ account, unusedProviders: ["api.gitpod.io/idp"] });
    expect(json.removed).toHaveLength(1);
    expect(json.resource).toBeUndefined();
  });

  test("made by hand is imported by its ARN", () => {
    const account = testAccount({ identityProviders: [testIdentityProvider({ management: "import" })] });
    expect(accountStackJson({ account }).import).toEqual([
      {
        to: `aws_iam_openid_connect_provider.${String(providerId())}`,
        id: "arn:aws:iam::123456789012:oidc-provider/api.gitpod.io/idp",
      },
    ]);
  });
});

test("the output role_arns says the ARN of every role", () => {
  const account = testAccount({ roles: [testRole("a"), testRole("b.js")] });
  expect(accountStackJson({ account })["//"].outputs).toEqual({ dev: { role_arns: "role_arns" } });
  expect(accountStackJson({ account }).output).toMatchObject({
    role_arns: {
      value: {
        a: "${aws_iam_role.a.arn}",
        "b.js": `\${aws_iam_role.${logicalId("b.js")}.arn}`,
      },
    },
  });
});

test("construct and stack emit the same resources for a role", () => {
  const identityProvider = {
    arn: testIdentityProvider().arn,
    issuer: testIssuer,
    audiences: ["sts.amazonaws.com"],
  } as const;
  const props = {
    identityProvider,
    repository: "https://github.com/acme/app",
    contexts: ["all"],
    location: { accountId: testAccountId, region: "us-east-1" },
    grants: [{ secret: "db" }, { s3: "acme-assets/fixtures/*" }],
    managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    tags: { team: "${a}%{b}" },
    roleName: "app",
    adopt: true,
  } as const;
  const foreign = foreignStackJson((stack) => {
    new GitpodWorkspaceRole(stack, "app", { ...props, accept: [{ rule: "T57", reason: "private" }] });
  });
  const { made, ...source } = describedRole(props);
  const managed = made.policies.managed.map((policy) => ({ ...policy, arn: "" }));
  const role = testRole("app", { ...source, ...made, policies: { ...made.policies, managed } });
  const account = testAccount({ roles: [role], identityProviders: [] });
  const own = accountStackJson({ account });
  expect(resourcesOf(foreign)).toEqual(resourcesOf(own));
  expect(foreign.import).toEqual(own.import);
  expect(Object.keys(resourcesOf(own))).toHaveLength(3);
});

test("text of a manifest that looks like a token of cdktf stays text", () => {
  const description = "${TfToken[TOKEN.0]} -1.8881545897087626e+289";
  const json = accountStackJson({ account: testAccount({ roles: [testRole("app", { description })] }) });
  expect(resourcesOf(json)["aws_iam_role"]?.["app"]).toMatchObject({ description: `$${description}` });
});

test("two roles that come out with one identifier stop the synth instead of replacing each other", () => {
  const account = testAccount({ roles: [testRole("app"), testRole("app")] });
  expect(() => accountStackJson({ account })).toThrow("two resources have the address aws_iam_role.app");
});

test("somebody may add resources of their own to an account's stack, but not in the place of a role", () => {
  const app = testApp();
  const stack = new AccountStack(app, "dev", { account: testAccount({ roles: [testRole("app")] }) });
  new GitpodIdentityProvider(stack, "another", { issuer: "https://services.acme.gitpod.cloud/idp" });
  const json = stack.toTerraform() as never as ReturnType<typeof accountStackJson>;
  expect(Object.keys(json.resource["aws_iam_openid_connect_provider"] ?? {})).toEqual(
    expect.arrayContaining(["another", providerId()]),
  );
  new GitpodWorkspaceRole(stack, "app", {
    identityProvider: {
      arn: "arn:aws:iam::123456789012:oidc-provider/x.test",
      issuer: "https://x.test",
      audiences: ["a"],
    },
    repository: "https://github.com/acme/app",
  });
  expect(() => stack.toTerraform()).toThrow("is defined twice");
});

test("an app of cdktf writes the bytes that the command writes without it", () => {
  const silent = { warnings: [], info: [] };
  const roles = ["zeta", "10", "9", "app"].map((role) => testRole(role, { tags: { "10": "a", "9": "b" } }));
  const source = (
    name: string,
    account: Partial<StackSource["account"]>,
    findings = silent,
  ): StackSource => ({
    ...{
      name,
      account: testAccount({ name, ...account }),
      root: "../../..",
      unusedProviders: ["x.test"],
      findings,
    },
  });
  const stacks: readonly StackSource[] = [
    source("dev", { roles }, { warnings: ["T54: wide", "P20: \u2028"], info: ["1 info"] } as never),
    source("empty", { roles: [], identityProviders: [] }),
    source("exclusive", {
      roles: [testRole("app", { exclusive: true, policies: { inline: null, managed: [] } })],
    }),
  ];
  const outdir = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-"));
  try {
    const app = new App({ outdir, stackTraces: false });
    for (const stack of stacks) new AccountStack(app, stack.name, stack);
    app.synth();
    const read = (...path: string[]) => readFileSync(join(outdir, ...path), "utf8");
    for (const stack of stacks) expect(read("stacks", stack.name, "cdk.tf.json")).toBe(stackText(stack));
    expect(JSON.parse(read("manifest.json"))).toEqual(JSON.parse(synthManifestText(stacks)));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
