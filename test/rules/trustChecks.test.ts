import { aboveInfo, bare } from "./trustFixture";

const name = "services.acme.gitpod.cloud/idp";
const arn = `arn:aws:iam::123456789012:oidc-provider/${name}`;
const claims = { [`${name}:aud`]: "sts.amazonaws.com", [`${name}:sub`]: "https://github.com/acme/app" };

type Change = Readonly<Record<string, unknown>>;
const login = (change: Change = {}, more: Change = {}): Change => ({
  ...{ Effect: "Allow", Principal: { Federated: arn }, Action: "sts:AssumeRoleWithWebIdentity" },
  Condition: { StringEquals: claims, ...more },
  ...change,
});
const equals = (key: string, value: unknown) => login({}, { StringEquals: { ...claims, [key]: value } });
const provider = (text: string) => login({ Principal: { Federated: text } });
const deny = (condition?: Change) => ({
  ...{ Effect: "Deny", Principal: "*", Action: "sts:AssumeRoleWithWebIdentity" },
  ...(condition === undefined ? {} : { Condition: condition }),
});
const assume = (principal: Change) => ({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" });
const found = (...statements: readonly unknown[]) =>
  aboveInfo(bare({ Version: "2012-10-17", Statement: statements }));

test.each([
  ["sts:SetSourceIdentity", "info", "remove it"],
  ["STS:tagsession", "info", "remove it"],
  ["sts:AssumeRoleWithSAML", "error", 'write "Action": "sts:AssumeRoleWithWebIdentity"'],
])("T06: %s beside the login is %s", (action, severity, remedy) => {
  const Statement = [login({ Action: ["sts:AssumeRoleWithWebIdentity", action] })];
  expect(bare({ Version: "2012-10-17", Statement }).filter(({ rule }) => rule === "T06")).toMatchObject([
    { severity, remedy },
  ]);
});

test("T33: a condition on iss is left out, another claim goes into sub", () => {
  const remedies = ["iss", "org_id"].flatMap((claim) =>
    bare({ Version: "2012-10-17", Statement: [equals(`${name}:${claim}`, "x")] })
      .filter(({ rule }) => rule === "T33")
      .map(({ remedy }) => remedy),
  );
  expect(remedies).toEqual([
    "leave it out: the identity provider in Principal is the issuer already",
    "have the issuer put the claim into sub, and compare sub",
  ]);
});

/**
 * The condition and principal checks of IAM Access Analyzer's policy check reference that a trust policy can meet.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
 */
test.each<readonly [string, readonly unknown[], readonly string[]]>([
  ["ARN Region not allowed", [provider(arn.replace("iam::", "iam:eu-west-1:"))], ["T13"]],
  ["Data type mismatch", [login({}, { IpAddress: ["x"] })], ["T01"]],
  ["Invalid ARN account", [provider(arn.replace("123456789012", "1234"))], ["T08"]],
  ["Invalid ARN resource", [provider(arn.replace("oidc-provider", "oidc"))], ["T13"]],
  ["Invalid ARN service case", [provider(arn.replace(":iam:", ":IAM:"))], ["T13"]],
  ["Invalid condition operator", [login({}, { StringEqual: { "aws:SourceVpc": "vpc-1" } })], ["T01"]],
  ["Invalid effect", [login({ Effect: "allow" })], ["T01"]],
  ["Invalid global condition key", [equals("aws:SourceIpp", "x")], ["T41"]],
  ["Invalid service condition key", [equals("sts:RoleSessionNames", "x")], ["T41"]],
  ["Invalid partition", [provider(arn.replace("arn:aws:", "arn:aws-mars:"))], ["T09"]],
  ["Invalid policy element", [login({ Principals: "*" })], ["T01"]],
  ["Invalid principal key", [login({ Principal: { federated: arn } })], ["T13"]],
  ["Missing ARN field", [provider("arn:aws:iam:oidc-provider/x")], ["T08"]],
  ["Missing principal", [{ Effect: "Allow", Action: "sts:AssumeRole" }], ["T04"]],
  ["Missing action", [login({ Action: undefined })], ["T06"]],
  ["Missing qualifier", [login({ Principal: { Federated: [] } })], ["T04"]],
  ["Null with if exists", [login({}, { NullIfExists: { "aws:SourceVpc": "true" } })], ["T01"]],
  ["Unique Sids required", [login({ Sid: "A" }), login({ Sid: "A" })], ["T03"]],
  ["Unsupported Sid", [login({ Sid: "a b" })], ["T03"]],
  ["Unsupported wildcard in principal", [provider(arn.replace(name, "*"))], ["T04"]],
  ["Private IP address", [login({}, { IpAddress: { "aws:SourceIp": "192.168.0.0/16" } })], ["T40"]],
  ["Private NotIpAddress", [login({}, { NotIpAddress: { "aws:SourceIp": "fc00::/8" } })], ["T40"]],
  [
    "Invalid condition data type: date",
    [login({}, { DateLessThan: { "aws:CurrentTime": "soon" } })],
    ["T40"],
  ],
  ["… number", [login({}, { NumericLessThan: { "sts:DurationSeconds": "1h" } })], ["T40"]],
  ["… Boolean", [login({}, { Bool: { "aws:SecureTransport": "yes" } })], ["T40"]],
  ["… address", [login({}, { IpAddress: { "aws:SourceIp": "203.0.113.0/33" } })], ["T40"]],
  ["… ARN", [login({}, { ArnLike: { "aws:SourceVpcArn": "vpc-1" } })], ["T40"]],
  ["Mismatched action for principal", [login({ Principal: { AWS: "123456789012" } })], ["T13"]],
  ["Federated principal of SAML", [provider("arn:aws:iam::123456789012:saml-provider/x")], ["T13"]],
  ["Unsupported resource in a trust policy", [login({ Resource: "*" })], ["T05"]],
  [
    "ForAllValues with single valued key",
    [login({}, { "ForAllValues:StringEquals": { "aws:SourceVpc": "vpc-1" } })],
    ["T28"],
  ],
  [
    "Allow with NotPrincipal",
    [{ ...assume({}), Principal: undefined, NotPrincipal: { AWS: "123456789012" } }],
    ["T04"],
  ],
  // A role's own console shows these, and nothing goes wrong by them: redundant actions, statements (T36, info) and
  // condition values, an empty Sid. Length: T11. Missing Version: T02. Region, service and variable checks of actions
  // and resources belong to permission policies.
  ["Redundant statement", [login(), login()], []],
])("Access Analyzer: %s", (_, statements, expected) => {
  expect(found(...statements)).toEqual(expected);
});

test.each<readonly [string, readonly unknown[], readonly string[]]>([
  ["T13: a colon after oidc-provider", [provider(arn.replace("provider/", "provider:"))], ["T13"]],
  ["T13: a port", [provider(arn.replace("cloud/", "cloud:443/"))], ["T13"]],
  ["T13: under AWS", [login({ Principal: { AWS: arn } })], ["T13"]],
  ["T13: without the issuer's path", [provider(arn.replace("/idp", ""))], ["T13"]],
  ["T13: the address of the discovery", [provider(`${arn}/.well-known/openid-configuration`)], ["T13"]],
  ["T08: the issuer is left open", [provider(arn.replace(name, "${var.issuer}"))], ["T08"]],
  [
    "T38: a variable without its brace",
    [equals(`${name}:sub`, "https://github.com/${aws:userid/app")],
    ["T38"],
  ],
  ["T39: of audiences", [equals(`${name}:aud`, [])], ["T39"]],
  [
    "T39: under StringLike",
    [
      login({
        Condition: {
          StringEquals: { [`${name}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${name}:sub`]: [] },
        },
      }),
    ],
    ["T39"],
  ],
  ["T40: an address as text", [equals("aws:SourceIp", "203.0.113.0/24")], ["T40"]],
  ["T40: a date as text", [equals("aws:CurrentTime", "2027-12-31T00:00:00Z")], ["T40"]],
  ["T40: no truth value", [equals("aws:SecureTransport", "yes")], ["T40"]],
  ["T40: a truth value as text", [equals("aws:SecureTransport", "true")], []],
  ["T41: an organization", [equals("aws:PrincipalOrgID", "o-1")], ["T41"]],
  ["T41: session tags", [equals("aws:RequestTag/team", "a")], ["T41"]],
  ["T41: amr", [equals(`${name}:amr`, "pwd")], ["T41"]],
  ["T42: who is no member", [login(), deny({ StringNotEquals: { "aws:PrincipalOrgID": "o-1" } })], ["T42"]],
  [
    "T42: what the login demands",
    [login(), deny({ StringEquals: { [`${name}:sub`]: "https://github.com/acme/app" } })],
    ["T42"],
  ],
  [
    "T42: not without MFA",
    [login(), deny({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } })],
    ["T42"],
  ],
  ["T42: not from elsewhere", [login(), deny({ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } })], []],
  ["T43: a role of another account", [login(), assume({ AWS: "arn:aws:iam::999999999999:role/x" })], ["T43"]],
  [
    "T43: an account beside the provider of another, with no role to tell whose it is",
    [
      login({
        Principal: { AWS: "arn:aws:iam::999999999999:root", Federated: arn },
        Action: ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"],
      }),
    ],
    ["T06", "T43"],
  ],
  ["T13: a wildcard under AWS", [login(), login({ Principal: { AWS: arn.replace(name, "*") } })], ["T13"]],
  [
    "T13: roles cannot log in",
    [login(), login({ Principal: { AWS: "arn:aws:iam::123456789012:role/*" } })],
    ["T13"],
  ],
  [
    "T65: an action of a Deny",
    [login(), { ...deny(), Action: "sts:AssumeRoleWithWebIdentity\u200b" }],
    ["T65"],
  ],
  ["T43: an account by its number", [login(), assume({ AWS: "999999999999" })], ["T43"]],
  ["T43: a role of one's own", [login(), assume({ AWS: "arn:aws:iam::123456789012:role/x" })], []],
  [
    "one story: a closed statement without sub",
    [login({ Condition: { StringEquals: { "sts:ExternalId": "x" } } })],
    ["T41"],
  ],
])("%s", (_, statements, expected) => {
  expect(found(...statements)).toEqual(expected);
});

test.each([
  ["gitlab.acme.com", "https://gitlab.acme.com", "project_path:team/*:ref_type:branch:ref:main"],
  ["tfe.acme.com", "aws.workload.identity", "organization:acme:project:p:workspace:w:run_phase:*"],
  ["keycloak.acme.com/realms/dev", "aws", "f:1:alice"],
  ["acme.semaphoreci.com", "https://acme.semaphoreci.com", "org:acme:project:1:repo:web:ref:refs/heads/main"],
  ["eastus.oic.prod-aks.azure.com/0123/4567/", "sts.amazonaws.com", "system:serviceaccount:app:deploy"],
  ["idp.acme.com", "sts.amazonaws.com", "https://github.com/acme/app", "T13"],
  ["gitpod.acme.com/idp", "sts.amazonaws.com", "deploy", "T56"],
])(
  "an issuer without a row is Gitpod's by its name or by whom it admits: %s",
  (issuer, aud, sub, ...expected) => {
    const Condition = { StringEquals: { [`${issuer}:aud`]: aud }, StringLike: { [`${issuer}:sub`]: sub } };
    expect(found(login({ Principal: { Federated: arn.replace(name, issuer) }, Condition }))).toEqual(
      expected,
    );
  },
);

/*
 * terraform-aws-modules/iam writes this into every role for GitHub. Both conditions under ForAllValues hold for a token
 * without the claim, and AWS has no `iss` of GitHub at all: T28 and T33 are errors here as everywhere, and Access Analyzer
 * warns of the operator too. Of `sub` nothing is said: it is what keeps strangers out.
 */
test("the role that terraform-aws-modules/iam makes for GitHub: T28 and T33, and no word that everybody gets in", () => {
  const github = "token.actions.githubusercontent.com";
  const made = {
    ...{
      Sid: "GithubOidcAuth",
      Effect: "Allow",
      Action: ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"],
    },
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${github}` },
    Condition: {
      StringLike: { [`${github}:sub`]: "repo:acme/app:*" },
      "ForAllValues:StringEquals": {
        [`${github}:iss`]: `http://${github}`,
        [`${github}:aud`]: "sts.amazonaws.com",
      },
    },
  };
  expect(found(made)).toEqual(["T28", "T33"]);
  const { StringLike } = made.Condition;
  const right = { StringLike, StringEquals: { [`${github}:aud`]: "sts.amazonaws.com" } };
  expect(found({ ...made, Condition: right })).toEqual([]);
});
