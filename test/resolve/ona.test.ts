import { modelOf, project } from "../support/project";

/** What is said about a manifest that is refused. */
function refusalsOf(text: string): readonly string[] {
  const loaded = project(text);
  return loaded.ok ? [] : loaded.diagnostics.map(({ message, remedy }) => `${message} | ${remedy}`);
}

const organization = "a1b2c3d4-0000-4000-8000-000000000001";
const [p, q] = ["b1b2c3d4-0000-4000-8000-000000000002", "b1b2c3d4-0000-4000-8000-000000000003"];

interface Parts {
  readonly ona?: string;
  readonly entry?: string;
  readonly list?: "orgs" | "repos";
  readonly more?: string;
}

function manifest({ ona = "", entry = `, project: ${p}`, list = "repos", more = "" }: Parts): string {
  return `version: 1
accounts: { dev: { id: "123456789012", region: us-east-1 } }
installations:
  ona: { kind: ona, organizationId: ${organization}${ona} }
${more}${list}: [{ url: https://github.com/acme${list === "repos" ? "/app" : ""}${entry} }]
`;
}

const classic = "  acme: { issuer: https://services.acme.gitpod.cloud/idp }\n";

describe("a role on Ona", () => {
  const v3 = `organization_id:${organization}:project_id:`;
  const v2 = `org:${organization}/prj:`;
  test.each([
    ["", { exact: [v3 + p], prefixes: [`${v3}${p}:`] }],
    [", subject: v3", { exact: [v3 + p], prefixes: [`${v3}${p}:`] }],
    [", subject: v2", { exact: [], prefixes: [`${v2}${p}/env:`] }],
    [", subject: both", { exact: [v3 + p], prefixes: [`${v2}${p}/env:`, `${v3}${p}:`].sort() }],
  ])("admits the subjects of its project%s", (ona, subjects) => {
    expect(modelOf(manifest({ ona })).accounts[0]?.roles[0]?.subjects).toEqual(subjects);
  });

  it("has one statement without the guard of URLs, and Ona's own issuer", () => {
    const [role] = modelOf(manifest({ entry: `, project: [${q}, ${p}]` })).accounts[0]?.roles ?? [];
    expect(role?.made.trustPolicy.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/app.gitpod.io" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "app.gitpod.io:aud": "sts.amazonaws.com" },
          StringLike: {
            "app.gitpod.io:sub": [v3 + p, `${v3}${p}:*`, v3 + q, `${v3}${q}:*`],
          },
        },
      },
    ]);
    expect([role?.name, role?.description, role?.projects]).toEqual([
      "ona-acme-app",
      "Ona environments of https://github.com/acme/app",
      [p, q],
    ]);
  });

  it("stands beside one on Classic, by one entry and one list of grants", () => {
    const entry = `, installations: [acme, ona], project: ${p}, contexts: [branches], grants: [{ secret: db, env: DB }]`;
    const model = modelOf(manifest({ more: classic, entry }));
    const roles = model.accounts[0]?.roles ?? [];
    expect(roles.map(({ name, projects }) => [name, projects])).toEqual([
      ["acme-acme-app", []],
      ["ona-acme-app", [p]],
    ]);
    expect(roles[0]?.subjects.prefixes).toEqual(["https://github.com/acme/app/tree/"]);
    expect(roles[0]?.made.permissionPolicy).toEqual(roles[1]?.made.permissionPolicy);
    expect(model.snippets.map(({ file }) => file)).toEqual([
      "acme/github.com/acme/app.gitpod.yml",
      "ona/github.com/acme/app.automations.yaml",
    ]);
  });

  it("trusts formerly another issuer, in a statement of its own", () => {
    const ona = ", issuer: https://id.acme.com, formerIssuers: [https://app.gitpod.io]";
    expect(modelOf(manifest({ ona })).accounts[0]?.roles[0]?.made.trustPolicy.Statement).toHaveLength(2);
  });
});

describe("what makes no sense on Ona is refused with what to write", () => {
  test.each<[string, Parts, RegExp]>([
    ["host", { ona: ", host: gitpod.io" }, /no host.*leave it out/],
    ["openSignup", { ona: ", openSignup: true" }, /names the organization.*leave it out/],
    ["audience", { ona: ", audience: sts.amazonaws.com.cn" }, /asks for the audience sts\.amazonaws\.com/],
    ["claim keys", { ona: ", subject: [org_id, repository]" }, /version 3 or 2.*write v3, or both/],
    [
      "an issuer of Classic",
      { ona: ", issuer: https://services.acme.gitpod.cloud/idp" },
      /an entry may name both/,
    ],
    ["its own address", { ona: ", issuer: https://app.ona.com" }, /leave issuer out/],
    [
      "former issuers of Classic",
      { ona: ", formerIssuers: [https://services.acme.gitpod.cloud/idp]" },
      /installation of its own/,
    ],
    ["no project", { entry: "" }, /names none.*add project/],
    ["an organization of a host", { list: "orgs", entry: "" }, /no organization of a host.*under repos/],
    [
      "contexts",
      { entry: `, project: ${p}, contexts: [branches]` },
      /do not say what was opened.*leave contexts out/,
    ],
    [
      "a project in capitals",
      { entry: `, project: ${p.toUpperCase()}` },
      /UUID in lower case.*ona project list/,
    ],
    ["no project in a list", { entry: ", project: []" }, /./],
    [
      "what is no key for the task",
      { entry: `, project: ${p}, snippet: { after: "the cli" }` },
      /dependsOn.*rename/,
    ],
  ])("%s", (_, parts, refusal) => {
    expect(refusalsOf(manifest(parts))).toEqual([expect.stringMatching(refusal)]);
  });

  test("no organization", () => {
    const text = manifest({}).replace(`, organizationId: ${organization}`, "");
    expect(refusalsOf(text)).toEqual([expect.stringMatching(/needs the organization's UUID.*ona idp token/)]);
  });

  test.each([
    [
      "project without Ona",
      `repos: [{ url: https://github.com/acme/app, project: ${p} }]`,
      /kind ona.*leave project out/,
    ],
    [
      "project in defaults",
      `defaults: { project: ${p} }\nrepos: [{ url: https://github.com/acme/app }]`,
      /single entry/,
    ],
    [
      "project of an org",
      `orgs: [{ url: https://github.com/acme, project: ${p} }]`,
      /belongs to an entry of repos/,
    ],
  ])("%s", (_, rest, refusal) => {
    const text = `version: 1\naccounts: { dev: { id: "123456789012", region: us-east-1 } }\ninstallations:\n${classic}${rest}\n`;
    expect(refusalsOf(text)).toEqual([expect.stringMatching(refusal)]);
  });

  test.each(["v3", "v2", "both"])("subject: %s on Classic", (version) => {
    const text = `version: 1\naccounts: { dev: { id: "123456789012", region: us-east-1 } }
installations: { acme: { host: acme.gitpod.cloud, subject: ${version} } }\nrepos: [{ url: https://github.com/acme/app }]\n`;
    expect(refusalsOf(text)).toEqual([expect.stringMatching(/version of Ona's subjects.*kind: ona/)]);
  });
});
