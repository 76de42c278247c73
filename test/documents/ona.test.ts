import { command, inTemporaryFolder, write } from "../support/folder";
import { modelOf, roleOf } from "../support/project";

inTemporaryFolder();

const organization = "a1b2c3d4-0000-4000-8000-000000000001";
const [p, q] = ["b1b2c3d4-0000-4000-8000-000000000002", "b1b2c3d4-0000-4000-8000-000000000003"];
const v3 = (end: string) => `organization_id:${organization}:${end}`;

function manifest(project: string, subject = "v3"): string {
  return `version: 1
accounts: { dev: { id: "123456789012", region: us-east-1 } }
installations: { ona: { kind: ona, organizationId: ${organization}, subject: ${subject} } }
repos:
  - url: https://github.com/acme/app
    project: ${project}
`;
}

/** What import-role prints of a role as `aws iam get-role` shows it. */
async function imported(AssumeRolePolicyDocument: unknown, Description?: string) {
  const Role = {
    ...{ RoleName: "ona-acme-app", Path: "/", Arn: "arn:aws:iam::123456789012:role/ona-acme-app" },
    ...{ AssumeRolePolicyDocument, MaxSessionDuration: 3600, ...(Description && { Description }) },
  };
  const PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:123456789012:q" },
    ],
  };
  write({
    "role.json": JSON.stringify({ Role }),
    "policy.json": JSON.stringify({ RoleName: "ona-acme-app", PolicyName: "p", PolicyDocument }),
  });
  return command(["import-role", "role.json", "policy.json"]);
}

test.each([
  [p, "v3"],
  [p, "v2"],
  [`[${p}, ${q}]`, "both"],
])("a role of ours for project %s, subjects %s, comes back as it was", async (project, subject) => {
  const role = roleOf(manifest(project, subject));
  const { stdout } = await imported(role.made.trustPolicy, role.description);
  const [again] = modelOf(stdout).accounts[0]?.roles ?? [];
  expect(again?.made.trustPolicy).toEqual(role.made.trustPolicy);
  expect([again?.entry.url, again?.projects]).toEqual([role.entry.url, role.projects]);
  expect(stdout).not.toMatch(/issuer|OWNER|until now/);
});

const byHand = (like: readonly string[]) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/app.gitpod.io" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "app.gitpod.io:aud": "sts.amazonaws.com" },
        StringLike: { "app.gitpod.io:sub": like },
      },
    },
  ],
});

test.each<[string, readonly string[], readonly RegExp[]]>([
  [
    "the documented policy of a project, which lacks the bare form",
    [v3(`project_id:${p}:*`)],
    [
      new RegExp(`admitted by this entry, and not until now: "${v3(`project_id:${p}`).slice(0, 80)}`),
      /names a project of Ona and no repository: write its url/,
      /url: "https:\/\/github\.com\/OWNER\/REPOSITORY"/,
      new RegExp(`project: \\[${p}\\]`),
    ],
  ],
  [
    "a user beside a project",
    [v3(`project_id:${p}`), v3(`project_id:${p}:*`), v3("user_id:u")],
    [new RegExp(`admitted until now, and not by this entry: "${v3("user_id:u")}"`), /project: \[/],
  ],
  [
    "a whole organization",
    [v3("*")],
    [/No entry for role "ona-acme-app": .*no repository, organization or Ona project/],
  ],
  ["every project", [v3("project_id:*")], [/No entry for/]],
  ["a project in part", [v3(`project_id:${p.slice(0, -1)}*`)], [/No entry for/]],
])("%s", async (_, like, patterns) => {
  const { stdout } = await imported(byHand(like));
  for (const pattern of patterns) expect(stdout).toMatch(pattern);
});
