import { TerraformStack, TerraformVariable } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { stringify } from "yaml";
import {
  GitpodIdentityProvider,
  GitpodWorkspaceRole,
  type GitpodWorkspaceRoleProps,
  type RoleSettings,
  type WorkspaceOf,
} from "../../src/constructs";
import { findingLine } from "../../src/diagnostics";
import { loadServiceReference } from "../../src/policy";
import { check } from "../../src/rules";
import { readProject, servicesInUse } from "../../src/cli/project";
import { memoryFiles } from "../support/project";
import { testApp } from "../support/stacks";

type Props = WorkspaceOf & Omit<RoleSettings, "identityProvider"> & Pick<GitpodWorkspaceRoleProps, "accept">;

const open = "https://api.gitpod.io/idp";
const issuer = "https://services.acme.gitpod.cloud/idp";
const accountId = "123456789012";

/** The annotations of a role with these props: severity and text. */
function annotations(issuerOfRole: string, props: (stack: TerraformStack) => object): readonly string[] {
  const stack = new TerraformStack(testApp(), "mine");
  const role = new GitpodWorkspaceRole(stack, "app", {
    identityProvider: GitpodIdentityProvider.fromAccount(stack, "gitpod", {
      accountId,
      issuer: issuerOfRole,
    }),
    ...(props(stack) as Props),
  });
  return role.node.metadata.map(({ type, data }) => `${type.replace("@cdktf/", "")} ${String(data)}`);
}

/** What a check says of the entry of a manifest, in the same form. */
function findings(issuerOfRole: string, props: object): readonly string[] {
  const { organization, repository, location, ...keys } = props as Record<string, unknown>;
  const entry = { url: organization ?? repository, ...keys };
  const text = stringify({
    version: 1,
    accounts: {
      dev: { id: accountId, region: (location as { region?: string } | undefined)?.region ?? "us-east-1" },
    },
    installations: { gitpod: { issuer: issuerOfRole } },
    [organization === undefined ? "repos" : "orgs"]: [entry],
  });
  const project = readProject("manifest.yaml", memoryFiles({ "manifest.yaml": text }));
  if (!project.ok) throw new Error(JSON.stringify(project.diagnostics));
  return check(project.model, { reference: loadServiceReference(servicesInUse(project)) })
    .filter(({ rule, accepted }) => rule !== "T64" && !accepted)
    .map((finding) => {
      const { file, path } = finding.origin;
      const severity = finding.severity === "warning" ? "warn" : finding.severity;
      return `${severity} ${findingLine({ ...finding, origin: { file, path: path.slice(2) } })}`;
    });
}

const everything = { Effect: "Allow", Action: "*", Resource: "*" } as const;
const repository = "https://github.com/acme/app";
const organization = "https://github.com/acme";
const allowAll: Props = {
  repository,
  contexts: ["all"],
  statements: [everything],
  managedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"],
};

test.each<readonly [string, string, Props, readonly string[]]>([
  ["everything", open, allowAll, ["T57", "T58", "T66", "G01", "G10"]],
  ["a repository on an installation of one's own", issuer, { repository }, ["T50", "T66"]],
  ["a repository on gitpod.io", open, { repository }, ["T50", "T57", "T66"]],
  ["an organization on gitpod.io", open, { organization }, ["T54", "T57", "T66"]],
  [
    "what is accepted",
    open,
    {
      organization,
      accept: [
        { rule: "T57", reason: "all private" },
        { rule: "T66", reason: "the name is ours" },
      ],
    },
    ["T54"],
  ],
  ["a waiver without a reason", open, { repository, accept: [{ rule: "T57", reason: " " }] }, ["T57", "W02"]],
  ["a waiver that waives nothing", issuer, { repository, accept: [{ rule: "T57", reason: "x" }] }, ["W03"]],
  ["a waiver of no rule", issuer, { repository, accept: [{ rule: "T570", reason: "x" }] }, ["W01"]],
  [
    "an error that nobody can waive",
    issuer,
    {
      repository,
      statements: [{ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" }],
      accept: [{ rule: "G09", reason: "x" }],
    },
    ["G09", "W03"],
  ],
  [
    "a misspelt action, and one on the wrong resource",
    issuer,
    {
      repository,
      statements: [
        { Effect: "Allow", Action: "s3:GetObjekt", Resource: "arn:aws:s3:::acme/*" },
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:s3:::acme" },
      ],
    },
    ["G13", "G18"],
  ],
  [
    "a resource of another account",
    issuer,
    { repository, grants: [{ sqs: "arn:aws:sqs:us-east-1:210987654321:jobs" }] },
    ["G17"],
  ],
  ["addresses that limit nothing", issuer, { repository, sourceCidrs: ["10.0.0.0/8"] }, ["T40"]],
])("a role's annotations are a manifest's findings: %s", (_, issuerOfRole, props, rules) => {
  const said = annotations(issuerOfRole, () => props);
  // T66 names the owners of a whole manifest, and the repository of a role that stands alone.
  const alike = (lines: readonly string[]) =>
    lines.map((line) => line.replace(/^(info T66:).*/, "$1")).sort();
  expect(alike(said)).toEqual(alike(findings(issuerOfRole, props)));
  const ids = said.map((line) => line.split(" ")[1]?.slice(0, 3));
  for (const rule of rules) expect(ids).toContain(rule);
});

test("an error fails the synth of the app, and says what to do", () => {
  const app = testApp();
  const stack = new TerraformStack(app, "mine");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  new GitpodWorkspaceRole(stack, "app", {
    identityProvider: { arn: "arn:aws:iam::123456789012:oidc-provider/x.test", issuer, audiences: ["a"] },
    ...allowAll,
  });
  expect(() => {
    app.synth();
  }).toThrow(/G01: statements\[0\]\.Action: "\*" allows every action .* remedy: name the actions/);
});

test("what a token will be is not known: it is judged as one resource of the type that the action takes", () => {
  const said = annotations(issuer, (stack) => {
    const arn = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
    return {
      repository,
      grants: [{ secret: arn, kmsKey: arn }],
      location: { accountId, region: "us-east-1" },
      managedPolicies: [arn],
      permissionsBoundary: arn,
      tags: { arn },
      statements: [
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: arn },
        {
          Effect: "Allow",
          Action: ["dynamodb:GetItem", "dynamodb:Query"],
          Resource: [arn, `${arn}/index/*`],
        },
        { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${arn}/*` },
      ],
    };
  });
  expect(said.map((line) => line.split(":")[0])).toEqual(["info T50", "info T66", "info G20"]);
});

test("beside a token, what is written is judged", () => {
  const said = annotations(issuer, (stack) => {
    const arn = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
    return { repository, statements: [{ Effect: "Allow", Action: "sqs:*", Resource: [arn, "*"] }] };
  });
  expect(said.map((line) => line.split(":")[0])).toContain("error G01");
});

test("a statement that IAM refuses is refused, as in a manifest", () => {
  expect(() =>
    annotations(issuer, () => ({
      repository,
      statements: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "acme/*" }],
    })),
  ).toThrow('statements.0.Resource "acme/*" is neither an ARN nor *; write');
});
