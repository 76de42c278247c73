import { readDocument } from "../../src/policy";
import { permissionMistakes } from "../../src/rules/permissionMistakes";
import { policy } from "../support/permissions";

const of = (statement: object) =>
  permissionMistakes(readDocument(policy({ Action: "s3:GetObject", Resource: "*", ...statement })), {
    file: "p.json",
    path: ["Policy"],
  });

test("what IAM refuses in a permission document is T01, an account that is none T08, each at its place", () => {
  const Resource = ["*", "foo", "arn:aws:sqs:eu-central-1:12345678901:jobs"];
  expect(of({ Resource, Condition: { StringEqual: { "aws:SourceIp": "x" } } })).toEqual([
    {
      rule: "T01",
      origin: { file: "p.json", path: ["Policy", "Statement", 0, "Resource", 1] },
      message: 'Statement[0].Resource[1]: "foo" is neither an ARN nor *',
      remedy: expect.stringContaining("write the resource's ARN") as string,
    },
    {
      rule: "T08",
      origin: { file: "p.json", path: ["Policy", "Statement", 0, "Resource", 2] },
      message:
        'Statement[0].Resource[2]: "arn:aws:sqs:eu-central-1:12345678901:jobs" has no account id of 12 digits',
      remedy: "write all 12 digits of the account's id, leading zeros too",
    },
    {
      rule: "T01",
      origin: { file: "p.json", path: ["Policy", "Statement", 0, "Condition", "StringEqual"] },
      message: 'Statement[0].Condition.StringEqual: "StringEqual" is no operator of IAM',
      remedy: "did you mean StringEquals?",
    },
  ]);
});

test("a document that IAM takes has none", () => {
  expect(of({})).toEqual([]);
});
