import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { accountId, accountsOf, benchIssuer, benchRegion, benchRepositories } from "./repositories";
import type { BenchRepository } from "./repositories";

/*
 * What the reader of a guide writes: a CDKTF program that makes the same resources as ours in a loop, and the snippet
 * files with template strings. It reads no manifest, checks nothing and escapes nothing.
 */

const count = Number(process.argv[2]);
const providerName = benchIssuer.slice("https://".length);
const snippetBody = readSnippet();

function readSnippet(): string {
  const text = process.argv[3];
  if (text === undefined) throw new Error("usage: plain COUNT SNIPPET");
  return text;
}

const app = new App();
const repositories = benchRepositories(count);
for (let account = 0; account < accountsOf(count); account++) {
  const stack = new TerraformStack(app, `a${account}`);
  new AwsProvider(stack, "aws", { region: benchRegion, allowedAccountIds: [accountId(account)] });
  const provider = new IamOpenidConnectProvider(stack, "gitpod", {
    url: benchIssuer,
    clientIdList: ["sts.amazonaws.com"],
    lifecycle: { preventDestroy: true },
  });
  const arns: Record<string, string> = {};
  for (const repository of repositories.filter((r) => r.account === account)) {
    const role = new IamRole(stack, repository.slug, {
      name: `acme-${repository.slug}`,
      description: `Gitpod workspaces of ${repository.url}`,
      maxSessionDuration: 3600,
      path: "/",
      tags: { "managed-by": "gitpod-aws-oidc" },
      assumeRolePolicy: JSON.stringify(trust(provider.arn, repository)),
    });
    new IamRolePolicy(stack, `${repository.slug}-policy`, {
      name: "gitpod-aws-oidc",
      role: role.name,
      policy: JSON.stringify(permissions(repository)),
    });
    arns[`acme-${repository.slug}`] = role.arn;
  }
  new TerraformOutput(stack, "role_arns", { value: arns });
}
app.synth();

for (const repository of repositories) {
  const file = join("snippets", "acme", "github.com", `${repository.path}.gitpod.yml`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    snippetBody
      .replaceAll("{{url}}", repository.url)
      .replaceAll("{{role}}", `arn:aws:iam::${accountId(repository.account)}:role/acme-${repository.slug}`)
      .replaceAll("{{secret}}", repository.secret),
  );
}

function trust(provider: string, { url }: BenchRepository): object {
  const statement = (condition: Record<string, Record<string, string | string[]>>): object => ({
    Effect: "Allow",
    Principal: { Federated: provider },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
  });
  const [sub, aud] = [`${providerName}:sub`, `${providerName}:aud`];
  return {
    Version: "2012-10-17",
    Statement: [
      statement({ StringEquals: { [aud]: "sts.amazonaws.com", [sub]: [url, `${url}.git`, `${url}/`] } }),
      statement({
        StringEquals: { [aud]: "sts.amazonaws.com" },
        StringLike: { [sub]: `${url}/tree/*` },
        StringNotLike: { [sub]: ["*..*", "*%2e*", "*%2E*", "*\t*", "*\n*", "*\r*"] },
      }),
    ],
  };
}

function permissions({ secret, slug, account, three }: BenchRepository): object {
  const allow = (Action: string | string[], Resource: string, Condition?: object): object => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  const service = (name: string): string => `arn:aws:${name}:${benchRegion}:${accountId(account)}`;
  return {
    Version: "2012-10-17",
    Statement: [
      allow(
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        `${service("secretsmanager")}:secret:${secret}-??????`,
      ),
      ...(three
        ? [
            allow(
              ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
              `${service("ssm")}:parameter/${slug}/*`,
            ),
            allow("s3:GetObject", `arn:aws:s3:::acme-assets/${slug}/*`),
            allow("s3:ListBucket", "arn:aws:s3:::acme-assets", { StringLike: { "s3:prefix": `${slug}/*` } }),
          ]
        : []),
    ],
  };
}
