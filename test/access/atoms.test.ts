import { atomsOf, uncovered } from "../../src/access/atoms";
import type { Condition, Statement } from "../../src/model/policyDocument";

const sub = "p/idp:sub";
const trust = (
  Condition: Condition,
  Federated = "arn:aws:iam::123456789012:oidc-provider/p/idp",
): Statement => ({
  ...{ Effect: "Allow", Principal: { Federated }, Action: "sts:AssumeRoleWithWebIdentity", Condition },
});
const guard = { StringNotLike: { [sub]: ["*..*", "*%2e*"] } };
const exact = (...values: readonly string[]) => ({ StringEquals: { [sub]: values } });
const like = (...values: readonly string[]) => ({ StringLike: { [sub]: values } });

/** Is it certain that one condition admits nobody whom the other one does not? */
const isWithin = (narrow: Condition, wide: Condition) =>
  uncovered(atomsOf([trust(narrow)], null), atomsOf([trust(wide)], null)).length === 0;

describe("one condition is certainly within another", () => {
  const rows: readonly (readonly [Condition, Condition, boolean])[] = [
    [exact("a"), exact("a", "b"), true],
    [exact("a", "b"), exact("a"), false],
    [exact("a/x"), like("a/*"), true],
    [like("a/*"), exact("a/x"), false],
    [like("a/b"), exact("a/b"), true],
    [like("a${?}b"), exact("a?b"), true],
    [like("a?b"), exact("a?b"), false],
    [like("a/b/*"), like("a/*"), true],
    [exact("a"), exact(""), false],
    [like("${x}"), like("**"), true],
    [like("a/*"), like("a/b/*"), false],
    [like("${x}/*"), like("${x}/*"), true],
    [like("${x}/*"), like("${y}/*"), false],
    [like("${x}/*"), exact("${x}/*"), false],
    [{ StringNotEquals: { k: ["a"] } }, { StringNotEquals: { k: ["a", "b"] } }, false],
    [{ StringNotEquals: { k: ["a", "b"] } }, { StringNotEquals: { k: ["a"] } }, true],
    // The guard: left out, it admits more, but not of a subject that it would never refuse.
    [like("a/*"), { ...like("a/*"), ...guard }, false],
    [{ ...like("a/*"), ...guard }, like("a/*"), true],
    [exact("a/b"), { ...like("a/*"), ...guard }, true],
    [exact("a/../b"), { ...like("a/*"), ...guard }, false],
    [{ ...exact("a/../b"), ...guard }, exact("nobody"), true],
    [{ ...like("a/*"), StringNotLike: { [sub]: ["*..*"] } }, { ...like("a/*"), ...guard }, false],
    [{ ...exact("a"), Bool: { k: "true" } }, exact("a"), true],
    [exact("a"), { ...exact("a"), Bool: { k: "true" } }, false],
    [{ Null: { k: "true" } }, { Null: { k: "false" } }, false],
    [{ IpAddress: { k: "10.0.0.0/24" } }, { ipaddress: { K: "10.0.0.0/8" } }, true],
    [{ IpAddress: { k: "10.0.0.0/8" } }, { IpAddress: { k: "10.0.0.0/24" } }, false],
    [{ NumericLessThan: { k: "5" } }, { NumericLessThan: { k: "7" } }, false],
    [{ "ForAnyValue:StringEquals": { k: ["a"] } }, { "ForAnyValue:StringEquals": { k: ["a", "b"] } }, true],
    [{ "ForAnyValue:StringLike": { k: ["a"] } }, { StringLike: { k: ["a"] } }, false],
  ];
  test.each(rows)("%j in %j: %s", (narrow, wide, expected) => {
    expect(isWithin(narrow, wide)).toBe(expected);
  });
});

describe("one statement certainly says what another does", () => {
  const allow = (Action: string, Resource: string): Statement => ({ Effect: "Allow", Action, Resource });
  const rows: readonly (readonly [Statement, Statement, boolean])[] = [
    [allow("s3:GetObject", "arn:x"), allow("s3:get*", "arn:*"), true],
    [allow("s3:Get*", "arn:x"), allow("s3:GetObject", "arn:x"), false],
    [allow("s3:Get*", "arn:X"), allow("s3:Get*", "arn:x"), false],
    [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }, allow("*", "*"), true],
    [allow("s3:*", "*"), { Effect: "Allow", NotAction: "iam:*", Resource: "*" }, false],
    [allow("iam:*", "*"), { Effect: "Allow", NotAction: "iam:*", Resource: "*" }, false],
    [allow("*", "arn:x"), { Effect: "Allow", Action: "*", NotResource: "arn:x" }, false],
    [
      { Effect: "Allow", Action: "*", NotResource: ["a", "b"] },
      { Effect: "Allow", Action: "*", NotResource: ["b", "a"] },
      true,
    ],
  ];
  test.each(rows)("%j by %j: %s", (narrow, wide, expected) => {
    expect(uncovered(atomsOf([narrow], null), atomsOf([wide], null)).length === 0).toBe(expected);
  });
});

test("another identity provider is another who, and a wildcard is all of them", () => {
  const one = atomsOf([trust(exact("a"))], null);
  const other = atomsOf([trust(exact("a"), "arn:aws:iam::123456789012:oidc-provider/q/idp")], null);
  const any = atomsOf([trust(exact("a"), "*")], null);
  expect(
    [uncovered(one, other), uncovered(other, one), uncovered(any, one)].map((atoms) => atoms.length),
  ).toEqual([1, 1, 1]);
  expect(uncovered(one, any)).toEqual([]);
});
