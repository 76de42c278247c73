import { joinAccess, readExisting } from "../../src/documents";
import type { ExistingRole } from "../../src/model/existing";

const trust = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:*" }] });
const policy = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
const read = (value: unknown) => readExisting(JSON.stringify(value), "plan.json", "trust");

const resource = (type: string, name: string, values: object, module = "") => ({
  address: `${module === "" ? "" : `${module}.`}${type}.${name}`,
  mode: "managed",
  type,
  name,
  values,
});
const role = (name: string, values: object = {}, module = "") =>
  resource("aws_iam_role", name, { name, assume_role_policy: trust, ...values }, module);
const state = (...resources: object[]) => ({ format_version: "1.0", values: { root_module: { resources } } });

/** Name, actions of all permission documents, managed ARNs. */
const shown = (value: unknown) => permissionsOf(read(value).access.roles);
const permissionsOf = (roles: readonly ExistingRole[]) =>
  roles.map((r) => [
    r.name,
    r.permissions.map(({ value: v }) => (v as { Statement: { Action: string }[] }).Statement[0]?.Action),
    r.managedPolicies.map(({ arn }) => arn),
  ]);

describe("terraform.tfstate", () => {
  const stored = (...resources: object[]) => ({
    ...{ version: 4, terraform_version: "1.11.4", serial: 3, lineage: "x", outputs: {}, resources },
  });
  const kept = (type: string, name: string, instances: object[], more: object = {}) => ({
    ...{ mode: "managed", type, name, provider: 'provider["registry.terraform.io/hashicorp/aws"]', ...more },
    instances,
  });
  const arn = "arn:aws:iam::123456789012:policy/own";

  it("is roles, policies and identity providers, with their instances", () => {
    const file = read(
      stored(
        kept("aws_iam_role", "a", [{ attributes: { name: "a", assume_role_policy: trust } }]),
        kept(
          "aws_iam_role",
          "b",
          ["x", "y"].map((key) => ({
            ...{ index_key: key, attributes: { name: `b-${key}`, assume_role_policy: trust } },
          })),
          { module: "module.m" },
        ),
        kept("aws_iam_policy", "own", [{ attributes: { arn, policy: policy("s3:C") } }]),
        kept("aws_iam_role_policy_attachment", "at", [{ attributes: { role: "b-y", policy_arn: arn } }]),
        kept("aws_iam_role_policy", "p", [{ attributes: { role: "a", policy: policy("s3:A") } }]),
        kept("aws_iam_role", "data", [{ attributes: { name: "d" } }], { mode: "data" }),
        kept("aws_iam_openid_connect_provider", "i", [
          { attributes: { arn: "arn:x", url: "api.gitpod.io/idp", client_id_list: ["x"] } },
        ]),
      ),
    );
    expect(file.missing).toEqual([]);
    expect(file.access.roles.map((r) => [r.name, r.trust?.origin.path, r.permissions.length])).toEqual([
      ["a", ["resources", 0, "instances", 0, "attributes", "assume_role_policy"], 1],
      ["b-x", ["resources", 1, "instances", 0, "attributes", "assume_role_policy"], 0],
      ["b-y", ["resources", 1, "instances", 1, "attributes", "assume_role_policy"], 1],
    ]);
    expect(file.access.identityProviders).toMatchObject([{ arn: "arn:x", url: "api.gitpod.io/idp" }]);
  });

  it("of an older version is refused with a word about terraform show", () => {
    const { access, mistakes } = read({ version: 3, terraform_version: "0.11.0", modules: [] });
    expect(access.roles).toEqual([]);
    expect(mistakes[0]?.remedy).toContain("terraform show -json");
  });
});

describe("a state", () => {
  it("is roles with their inline, attached and managed policies", () => {
    const arn = "arn:aws:iam::123456789012:policy/own";
    expect(
      shown(
        state(
          role("a", {
            inline_policy: [{ name: "i", policy: policy("s3:A") }, {}],
            managed_policy_arns: ["arn:aws:iam::aws:policy/X"],
          }),
          role("b"),
          resource("aws_iam_role_policy", "p", { role: "a", policy: policy("s3:B") }),
          resource("aws_iam_policy", "own", { arn, policy: policy("s3:C") }),
          resource("aws_iam_role_policy_attachment", "x", { role: "a", policy_arn: arn }),
          resource("aws_iam_policy_attachment", "y", { roles: ["b"], policy_arn: arn }),
          resource("aws_iam_role_policy_attachment", "z", {
            role: "b",
            policy_arn: "arn:aws:iam::aws:policy/Y",
          }),
        ),
      ),
    ).toEqual([
      ["a", ["s3:A", "s3:B", "s3:C"], ["arn:aws:iam::aws:policy/X"]],
      ["b", ["s3:C"], ["arn:aws:iam::aws:policy/Y"]],
    ]);
  });

  it("has a policy once that stands in two places, and the resource of its own counts", () => {
    const arn = "arn:aws:iam::123456789012:policy/own";
    expect(
      shown(
        state(
          role("a", {
            permissions_boundary: "",
            inline_policy: [
              { name: "Own", policy: policy("s3:Old") },
              { name: "other", policy: policy("s3:B") },
              { name: "", policy: "" },
            ],
            managed_policy_arns: [arn, "arn:aws:iam::aws:policy/Y"],
          }),
          role("b", { inline_policy: null, managed_policy_arns: null, permissions_boundary: null }),
          resource("aws_iam_role_policy", "p", { role: "a", name: "own", policy: policy("s3:New") }),
          resource("aws_iam_policy", "own", { arn, policy: policy("s3:C") }),
          resource("aws_iam_role_policy_attachment", "x", { role: "a", policy_arn: arn }),
          resource("aws_iam_role_policy_attachments_exclusive", "z", { role_name: "b", policy_arns: [arn] }),
        ),
      ),
    ).toEqual([
      ["a", ["s3:New", "s3:B", "s3:C"], ["arn:aws:iam::aws:policy/Y"]],
      ["b", ["s3:C"], []],
    ]);
  });

  it("loses no policy whose role it does not show, and keeps those apart that no role has", () => {
    const { access, unattached } = read(
      state(
        resource("aws_iam_role_policy", "p", { role: "elsewhere", policy: policy("s3:A") }),
        resource("aws_iam_policy", "alone", { arn: "arn:x", policy: policy("s3:B") }),
        resource("aws_iam_role_policy_attachment", "z", {
          role: "far",
          policy_arn: "arn:aws:iam::aws:policy/Y",
        }),
      ),
    );
    expect(permissionsOf(access.roles)).toEqual([
      ["elsewhere", ["s3:A"], []],
      ["far", [], ["arn:aws:iam::aws:policy/Y"]],
    ]);
    expect(permissionsOf(unattached)).toEqual([[null, ["s3:B"], []]]);
  });

  it("has modules below modules, and data sources that count as nothing", () => {
    const nested = {
      format_version: "1.0",
      values: {
        root_module: {
          child_modules: [
            {
              address: "module.a",
              resources: [role("one", {}, "module.a"), { ...role("data"), mode: "data" }],
              child_modules: [{ address: "module.a.module.b", resources: [role("two")] }],
            },
          ],
        },
      },
    };
    expect(shown(nested).map(([name]) => name)).toEqual(["one", "two"]);
    expect(read(nested).access.roles[1]?.trust?.origin.path.slice(0, 4)).toEqual([
      ...["values", "root_module", "child_modules", 0],
    ]);
  });

  it("places a document at its text", () => {
    const text = JSON.stringify(state(role("a")), null, 1);
    const file = readExisting(text, "s.json", "trust");
    const path = file.access.roles[0]?.trust?.origin.path ?? [];
    const { line } = file.locate([...path, "Statement", 0, "Action"]);
    expect(file.line(line)).toContain('"assume_role_policy": "{');
  });

  it("has identity providers", () => {
    const values = { url: "https://api.gitpod.io/idp", client_id_list: ["x"], thumbprint_list: [] };
    expect(
      read(state(resource("aws_iam_openid_connect_provider", "p", values))).access.identityProviders,
    ).toEqual([
      {
        origin: { file: "plan.json", path: ["values", "root_module", "resources", 0, "values"] },
        ...{ arn: null, url: "https://api.gitpod.io/idp", audiences: ["x"], thumbprints: [] },
      },
    ]);
  });
});

describe("a plan", () => {
  const plan = (
    resources: object[],
    unknown: Record<string, object>,
    references: Record<string, string[]>,
  ) => ({
    format_version: "1.2",
    planned_values: { root_module: { resources } },
    resource_changes: Object.entries(unknown).map(([address, after_unknown]) => ({
      address,
      change: { after_unknown },
    })),
    configuration: {
      root_module: {
        resources: [
          { type: "aws_iam_role", name: "a", expressions: { assume_role_policy: {} } },
          {
            type: "aws_iam_role_policy",
            name: "p",
            expressions: Object.fromEntries(
              Object.entries(references).map(([k, v]) => [k, { references: v }]),
            ),
          },
        ],
      },
    },
  });

  it("follows a reference to a role that has no name yet", () => {
    const value = plan(
      [role("a"), resource("aws_iam_role_policy", "p", { policy: policy("s3:A") })],
      { "aws_iam_role_policy.p": { role: true } },
      { role: ["aws_iam_role.a.id", "aws_iam_role.a"], policy: [] },
    );
    expect(shown(value)).toEqual([["a", ["s3:A"], []]]);
    expect(read(value).missing).toEqual([]);
  });

  it("says what is known after apply only, and judges a policy whose role is not known by itself", () => {
    const value = plan(
      [
        resource("aws_iam_role", "a", { name: "a" }),
        resource("aws_iam_role_policy", "p", { policy: policy("s3:A") }),
      ],
      {
        "aws_iam_role.a": { assume_role_policy: true, inline_policy: true },
        "aws_iam_role_policy.p": { role: true },
      },
      { role: ["local.name"], policy: [] },
    );
    expect(shown(value)).toEqual([
      [null, ["s3:A"], []],
      ["a", [], []],
    ]);
    // inline_policy is the provider's to compute: nobody wrote it.
    expect(read(value).missing.map(({ message }) => message)).toEqual([
      "assume_role_policy of aws_iam_role.a is not in the file: Terraform knows it after apply",
      "role of aws_iam_role_policy.p is not in the file: Terraform knows it after apply",
    ]);
  });
});

test("a configuration in JSON, such as cdk.tf.json, is refused with a word about terraform show", () => {
  expect(read({ resource: { aws_iam_role: { a: { name: "a" } } } }).mistakes).toMatchObject([
    {
      message: "this is a Terraform configuration, whose expressions only Terraform evaluates",
      remedy: "pass what terraform show -json prints of its plan or state",
    },
  ]);
});

describe("several files", () => {
  const bare = (kind: "trust" | "permission") =>
    readExisting(kind === "trust" ? trust : policy("s3:A"), `${kind}.json`, kind).access;

  it("that are bare documents are one role", () => {
    expect(joinAccess([bare("trust"), bare("permission")]).roles).toMatchObject([
      { trust: { origin: { file: "trust.json" } }, permissions: [{ origin: { file: "permission.json" } }] },
    ]);
  });

  it("are joined by the role's name, whatever its case", () => {
    const get = read({
      Role: { RoleName: "Deploy", AssumeRolePolicyDocument: JSON.parse(trust) as unknown },
    }).access;
    const inline = read({ RoleName: "deploy", PolicyDocument: JSON.parse(policy("s3:A")) as unknown }).access;
    expect(joinAccess([get, inline]).roles).toMatchObject([{ name: "Deploy", permissions: [{}] }]);
    expect(joinAccess([read(state(role("a"))).access, inline]).roles).toHaveLength(2);
  });

  it("keep two trust policies of one name apart: none is lost", () => {
    const one = read(state(role("a"))).access;
    expect(joinAccess([one, one]).roles).toHaveLength(2);
  });
});
