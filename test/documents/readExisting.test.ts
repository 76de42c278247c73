import { readExisting, type ExistingFile } from "../../src/documents";
import type { ExistingRole } from "../../src/model/existing";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Federated: "arn" }, Action: "sts:AssumeRoleWithWebIdentity" }],
};
const permission = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }],
};

const read = (value: unknown, kind: "trust" | "permission" = "trust"): ExistingFile =>
  readExisting(typeof value === "string" ? value : JSON.stringify(value), "x.json", kind);
const roles = (value: unknown, kind?: "trust" | "permission") => read(value, kind).access.roles;
const only = (value: unknown): ExistingRole => {
  const [role, ...others] = roles(value);
  if (role === undefined || others.length > 0) throw new Error("expected one role");
  return role;
};

describe("a bare document", () => {
  it("is what it is said to be", () => {
    expect(only(trust)).toMatchObject({
      name: null,
      trust: { kind: "trust", value: trust },
      permissions: [],
    });
    expect(roles(permission, "permission")).toMatchObject([
      { trust: null, permissions: [{ kind: "permission", value: permission, origin: { path: [] } }] },
    ]);
  });

  it("is also what is nothing that we know: rules then say what is wrong with it", () => {
    for (const value of [{}, [], "text", 1, null, { Version: "2012-10-17" }])
      expect(
        roles(JSON.stringify(value)).length + read(JSON.stringify(value)).mistakes.length,
      ).toBeGreaterThan(0);
  });

  it("may stand in a JSON text", () => {
    expect(only(JSON.stringify(JSON.stringify(trust))).trust?.value).toEqual(trust);
  });

  it.each([
    ["URL-encoded", encodeURIComponent(JSON.stringify(trust))],
    ["URL-encoded with the white space around it", encodeURIComponent(`\n\t${JSON.stringify(trust)}\r\n`)],
    ["URL-encoded behind white space", `\n ${encodeURIComponent(` ${JSON.stringify(trust)}`)}\n`],
  ])("may be %s", (_name, text) => {
    expect(only(text).trust?.value).toEqual(trust);
  });

  it("that is nothing that we know is a mistake that says what to give instead", () => {
    for (const value of [{ PolicyNames: ["a"] }, null, [], [1], [trust], { version: 3, modules: [] }]) {
      const { access, mistakes } = read(value);
      expect([access.roles, mistakes]).toEqual([
        [],
        [expect.objectContaining({ remedy: expect.stringContaining("terraform show -json") as string })],
      ]);
    }
  });

  it("that is no JSON is a mistake and no role", () => {
    const file = read("{\n  oops");
    expect(file.access.roles).toEqual([]);
    expect(file.mistakes).toHaveLength(1);
    expect(file.locate([])).toEqual({ line: 2, column: 3 });
    expect(file.line(2)).toBe("  oops");
  });
});

describe("aws iam get-role", () => {
  const role = (document: unknown) => ({
    Role: {
      Path: "/ci/",
      RoleName: "deploy",
      Arn: "arn:aws:iam::123456789012:role/ci/deploy",
      AssumeRolePolicyDocument: document,
      Description: "by hand",
      MaxSessionDuration: 7200,
      PermissionsBoundary: {
        PermissionsBoundaryType: "Policy",
        PermissionsBoundaryArn: "arn:aws:iam::123456789012:policy/edge",
      },
      Tags: [{ Key: "team", Value: "a" }],
    },
  });

  it("is a role with all that it shows", () => {
    expect(only(role(trust))).toMatchObject({
      name: "deploy",
      arn: "arn:aws:iam::123456789012:role/ci/deploy",
      path: "/ci/",
      description: "by hand",
      maxSessionDuration: 7200,
      permissionsBoundary: "arn:aws:iam::123456789012:policy/edge",
      tags: { team: "a" },
      trust: { value: trust, origin: { file: "x.json", path: ["Role", "AssumeRolePolicyDocument"] } },
    });
  });

  it.each([
    ["URL-encoded, as the API has it", encodeURIComponent(JSON.stringify(trust, null, 2))],
    [
      "in lower-case escapes",
      encodeURIComponent(JSON.stringify(trust)).toLowerCase().replace("statement", "Statement"),
    ],
    ["as plain text", ` ${JSON.stringify(trust)}`],
  ])("may hold its document %s", (_name, text) => {
    expect(only(role(text)).trust?.value).toHaveProperty(_name.includes("lower") ? "Statement" : "Version");
  });

  it.each(["%7B%", "%7B%22a%22%3A1%2C%22a%22%3A2%7D", "{,}"])(
    "says where the document %j cannot be read",
    (text) => {
      const { mistakes } = read(role(text));
      expect(mistakes).toMatchObject([
        {
          origin: { path: ["Role", "AssumeRolePolicyDocument"] },
          message: expect.stringMatching(/^in the policy in this text: /) as string,
        },
      ]);
    },
  );

  it("may be URL-encoded with a line feed before it, and say what it lacks", () => {
    expect(only(role(encodeURIComponent(`\n${JSON.stringify(trust)}`))).trust?.value).toEqual(trust);
  });

  it("may come without what is around it, alone or in a list", () => {
    const { Role: one } = role(trust);
    expect(only(one)).toMatchObject({
      ...{ name: "deploy", arn: one.Arn, permissionsBoundary: "arn:aws:iam::123456789012:policy/edge" },
      trust: { value: trust, origin: { path: ["AssumeRolePolicyDocument"] } },
    });
    expect(roles([one, { ...one, RoleName: "other" }])).toMatchObject([
      { name: "deploy" },
      { name: "other", trust: { origin: { path: [1, "AssumeRolePolicyDocument"] } } },
    ]);
    const detailed = { ...one, RolePolicyList: [{ PolicyName: "p", PolicyDocument: permission }] };
    expect(only(detailed).permissions).toMatchObject([{ value: permission }]);
  });

  it("that was cut off says so", () => {
    const { Role: one } = role(trust);
    expect(read({ Roles: [one], IsTruncated: true }).missing).toMatchObject([
      { origin: { path: ["IsTruncated"] } },
    ]);
    expect(read({ Roles: [one], IsTruncated: false }).missing).toEqual([]);
  });

  it("may come as list-roles, one role each", () => {
    const { Role: one } = role(trust);
    expect(roles({ Roles: [one, { ...one, RoleName: "other" }] }).map(({ name }) => name)).toEqual([
      "deploy",
      "other",
    ]);
  });
});

describe("what the AWS CLI prints of permissions", () => {
  it("get-role-policy is of the role that it names", () => {
    expect(only({ RoleName: "deploy", PolicyName: "p", PolicyDocument: permission })).toMatchObject({
      name: "deploy",
      trust: null,
      permissions: [{ value: permission, role: "deploy", origin: { path: ["PolicyDocument"] } }],
    });
  });

  it("get-policy-version is a policy of nobody's yet", () => {
    expect(only({ PolicyVersion: { Document: permission, VersionId: "v3" } })).toMatchObject({
      name: null,
      permissions: [{ value: permission }],
    });
  });

  it("list-attached-role-policies is ARNs", () => {
    const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    expect(only({ AttachedPolicies: [{ PolicyName: "AdministratorAccess", PolicyArn: arn }] })).toMatchObject(
      {
        managedPolicies: [{ arn, origin: { path: ["AttachedPolicies", 0, "PolicyArn"] } }],
      },
    );
  });

  it("get-account-authorization-details is every role with its policies, of managed ones the default version", () => {
    const own = "arn:aws:iam::123456789012:policy/own";
    const aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const old = { Version: "2012-10-17", Statement: [] };
    const details = {
      UserDetailList: [{ UserPolicyList: [{ PolicyDocument: permission }] }],
      RoleDetailList: [
        {
          RoleName: "deploy",
          AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
          RolePolicyList: [{ PolicyName: "inline", PolicyDocument: permission }],
          AttachedManagedPolicies: [{ PolicyArn: own }, { PolicyArn: aws }],
        },
        { RoleName: "bare" },
      ],
      Policies: [
        {
          Arn: own,
          PolicyVersionList: [
            { Document: old, IsDefaultVersion: false },
            { Document: permission, IsDefaultVersion: true },
          ],
        },
      ],
    };
    const [deploy, bare, ...others] = roles(details);
    expect(others).toEqual([]);
    expect(deploy?.trust?.value).toEqual(trust);
    expect(deploy?.permissions.map(({ origin, value }) => [origin.path, value])).toEqual([
      [["RoleDetailList", 0, "RolePolicyList", 0, "PolicyDocument"], permission],
      [["Policies", 0, "PolicyVersionList", 1, "Document"], permission],
    ]);
    expect(deploy?.managedPolicies.map(({ arn }) => arn)).toEqual([aws]);
    expect(bare).toMatchObject({ name: "bare", trust: null, permissions: [] });
  });

  it("get-open-id-connect-provider is an identity provider", () => {
    const provider = { Url: "api.gitpod.io/idp", ClientIDList: ["sts.amazonaws.com"], ThumbprintList: [] };
    expect(read(provider).access.identityProviders).toMatchObject([
      { url: "api.gitpod.io/idp", audiences: ["sts.amazonaws.com"], thumbprints: [] },
    ]);
  });

  it.each([
    { Roles: [1, null, "x"] },
    { Role: { Tags: [1], RoleName: 2 } },
    { RoleDetailList: [{ RolePolicyList: {} }] },
  ])("of another shape inside is read as far as it goes: %j", (value) => {
    expect(() => read(value)).not.toThrow();
  });
});
