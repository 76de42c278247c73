import fc from "fast-check";
import { foreignIssuers } from "../../src/rules/trust/foreignIssuers";
import { runs } from "../proof/settings";
import { testRole } from "../support/model";
import { aboveInfo, bare, judge, type FixtureContext } from "./trustFixture";

const name = "services.acme.gitpod.cloud/idp";
const arn = `arn:aws:iam::123456789012:oidc-provider/${name}`;
const url = "https://github.com/acme/app";
const own = [url, `${url}.git`, `${url}/`];
const guard = ["*..*", "*%2e*", "*%2E*", "*\t*", "*\n*", "*\r*"];
const aud = { [`${name}:aud`]: "sts.amazonaws.com" };
const sub = (values: unknown) => ({ [`${name}:sub`]: values });

type Change = Readonly<Record<string, unknown>>;
const login = (condition: unknown, change: Change = {}): Change => ({
  ...{ Effect: "Allow", Principal: { Federated: arn }, Action: "sts:AssumeRoleWithWebIdentity" },
  ...{ Condition: condition, ...change },
});
const deny = (condition: unknown, change: Change = {}) =>
  login(condition, { Effect: "Deny", Principal: "*", ...change });
const document = (...statements: readonly unknown[]) => ({ Version: "2012-10-17", Statement: statements });
const exact = (values: unknown) => login({ StringEquals: { ...aud, ...sub(values) } });
const like = (values: unknown, not: readonly string[] | null = guard) =>
  login({ StringEquals: aud, StringLike: sub(values), ...(not ? { StringNotLike: sub(not) } : {}) });
const found = (context: FixtureContext, ...statements: readonly unknown[]) =>
  aboveInfo(bare(document(...statements), context));
const rulesOf = (...statements: readonly unknown[]) => found({}, ...statements);

describe("what a pattern on sub lets in", () => {
  it.each<readonly [string, readonly string[]]>([
    ["*", ["T24"]],
    ["**", ["T24"]],
    ["?*", ["T24"]],
    ["*?*", ["T24"]],
    ["*/app", ["T53"]],
    ["https://*", ["T55"]],
    ["https://github.com*", ["T55"]],
    ["https://*.com/acme/app", ["T53"]],
    ["https://github.com/*/app", ["T53"]],
    ["https://github.com/acme*", ["T52"]],
    ["https://github.com/acme?/app", ["T52"]],
    ["https://github.com/acme/app*", ["T52"]],
    ["https://github.com/acme/app.git*", ["T52"]],
    ["https://github.com/acme/*", ["T54"]],
    ["https://github.com/./*", ["T55", "T59"]],
    ["https://github.com/././*", ["T55", "T59"]],
    ["https://github.com/%2e/./*", ["T34"]],
    ["https://github.com/acme/./*", ["T54", "T59"]],
    ["https://github.com/acme/app/../*", ["T34"]],
    ["https://github.com/acme/app/./tree/*", ["T59"]],
    ["https://github.com/acme\\app/tree/*", ["T59"]],
    ["https://github.com/acme/\ta/*", ["T34"]],
    ["https://github.com/acme/.github/tree/*", []],
    ["https://github.com/acme/.*", ["T52"]],
    ["https://github.com/acme/app?*?a=*", ["T27", "T52"]],
    ["https://dev.azure.com/o/p/_git/r?*?version=GB*", ["T27", "T52"]],
    ["https://dev.azure.com/o/p/_git/r*?version=GB*", ["T27", "T52"]],
    ["https://dev.azure.com/o/p/_git/r??version=GB*", ["T27", "T52"]],
    ["https://github.com/acme/*/tree/main", ["T54"]],
    ["https://github.com/acme/app/*", ["T51", "T58"]],
    ["https://github.com/acme/app/tree/*", []],
    ["https://github.com/acme/app/tree/release-*", []],
    ["https://github.com/acme/app/pull/*", ["T58"]],
    ["https://github.com/acme/app/commit/*", ["T58"]],
    ["https://github.com/acme/app/issues/*", []],
    ["https://GitHub.com/acme/app/tree/*", ["T56"]],
    ["http://github.com/acme/app/*", ["T56"]],
    ["repo:acme/app:*", ["T56"]],
    ["no-*", ["T61"]],
    ["snapshot/*", ["T61"]],
    ["*-*", ["T61"]],
    ["scope:x:repository:https://github.com/acme/*", ["T62"]],
    ["context:https://github.com/acme/app*:repository:https://github.com/acme/app.git", ["T62"]],
    ["org_id:o:context:https://github.com/acme/app/*", ["T62"]],
    ["org_id:*:repository:https://github.com/acme/app.git", ["T53"]],
    ["org_id:o:repository:*", ["T53"]],
    ["org_id:o:repository:https://github.com/*", ["T55"]],
    ["org_id:o:repository:https://github.com/acme*", ["T52"]],
    ["org_id:o:repository:https://github.com/acme/*", ["T54"]],
    ["org_id:o:repository:https://gitlab.com/acme/team/*", ["T54"]],
    ["org:o/*", ["T69"]],
    ["org:*/prj:p/*", ["T53"]],
    ["org:o/prj:p*", ["T52"]],
    ["org:o/prj:p/*", []],
    ["organization_id:*", ["T53"]],
    ["organization_id:o:*", ["T69"]],
    ["organization_id:o:project_id:*", ["T69"]],
    ["organization_id:o:project_id:p:creator_name:me:*", ["T70"]],
    ["organization_id:o:project:*", ["T70"]],
    ["organization_id:o:project_id:p*", ["T52"]],
    ["organization_id:o:project_id:p:*", ["T63"]],
    ["https://gitlab.com/acme/team/*", ["T54"]],
    ["https://gitlab.com/acme/team/-/merge_requests/*", ["T58"]],
    ["https://dev.azure.com/acme/shop/*", ["T54"]],
    ["https://dev.azure.com/acme/shop/_git/web/*", ["T51", "T58", "T60"]],
    ["https://dev.azure.com/acme/shop/_git/web${?}version=GB*", []],
    ["https://dev.azure.com/acme/shop/_git/web?version=GBmain", ["T27"]],
    ["https://dev.azure.com/acme/shop/_git/web${?}*", []],
  ])("%s: %j", (value, expected) => {
    expect(rulesOf(like(value))).toEqual(expected);
  });

  it.each<readonly [string, readonly string[]]>([
    [url, []],
    ["no-context", ["T61"]],
    ["deleted-normalizedContextURL", ["T61"]],
    ["snapshot/0123", ["T61"]],
    [`${url}.git`, ["T56"]],
    [`${url}/`, ["T56"]],
    [`${url}#readme`, ["T56"]],
    [`${url}?tab=x`, ["T56"]],
    [" https://github.com/acme/app", ["T56"]],
    ["git@github.com:acme/app.git", ["T56"]],
    ["github.com/acme/app", ["T56"]],
    ["https://github.com/acme", ["T56"]],
    ["https://github.com/acme/app/../../evil/repo", ["T59"]],
    [`${url}/pull/7`, ["T58"]],
    [`${url}/tree/main`, []],
    [`${url}/commit/0123456789abcdef0123456789abcdef01234567`, []],
    ["org_id:o:repository:https://github.com/acme/app.git", []],
    ["org_id:o:repository:https://github.com/acme/app", ["T56"]],
    ["org_id::repository:https://github.com/acme/app.git", ["T62"]],
    ["org_id:o:repository:", ["T62"]],
    ["org_id:o", ["T54"]],
    ["context:https://github.com/acme/app:repository:https://github.com/acme/app.git", []],
    ["https://dev.azure.com/acme/shop/_git/web.git", []],
    ["https://dev.azure.com/acme/shop/_git/web?version=GBmain", []],
    ["https://bitbucket.org/acme/app/src/main/", []],
    ["https://gitlab.com/acme/team/app/-/tree/main", []],
    ["organization_id:o:project_id:p", []],
    ["organization_id:o", ["T70"]],
    ["org:o/prj:p", ["T70"]],
    ["organization_id:A1B2C3D4-0000-4000-8000-000000000001:project_id:p", ["T70"]],
  ])("exactly %s: %j", (value, expected) => {
    expect(rulesOf(exact(value))).toEqual(expected);
  });

  it("the loosest of several values and statements counts", () => {
    expect(rulesOf(exact(own), like([`${url}/tree/*`, "https://github.com/ac*"]))).toEqual(["T52"]);
    expect(rulesOf(exact(own), login(undefined))).toEqual(["T20"]);
  });

  it("letter case other than a declared entry's is found", () => {
    const declared = { accounts: [{ roles: [testRole("app")] }] };
    expect(found(declared, exact("https://github.com/acme/App"))).toEqual(["T56"]);
    expect(found(declared, like("https://github.com/acme/App/tree/*"))).toEqual(["T56"]);
    expect(found(declared, exact("https://github.com/acme/Apple"))).toEqual([]);
    expect(found({}, exact("https://github.com/acme/App"))).toEqual([]);
  });

  it("subjects of both versions of Ona's in one document are advice", () => {
    const both = document(exact("org:o/prj:p/env:e"), exact("organization_id:o:project_id:p"));
    expect(bare(both).filter(({ rule }) => rule === "T63")).toMatchObject([{ severity: "info" }]);
  });
});

describe("the guard", () => {
  const tree = `${url}/tree/*`;

  it.each(guard)("without %j the pattern opens other repositories", (missing) => {
    expect(
      rulesOf(
        like(
          tree,
          guard.filter((g) => g !== missing),
        ),
      ),
    ).toEqual(["T59"]);
  });

  it("of another key, another operator or another statement guards nothing", () => {
    const beside = (condition: Change) => login({ StringEquals: aud, StringLike: sub(tree), ...condition });
    expect(rulesOf(beside({ StringNotLike: { [`${name}:aud`]: guard } }))).toEqual(["T59"]);
    expect(rulesOf(beside({ StringNotEquals: sub(guard) }))).toEqual(["T25", "T59"]);
    expect(rulesOf(like(tree, null), exact(own))).toEqual(["T59"]);
  });

  it("counts in a Deny that looks at nothing else, and not in one that does", () => {
    expect(rulesOf(like(tree, null), deny({ StringLike: sub(guard) }))).toEqual([]);
    expect(
      rulesOf(like(tree, null), deny({ StringLike: sub(guard), Bool: { "aws:SecureTransport": "false" } })),
    ).toEqual(["T59"]);
    expect(rulesOf(like(tree, null), deny({ StringLike: sub(guard) }, { Action: "sts:TagSession" }))).toEqual(
      ["T59"],
    );
  });

  it("that forgets one spelling of a dot segment, or applies only sometimes, is none", () => {
    const narrow = ["*..*", "*%2e*", "*.%2E*", "*%2E%2E*", "*\t*", "*\n*", "*\r*"];
    expect(rulesOf(like(tree, narrow))).toEqual(["T59"]);
    const elsewhere = { StringNotEquals: { "aws:SourceVpc": "vpc-1" } };
    expect(rulesOf(like(tree, null), deny({ StringLike: sub(guard), ...elsewhere }))).toEqual(["T59"]);
  });

  it("in wider words is as good, and whole subjects need none", () => {
    expect(rulesOf(like(tree, ["*.*.*.*", "*%*", "*\t*", "*\n*", "*\r*"]))).toEqual([]);
    expect(rulesOf(like(own, null))).toEqual([]);
  });

  it("stands beside exact and pattern subjects in one list, of which it refuses none", () => {
    expect(rulesOf(like([...own, tree]))).toEqual([]);
    expect(bare(document(like([...own, tree]))).map((f) => f.rule)).not.toContain("T26");
    expect(rulesOf(like([...own, tree], null))).toEqual(["T59"]);
    expect(rulesOf(like([...own, tree, `${url}/tree/a%2eb`]))).toEqual(["T34"]);
    // What nobody can pass is told once: that the repository itself is missing too comes behind it.
    expect(rulesOf(login({ StringEquals: { ...aud, ...sub(url) }, StringLike: sub(`${url}/*`) }))).toEqual([
      "T34",
    ]);
    expect(rulesOf(like([...own, tree]), exact(`${url}/tree/a%2eb`))).toEqual([]);
  });

  it("is needed for a run of question marks that has room for a way out", () => {
    expect(rulesOf(like(`${url}/${"?".repeat(24)}`, null))).toEqual(["T59"]);
  });
});

describe("conditions", () => {
  const condition = (change: Change) => rulesOf(login({ StringEquals: { ...aud, ...sub(own) }, ...change }));

  it("keys and operators are read without case", () => {
    expect(rulesOf(login({ STRINGEQUALS: { [`${name.toUpperCase()}:AUD`]: "sts.amazonaws.com" } }))).toEqual([
      "T23",
    ]);
    expect(rulesOf(login({ StringEquals: aud, "forallvalues:STRINGLIKE": sub(own) }))).toEqual(["T28"]);
  });

  it("aud that lets everybody in is none, and a pattern of audiences is reported", () => {
    const wanted = (value: string) => rulesOf(login({ StringLike: { [`${name}:aud`]: value, ...sub(own) } }));
    expect([wanted("*"), wanted("sts.*"), wanted("sts.amazonaws.com")]).toEqual([["T21"], ["T27"], []]);
    expect(rulesOf(login({ StringEquals: sub(own), StringNotEquals: { [`${name}:aud`]: "x" } }))).toEqual([
      "T21",
    ]);
  });

  it("of several audiences each must be known", () => {
    const two = login({
      StringEquals: { [`${name}:aud`]: ["sts.amazonaws.com", "vault.acme.com"], ...sub(own) },
    });
    expect(rulesOf(two)).toEqual(["T22"]);
    const context = {
      installations: [
        { issuer: `https://${name}` },
        { issuer: `https://${name}`, audience: "vault.acme.com" },
      ],
    };
    expect(found(context, two)).toEqual([]);
  });

  it("audiences are held against what an identity provider of the same files registers", () => {
    const registered = (wanted: string, audiences: readonly string[], more: object = {}, context = {}) =>
      aboveInfo(
        judge({
          document: document(login({ StringEquals: { [`${name}:aud`]: wanted, ...sub(own) } })),
          providers: [{ url: name, audiences, thumbprints: null, ...more }],
          context,
        }),
      );
    const declared = { installations: [{ issuer: `https://${name}` }] };
    expect(registered("vault.acme.com", ["vault.acme.com"])).toEqual([]);
    expect(registered("sts.amazonaws.com", ["vault.acme.com"])).toEqual(["T22"]);
    expect(registered("vault.acme.com", ["vault.acme.com", "sts.amazonaws.com"], {}, declared)).toEqual([
      "T22",
    ]);
    expect(registered("sts.amazonaws.com", ["vault.acme.com"], { url: "other.acme.com/idp" })).toEqual([]);
    const elsewhere = { arn: arn.replace("123456789012", "210987654321") };
    expect(registered("sts.amazonaws.com", ["vault.acme.com"], elsewhere)).toEqual([]);
    expect(registered("sts.amazonaws.com", ["vault.acme.com"], { arn })).toEqual(["T22"]);
  });

  it("remedies name the issuer", () => {
    const remedy = (rule: string, condition: Change) =>
      bare(document(login(condition))).find((s) => s.rule === rule)?.remedy;
    expect(remedy("T21", { StringEquals: sub(own) })).toContain(`"${name}:aud"`);
    expect(remedy("T23", { StringEquals: aud })).toContain(`"${name}:sub"`);
  });

  it("Null with false demands a key and is no condition on its value", () => {
    expect(rulesOf(login({ StringEquals: aud, Null: sub("false") }))).toEqual(["T23"]);
    expect(
      rulesOf(login({ StringEquals: aud, Null: sub("false"), "ForAllValues:StringEquals": sub(own) })),
    ).toEqual([]);
    expect(rulesOf(login({ StringEquals: aud, Null: sub("false"), StringEqualsIfExists: sub(own) }))).toEqual(
      [],
    );
    expect(condition({ Null: sub(["true", "false"]) })).toEqual([]);
  });

  it.each([
    `https://${name}:sub`,
    `${name}/:sub`,
    "services.acme.gitpod.cloud:sub",
    "gitpod:sub",
    "api.acme.gitpod.cloud/idp:sub",
  ])("the key %s is of another issuer", (key) => {
    expect(rulesOf(login({ StringEquals: { ...aud, [key]: own } }))).toEqual(["T32"]);
  });

  it.each(["iss", "azp", "org_id", "repository", "user_id", "context"])(
    "AWS does not look at %s",
    (claim) => {
      expect(condition({ StringLike: { [`${name}:${claim}`]: "x" } })).toEqual(["T33"]);
    },
  );

  it.each(["email", "oaud"])("AWS looks at %s", (claim) => {
    expect(condition({ StringLike: { [`${name}:${claim}`]: "x*" } })).toEqual([]);
  });

  it("keys of two issuers in one statement let nobody in", () => {
    const other = "services.beta.gitpod.cloud/idp";
    const both = login(
      { StringEquals: { ...aud, ...sub(own), [`${other}:sub`]: own } },
      { Principal: { Federated: [arn, arn.replace(name, other)] } },
    );
    expect(rulesOf(both)).toEqual(["T32"]);
  });

  it("a Deny of everybody else is a condition, unless it leaves a way", () => {
    const only = login({ StringEquals: aud });
    expect(rulesOf(only, deny({ StringNotLike: sub(own) }))).toEqual([]);
    expect(rulesOf(only, deny({ StringNotLike: sub("*") }))).toEqual(["T24"]);
    expect(rulesOf(only, deny({ StringNotLikeIfExists: sub(own) }))).toEqual(["T23"]);
    expect(rulesOf(only, deny({ "ForAnyValue:StringNotLike": sub(own) }))).toEqual(["T23"]);
    expect(rulesOf(only, deny({ StringNotLike: { ...sub(own), ...aud } }))).toEqual(["T23"]);
  });

  it("T37: a Deny that can apply is left alone, and one of other claims, actions or principals is not", () => {
    const idle = (...statements: readonly unknown[]) =>
      bare(document(...statements)).some((s) => s.rule === "T37");
    expect(idle(exact(own), deny({ StringNotEquals: sub("https://github.com/acme/web") }))).toBe(false);
    expect(idle(exact(own), deny({ StringEqualsIfExists: sub("https://github.com/acme/web") }))).toBe(false);
    expect(idle(exact(own), deny(undefined))).toBe(false);
    expect(idle(exact(own), deny({ StringEquals: sub("https://github.com/acme/web") }))).toBe(true);
    expect(idle(exact(own), deny(undefined, { Action: "sts:AssumeRole" }))).toBe(true);
    expect(
      idle(
        exact(own),
        deny(undefined, { Principal: { Federated: "arn:aws:iam::123456789012:saml-provider/x" } }),
      ),
    ).toBe(true);
    expect(idle(exact(own), deny({ StringEquals: { "other.acme.com/idp:sub": "x" } }))).toBe(true);
  });
});

describe("principals", () => {
  it.each<readonly [string, unknown, readonly string[]]>([
    ["nobody", {}, ["T04"]],
    ["everybody", { AWS: "*" }, ["T04"]],
    ["any provider", { Federated: "*" }, ["T04"]],
    ["providers by wildcard", { Federated: "arn:aws:iam::123456789012:oidc-provider/*" }, ["T04"]],
    ["no ARN", { Federated: name }, ["T08"]],
    ["an account to be filled in", { AWS: "arn:aws:iam::ACCOUNT:root" }, ["T08"]],
    ["a role named like work", { AWS: "arn:aws:iam::123456789012:role/todo-app-deploy" }, []],
    ["a role with words in capitals", { AWS: "arn:aws:iam::123456789012:role/YOURS-HOSTED" }, []],
    ["a role to be filled in", { AWS: "arn:aws:iam::123456789012:role/YOUR_ROLE" }, ["T08"]],
    ["a scheme", { Federated: `arn:aws:iam::123456789012:oidc-provider/https://${name}` }, ["T08"]],
    ["another partition", { Federated: [arn, arn.replace("arn:aws:", "arn:aws-cn:")] }, ["T09"]],
    ["another account", { Federated: [arn, arn.replace("123456789012", "210987654321")] }, ["T10"]],
    ["a partition that is none", { Federated: arn.replace("arn:aws:", "arn:aws-mars:") }, ["T09"]],
  ])("%s", (_, principal, expected) => {
    const isProvider = JSON.stringify(principal).includes("Federated") || expected.includes("T04");
    const statement = isProvider
      ? login({ StringEquals: { ...aud, ...sub(own) } }, { Principal: principal })
      : login(undefined, { Principal: principal, Action: "sts:AssumeRole" });
    expect(rulesOf(statement)).toEqual(expected);
  });

  it.each<readonly [string, readonly string[]]>([
    ["services.change.org/idp", []],
    ["your.acme.com/idp", []],
    ["insert.cloud/idp", []],
    ["services.YOUR-HOST/idp", ["T08"]],
    ["<issuer>/idp", ["T08"]],
    ["{ISSUER}/idp", ["T08"]],
  ])("of the issuer %s: %j", (issuer, expected) => {
    const text = JSON.stringify(document(exact(own))).replaceAll(name, issuer);
    expect(aboveInfo(bare(JSON.parse(text)))).toEqual(expected);
  });

  it("T01: a permission policy is no trust policy", () => {
    const said = bare(document({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }));
    expect(said.find((s) => s.rule === "T01")).toMatchObject({ remedy: "pass it with --permission-policy" });
  });

  it("an issuer that nobody has declared is found, and one that is another's is left alone", () => {
    const context = { installations: [{ issuer: "https://services.beta.gitpod.cloud/idp" }] };
    expect(found(context, exact(own))).toEqual(["T10"]);
    expect(found({ installations: [{ issuer: `https://${name}` }] }, exact(own))).toEqual([]);
  });

  it("on open signup an organization is an error, and a repository a warning", () => {
    const shared = (value: string) =>
      bare(JSON.parse(JSON.stringify(document(like(value))).replaceAll(name, "services.gitpod.io/idp")))
        .filter((s) => s.rule === "T57")
        .map((s) => s.severity);
    expect(shared("https://github.com/acme/*")).toEqual(["error"]);
    expect(shared(`${url}/tree/*`)).toEqual(["warning"]);
    expect(shared("org_id:o:repository:https://github.com/acme/*")).toEqual([]);
  });
});

/** A provider name of each row of the table. */
const foreignNames = [
  "token.actions.githubusercontent.com",
  "app.terraform.io",
  "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF",
  "acme-oidc.s3.us-east-1.amazonaws.com",
  "container.googleapis.com/v1/projects/p/locations/l/clusters/c",
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "www.amazon.com",
  "cognito-idp.us-east-1.amazonaws.com/us-east-1_abc",
  "gitlab.com",
  "oidc.circleci.com/org/0123",
  "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
  "agent.buildkite.com",
  "oidc.vercel.com/acme",
  "token.actions.acme.ghe.com",
  "acme.app.spacelift.io",
  "sts.windows.net/0123/",
  "acme.eu.auth0.com/",
];

describe("issuers that are not Gitpod's", () => {
  it("each example is of one row of the table, and each row has one", () => {
    const rows = foreignNames.map((n) =>
      foreignIssuers.filter(({ pattern }) => pattern.test(n.toLowerCase())),
    );
    expect(rows.map((found) => found.length)).toEqual(foreignNames.map(() => 1));
    expect(new Set(rows.flat()).size).toBe(foreignIssuers.length);
  });

  it.each([
    "services.acme.gitpod.cloud/idp",
    "api.gitpod.io/idp",
    "app.gitpod.io",
    "gitlab.acme.com/idp",
    "token.actions.githubusercontent.com.evil.io",
  ])("%s may be Gitpod's", (mine) => {
    expect(foreignIssuers.filter(({ pattern }) => pattern.test(mine))).toEqual([]);
  });

  it("their conditions are judged, and Gitpod's grammar is not", () => {
    const gh = "token.actions.githubusercontent.com";
    const actions = (condition: Change) =>
      login(condition, { Principal: { Federated: arn.replace(name, gh) } });
    const ghAud = { [`${gh}:aud`]: "https://github.com/acme" };
    expect(rulesOf(actions({ StringEquals: ghAud, StringLike: { [`${gh}:sub`]: "repo:acme/*" } }))).toEqual(
      [],
    );
    expect(rulesOf(actions({ StringEquals: { ...ghAud, [`${gh}:repository_id`]: "1" } }))).toEqual([]);
    expect(rulesOf(actions({ StringEquals: ghAud }))).toEqual(["T23"]);
    const weak = { StringEqualsIfExists: { [`${gh}:repository_id`]: "1" } };
    expect(rulesOf(actions({ StringEquals: ghAud, ...weak }))).toEqual(["T23"]);
    expect(rulesOf(actions({ StringEquals: ghAud, StringLike: { [`${gh}:sub`]: "*" } }))).toEqual(["T24"]);
    expect(rulesOf(actions({ StringEquals: { ...ghAud, [`${gh}:sub`]: "repo:acme/*" } }))).toEqual(["T25"]);
    expect(
      rulesOf(actions({ StringEquals: { [`${gh}:sub`]: "repo:acme/app:ref:refs/heads/main" } })),
    ).toEqual(["T21"]);
    expect(rulesOf(actions({ StringEquals: { ...ghAud, [`${name}:sub`]: own } }))).toEqual(["T32"]);
  });

  const foreign = (issuer: string, claims: Readonly<Record<string, unknown>>, operator = "StringLike") => {
    const builtIn = /^[a-z.-]+$/.test(issuer) && !/terraform|gitlab|buildkite|actions/.test(issuer);
    return rulesOf(
      login(
        {
          [operator]: Object.fromEntries(
            Object.entries(claims).map(([k, v]) => [k.startsWith("aws:") ? k : `${issuer}:${k}`, v]),
          ),
        },
        { Principal: { Federated: builtIn ? issuer : arn.replace(name, issuer) } },
      ),
    );
  };
  const gh = "token.actions.githubusercontent.com";
  const cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF";

  it.each<readonly [string, string, readonly string[]]>([
    [gh, "r*", ["T24"]],
    [gh, "repo:*", ["T24"]],
    [gh, "repo:*/*", ["T24"]],
    [gh, "repo:*/app:ref:refs/heads/main", ["T24"]],
    [gh, "repo:acme*", ["T24"]],
    [gh, "repo:?cme/app:*", ["T24"]],
    [gh, "environment:prod:*", ["T24"]],
    [gh, "*:ref:refs/heads/main", ["T24"]],
    [gh, "repo:acme/*", []],
    [gh, "repo:acme/app:*", []],
    [gh, "repo:acme@12/app@34:ref:*", []],
    [gh, "environment:prod:repository_owner:acme:*", []],
    [gh, "repository_id:123:*", []],
    [gh, "repo:acme/app:ref:refs/heads/main", []],
    ["app.terraform.io", "organization:*:project:p:workspace:w:run_phase:*", ["T24"]],
    ["app.terraform.io", "organization:acme*", ["T24"]],
    ["app.terraform.io", "organization:acme:*", []],
    ["gitlab.com", "project_path:*", ["T24"]],
    ["gitlab.com", "project_path:acme/*", []],
    ["agent.buildkite.com", "organization:*:pipeline:p:*", ["T24"]],
    ["agent.buildkite.com", "organization:acme:pipeline:p:*", []],
    [cluster, "system:serviceaccount:*", ["T24"]],
    [cluster, "system:*", ["T24"]],
    [cluster, "system:serviceaccount:*:*", ["T24"]],
    [cluster, "system:serviceaccount:app:*", []],
    ["oidc.circleci.com/org/0123", "org/0123/project/*", ["T24"]],
    ["oidc.circleci.com/org/0123", "org/0123/project/4567/*", []],
  ])("%s, sub like %s: %j", (issuer, value, expected) => {
    expect(foreign(issuer, { aud: "x", sub: value })).toEqual(expected);
  });

  it("a claim beside sub counts where it names a caller, and not where everybody can have it", () => {
    expect(foreign(gh, { aud: "x", ref: "refs/heads/main" })).toEqual(["T23"]);
    expect(foreign(gh, { aud: "x", environment: "prod", actor: "me", workflow: "ci" })).toEqual(["T23"]);
    expect(foreign(gh, { aud: "x", repository: "*" })).toEqual(["T23"]);
    expect(foreign(gh, { aud: "x", repository: "*/app" })).toEqual(["T23"]);
    expect(foreign(gh, { aud: "x", repository: ["acme/app", "*/app"] })).toEqual(["T23"]);
    expect(foreign(gh, { aud: "x", repository_owner_id: "*" })).toEqual(["T23"]);
    expect(foreign(gh, { aud: "x", repository: "acme/*" })).toEqual([]);
    expect(foreign(gh, { aud: "x", repository_owner_id: "12" })).toEqual([]);
    expect(foreign(gh, { aud: "x", job_workflow_ref: "acme/ci/.github/workflows/deploy.yml@*" })).toEqual([]);
    expect(foreign(gh, { aud: "x", repository: "acme/app", sub: "repo:*:ref:refs/heads/main" })).toEqual([]);
    expect(foreign(gh, { aud: "x", repository: "acme/app" }, "StringLikeIfExists")).toEqual(["T23", "T29"]);
  });

  it("built-in issuers are told apart by pool, or by application", () => {
    const pool = "us-east-1:12345678-dead-beef-cafe-123456790ab";
    const cognito = "cognito-identity.amazonaws.com";
    expect(foreign(cognito, { amr: "authenticated" }, "ForAnyValue:StringLike")).toEqual(["T21"]);
    expect(foreign(cognito, { "aws:RequestedRegion": "us-east-1" })).toEqual(["T21"]);
    expect(foreign(cognito, { aud: "us-east-1:*" })).toEqual(["T21"]);
    expect(foreign(cognito, { aud: pool })).toEqual([]);
    for (const issuer of ["graph.facebook.com", "www.amazon.com"]) {
      expect(foreign(issuer, { "aws:RequestedRegion": "us-east-1" })).toEqual(["T23"]);
      expect(foreign(issuer, { app_id: "*" })).toEqual(["T23"]);
      expect(foreign(issuer, { app_id: "123*" })).toEqual(["T23"]);
      expect(foreign(issuer, { app_id: "123" }, "StringEquals")).toEqual([]);
    }
  });
});

describe("documents of any shape", () => {
  it("never throw, and say the same twice", () => {
    const word = fc.constantFrom(
      "*",
      "Allow",
      "Deny",
      arn,
      `${name}:sub`,
      "sts:AssumeRoleWithWebIdentity",
      ...own,
      "__proto__",
      "",
      "\u0000",
      "Null",
      "true",
    );
    const operator = fc.constantFrom(
      "StringEquals",
      "StringLike",
      "StringNotLike",
      "ForAllValues:StringLike",
      "Null",
      "Bogus",
      "__proto__",
    );
    const value = fc.oneof(word, fc.array(word, { maxLength: 3 }), fc.jsonValue());
    const statement = fc.record(
      {
        Effect: fc.constantFrom("Allow", "Deny", 1),
        Principal: fc.oneof(fc.constant({ Federated: arn }), value),
        Action: fc.oneof(fc.constant("sts:AssumeRoleWithWebIdentity"), value),
        NotAction: value,
        Resource: value,
        Condition: fc.oneof(fc.dictionary(operator, fc.dictionary(word, value)), value),
      },
      { requiredKeys: ["Effect", "Principal"] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({ Version: fc.constant("2012-10-17"), Statement: fc.array(statement) }),
          fc.jsonValue(),
        ),
        (any) => {
          expect(bare(any)).toEqual(bare(any));
        },
      ),
      runs(15, 500),
    );
  });
});
