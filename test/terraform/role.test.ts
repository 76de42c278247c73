import { roleTerraform } from "../../src/terraform/role";
import { testRole } from "../support/model";

const types = (...args: Parameters<typeof roleTerraform>) => roleTerraform(...args).map((r) => r.type);
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";

test("a role that grants nothing is a role and nothing else", () => {
  expect(types(testRole("app", { permissionPolicy: null }), "app")).toEqual(["aws_iam_role"]);
});

test("grants are an inline policy, managed policies are attached, each by what it is and not by its place", () => {
  const other = "arn:aws:iam::aws:policy/AWSLambdaExecute";
  const ids = (...arns: string[]) =>
    roleTerraform(testRole("app", { managedPolicies: arns }), "app").map((r) => `${r.type}.${r.id}`);
  expect(ids(readOnly)).toEqual([
    "aws_iam_role.app",
    "aws_iam_role_policy.app",
    expect.stringMatching(/^aws_iam_role_policy_attachment\.app_[0-9a-f]{8}$/),
  ]);
  expect(ids(other, readOnly)).toEqual(expect.arrayContaining(ids(readOnly)));
});

test("what somebody else's policy allows is attached after, and detached before, what the role's own denies", () => {
  const deny = {
    Version: "2012-10-17" as const,
    Statement: [{ Effect: "Deny" as const, Action: "iam:*", Resource: "*" }],
  };
  const allow = {
    Version: "2012-10-17" as const,
    Statement: [{ Effect: "Allow" as const, Action: "sqs:SendMessage", Resource: "*" }],
  };
  const waitsFor = (policies: Parameters<typeof roleTerraform>[0]["made"]["policies"]) =>
    roleTerraform(testRole("app", { managedPolicies: [readOnly], ...{ policies } } as never), "app")
      .filter((r) => r.body["policy_arn"] === readOnly)
      .map((r) => r.body["depends_on"]);
  expect(waitsFor({ inline: deny, managed: [] })).toEqual([["aws_iam_role_policy.app"]]);
  expect(waitsFor({ inline: allow, managed: [] })).toEqual([undefined]);
  expect(
    waitsFor({
      inline: null,
      managed: [
        { name: "a", document: deny },
        { name: "b", document: allow },
      ],
    }),
  ).toEqual([["aws_iam_role_policy_attachment.app_1"]]);
});

test("policy documents are compact JSON and mean what the model says", () => {
  const role = testRole("app");
  const [iamRole, policy] = roleTerraform(role, "app");
  expect(JSON.parse(iamRole.body["assume_role_policy"] as string)).toEqual(role.made.trustPolicy);
  expect(JSON.parse(policy?.body["policy"] as string)).toEqual(role.made.permissionPolicy);
  expect(policy?.body).toMatchObject({ name: "gitpod-aws-oidc", role: "${aws_iam_role.app.name}" });
});

test("every text of a role is escaped, keys of tags too", () => {
  const nasty = "${a}%{b}";
  const role = testRole("app", {
    ...{ name: nasty, path: nasty, description: nasty, permissionsBoundary: nasty, tags: { [nasty]: nasty } },
    ...{ managedPolicies: [nasty], adopt: true },
    trustPolicy: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Condition: { [nasty]: { [nasty]: nasty } } }],
    },
  });
  const resources = roleTerraform(role, "app");
  const text = JSON.stringify(resources).replaceAll("${aws_iam_role.app.name}", "");
  expect(text.replaceAll("$${a}%%{b}", "")).not.toMatch(/[$%]\{/);
  expect(text.split("$${a}%%{b}")).toHaveLength(12);
});

test("an adopted role is imported by its name", () => {
  expect(roleTerraform(testRole("app"), "x")[0].importId).toBeUndefined();
  expect(roleTerraform(testRole("app", { adopt: true }), "x")[0].importId).toBe("app");
});
