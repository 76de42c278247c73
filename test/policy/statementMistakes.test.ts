import { statementMistakes } from "../../src/policy";

const of = (statement: object) =>
  statementMistakes({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...statement });
const kinds = (Resource: string) => of({ Resource }).map(({ kind }) => kind);

test.each([
  "foo",
  "",
  "**",
  "acme-assets/*",
  "*:foo",
  "${aws:PrincipalTag/arn}",
  "arn:aws:s3:acme",
  "arn:aws:s3:::",
  "arn:awss:s3:::acme/*",
  "arn:aws::::acme",
  " arn:aws:s3:::acme",
])("IAM refuses the resource %j", (resource) => {
  expect(kinds(resource)).toEqual(["resource"]);
});

test.each(["12345678901", "1234567890123", "ACCOUNT_ID", "<account>", "0"])(
  "%s is the account of no ARN",
  (account) => {
    expect(kinds(`arn:aws:sqs:eu-central-1:${account}:jobs`)).toEqual(["account"]);
  },
);

test.each([
  "*",
  "arn:aws:s3:::acme/*",
  "arn:*:s3:::acme",
  "arn:aws-iso-b:s3:::acme",
  "arn:aws-eusc:sqs:eusc-de-east-1:123456789012:jobs",
  "arn:aws:iam::aws:policy/ReadOnlyAccess",
  "arn:aws:cloudfront::cloudfront:x",
  "arn:aws:ssm:eu-central-1::document/AWS-RunShellScript",
  "arn:aws:sqs:*:*:jobs",
  "arn:aws:sqs:*:1234*:jobs",
  "arn:aws:sqs:*:${aws:PrincipalAccount}:jobs",
  "arn:aws:s3:::${aws:PrincipalTag/bucket}",
  "arn:aws:lambda:eu-central-1:123456789012:function:resize:live",
])("IAM takes the resource %j", (resource) => {
  expect(kinds(resource)).toEqual([]);
});

test("each item of a list is judged at its place, NotResource too", () => {
  const paths = (statement: object) => of(statement).map(({ path }) => path);
  expect(paths({ Resource: ["*", "foo", "bar"] })).toEqual([
    ["Resource", 1],
    ["Resource", 2],
  ]);
  expect(paths({ Resource: undefined, NotResource: "foo" })).toEqual([["NotResource"]]);
});

test.each(["StringEqual", "Equals", "ForAnyValues:StringEquals", "NullIfExists", "StringEqualsIfExist"])(
  "%s is no operator, and is pointed at itself",
  (operator) => {
    const [mistake, ...others] = of({ Condition: { [operator]: { "aws:SourceIp": "x" } } });
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({ kind: "operator", at: "key", path: ["Condition", operator] });
    expect(mistake?.words).toContain("StringEquals");
  },
);

test.each(["StringEquals", "stringlikeifexists", "ForAllValues:ArnLike", "Null", "BinaryEquals"])(
  "%s is an operator",
  (operator) => {
    expect(of({ Condition: { [operator]: { "aws:SourceIp": "x" } } })).toEqual([]);
  },
);
