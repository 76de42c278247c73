import { GitpodIdentityProvider } from "../../src/constructs";
import { foreignStackJson, resourcesOf } from "../support/stacks";

const issuer = "https://services.acme.gitpod.cloud/idp";

test("an issuer is enough", () => {
  const json = foreignStackJson((stack) => new GitpodIdentityProvider(stack, "gitpod", { issuer }));
  expect(resourcesOf(json)).toEqual({
    aws_iam_openid_connect_provider: {
      gitpod: { url: issuer, client_id_list: ["sts.amazonaws.com"], lifecycle: { prevent_destroy: true } },
    },
  });
  expect(json.import).toBeUndefined();
});

test("one that another stack owns is no resource, and is let go of where this stack made it", () => {
  const made = foreignStackJson((stack) => new GitpodIdentityProvider(stack, "gitpod", { issuer }));
  const json = foreignStackJson((stack) => {
    for (const id of ["gitpod", "other"])
      GitpodIdentityProvider.fromAccount(stack, id, { accountId: "123456789012", issuer });
  });
  expect(json.resource).toBeUndefined();
  expect(json.removed).toEqual(
    ["gitpod", "other"].map((id) => ({
      from: `aws_iam_openid_connect_provider.${id}`,
      lifecycle: { destroy: false },
    })),
  );
  expect(Object.keys(made.resource["aws_iam_openid_connect_provider"] ?? {})).toEqual(["gitpod"]);
});

test("one made by hand is imported, and synth does not look for Terraform to do so", () => {
  const path = process.env["PATH"];
  process.env["PATH"] = "";
  try {
    const json = foreignStackJson(
      (stack) =>
        new GitpodIdentityProvider(stack, "gitpod", {
          issuer,
          import: { accountId: "123456789012", partition: "aws-cn" },
        }),
    );
    expect(json.import).toEqual([
      {
        to: "aws_iam_openid_connect_provider.gitpod",
        id: "arn:aws-cn:iam::123456789012:oidc-provider/services.acme.gitpod.cloud/idp",
      },
    ]);
  } finally {
    process.env["PATH"] = path;
  }
});

test.each([
  "http://a.test/idp",
  "https://a.test/idp/",
  "https://a.test:8443/idp",
  "https://a.test/idp?x",
  "a.test/idp",
  "https://u@a.test",
])("an issuer that IAM would not compare as written is refused: %s", (bad) => {
  expect(() =>
    foreignStackJson((stack) => new GitpodIdentityProvider(stack, "gitpod", { issuer: bad })),
  ).toThrow("issuer");
});
