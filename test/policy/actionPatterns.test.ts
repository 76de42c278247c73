import {
  matchedActions,
  matchesAction,
  namesEveryAction,
  namesWholeService,
  servicePrefixes,
} from "../../src/policy";
import { loadServiceReference } from "../../src/policy";

describe("an element of Action", () => {
  it.each(["*", "**", "?*", "*?", "*:*", "**:?*"])("%s is every action", (pattern) => {
    expect([namesEveryAction(pattern), namesWholeService(pattern)]).toEqual([true, false]);
  });

  it.each(["s3:*", "S3:**", "s3:*?", "iam:?*"])("%s is every action of one service", (pattern) => {
    expect([namesEveryAction(pattern), namesWholeService(pattern)]).toEqual([false, true]);
  });

  it.each(["s3:Get*", "s3:?", "?", "", ":", "s3:", "*:GetObject", "s3:GetObject", "a*"])(
    "%j is neither",
    (pattern) => {
      expect([namesEveryAction(pattern), namesWholeService(pattern)]).toEqual([false, false]);
    },
  );

  it("matches actions without case, with wildcards, and of its own service alone", () => {
    expect(matchesAction("IAM:pass*", "iam:PassRole")).toBe(true);
    expect(matchesAction("iam:Pass", "iam:PassRole")).toBe(false);
    const reference = loadServiceReference(["sqs", "sns"]);
    const names = (pattern: string) => matchedActions(pattern, reference).map((action) => action.name);
    expect(names("SQS:sendmessage")).toEqual(["sqs:SendMessage"]);
    expect(names("sqs:SendMessag?")).toEqual(["sqs:SendMessage"]);
    expect(names("s?s:SendMessage")).toEqual([]);
    expect(names("dynamodb:*")).toEqual([]);
    expect(names("sqs:*").length).toBe(reference.actions.get("sqs")?.size);
  });

  it("is decided at once, however many wildcards it has", () => {
    const hostile = `iam:${"*a".repeat(50_000)}`;
    expect(matchesAction(hostile, "iam:PassRole")).toBe(false);
    expect(namesEveryAction("*".repeat(500_000))).toBe(true);
  });
});

test("the services of documents are sorted, once each, those of NotAction and Deny included", () => {
  const statements = [
    { Effect: "Allow", Action: ["S3:GetObject", "s3:PutObject", "*"], Resource: "*" },
    { Effect: "Deny", NotAction: "iam:*", Resource: "*" },
  ] as const;
  expect(servicePrefixes([{ Version: "2012-10-17", Statement: statements }])).toEqual(["iam", "s3"]);
});
