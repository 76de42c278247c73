import { accountDetails, roleList } from "../support/authorizationDetails";
import { command, inTemporaryFolder, write } from "../support/folder";
import { manifest, modelOf } from "../support/project";

inTemporaryFolder();

const text = manifest(`repos:
  - url: https://github.com/acme/app
    contexts: [repository, branches]
    grants: [{ secret: db }, { s3: acme-data/app/*, access: write }]
    expires: 2027-01-01
    sourceCidrs: [203.0.113.0/24]
    managedPolicies: [arn:aws:iam::aws:policy/ReadOnlyAccess]
  - url: https://github.com/acme/web
    statements: [{ Effect: Allow, Action: "sqs:*", Resource: "*" }]
    sessionDuration: 30m
`);

interface Role {
  readonly RoleName: string;
  readonly Arn: string;
  readonly AssumeRolePolicyDocument: { readonly Statement: readonly object[] };
  readonly AttachedManagedPolicies: readonly object[];
}

/** What AWS shows of the manifest's roles, changed as wanted. */
function details(change: (role: Role) => object = (role) => role, ...more: readonly object[]): object {
  const shown = accountDetails(modelOf(text)) as { readonly RoleDetailList: readonly Role[] };
  return { ...shown, RoleDetailList: [...shown.RoleDetailList.map(change), ...more] };
}

async function diff(...files: readonly object[]): Promise<readonly string[]> {
  const names = files.map((_, i) => `file${i}.json`);
  write({
    "manifest.yaml": text,
    ...Object.fromEntries(files.map((file, i) => [`file${i}.json`, JSON.stringify(file)])),
  });
  const { status, stdout } = await command(["access", "--diff", "--format", "json", "--deployed", ...names]);
  expect(status).toBe(0);
  const { changes } = JSON.parse(stdout) as {
    readonly changes: readonly Readonly<
      Record<"change" | "role" | "why", string> & { what: readonly string[] }
    >[];
  };
  return changes.map(({ change, role, why, what }) => `${change} ${role} ${why}: ${what.join(", ")}`);
}

test("roles that exist are said as those that are declared", async () => {
  write({ "manifest.yaml": text, "details.json": JSON.stringify(details()) });
  const rows = async (...argv: readonly string[]) => {
    const { stdout } = await command(["access", "--format", "json", ...argv]);
    return (JSON.parse(stdout) as { readonly roles: readonly object[] }).roles;
  };
  const declared = await rows();
  const deployed = await rows("manifest.yaml", "--deployed", "details.json");
  const words = { admits: expect.any(Array) as unknown, entry: null, sessionSeconds: 3600 };
  expect(deployed).toEqual(declared.map((row) => ({ ...row, ...words })));
  expect(deployed[0]).toMatchObject({
    admits: ["repository acme/app on acme", "branches of acme/app on acme"],
  });
});

test("without a manifest, and without the roles of others", async () => {
  const service = { Principal: { Service: "ec2.amazonaws.com" }, Effect: "Allow", Action: "sts:AssumeRole" };
  const other = {
    RoleName: "ec2",
    Arn: "arn:aws:iam::123456789012:role/ec2",
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [service] },
  };
  write({ "details.json": JSON.stringify(details((role) => role, other)) });
  const { status, stdout, stderr } = await command(["access", "--deployed", "details.json"]);
  expect([status, stderr]).toEqual([
    0,
    "the files do not show the longest session of acme-acme-app, acme-acme-web\n1 role that no web identity may assume is left out\n",
  ]);
  expect(stdout).toContain("acme-acme-app  123456789012 (123456789012)\n  admits    repository acme/app\n");
});

test("those that may admit a repository, or one of an organization", async () => {
  const names = async (url: string) => {
    const { stdout } = await command([
      "access",
      "--format",
      "json",
      "--deployed",
      "details.json",
      "--repo",
      url,
    ]);
    return (JSON.parse(stdout) as { readonly roles: readonly { readonly role: string }[] }).roles.map(
      (r) => r.role,
    );
  };
  const claims = (repository: string) => ({
    RoleName: repository,
    Arn: `arn:aws:iam::123456789012:role/${repository}`,
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          ...{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity" },
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/p/idp" },
          Condition: {
            StringLike: {
              "p/idp:sub": `org_id:a1b2c3d4-0000-4000-8000-000000000001:repository:https://github.com/${repository}`,
            },
          },
        },
      ],
    },
  });
  write({
    "details.json": JSON.stringify(details((role) => role, claims("acme/web.git"), claims("other/*"))),
  });
  expect(await names("https://github.com/acme/app")).toEqual(["acme-acme-app"]);
  expect(await names("https://github.com/acme/web")).toEqual(["acme-acme-web", "acme/web.git"]);
  expect(await names("https://github.com/acme")).toEqual(["acme-acme-app", "acme-acme-web", "acme/web.git"]);
  expect(await names("https://github.com/other/app")).toEqual(["other/*"]);
  expect(await names("https://github.com/acme/application")).toEqual([]);
});

describe("between what is deployed and the manifest", () => {
  it("nothing differs where nobody changed anything", async () => {
    expect(await diff(details())).toEqual([]);
    expect(await diff(details(), roleList(modelOf(text)))).toEqual([]);
  });

  it("what no file shows is not taken for a difference", async () => {
    expect(await diff(roleList(modelOf(text)))).toEqual([]);
  });

  it("a role that nobody declares is found, and one that is not there yet", async () => {
    const renamed = details((role) =>
      role.RoleName === "acme-acme-web"
        ? {
            ...role,
            RoleName: "by-hand",
            Arn: "arn:aws:iam::123456789012:role/by-hand",
            AttachedManagedPolicies: [{ PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }],
          }
        : role,
    );
    expect(await diff(renamed)).toEqual([
      "loses acme-acme-web permissions: all of arn:aws:iam::aws:policy/AdministratorAccess (wide: it is for administrators)",
    ]);
    expect(
      await diff({
        RoleDetailList: [(details() as { RoleDetailList: readonly object[] }).RoleDetailList[0]],
      }),
    ).toEqual(["gains acme-acme-web role: sqs:* on * (wide)"]);
  });

  it("trust and permissions that somebody changed by hand are found", async () => {
    const wider = details((role) => ({
      ...role,
      AssumeRolePolicyDocument: JSON.parse(
        JSON.stringify(role.AssumeRolePolicyDocument)
          .replaceAll("https://github.com/acme/web", "https://github.com/acme/*")
          .replaceAll('"StringEquals":{', '"StringLike":{'),
      ) as object,
    }));
    const found = await diff(wider);
    expect(found).toContainEqual(
      expect.stringMatching(/^loses acme-acme-web subjects: sqs:\* on \* \(wide\)$/),
    );
  });

  it("accounts that no file shows are named", async () => {
    write({
      "manifest.yaml": text
        .replace("  dev:\n", '  prod: { id: "210987654321", region: eu-central-1 }\n  dev:\n')
        .replace("sessionDuration: 30m", "accounts: [prod]")
        .replace(
          "- url: https://github.com/acme/app\n",
          "- url: https://github.com/acme/app\n    accounts: [dev]\n",
        ),
      "details.json": JSON.stringify(details()),
    });
    const { stderr } = await command(["access", "manifest.yaml", "--diff", "--deployed", "details.json"]);
    expect(stderr).toContain(
      "the files show nothing of account prod (210987654321): its roles are not compared",
    );
  });
});

test.each([
  [["--diff"], "write --diff OLD-MANIFEST"],
  [["--diff", "old.yaml", "--deployed", "details.json"], "--diff compares with one thing"],
  [["--deployed", "missing.json"], "missing.json"],
])("%j is refused", async (argv, message) => {
  write({ "manifest.yaml": text, "details.json": JSON.stringify(details()) });
  const { status, stdout, stderr } = await command(["access", ...argv]);
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
});
