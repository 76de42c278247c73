import { explainText } from "../../src/explain/text";
import { readClaims } from "../../src/explain/input";
import { applyRemedy } from "../support/applyRemedy";
import { attempt, now, onlyRole, reportOn } from "../support/login";
import { command, inTemporaryFolder, write } from "../support/folder";

inTemporaryFolder();

const organization = "a1b2c3d4-0000-4000-8000-000000000001";
const another = "a1b2c3d4-0000-4000-8000-000000000009";
const [p, q] = ["b1b2c3d4-0000-4000-8000-000000000002", "b1b2c3d4-0000-4000-8000-000000000003"];
const text = (subject = "", more = "") => `version: 1
accounts:
  dev:
    id: "123456789012"
    region: us-east-1
installations:
  ona:
    kind: ona
    organizationId: ${organization}
${subject}repos:
  - url: https://github.com/acme/app
    project: ${p}
${more}`;
const v3 = (bearer: string, org = organization) => `organization_id:${org}:${bearer}`;
const login = (sub: string) => attempt(sub, { issuer: "https://app.gitpod.io" });

test.each([v3(`project_id:${p}`), v3(`project_id:${p}:creator_email:ada@acme.com:x:..`)])(
  "the environment of the project is admitted: %s",
  (sub) => {
    expect(onlyRole(text(), login(sub)).verdict.admitted).toBe(true);
  },
);

test.each<[string, string, RegExp, boolean]>([
  [
    "a token of version 2",
    `org:${organization}/prj:${p}/env:e`,
    /tokens are of version 2: write subject: v2 at manifest\.yaml:8, or both while that changes/,
    true,
  ],
  [
    "another project",
    v3(`project_id:${q}`),
    new RegExp(
      `for project ${p}, not for project ${q}; if that is to get in, write project: \\[${p}, ${q}\\] at manifest\\.yaml:12`,
    ),
    true,
  ],
  ["no project", v3("environment_id:e"), /this one was started without a project$/, false],
  [
    "a user on a laptop",
    v3("user_id:u"),
    /the token of a user: run ona idp token in an environment of project/,
    false,
  ],
  ["a service account", v3("service_account_id:s"), /the token of a service account/, false],
  [
    "another organization",
    v3(`project_id:${p}`, another),
    new RegExp(`another organization; if it is the right one, write organizationId: ${another} at`),
    true,
  ],
  ["what is no subject of Ona", "organization_id:x", /this workspace's subject is not/, false],
])("%s is refused and told why", (_, sub, remedy, helps) => {
  const role = onlyRole(text(), login(sub));
  expect([role.verdict.admitted, role.remedy()]).toEqual([false, expect.stringMatching(remedy)]);
  if (!helps) return;
  const changed = applyRemedy(text(), role.remedy() ?? "");
  expect(onlyRole(changed, login(sub)).verdict.admitted).toBe(true);
});

test("where another role is for the project, that one is named", () => {
  const both = text("", `  - url: https://github.com/acme/web\n    project: ${q}\n`);
  const { roles } = reportOn(both, login(v3(`project_id:${q}`)));
  expect(roles.map((r) => [r.verdict.role.name, r.verdict.admitted, r.remedy()])).toEqual([
    ["ona-acme-app", false, `this role is for project ${p}; for project ${q} there is ona-acme-web`],
    ["ona-acme-web", true, null],
  ]);
});

test("CloudTrail's event of a refused login is read, appended fields and all", () => {
  const sub = v3(`project_id:${q}:creator_email:a:b@acme.com`);
  const provider = "arn:aws:iam::123456789012:oidc-provider/app.gitpod.io";
  const event = {
    ...{ eventName: "AssumeRoleWithWebIdentity", errorCode: "AccessDenied", eventTime: now },
    userIdentity: {
      ...{ identityProvider: provider, userName: sub },
      principalId: `${provider}:sts.amazonaws.com:${sub}`,
    },
    requestParameters: { roleArn: "arn:aws:iam::123456789012:role/ona-acme-app" },
  };
  const read = readClaims(JSON.stringify(event));
  const [first] = read.ok ? read.logins : [];
  expect(first?.ok).toBe(true);
  if (first?.ok !== true) return;
  expect(first.facts).toMatchObject({
    issuer: "https://app.gitpod.io",
    claims: { sub, aud: "sts.amazonaws.com" },
  });
  expect(explainText(reportOn(text(), { ...first.facts, now }), null)).toMatch(/refused +ona-acme-app/);
});

test("--context says that tokens of Ona do not hold what was opened", async () => {
  write({ "manifest.yaml": text() });
  const { status, stderr } = await command(["explain", "--context", "https://github.com/acme/app"]);
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/tokens of ona do not say what was opened\n.*ona idp token/),
  ]);
});
