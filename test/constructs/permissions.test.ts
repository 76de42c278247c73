import { TerraformVariable, type TerraformStack } from "cdktf";
import { GitpodWorkspaceRole, type GitpodWorkspaceRoleProps } from "../../src/constructs";
import { roleTerraform } from "../../src/terraform/role";
import { canonicalDocument } from "../../src/policy";
import { testIdentityProvider, testIssuer, testRole } from "../support/model";
import { foreignStackJson, resourcesOf } from "../support/stacks";

const key = "1234abcd-12ab-34cd-56ef-1234567890ab";
const location = { accountId: "123456789012", region: "eu-central-1" };
const audiences = ["sts.amazonaws.com"] as const;
const identityProvider = { arn: testIdentityProvider().arn, issuer: testIssuer, audiences };

type Own = Partial<Pick<GitpodWorkspaceRoleProps, "grants" | "location" | "exclusive" | "expires">>;

/** The resources of a construct with these props, made in a stack of somebody else's. */
const made = (props: Own | ((stack: TerraformStack) => Own)) =>
  resourcesOf(
    foreignStackJson((stack) => {
      const own = typeof props === "function" ? props(stack) : props;
      const repository = "https://github.com/acme/app";
      new GitpodWorkspaceRole(stack, "app", { identityProvider, repository, ...own });
    }),
  );
const policyOf = (props: Own | ((stack: TerraformStack) => Own)) =>
  String(made(props)["aws_iam_role_policy"]?.["app"]?.["policy"]);
const grants = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ secret: `team/app/secret-${i}` }));

describe("a role above the inline quota", () => {
  const role = testRole("app", {
    tags: { team: "a" },
    path: "/team/",
    policies: {
      inline: null,
      managed: [
        {
          ...{ name: "app-1", arn: "arn:aws:iam::123456789012:policy/team/app-1" },
          document: canonicalDocument([{ Effect: "Deny", Action: "*", Resource: "*" }]),
        },
        {
          ...{ name: "app-2", arn: "arn:aws:iam::123456789012:policy/team/app-2" },
          document: canonicalDocument([{ Effect: "Allow", Action: "s3:GetObject", Resource: "${*}" }]),
        },
      ],
    },
  });
  const resources = roleTerraform(role, "app");

  it("has managed policies on its path, with its tags, and attaches what allows after what denies", () => {
    expect(resources.slice(1)).toEqual([
      {
        ...{ type: "aws_iam_policy", id: "app_1" },
        body: {
          ...{ name: "app-1", path: "/team/", tags: { team: "a" } },
          policy: JSON.stringify(role.made.policies.managed[0]?.document),
        },
      },
      {
        ...{ type: "aws_iam_role_policy_attachment", id: "app_1" },
        body: { role: "${aws_iam_role.app.name}", policy_arn: "${aws_iam_policy.app_1.arn}" },
      },
      {
        ...{ type: "aws_iam_policy", id: "app_2" },
        body: {
          ...{ name: "app-2", path: "/team/", tags: { team: "a" } },
          policy: JSON.stringify(role.made.policies.managed[1]?.document).replace("${*}", () => "$${*}"),
        },
      },
      {
        ...{ type: "aws_iam_role_policy_attachment", id: "app_2" },
        body: {
          ...{ role: "${aws_iam_role.app.name}", policy_arn: "${aws_iam_policy.app_2.arn}" },
          depends_on: ["aws_iam_role_policy_attachment.app_1"],
        },
      },
    ]);
  });

  it("made by the construct has children of their own for each", () => {
    const found = made({ grants: grants(200), location, exclusive: true, expires: "2037-01-01" });
    expect(Object.keys(found["aws_iam_policy"] ?? {})).toEqual(["app_1", "app_2", "app_3"]);
    expect(Object.keys(found["aws_iam_role_policy_attachment"] ?? {})).toEqual(["app_1", "app_2", "app_3"]);
    expect(found["aws_iam_role_policy"]).toBeUndefined();
  });
});

describe("an exclusive role", () => {
  const attached = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const of = (change: Parameters<typeof testRole>[1]) =>
    Object.fromEntries(
      roleTerraform(testRole("app", { exclusive: true, ...change }), "app").map((r) => [r.type, r]),
    );

  it("has its own policies alone, by reference", () => {
    const found = of({ managedPolicies: [attached] });
    const id = found["aws_iam_role_policy_attachment"]?.id ?? "";
    expect(found["aws_iam_role_policies_exclusive"]?.body).toEqual({
      ...{ role_name: "${aws_iam_role.app.name}", policy_names: ["${aws_iam_role_policy.app.name}"] },
    });
    expect(found["aws_iam_role_policy_attachments_exclusive"]?.body).toEqual({
      role_name: "${aws_iam_role.app.name}",
      policy_arns: [`\${aws_iam_role_policy_attachment.${id}.policy_arn}`],
    });
  });

  it("that grants nothing has none", () => {
    const found = of({ permissionPolicy: null });
    expect(found["aws_iam_role_policies_exclusive"]?.body).toMatchObject({ policy_names: [] });
    expect(found["aws_iam_role_policy_attachments_exclusive"]?.body).toMatchObject({ policy_arns: [] });
  });

  it("is none unless it says so", () => {
    expect(Object.keys(of({ exclusive: false }))).toEqual(["aws_iam_role", "aws_iam_role_policy"]);
  });
});

describe("a grant in props", () => {
  const token = (stack: TerraformStack) =>
    new TerraformVariable(stack, "arn", { type: "string" }).stringValue;

  it("of a table by a token is of its indexes too, and of a log group of its streams", () => {
    const policy = policyOf((stack) => {
      const arn = token(stack);
      return { grants: [{ dynamodb: arn }, { logs: arn }] };
    });
    expect(policy).toContain('"${var.arn}/index/*"');
    expect(policy).toContain('"${var.arn}:log-stream:*"');
  });

  it.each(["secret", "role", "lambda", "dynamodb"] as const)("of %s by a token holds no wildcard", (kind) => {
    const grant = (stack: TerraformStack) =>
      ({ [kind]: `arn:aws:x:us-east-1:${token(stack)}:any/*` }) as unknown as NonNullable<
        GitpodWorkspaceRoleProps["grants"]
      >[number];
    expect(() => made((stack) => ({ grants: [grant(stack)] }))).toThrow("it holds a wildcard");
  });

  it("of S3 and Parameter Store by a token has its wildcard in the key or below a path", () => {
    expect(() => made((stack) => ({ grants: [{ s3: `*${token(stack)}/*` }] }))).toThrow("bucket/key");
    expect(policyOf((stack) => ({ grants: [{ s3: `${token(stack)}/*` }] }))).toContain("${var.arn}/*");
    expect(policyOf((stack) => ({ grants: [{ s3: `arn:aws:s3:::${token(stack)}/a` }] }))).toContain(
      '"arn:aws:s3:::${var.arn}/a"',
    );
  });

  it("of CodeArtifact takes no token: the domain cannot be read from one", () => {
    expect(() => made((stack) => ({ grants: [{ codeartifact: token(stack) }] }))).toThrow("takes no token");
  });

  it("with a key by token or ARN binds it to the service, in the region of the resource", () => {
    const via = '"kms:ViaService":"sqs.eu-central-1.amazonaws.com"';
    const arn = `arn:aws:kms:eu-central-1:123456789012:key/${key}`;
    const queue = "arn:aws:sqs:eu-central-1:123456789012:jobs";
    expect(policyOf((stack) => ({ grants: [{ sqs: queue, kmsKey: token(stack) }] }))).toContain(via);
    expect(policyOf({ grants: [{ sqs: queue, kmsKey: arn }] })).toContain(via);
    expect(policyOf({ grants: [{ sqs: "jobs", kmsKey: key }], location })).toContain(arn);
    expect(policyOf({ grants: [{ s3: "acme/a", kmsKey: arn }] })).toContain("s3.eu-central-1.amazonaws.com");
  });

  it.each<[string, Own]>([
    [
      "a key of another region",
      {
        grants: [{ sqs: "jobs", kmsKey: `arn:aws:kms:us-east-1:123456789012:key/${key}` }],
        location,
      },
    ],
    ["a key without a place", { grants: [{ s3: "acme/a", kmsKey: key }] }],
    ["an alias", { grants: [{ sqs: "jobs", kmsKey: "alias/app" }], location }],
    ["a key on another kind", { grants: [{ sns: "builds", kmsKey: key }], location }],
    ["the ARN of another kind", { grants: [{ sns: "arn:aws:sqs:eu-central-1:123456789012:jobs" }] }],
    ["a level of another kind", { grants: [{ sns: "builds", access: "send" }], location }],
    ["a name without a place", { grants: [{ sns: "builds" }] }],
  ])("is refused for %s", (_, props) => {
    expect(() => made(props)).toThrow(RangeError);
  });

  it("counts a token as long as an ARN when it splits policies", () => {
    const found = made((stack) => {
      const arn = token(stack);
      return { grants: Array.from({ length: 60 }, (_, i) => ({ dynamodb: `${arn}${i}` })) };
    });
    expect(Object.keys(found["aws_iam_policy"] ?? {}).length).toBeGreaterThan(1);
  });
});
