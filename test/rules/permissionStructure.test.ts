import { readExisting } from "../../src/documents";
import type { ExistingAccess, ExistingDocument } from "../../src/model/existing";
import { defaultQuotas } from "../../src/model/quotas";
import { emptyReference } from "../../src/policy";
import { checkExisting } from "../../src/rules";
import { policy } from "../support/permissions";

const origin = { file: "p.json", path: ["Policy"] };
const document = (value: unknown): ExistingDocument => ({ kind: "permission", origin, value, role: null });
const context = { installations: [], accounts: [], hosts: [], quotas: defaultQuotas };
const access = (value: unknown): ExistingAccess => ({
  roles: [
    {
      ...{ name: "app", origin, shown: new Set(), arn: null, path: null, description: null },
      ...{ maxSessionDuration: null, permissionsBoundary: null, tags: {}, trust: null, managedPolicies: [] },
      permissions: [document(value)],
    },
  ],
  identityProviders: [],
});
const found = (value: unknown) => checkExisting(access(value), context, emptyReference);
const of = (value: unknown) =>
  found(value)
    .filter(({ rule }) => /^T|^G12/.test(rule))
    .map(({ rule, origin: at, message }) => `${rule} ${at.path.slice(1).join(".")}: ${message}`);
const statement = { Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/a" };

test("a document that IAM takes has no mistake", () => {
  expect(of(policy(statement, { ...statement, Sid: "a" }, { ...statement, Sid: "b" }))).toEqual([]);
  expect(of({ Statement: { Effect: "Allow", ...statement } })).toEqual([]);
});

test.each([
  [{ Resource: "*" }, "T01 Statement.0: Statement[0] has no Action: IAM refuses the document"],
  [{ Action: "s3:*" }, "T01 Statement.0: Statement[0] has no Resource: IAM refuses the document"],
  [
    { Action: [], Resource: "*" },
    "T01 Statement.0.Action: Statement[0].Action is empty: IAM refuses the document",
  ],
  [
    { Action: "s3:*", NotResource: "" },
    "T01 Statement.0.NotResource: Statement[0].NotResource is empty: IAM refuses the document",
  ],
  [
    { ...statement, NotAction: "s3:*" },
    "T01 Statement.0: Statement[0] has Action and NotAction: IAM refuses the document",
  ],
  [
    { ...statement, Sid: "a b" },
    'T03 Statement.0.Sid: Statement[0].Sid: "a b" has other characters than A-Z, a-z and 0-9',
  ],
])("%j is refused at its place", (given, message) => {
  expect(of(policy(given))).toEqual([message]);
});

test("a Sid that stands twice is told at the second", () => {
  expect(of(policy({ ...statement, Sid: "a" }, { ...statement, Sid: "a" }))).toEqual([
    'T03 Statement.1.Sid: Statement[1].Sid: "a" is another statement\'s too',
  ]);
});

test("variables need the Version that has them", () => {
  const variable = {
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::b/${aws:PrincipalTag/x}",
  };
  expect(of({ Statement: [variable] })).toEqual([
    "T02 : the document has no Version: variables, and ${*} and ${?}, are then literal text",
  ]);
  expect(of({ Version: "2008-10-17", Statement: [variable] })).toEqual([
    'T02 Version: the Version is "2008-10-17": variables, and ${*} and ${?}, are then literal text',
  ]);
  expect(of({ Version: "2012-10-17", Statement: [variable] })).toEqual([]);
});

const named = (count: number, length: number) =>
  policy({
    ...statement,
    Resource: Array.from({ length: count }, (_, i) => `arn:aws:s3:::b/${i}${"k".repeat(length)}`),
  });

test("a document longer than any policy may be is over the quota", () => {
  expect(of(named(300, 100))).toEqual([expect.stringMatching(/^G12 : the document has 3\d{4} characters/)]);
  expect(of(named(50, 100))).toEqual([]);
});

test("no quota binds a policy that AWS made", () => {
  const long = named(300, 100);
  const arn = "arn:aws:iam::aws:policy/service-role/Long";
  const shown = {
    Policies: [{ Arn: arn, PolicyVersionList: [{ IsDefaultVersion: true, Document: long }] }],
    RoleDetailList: [{ RoleName: "app", AttachedManagedPolicies: [{ PolicyArn: arn }] }],
  };
  const said = (text: string) =>
    checkExisting(readExisting(text, "account.json", "trust").access, context, emptyReference).filter(
      ({ rule }) => rule === "G12",
    );
  expect(said(JSON.stringify(shown))).toEqual([]);
  const own = JSON.stringify(shown).replaceAll("iam::aws:", "iam::123456789012:");
  expect(said(own)).toHaveLength(1);
});

test("a role with more than all of its policies can hold is refused, and none of them is judged", () => {
  const value = policy(
    ...Array.from({ length: 20_000 }, (_, i) => ({ Effect: "Deny", Action: "s3:Get*", Resource: `x${i}` })),
    { Action: "iam:*", Resource: `arn:aws:iam::1:role/${"*a".repeat(1_000_000)}` },
  );
  expect(found(value).map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
    ["G12", "error", expect.stringContaining("these were not judged")],
  ]);
});

test("what IAM refuses is T01, an account that is not one T08, each at its place", () => {
  const Resource = ["*", "foo", "arn:aws:sqs:eu-central-1:12345678901:jobs"];
  const refused = policy({ ...statement, Resource, Condition: { StringEqual: { "aws:SourceIp": "x" } } });
  expect(of(refused)).toEqual([
    'T01 Statement.0.Resource.1: Statement[0].Resource[1]: "foo" is neither an ARN nor *',
    'T01 Statement.0.Condition.StringEqual: Statement[0].Condition.StringEqual: "StringEqual" is not an IAM condition operator',
    'T08 Statement.0.Resource.2: Statement[0].Resource[2]: "arn:aws:sqs:eu-central-1:12345678901:jobs" has an account id that is not 12 digits',
  ]);
  expect(found(refused).map(({ remedy }) => remedy)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("write the resource's ARN"),
      "write all 12 digits of the account's id, leading zeros too",
      "did you mean StringEquals?",
    ]),
  );
});
