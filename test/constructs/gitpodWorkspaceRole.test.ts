import { Aspects } from "cdktf";
import { invokeAspects } from "cdktf/lib/synthesize/synthesizer";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import {
  GitpodIdentityProvider,
  GitpodWorkspaceRole,
  type GitpodWorkspaceRoleProps,
} from "../../src/constructs";
import { foreignStackJson, resourcesOf, type TerraformJson } from "../support/stacks";

const issuer = "https://services.acme.gitpod.cloud/idp";
const repository = "https://github.com/acme/app";
type Change = Partial<
  Record<keyof GitpodWorkspaceRoleProps | "repository" | "organization" | "contexts", unknown>
>;

function withRole(change: Change): TerraformJson {
  return foreignStackJson((stack) => {
    const identityProvider = GitpodIdentityProvider.fromAccount(stack, "gitpod", {
      accountId: "123456789012",
      issuer,
    });
    const whose = "organization" in change ? {} : { repository };
    new GitpodWorkspaceRole(stack, "app", {
      identityProvider,
      ...whose,
      ...change,
    } as GitpodWorkspaceRoleProps);
  });
}

function body(json: TerraformJson, type: string): Readonly<Record<string, unknown>> {
  const [first] = Object.values(resourcesOf(json)[type] ?? {});
  if (first === undefined) throw new Error(`no ${type}`);
  return first;
}

test("a repository is enough for a role that exactly its workspaces may assume", () => {
  const role = body(withRole({}), "aws_iam_role");
  expect(role).toMatchObject({ name: "gitpod-acme-app", path: "/", max_session_duration: 3600 });
  expect(JSON.parse(String(role["assume_role_policy"]))).toMatchObject({
    Statement: [
      {
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/services.acme.gitpod.cloud/idp" },
        Condition: {
          StringEquals: {
            "services.acme.gitpod.cloud/idp:aud": "sts.amazonaws.com",
            "services.acme.gitpod.cloud/idp:sub": [repository, `${repository}.git`, `${repository}/`].sort(),
          },
        },
      },
    ],
  });
});

test("a provider that exists is not a resource of the stack", () => {
  expect(Object.keys(withRole({}).resource)).toEqual(["aws_iam_role"]);
});

test("tokens of other resources become references, and the text around them is escaped", () => {
  const json = foreignStackJson((stack) => {
    const identityProvider = new GitpodIdentityProvider(stack, "gitpod", { issuer });
    const secret = new SecretsmanagerSecret(stack, "db", {});
    const policy = new IamPolicy(stack, "shared", { policy: "{}" });
    const role = new GitpodWorkspaceRole(stack, "app", {
      identityProvider,
      repository,
      grants: [{ secret: secret.arn }],
      managedPolicies: [policy.arn],
      description: `\${x} ${secret.name}`,
      dependsOn: [policy],
    });
    new GitpodWorkspaceRole(stack, "other", {
      identityProvider,
      repository,
      roleName: "o",
      dependsOn: [role],
    });
  });
  const resources = resourcesOf(json);
  const app = resources["aws_iam_role"]?.["app"];
  expect(app?.["description"]).toBe("$${x} ${aws_secretsmanager_secret.db.name}");
  expect(app?.["depends_on"]).toEqual(["aws_iam_policy.shared"]);
  expect(app?.["assume_role_policy"]).toContain("${aws_iam_openid_connect_provider.gitpod.arn}");
  expect(body(json, "aws_iam_role_policy")["policy"]).toContain('"${aws_secretsmanager_secret.db.arn}"');
  expect(body(json, "aws_iam_role_policy_attachment")["policy_arn"]).toBe("${aws_iam_policy.shared.arn}");
  expect(resources["aws_iam_role"]?.["other"]?.["depends_on"]).toEqual(["aws_iam_role.app"]);
});

test("the attachment of a policy keeps its address when other resources come before it", () => {
  const address = (count: number) =>
    Object.keys(
      foreignStackJson((stack) => {
        const identityProvider = GitpodIdentityProvider.fromAccount(stack, "gitpod", {
          accountId: "123456789012",
          issuer,
        });
        const before: string[] = [];
        for (let i = 0; i < count; i += 1) before.push(new IamPolicy(stack, `p${i}`, { policy: "{}" }).arn);
        const policy = new IamPolicy(stack, "shared", { policy: "{}" });
        new GitpodWorkspaceRole(stack, "app", {
          identityProvider,
          repository,
          managedPolicies: [policy.arn],
        });
      }).resource["aws_iam_role_policy_attachment"] ?? {},
    );
  expect(address(3)).toEqual(address(0));
});

test.each<[string, Change, string]>([
  ["a URL of another host", { repository: "https://evil.example/acme/app" }, "its host is none of"],
  ["a repository where an organization belongs", { organization: repository }, "has one path segment"],
  [
    "an organization beside contexts",
    { organization: "https://github.com/acme", contexts: ["all"] },
    "name one",
  ],
  ["no context", { contexts: [] }, "contexts is empty"],
  ["a context that does not exist", { contexts: ["branch"] }, "none of the contexts"],
  ["a branch that cannot exist", { contexts: [{ branch: "a..b" }] }, "is not the name of a branch"],
  ["a name without a location", { grants: [{ secret: "db" }] }, "is a name"],
  [
    "a wildcard for a secret",
    { grants: [{ secret: "*" }], location: { accountId: "1", region: "us-east-1" } },
    "a secret takes no wildcard",
  ],
  ["a bucket without a key", { grants: [{ s3: "assets" }] }, "bucket/*"],
  ["an ARN of something else", { grants: [{ secret: "arn:aws:s3:::x" }] }, "not the ARN of a secret"],
  ["two kinds in one grant", { grants: [{ s3: "a/b", secret: "c" }] }, "exactly one of"],
  ["a date that does not exist", { expires: "2027-02-30" }, "expires"],
  ["every address", { sourceCidrs: ["0.0.0.0/0"] }, "sourceCidrs"],
  ["a session of a minute", { maxSessionDuration: 60 }, "maxSessionDuration"],
  ["a role name that IAM refuses", { roleName: "a b" }, "roleName"],
  ["a list where a text belongs", { description: "#{TfToken[TOKEN.1]}" }, "one by one"],
])("props that no safe role can be made of are refused: %s", (_, change, message) => {
  expect(() => withRole(change)).toThrow(message);
});

test("an app's Aspects that tag and bound every role reach it", () => {
  const json = foreignStackJson((stack) => {
    const identityProvider = new GitpodIdentityProvider(stack, "gitpod", { issuer });
    new GitpodWorkspaceRole(stack, "app", { identityProvider, repository, tags: { own: "1" } });
    Aspects.of(stack).add({
      visit(node) {
        if (node instanceof IamRole) {
          node.permissionsBoundary = "arn:aws:iam::123456789012:policy/boundary";
          node.tags = { ...node.tagsInput, team: "x" };
        }
        if (node instanceof IamOpenidConnectProvider) node.tags = { team: "x" };
      },
    });
    invokeAspects(stack);
  });
  expect(json.resource["aws_iam_role"]?.["app"]).toMatchObject({
    permissions_boundary: "arn:aws:iam::123456789012:policy/boundary",
    tags: { own: "1", team: "x" },
  });
  expect(json.resource["aws_iam_openid_connect_provider"]?.["gitpod"]).toMatchObject({ tags: { team: "x" } });
});
