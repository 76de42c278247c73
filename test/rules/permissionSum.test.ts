import type { PolicyDocument } from "../../src/model/policyDocument";
import { readDocument } from "../../src/policy";
import { escalationPaths } from "../../src/rules/permissions/escalationPaths";
import { ownThings } from "../../src/rules/permissions/ownEdits";
import {
  credentialMakers,
  credentialReaders,
  dataReaders,
  sharingActions,
} from "../../src/rules/permissions/sensitiveActions";
import { judged, permissionSubject, policy } from "../support/permissions";
import { loadServiceReference } from "../../src/policy";

const ids = (...documents: readonly object[]) => [
  ...new Set(judged(permissionSubject(documents)).map((f) => f.rule)),
];
const escalations = (...documents: readonly object[]) =>
  judged(permissionSubject(documents)).filter((f) => f.rule === "G04");
const account = "123456789012";
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

describe("the tables", () => {
  const all = [
    ...escalationPaths.flatMap((path) => path.steps.flatMap((step) => step.actions)),
    ...[credentialMakers, credentialReaders, dataReaders, sharingActions].flatMap((list) => [...list]),
    ...Object.values(ownThings).flatMap(({ edits }) => edits),
  ];

  it("name actions that exist, in AWS's capitals", () => {
    const { actions } = loadServiceReference(all.map((action) => action.split(":")[0] ?? ""));
    const missing = all.filter((action) => {
      const [prefix = "", name = ""] = action.split(":");
      return actions.get(prefix)?.get(name.toLowerCase())?.name !== action;
    });
    expect(missing).toEqual([]);
  });

  it("have every path once, with a source", () => {
    const names = escalationPaths.map((path) => path.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(35);
    for (const path of escalationPaths) expect(path.source).toMatch(/^https:/);
  });
});

describe("G04", () => {
  it.each(escalationPaths.map((path) => [path.name, path] as const))(
    "%s: all steps on * are found and named, spread over documents too",
    (name, path) => {
      const actions = path.steps.map((step) => step.actions[0] ?? "");
      const together = policy({ Action: actions, Resource: "*" });
      expect(escalations(together).some((f) => f.message.includes(name))).toBe(true);
      const spread = actions.map((Action) => policy({ Action, Resource: "*" }));
      expect(escalations(...spread).some((f) => f.message.includes(name))).toBe(true);
    },
  );

  it.each(escalationPaths.filter((p) => p.steps.length > 1).map((path) => [path.name, path] as const))(
    "%s: without one of its steps it is not found",
    (name, path) => {
      for (const left of path.steps) {
        const actions = path.steps.filter((s) => s !== left).map((step) => step.actions[0] ?? "");
        const found = escalations(policy({ Action: actions, Resource: "*" }));
        expect(found.map((f) => f.message).filter((m) => m.includes(`${name} (`))).toEqual([]);
      }
    },
  );

  it("sees through wildcards, letter case, and NotAction with Allow", () => {
    expect(
      ids(policy({ Action: "IAM:createpolicy*", Resource: `arn:aws:iam::${account}:policy/app` })),
    ).toContain("G04");
    expect(ids(policy({ Action: "iam:*LoginProfile", Resource: "*" }))).toContain("G04");
    expect(ids(policy({ NotAction: "s3:*", Resource: "*" }))).toEqual(expect.arrayContaining(["G03", "G04"]));
    expect(ids(policy({ NotAction: ["iam:*", "*:*"], Resource: "*" }))).toEqual(["G03"]);
  });

  it("takes away what a Deny on everything takes away, and no other Deny", () => {
    const allow = { Action: "iam:AttachUserPolicy", Resource: `arn:aws:iam::${account}:user/ci` };
    const deny = { Effect: "Deny", Action: "iam:*", Resource: "*" };
    expect(ids(policy(allow))).toEqual(["G04"]);
    expect(ids(policy(allow), policy(deny))).toEqual([]);
    expect(ids(policy(allow), policy({ ...deny, Action: "iam:Put*" }))).toEqual(["G04"]);
    expect(ids(policy(allow), policy({ ...deny, Resource: `arn:aws:iam::${account}:role/*` }))).toEqual([
      "G04",
    ]);
    const condition = { Bool: { "aws:MultiFactorAuthPresent": "false" } };
    expect(ids(policy(allow), policy({ ...deny, Condition: condition }))).toEqual(["G04"]);
    const others = { Effect: "Deny", NotAction: "s3:*", Resource: "*" };
    expect(ids(policy(allow), policy(others))).toEqual([]);
    expect(ids(policy(allow), policy({ ...others, NotAction: "iam:Attach*" }))).toEqual(["G04"]);
  });

  it("counts grants into the sum, and never alone", () => {
    const granted = policy({
      Action: ["lambda:InvokeFunction"],
      Resource: `arn:aws:lambda:*:${account}:function:app`,
    });
    const written = policy(
      {
        Action: "iam:PassRole",
        Resource: role("*"),
        Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
      },
      { Action: "lambda:CreateFunction", Resource: `arn:aws:lambda:*:${account}:function:app` },
    );
    const made = (permissionPolicy: PolicyDocument) => ({
      made: { permissionPolicy, policies: { inline: null, managed: [] }, grantWeights: [] },
    });
    const asGrant = made(readDocument(granted).policy);
    const found = (documents: readonly object[], change = {}) =>
      judged(permissionSubject(documents, change)).filter((f) => f.rule === "G04");
    expect(found([written])).toEqual([]);
    const [seen] = found([written], asGrant);
    expect(seen?.message).toContain(
      "a function with a role (iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction)",
    );
    expect(seen?.origin.path).toEqual(["Statement", 0, "Action"]);
    const passRole = readDocument(policy({ Action: "iam:PassRole", Resource: "*" })).policy;
    const [later] = found([policy({ Action: "ec2:RunInstances", Resource: "*" })], made(passRole));
    expect(later?.origin).toEqual({ file: "policy0.json", path: ["Statement", 0, "Action"] });
    const dangerous = readDocument(policy({ Action: "iam:CreateAccessKey", Resource: "*" })).policy;
    expect(found([], made(dangerous))).toEqual([]);
  });

  it("believes a role that is named, a service that takes it, and a boundary, and nothing less", () => {
    const create = { Action: ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource: "*" };
    const pass = (Resource: string, value?: unknown, operator = "StringEquals") =>
      ids(
        policy(create, {
          ...{ Action: "iam:PassRole", Resource },
          ...(value === undefined ? {} : { Condition: { [operator]: { "iam:PassedToService": value } } }),
        }),
      ).includes("G04");
    expect(pass(role("app"), "lambda.amazonaws.com")).toBe(false);
    expect(pass(role("app"))).toBe(false);
    expect(pass(role("app-*"), "lambda.amazonaws.com")).toBe(true);
    expect(pass(role("app-*"), "ec2.amazonaws.com")).toBe(false);
    expect(pass(role("app-*"), "Lambda.amazonaws.com", "StringEqualsIgnoreCase")).toBe(true);
    expect(pass(role("app-*"), ["ec2.amazonaws.com", "l*.amazonaws.com"], "StringLike")).toBe(true);
    expect(pass(role("app-*"), "ec2.amazonaws.com", "StringNotEquals")).toBe(true);
    expect(pass(role("app-*"), "ec2.amazonaws.com", "StringEqualsIfExists")).toBe(true);
    const put = (Condition?: object) =>
      ids(
        policy({ Action: "iam:PutRolePolicy", Resource: role("app"), ...(Condition ? { Condition } : {}) }),
      );
    const edges = ["*", "arn:aws:iam::aws:policy/*", "arn:aws:iam::aws:policy/AdministratorAccess"];
    for (const edge of edges)
      expect(put({ StringLike: { "iam:PermissionsBoundary": edge } })).toEqual(["G04"]);
    expect(put()).toEqual(["G04"]);
    expect(
      put({ StringEquals: { "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/edge` } }),
    ).toEqual([]);
  });

  it("is one finding for each statement, however many paths begin there", () => {
    const found = escalations(policy({ Action: "iam:*", Resource: `arn:aws:iam::${account}:*` }));
    expect(found.length).toBe(1);
    expect(found[0]?.message).toMatch(/ and \d+ more; see https/);
  });

  it("leaves a * for everything to G01", () => {
    expect(ids(policy({ Action: "*", Resource: "arn:aws:iam::123456789012:user/ci" }))).toEqual(["G01"]);
  });
});

describe("G09", () => {
  const own = "gitpod-acme-app";
  const edits = (Action: string, Resource: string | readonly string[], change = {}) =>
    judged(permissionSubject([policy({ Action, Resource })], change))
      .filter((f) => f.rule === "G09")
      .map((f) => f.message);

  it.each([
    role(own),
    role("gitpod-*"),
    role("gitpod-acme-ap?"),
    role("*"),
    "*",
    `arn:aws:iam::*:role/${own}`,
  ])("sees the role itself behind %s", (resource) => {
    expect(edits("iam:UpdateRole", resource)).toEqual(["this role can change itself, by iam:UpdateRole"]);
  });

  it("does not see it behind other names, another account, or a Deny on it", () => {
    expect(edits("iam:UpdateRole", [role(`${own}-2`), role("gitpod-acme-ap"), role("x/*")])).toEqual([]);
    expect(edits("iam:UpdateRole", `arn:aws:iam::999999999999:role/${own}`)).toEqual([]);
    const spared = policy(
      { Action: "iam:UpdateRole", Resource: role("gitpod-*") },
      { Effect: "Deny", Action: "iam:*", Resource: role(own) },
    );
    expect(ids(spared)).toEqual([]);
  });

  it("sees its boundary, its own managed policies and its identity provider", () => {
    const edge = `arn:aws:iam::${account}:policy/edge`;
    expect(edits("iam:DeletePolicyVersion", edge)).toEqual([expect.stringContaining("boundary")]);
    expect(edits("iam:DeletePolicyVersion", edge, { permissionsBoundary: null })).toEqual([]);
    const origin = { file: "m", path: [] };
    const managedPolicies = [{ arn: `arn:aws:iam::${account}:policy/own`, origin }];
    expect(
      edits("iam:DeletePolicyVersion", `arn:aws:iam::${account}:policy/o*`, { managedPolicies }).length,
    ).toBe(1);
    const provider = `arn:aws:iam::${account}:oidc-provider/api.*`;
    expect(edits("iam:AddClientIDToOpenIDConnectProvider", provider).length).toBe(1);
    expect(edits("iam:AddClientIDToOpenIDConnectProvider", provider.replace("api", "token")).length).toBe(0);
  });

  it("counts every wildcard name where the role is not known", () => {
    const unknown = { arn: null, identityProviderArns: [], account: null };
    expect(edits("iam:UpdateRole", "*", unknown).length).toBe(1);
    expect(edits("iam:UpdateRole", "arn:aws:iam::*:role/*", unknown).length).toBe(1);
    expect(edits("iam:UpdateRole", role("app"), unknown)).toEqual([]);
  });
});

describe("G10", () => {
  it.each(["aws", "aws-cn", "aws-us-gov", "aws-eusc"])(
    "sees the administrators' policies of %s",
    (partition) => {
      const of = (...names: readonly string[]) =>
        names.map((name, i) => ({
          arn: `arn:${partition}:iam::aws:policy/${name}`,
          origin: { file: "m", path: [i] },
        }));
      const found = (managedPolicies: ReturnType<typeof of>) =>
        judged(permissionSubject([], { managedPolicies }))
          .filter(({ rule }) => rule === "G10")
          .map((f) => [f.rule, f.origin.path]);
      expect(found(of("AdministratorAccess", "ReadOnlyAccess", "PowerUserAccess", "IAMFullAccess"))).toEqual([
        ["G10", [0]],
        ["G10", [2]],
        ["G10", [3]],
      ]);
      expect(found(of("AdministratorAccess-Amplify", "IAMReadOnlyAccess", "x/AdministratorAccess"))).toEqual(
        [],
      );
      const mine = [
        {
          arn: `arn:${partition}:iam::${account}:policy/AdministratorAccess`,
          origin: { file: "m", path: [] },
        },
      ];
      expect(found(mine)).toEqual([]);
    },
  );
});
