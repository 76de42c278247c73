import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Construct } from "constructs";
import { GitpodIdentityProvider, GitpodWorkspaceRole } from "gitpod-aws-oidc";

/** A team's own stack: a secret, and a role for the workspaces that need it. */
class TeamStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    new AwsProvider(this, "aws", { region: "eu-central-1", allowedAccountIds: ["123456789012"] });

    const secret = new SecretsmanagerSecret(this, "database", { name: "team/database" });
    const identityProvider = new GitpodIdentityProvider(this, "gitpod", {
      issuer: "https://services.acme.gitpod.cloud/idp",
    });

    // Who: workspaces opened on the repository or on one of its branches. What: this secret, and some fixtures.
    const role = new GitpodWorkspaceRole(this, "app", {
      identityProvider,
      repository: "https://github.com/acme/app",
      contexts: ["repository", "branches"],
      grants: [{ secret: secret.arn }, { s3: "acme-assets/fixtures/*" }],
      maxSessionDuration: 4 * 3600,
      tags: { team: "app" },
    });
    new TerraformOutput(this, "role_arn", { value: role.arn });
  }
}

/** Another account, where the platform team has made the identity provider already. */
class SharedStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    new AwsProvider(this, "aws", { region: "eu-central-1", allowedAccountIds: ["210987654321"] });

    const identityProvider = GitpodIdentityProvider.fromAccount(this, "gitpod", {
      accountId: "210987654321",
      issuer: "https://services.acme.gitpod.cloud/idp",
    });
    new GitpodWorkspaceRole(this, "everybody", {
      identityProvider,
      organization: "https://github.com/acme",
      location: { accountId: "210987654321", region: "eu-central-1" },
      grants: [{ parameter: "/shared/dev/*" }],
      expires: "2037-01-01",
      accept: [{ rule: "T54", reason: "the shared parameters are for every repository of the organization" }],
    });
  }
}

const app = new App({ stackTraces: false });
new TeamStack(app, "team");
new SharedStack(app, "shared");
app.synth();
