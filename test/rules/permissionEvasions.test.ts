import { judged, permissionSubject, policy } from "../support/permissions";

const account = "123456789012";
const found = (statement: object, change = {}) =>
  judged(permissionSubject([policy(statement)], change)).map((f) => f.rule);
const own = `arn:aws:iam::${account}:role/gitpod-acme-app`;

describe("patterns that match more than they seem to", () => {
  it.each([
    "arn:aws:secretsmanager:*",
    "arn:aws:*",
    "arn:*",
    "arn:aws:secretsmanager:*:123456789012:*",
    "arn:aws:secret*:123456789012:secret:*",
    "arn:aws:secretsmanager:*:secret:*",
    "arn:aws:secretsmanager:eu-central-1:${aws:PrincipalAccount}:secret:*",
    "arn:aws:secretsmanager:eu-central-1:*:secret:${aws:UserAgent}",
    "arn:aws:secretsmanager:eu-central-1:*:${aws:RequestTag/a}",
  ])("every secret is behind %s", (Resource) => {
    expect(found({ Action: "secretsmanager:GetSecretValue", Resource })).toEqual(
      expect.arrayContaining(["G02", "G06"]),
    );
  });

  it.each([
    "arn:aws:secretsmanager:*:*:secret:app-*",
    "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}-??????",
    "arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:${aws:PrincipalTag/team, 'none'}/*",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:${*}",
  ])("some secrets only are behind %s", (Resource) => {
    expect(found({ Action: "secretsmanager:GetSecretValue", Resource })).toEqual([]);
  });

  it.each([
    "*",
    "arn:aws:iam:*",
    "arn:aws:iam::*:role/*",
    `arn:aws:iam::${account}:role/*`,
    "arn:aws:iam::${aws:PrincipalAccount}:role/*",
    "arn:aws:iam::${aws:PrincipalAccount}:role/${sts:RoleSessionName}",
  ])("every role is behind %s, whosever account is named", (Resource) => {
    expect(found({ Action: "sts:AssumeRole", Resource })).toContain("G15");
    for (const key of ["aws:ResourceAccount", "aws:ResourceOrgID"])
      expect(
        found({ Action: "sts:AssumeRole", Resource, Condition: { StringEquals: { [key]: account } } }),
      ).toContain("G15");
  });

  it.each([
    "arn:aws:iam::*:role/Admin",
    "arn:aws:iam::????????????:role/ops/*",
    "arn:aws:iam:*:role/Admin",
    "arn:aws:iam::${aws:PrincipalTag/account}:role/Admin",
  ])("%s is a role of any account, until its account or organization is said", (Resource) => {
    expect(found({ Action: "sts:AssumeRole", Resource })).toEqual(["G15"]);
    const Condition = { StringEquals: { "aws:ResourceOrgID": "o-aaaaaaaaaa" } };
    expect(found({ Action: "sts:AssumeRole", Resource, Condition })).toEqual([]);
  });

  it.each(["arn:aws:iam::${aws:PrincipalAccount}:role/deploy", `arn:*:iam::${account}:role/deploy-*`])(
    "%s is a role of one account",
    (Resource) => {
      expect(found({ Action: "sts:AssumeRole", Resource })).toEqual([]);
    },
  );

  it("accepting G01 clears neither G09 nor G15: a * for everything has them, too", () => {
    for (const Action of ["*", "*:*", "?*"])
      expect(found({ Action, Resource: "*" })).toEqual(["G01", "G09", "G09", "G09", "G15"]);
    expect(found({ NotAction: "s3:*", Resource: "*" })).toEqual(
      expect.arrayContaining(["G03", "G09", "G15"]),
    );
  });
});

describe("conditions that bound nothing", () => {
  const secrets = (Condition: object) =>
    found({ Action: "secretsmanager:GetSecretValue", Resource: "*", Condition }).includes("G06");

  it.each([
    { StringEquals: { "aws:ResourceTag/a": [] } },
    { StringLike: { "aws:ResourceTag/a": "*" } },
    { StringLike: { "aws:ResourceTag/a": ["b", "?*"] } },
    { StringEquals: { "aws:ResourceTag/a": "${aws:ResourceTag/a}" } },
    { StringLike: { "aws:ResourceTag/a": "*${aws:ResourceTag/a}*" } },
    { StringEquals: { "aws:ResourceTag/a": "${aws:RequestTag/a}" } },
    { StringEqual: { "aws:ResourceTag/a": "b" } },
    { StringNotEquals: { "aws:ResourceTag/a": "b" } },
    { StringEqualsIfExists: { "aws:ResourceTag/a": "b" } },
    { "ForAllValues:StringEquals": { "aws:ResourceTag/a": "b" } },
    { Null: { "aws:ResourceTag/a": "false" } },
    { ArnLike: { "secretsmanager:SecretId": "arn:aws:secretsmanager:*:*:secret:*" } },
    { StringLike: { "aws:ResourceAccount": "????????????" } },
  ])("%j", (condition) => {
    expect(secrets(condition)).toBe(true);
  });

  it.each([
    { StringEquals: { "aws:ResourceTag/a": "b" } },
    { StringEquals: { "aws:ResourceTag/a": "${aws:PrincipalTag/a}" } },
    { "ForAnyValue:StringLike": { "AWS:ResourceTag/a": "b*" } },
    { ArnLike: { "secretsmanager:SecretId": "arn:aws:secretsmanager:*:*:secret:app-*" } },
  ])("but not %j", (condition) => {
    expect(secrets(condition)).toBe(false);
  });

  it.each([
    [{ Bool: { "kms:GrantIsForAWSResource": "false" } }, true],
    [{ Bool: { "kms:GrantIsForAWSResource": "true" } }, false],
    [{ StringLike: { "kms:ViaService": "*.amazonaws.com" } }, true],
    [{ StringLike: { "kms:ViaService": "*.*.amazonaws.com" } }, true],
    [{ StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } }, false],
  ])("grants of keys: %j is open: %s", (Condition, open) => {
    expect(found({ Action: "kms:CreateGrant", Resource: "*", Condition }).includes("G07")).toBe(open);
  });

  it.each([
    ["*.amazonaws.com", true],
    ["*.amazonaws.com.cn", true],
    [["lambda.amazonaws.com", "*"], true],
    ["lambda.*", false],
    ["lambda.amazonaws.com", false],
  ])("G08: passed to %j is open: %s", (services, open) => {
    const Condition = { StringLike: { "iam:PassedToService": services } };
    expect(
      found({ Action: "iam:PassRole", Resource: `arn:aws:iam::${account}:role/x`, Condition }).includes(
        "G08",
      ),
    ).toBe(open);
  });

  it("a Deny of no action denies nothing", () => {
    const open = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" };
    const subject = permissionSubject([policy({ Effect: "Deny", NotAction: [], Resource: "*" }, open)]);
    expect(judged(subject).map((f) => f.rule)).toContain("G06");
  });
});

describe("what is the role's own", () => {
  const edits = (statement: object, change = {}) =>
    found({ Action: "iam:UpdateRole", Resource: "*", ...statement }, change).includes("G09");
  const tagged = (value: string) => ({ StringEquals: { "aws:ResourceTag/team": value } });

  it("is behind a tag that the role itself has", () => {
    const tags = { Team: "x" };
    expect(edits({ Condition: tagged("x") }, { tags })).toBe(true);
    expect(edits({ Condition: { StringLike: { "iam:ResourceTag/team": "?" } } }, { tags })).toBe(true);
    expect(edits({ Condition: tagged("${aws:PrincipalTag/team}") }, { tags })).toBe(true);
    expect(edits({ Condition: tagged("y") }, { tags })).toBe(false);
    expect(edits({ Condition: tagged("x") }, { tags: {} })).toBe(false);
    expect(edits({ Condition: tagged("x") }, { tags: null })).toBe(false);
  });

  it("is its boundary, whatever boundary a condition names, where that can be taken away", () => {
    const Condition = { StringEquals: { "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/edge` } };
    expect(edits({ Action: "iam:DeleteRolePermissionsBoundary", Condition })).toBe(true);
    expect(edits({ Action: "iam:PutRolePolicy", Condition })).toBe(false);
    const open = { StringLike: { "iam:PermissionsBoundary": `arn:aws:iam::${account}:policy/*` } };
    expect(edits({ Action: "iam:PutRolePolicy", Condition: open })).toBe(true);
  });

  it("is a policy that its permissions are split into", () => {
    const arn = `arn:aws:iam::${account}:policy/acme-app-1`;
    const statement = { Action: "iam:CreatePolicyVersion", Resource: arn };
    const document = { Version: "2012-10-17", Statement: [] } as const;
    const policies = (own: string) => ({
      made: {
        permissionPolicy: null,
        policies: { inline: null, managed: [{ name: "acme-app-1", arn: own, document }] },
        grantWeights: [],
      },
    });
    expect(edits(statement, policies(arn))).toBe(true);
    expect(edits(statement, policies(`${arn}1`))).toBe(false);
  });

  it("is among all roles of an account, where nothing says which one it is", () => {
    const unknown = { arn: null, identityProviderArns: [], account: null, tags: null };
    for (const id of [account, "${aws:PrincipalAccount}", "*"])
      expect(edits({ Resource: `arn:aws:iam::${id}:role/*` }, unknown)).toBe(true);
    expect(edits({ Resource: `arn:aws:iam::${account}:role/app-*` }, unknown)).toBe(false);
  });

  it("is spared by a Deny on it, by the variable of its account, too", () => {
    const spared = (Resource: string) =>
      judged(
        permissionSubject([
          policy(
            { Action: "iam:UpdateRole", Resource: `arn:aws:iam::${account}:role/*` },
            { Effect: "Deny", Action: "iam:*", Resource },
          ),
        ]),
      ).every((f) => f.rule !== "G09");
    expect(spared(own)).toBe(true);
    expect(spared("arn:aws:iam::${aws:PrincipalAccount}:role/gitpod-*")).toBe(true);
    expect(spared("arn:aws:iam::${aws:PrincipalTag/a}:role/gitpod-*")).toBe(false);
  });
});

describe("G04", () => {
  const escalates = (...statements: readonly object[]) =>
    judged(permissionSubject([policy(...statements)])).some((f) => f.rule === "G04");

  it("a policy that is made is attached, unless the condition names those that are there", () => {
    const make = { Action: "iam:CreatePolicy", Resource: "*" };
    const attach = (arn: string) => ({
      Action: "iam:AttachUserPolicy",
      Resource: `arn:aws:iam::${account}:user/*`,
      Condition: { ArnLike: { "iam:PolicyARN": arn } },
    });
    expect(escalates(make, attach(`arn:aws:iam::${account}:policy/app-*`))).toBe(true);
    expect(escalates(attach(`arn:aws:iam::${account}:policy/app-*`))).toBe(false);
    expect(escalates(attach(`arn:aws:iam::${account}:policy/*`))).toBe(true);
    expect(escalates(make, attach(`arn:aws:iam::${account}:policy/app`))).toBe(false);
    expect(escalates(make, attach("arn:aws:iam::aws:policy/ReadOnly*"))).toBe(false);
  });

  it.each([
    ["cloudformation:UpdateStack", "cloudformation:eu-west-1:123456789012:stack/app/*", false],
    ["cloudformation:UpdateStack", "cloudformation:eu-west-1:123456789012:stack/app*/*", true],
    ["ecs:ExecuteCommand", "ecs:eu-west-1:123456789012:task/dev/*", false],
    ["ecs:ExecuteCommand", "ecs:eu-west-1:123456789012:task/*", true],
    ["lambda:UpdateFunctionCode", "lambda:eu-west-1:123456789012:function:app:*", false],
    ["lambda:UpdateFunctionCode", "lambda:eu-west-1:123456789012:function:app*", true],
    ["lambda:UpdateFunctionCode", "lambda:eu-west-1:123456789012:function:${aws:UserAgent}", true],
  ])("%s on %s: %s, as an id that nobody chooses names nothing more", (Action, arn, expected) => {
    expect(escalates({ Action, Resource: `arn:aws:${arn}` })).toBe(expected);
  });
});

describe("what looks open, and is not", () => {
  it.each(["cloudwatch:PutMetricData", "polly:SynthesizeSpeech", "translate:TranslateText"])(
    "G02: %s need not name anything",
    (Action) => {
      expect(found({ Action, Resource: "*" })).toEqual([]);
    },
  );

  it("G16: keys that a service puts into the sessions that it begins", () => {
    for (const key of ["codebuild:BuildArn", "lambda:SourceFunctionArn", "ec2:SourceInstanceARN"])
      expect(
        found({
          ...{ Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/a" },
          Condition: { ArnLike: { [key]: "arn:aws:codebuild:*:*:build/app:*" } },
        }),
      ).toEqual([]);
  });
});

describe("AWS's own policies and other accounts", () => {
  const attached = (name: string, wideTrust: readonly string[]) =>
    judged(
      permissionSubject([], {
        ...{ wideTrust },
        managedPolicies: [{ arn: `arn:aws:iam::aws:policy/${name}`, origin: { file: "m", path: [] } }],
      }),
    ).map((f) => `${f.rule} ${f.severity}`);

  it("G20: are a warning for what they hold, behind a wide trust an error; others are named", () => {
    for (const name of ["ReadOnlyAccess", "SecretsManagerReadWrite", "job-function/SystemAdministrator"]) {
      expect(attached(name, [])).toEqual(["G20 warning"]);
      expect(attached(name, ["T57"])).toEqual(["G20 error"]);
    }
    expect(attached("job-function/ViewOnlyAccess", ["T57"])).toEqual(["G20 info"]);
    expect(attached("AdministratorAccess", [])).toEqual(["G10 error"]);
  });

  it.each([
    ["aws:policy/AdministratorAccess", ["G20 warning"]],
    ["aws:policy/PowerUserAccess", ["G20 warning"]],
    ["aws:policy/ReadOnlyAccess", ["G20 info"]],
    [`${account}:policy/edge`, []],
  ])("G20: %s as boundary: %j", (name, expected) => {
    const seen = judged(permissionSubject([], { permissionsBoundary: `arn:aws:iam::${name}` }));
    expect(seen.map((f) => `${f.rule} ${f.severity}`)).toEqual(expected);
  });

  it("G17: a statement that names a resource of another account says so", () => {
    const Resource = `arn:aws:sqs:eu-central-1:999999999999:jobs`;
    const [seen, ...others] = judged(permissionSubject([policy({ Action: "sqs:SendMessage", Resource })]));
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ rule: "G17", severity: "info" });
    expect(found({ Action: "sqs:SendMessage", Resource: Resource.replace(/9{12}/, account) })).toEqual([]);
    expect(found({ Action: "sqs:SendMessage", Resource }, { account: null })).toEqual([]);
    expect(found({ Effect: "Deny", Action: "sqs:SendMessage", Resource })).toEqual([]);
  });
});
