import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, inTemporaryFolder, tree, write } from "../support/folder";

inTemporaryFolder();

const provider = "api.gitpod.io/idp";
const federated = `arn:aws:iam::123456789012:oidc-provider/${provider}`;
const app = "https://github.com/acme/app";

function statement(condition: object, change: object = {}) {
  return {
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
    ...change,
  };
}

const aud = { [`${provider}:aud`]: "sts.amazonaws.com" };
const sub = (value: unknown) => ({ [`${provider}:sub`]: value });
const like = (value: unknown) => ({ StringEquals: aud, StringLike: sub(value) });
const document = (...statements: readonly unknown[]) => ({ Version: "2012-10-17", Statement: statements });

function getRole(trust: unknown, change: object = {}): string {
  return JSON.stringify({
    Role: {
      ...{
        Path: "/",
        RoleName: "by-hand",
        Arn: "arn:aws:iam::123456789012:role/by-hand",
        MaxSessionDuration: 3600,
      },
      ...{ AssumeRolePolicyDocument: trust, ...change },
    },
  });
}

async function importOf(trust: unknown, change: object = {}) {
  write({ "role.json": getRole(trust, change) });
  return command(["import-role", "role.json"]);
}

const secretStatement = {
  ...{
    Sid: "Secret",
    Effect: "Allow",
    Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
  },
  Resource: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-??????",
};
const secretPolicy = document(secretStatement);
const exactly = document(statement({ StringEquals: { ...aud, ...sub([app, `${app}.git`, `${app}/`]) } }));

describe("a role that an entry says wholly", () => {
  it("ends with 0, its policies from files of their own, in any order, and the manifest passes check", async () => {
    const policy = JSON.stringify({ RoleName: "by-hand", PolicyName: "p", PolicyDocument: secretPolicy });
    write({ "role.json": getRole(exactly), "policy.json": policy });
    const found = await command(["import-role", "role.json", "policy.json"]);
    expect([found.status, found.stderr]).toEqual([0, ""]);
    expect(found.stdout).toContain("      - secret: db\n");
    expect(found.stdout).not.toContain("statements:");
    expect((await command(["import-role", "policy.json", "role.json"])).stdout).toBe(found.stdout);
    write({ "manifest.yaml": found.stdout });
    expect((await command(["check"])).status).toBe(0);
    expect(Object.keys(tree()).sort()).toEqual(["manifest.yaml", "policy.json", "role.json"]);
  });

  it("may be two bare documents", async () => {
    write({ "trust.json": JSON.stringify(exactly), "policy.json": JSON.stringify(secretPolicy) });
    const { status, stdout } = await command(["import-role", "policy.json", "trust.json"]);
    expect(status).toBe(1);
    expect(stdout).toContain(`- url: "${app}"\n    grants:\n`);
    expect(stdout).toContain("# the files do not say the role's name");
  });

  it("keeps a placeholder that check refuses where no ARN shows the region", async () => {
    const { status, stdout } = await importOf(exactly);
    expect(status).toBe(1);
    write({ "manifest.yaml": stdout });
    const checked = await command(["check"]);
    expect([checked.status, checked.stdout]).toEqual([
      1,
      expect.stringContaining('"unknown" is not a region'),
    ]);
  });
});

describe("what real tools write comes out as what stands beside it", () => {
  const folder = join(__dirname, "..", "fixtures", "cases", "import-role");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  it.each(names)("%s", async (name) => {
    write({ "role.json": readFileSync(join(folder, name), "utf8") });
    const { status, stdout, stderr } = await command(["import-role", "role.json"]);
    const out = join(folder, name.replace(/(\.trust)?\.json$/, ".out"));
    const said = `${stdout}${stderr}# exit ${status}\n`;
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(out, said);
    expect(said).toBe(readFileSync(out, "utf8"));
  });
});

describe("a role that somebody made by hand", () => {
  it("as the guide has it: the repository's other spellings are named", async () => {
    const { status, stdout } = await importOf(document(statement({ StringEquals: { ...aud, ...sub(app) } })));
    expect(status).toBe(1);
    expect(stdout).toContain(`# admitted by this entry, and not until now: "${app}.git"`);
    expect(stdout).toContain(`# admitted by this entry, and not until now: "${app}/"`);
    expect(stdout).not.toContain("contexts:");
  });

  it.each([
    [
      "https://github.com/acme*",
      '- url: "https://github.com/acme"',
      '"https://github.com/acme" and more after it',
    ],
    [`${app}*`, "contexts: [all]", `"${app}" and more after it`],
    [`${app}/*`, "contexts: [all]", "dot segments"],
    [[app, `${app}/tree/*`], "contexts: [repository, branches]", "dot segments"],
  ])("%j: the narrower entry, and what it leaves out", async (value, entry, left) => {
    const { status, stdout } = await importOf(document(statement(like(value))));
    expect(status).toBe(1);
    expect(stdout).toContain(entry);
    expect(stdout).toMatch(/^ {2}# /m);
    expect(stdout).toContain(left);
  });

  it("with pull requests excepted: every context but that", async () => {
    const trust = document(statement({ ...like(`${app}/*`), StringNotLike: sub(`${app}/pull/*`) }));
    const { stdout } = await importOf(trust);
    expect(stdout).toContain("contexts: [repository, branches, tags, commits, issues]");
  });

  it("with a date and addresses", async () => {
    const bounds = {
      DateLessThan: { "aws:CurrentTime": "2027-03-31T10:00:00Z" },
      IpAddress: { "aws:SourceIp": "203.0.113.0/24" },
    };
    const { stdout } = await importOf(document(statement({ ...like(app), ...bounds })));
    expect(stdout).toContain('expires: "2027-03-31"');
    expect(stdout).toContain('sourceCidrs: ["203.0.113.0/24"]');
    expect(stdout).toContain('logins ended at "2027-03-31T10:00:00Z"');
  });
});

describe("a role that trusts two issuers", () => {
  const services = "services.acme.gitpod.cloud/idp";
  const api = services.replace("services", "api");
  const trusting = (issuer: string, of = app) =>
    JSON.parse(
      JSON.stringify(statement({ StringEquals: { ...aud, ...sub([of, `${of}.git`, `${of}/`]) } })).replaceAll(
        provider,
        issuer,
      ),
    ) as object;
  const policy = { RoleName: "by-hand", PolicyName: "p", PolicyDocument: secretPolicy };

  it("for the same is one entry, of an installation with formerIssuers", async () => {
    for (const issuers of [
      [api, services],
      [services, api],
    ]) {
      const trust = document(...issuers.map((issuer) => trusting(issuer)));
      write({ "role.json": getRole(trust), "policy.json": JSON.stringify(policy) });
      const { status, stdout } = await command(["import-role", "role.json", "policy.json"]);
      expect([status, stdout]).toEqual([0, expect.stringContaining(`issuer: "https://${services}"`)]);
      expect(stdout).toContain(
        `    formerIssuers:\n      - issuer: "https://${api}"\n        identityProvider: existing\n`,
      );
      write({ "manifest.yaml": stdout });
      expect((await command(["check"])).status).toBe(0);
    }
  });

  it("for different repositories is an entry for one, and a comment names the other", async () => {
    const { status, stdout } = await importOf(document(trusting(api, `${app}-2`), trusting(services)));
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^ {2}# the issuer ".*" is left out: /m)]);
    expect(stdout).not.toContain("formerIssuers");
  });
});

describe("what an entry could only widen has none", () => {
  it.each([
    ["a whole host", document(statement(like("https://github.com/*"))), "of no repository"],
    ["everybody", document(statement(like("*"))), "of no repository"],
    ["no subject", document(statement({ StringEquals: aud })), "it does not say which subjects"],
    [
      "names that begin alike",
      document(statement(like("https://github.com/acme/shop-*"))),
      "of no repository",
    ],
    [
      "another condition",
      document(statement({ ...like(app), Bool: { "aws:MultiFactorAuthPresent": "true" } })),
      "Bool on",
    ],
    [
      "a Deny",
      document(...exactly.Statement, statement(like(`${app}.git`), { Effect: "Deny" })),
      "has a Deny",
    ],
    ["a mistake inside", document({ ...statement(like(app)), Conditions: {} }), "is not one"],
    ["no provider", document(statement(like(app), { Principal: { AWS: "*" } })), "principals"],
    [
      "another's provider",
      document(statement(like(app), { Principal: { Federated: "cognito-identity.amazonaws.com" } })),
      "not an OpenID Connect",
    ],
    ["GitHub Actions", document(statement(like("repo:acme/app:*"))), "of no repository"],
    [
      "an old Version",
      { ...document(statement(like(`${app}\${*}`))), Version: "2008-10-17" },
      "before 2012-10-17",
    ],
  ])("%s", async (_, trust, why) => {
    const { status, stdout } = await importOf(trust);
    expect(status).toBe(1);
    expect(stdout).toContain('# No entry for role "by-hand": ');
    expect(stdout).toContain(why);
    expect(stdout).not.toMatch(/^(orgs|repos):/m);
  });
});

describe("a Deny among permissions stays a statement, as it is", () => {
  const deny = { Effect: "Deny", Action: "s3:*", Resource: "*" };
  const expiry = {
    ...deny,
    Action: "*",
    Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2027-03-31T00:00:00Z" } },
  };
  it.each([
    ["beside a grant", [secretStatement, deny], 'Action: "s3:*"'],
    ["of what a grant says", [{ ...secretStatement, Effect: "Deny" }], "secretsmanager:GetSecretValue"],
    ["alone", [deny], "Effect: Deny"],
    ["of everything from a day on, alone", [expiry], "DateGreaterThanEquals"],
  ])("%s", async (_, statements, expected) => {
    const policy = { RoleName: "by-hand", PolicyName: "p", PolicyDocument: document(...statements) };
    write({ "role.json": getRole(exactly), "policy.json": JSON.stringify(policy) });
    const { stdout } = await command(["import-role", "role.json", "policy.json"]);
    expect(stdout).not.toContain("# No entry");
    expect(stdout).toMatch(/statements:[^]*Effect: Deny/);
    expect(stdout).toContain(expected);
  });
});

it("a role without any policy file ends with 1, and says so", async () => {
  const { status, stdout } = await importOf(exactly);
  expect(status).toBe(1);
  expect(stdout).toContain("  # the files show no policy of it");
});

it("hostile text leaves neither its comment nor its quotes", async () => {
  const name = "x\n\nrepos:\n  - url: evil\u2028# \u001b[31m";
  for (const trust of [exactly, document(statement(like(`${app}\nrepos: [evil]`)))]) {
    const { stdout } = await importOf(trust, { RoleName: name });
    expect(stdout).not.toMatch(/^repos|^ {2}- url/m);
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028]/);
  }
});

describe("input that cannot be read ends with 2", () => {
  it.each([
    ["no JSON", "role: x", "role.json:1:1: "],
    ["nothing", "", "is empty"],
    ["a duplicate key", '{"Role":{"RoleName":"a","RoleName":"b"}}', "role.json:1:36: "],
  ])("%s", async (_, text, message) => {
    write({ "role.json": text });
    const { status, stdout, stderr } = await command(["import-role", "role.json"]);
    expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  });

  it("no such file, no file at all, standard input twice", async () => {
    for (const argv of [["none.json"], [], ["-", "-"]])
      expect((await command(["import-role", ...argv])).status).toBe(2);
  });
});
