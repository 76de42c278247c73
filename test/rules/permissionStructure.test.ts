import type { ExistingAccess, ExistingDocument } from "../../src/model/existing";
import { defaultQuotas } from "../../src/model/quotas";
import { emptyReference, readDocument } from "../../src/policy";
import { checkExisting } from "../../src/rules";
import { structureMistakes } from "../../src/rules/permissionStructure";
import { policy } from "../support/permissions";

const origin = { file: "p.json", path: ["Policy"] };
const document = (value: unknown): ExistingDocument => ({ kind: "permission", origin, value, role: null });
const of = (value: unknown) =>
  structureMistakes(readDocument(value), document(value), defaultQuotas).map(
    ({ rule, origin: at, message }) => `${rule} ${at.path.slice(1).join(".")}: ${message}`,
  );
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
    'T03 Statement.0.Sid: Statement[0].Sid: "a b" holds other characters than A-Z, a-z and 0-9',
  ],
])("%j is refused at its place", (given, message) => {
  expect(of(policy(given))).toEqual([message]);
});

test("a Sid that stands twice is told at the second", () => {
  expect(of(policy({ ...statement, Sid: "a" }, { ...statement, Sid: "a" }))).toEqual([
    'T03 Statement.1.Sid: Statement[1].Sid: "a" stands in another statement, too',
  ]);
});

test("variables need the Version that has them", () => {
  const variable = {
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::b/${aws:PrincipalTag/x}",
  };
  expect(of({ Statement: [variable] })).toEqual([
    "T02 : the document has no Version: the variable in Statement[0] is then literal text",
  ]);
  expect(of({ Version: "2008-10-17", Statement: [variable] })).toEqual([
    'T02 Version: the Version is "2008-10-17": the variable in Statement[0] is then literal text',
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

test("a role with more than all of its policies can hold is refused at once, and not judged for minutes", () => {
  const value = policy(
    ...Array.from({ length: 20_000 }, (_, i) => ({ Effect: "Deny", Action: "s3:Get*", Resource: `x${i}` })),
    { Action: "iam:*", Resource: `arn:aws:iam::1:role/${"*a".repeat(1_000_000)}` },
  );
  const access: ExistingAccess = {
    roles: [
      {
        ...{ name: "app", origin, shown: new Set(), arn: null, path: null, description: null },
        ...{
          maxSessionDuration: null,
          permissionsBoundary: null,
          tags: {},
          trust: null,
          managedPolicies: [],
        },
        permissions: [document(value)],
      },
    ],
    identityProviders: [],
  };
  const context = { installations: [], accounts: [], hosts: [], quotas: defaultQuotas };
  const start = performance.now();
  const found = checkExisting(access, context, emptyReference);
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(found.map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
    ["G12", "error", expect.stringContaining("nobody has judged these")],
  ]);
});
