import { mkdirSync, writeFileSync } from "node:fs";
import { command, inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const issuer = "https://services.acme.gitpod.cloud/idp";
const name = issuer.slice("https://".length);
const trust = (sub: object, aud = "sts.amazonaws.com") =>
  JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${name}` },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { [`${name}:aud`]: aud, ...sub } },
        },
      ],
    },
    null,
    2,
  );
const exact = trust({ [`${name}:sub`]: "https://github.com/acme/app" });
const permission = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
});

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly file: string;
  readonly line: number;
  readonly path: string;
}
const found = async (argv: readonly string[], stdin = ""): Promise<readonly Found[]> => {
  const { stdout, stderr } = await command(["check", "--format", "json", ...argv], {}, { stdin });
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as { findings: Found[] }).findings;
};
const rulesOf = (findings: readonly Found[]) =>
  findings.filter(({ severity }) => severity !== "info").map(({ rule }) => rule);

describe("check --trust-policy", () => {
  it("ends with 0 where nothing is wrong, and with 1 and a place where something is", async () => {
    write({ "good.json": exact, "bad.json": trust({}) });
    expect((await command(["check", "--trust-policy", "good.json", "--strict"])).status).toBe(0);
    const bad = await command(["check", "--trust-policy", "bad.json"]);
    expect(bad.status).toBe(1);
    expect(bad.stdout).toMatch(/^bad\.json:\d+:\d+: error T23: /m);
  });

  it("G22: knows a long session that assumes another role, by both files", async () => {
    const role = {
      RoleName: "a",
      MaxSessionDuration: 28_800,
      AssumeRolePolicyDocument: JSON.parse(exact) as object,
    };
    write({
      "role.json": JSON.stringify({ Role: role }),
      "own.json": permission.replace("sqs:SendMessage", "sts:AssumeRole"),
    });
    const findings = await found(["--trust-policy", "role.json", "--permission-policy", "own.json"]);
    expect(findings.map(({ rule }) => rule)).toContain("G22");
  });

  it("reads no manifest that nobody named", async () => {
    write({ "good.json": exact, "manifest.yaml": "version: 2\n" });
    expect((await command(["check", "--trust-policy", "good.json"])).status).toBe(0);
  });

  it("reads standard input, and calls it so", async () => {
    const findings = await found(["--trust-policy", "-"], trust({}));
    expect(findings.find(({ rule }) => rule === "T23")).toMatchObject({ file: "<stdin>" });
  });

  it("holds keys against --issuer, or against a manifest that is named", async () => {
    write({
      "good.json": exact,
      "manifest.yaml": manifest("repos: [{ url: https://github.com/acme/app }]", "", `issuer: ${issuer}`),
      "other.yaml": manifest("repos: [{ url: https://github.com/acme/app }]", "", "host: other.cloud"),
    });
    expect(rulesOf(await found(["--trust-policy", "good.json", "--issuer", issuer]))).toEqual([]);
    expect(rulesOf(await found(["manifest.yaml", "--trust-policy", "good.json"]))).toEqual([]);
    expect(
      rulesOf(await found(["--trust-policy", "good.json", "--issuer", "https://services.b.gitpod.cloud/idp"]))
        .length,
    ).toBeGreaterThan(0);
    expect(rulesOf(await found(["other.yaml", "--trust-policy", "good.json"])).length).toBeGreaterThan(0);
  });

  it("reports a manifest that is none, and judges nothing", async () => {
    write({ "good.json": exact, "broken.yaml": "version: 2\n" });
    const { status, stdout } = await command(["check", "broken.yaml", "--trust-policy", "good.json"]);
    expect([status, stdout]).toEqual([1, expect.stringContaining("broken.yaml:1")]);
    expect((await command(["check", "missing.yaml", "--trust-policy", "good.json"])).status).toBe(2);
  });

  it("says T01 at the mistake where a file is no JSON, or holds a key twice", async () => {
    write({
      "a.json": '{\n  "Version": "2012-10-17",\n}',
      "b.json": exact.replace('"Effect"', '"Effect": "Deny",\n"Effect"'),
    });
    expect(await found(["--trust-policy", "a.json"])).toMatchObject([
      { rule: "T01", line: 3, remedy: expect.stringContaining("comma") as string },
    ]);
    expect(await found(["--trust-policy", "b.json"])).toContainEqual(
      expect.objectContaining({ rule: "T01", path: "Statement[0].Effect" }),
    );
  });
});

describe("check --permission-policy", () => {
  it("judges permissions, and says T01 of what is no policy", async () => {
    write({ "p.json": permission, "q.json": '{"Statement": [{"Effect": "Perhaps"}]}' });
    expect(rulesOf(await found(["--permission-policy", "p.json"]))).toEqual(["G02"]);
    expect(rulesOf(await found(["--permission-policy", "q.json"]))).toContain("T01");
  });

  it("of the same role as --trust-policy weighs more where the trust is wide", async () => {
    write({
      "p.json": permission,
      "wide.json": trust({}).replace(
        '"StringEquals"',
        `"StringLike": {"${name}:sub": "https://github.com/acme/*"},
         "StringNotLike": {"${name}:sub": ["*..*", "*%2e*", "*%2E*", "*\\t*", "*\\n*", "*\\r*"]}, "StringEquals"`,
      ),
    });
    const severity = async (argv: readonly string[]) =>
      (await found(argv)).find(({ rule }) => rule === "G02")?.severity;
    expect(await severity(["--permission-policy", "p.json"])).toBe("warning");
    expect(await severity(["--permission-policy", "p.json", "--trust-policy", "wide.json"])).toBe("error");
  });
});

test("a byte order mark is skipped, in a file and on standard input", async () => {
  write({ "plain.json": exact, "bom.json": `\ufeff${exact}` });
  const plain = await command(["check", "--trust-policy", "plain.json"]);
  const marked = await command(["check", "--trust-policy", "bom.json"]);
  const piped = await command(["check", "--trust-policy", "-"], {}, { stdin: `\ufeff${exact}` });
  expect([marked.status, marked.stdout.replaceAll("bom.json", "plain.json")]).toEqual([0, plain.stdout]);
  expect([piped.status, piped.stdout.replaceAll("<stdin>", "plain.json")]).toEqual([0, plain.stdout]);
});

describe("what is something else, well known, is refused with the way round", () => {
  const resources = { Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: {} } } };
  it.each<[string, string, RegExp]>([
    [
      "a CloudFormation template",
      JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09" }),
      /aws iam get-role/,
    ],
    ["one that the AWS CDK wrote", JSON.stringify({ Resources: resources }), /deploy it.*aws iam get-role/],
    ["one in YAML", "Resources:\n  Role:\n    Type: AWS::IAM::Role\n", /aws iam get-role/],
    [
      "aws cloudformation get-template",
      JSON.stringify({ TemplateBody: { Resources: resources } }),
      /aws iam get-role/,
    ],
    ["a .tf file", 'resource "aws_iam_role" "app" {\n  name = "app"\n}\n', /terraform show -json/],
  ])("%s", async (_name, text, wayRound) => {
    write({ "other.txt": text });
    const checked = await command(["check", "--trust-policy", "other.txt"]);
    expect([checked.status, checked.stdout]).toEqual([1, expect.stringMatching(wayRound)]);
    const imported = await command(["import-role", "other.txt"]);
    expect([imported.status, imported.stderr]).toEqual([2, expect.stringMatching(wayRound)]);
  });
});

describe("a document that is not there is named by its place", () => {
  const detail = (policy: object) => ({ RoleDetailList: [{ RoleName: "app", RolePolicyList: [policy] }] });
  it.each<[string, object]>([
    ["RoleDetailList[0].RolePolicyList[0].PolicyDocument", detail({ PolicyName: "x" })],
    ["RoleDetailList[0].RolePolicyList[0].PolicyDocument", detail({ PolicyName: "x", PolicyDocument: null })],
    ["Role.AssumeRolePolicyDocument", { Role: { RoleName: "app", AssumeRolePolicyDocument: null } }],
    ["PolicyVersion.Document", { PolicyVersion: { VersionId: "v1", Document: null } }],
  ])("%s", async (place, value) => {
    write({ "x.json": JSON.stringify(value) });
    for (const option of ["--trust-policy", "--permission-policy"]) {
      const { status, stdout } = await command(["check", option, "x.json"]);
      expect([status, stdout]).toEqual([2, expect.stringContaining(`no policy document at ${place}\n`)]);
    }
    const imported = await command(["import-role", "x.json"]);
    expect([imported.status, imported.stderr]).toEqual([1, expect.stringContaining(place)]);
  });
});

describe("a file that cannot be judged", () => {
  const refused = async (file: string, pattern: RegExp) => {
    const { status, stdout, stderr } = await command(["check", "--trust-policy", file]);
    expect([file, status, stdout, stderr]).toEqual([file, 2, "", expect.stringMatching(pattern)]);
  };

  it("ends with 2 and says why", async () => {
    mkdirSync("folder");
    write({ "empty.json": " \n", "other.json": '{"Roles": []}' });
    writeFileSync("plan.out", Buffer.from("PK\u0003\u0004\u0014\u0000\u00e9", "latin1"));
    writeFileSync("utf16.json", Buffer.from(`\ufeff${exact}`, "utf16le"));
    writeFileSync("naked16.json", Buffer.from(exact, "utf16le"));
    writeFileSync("latin1.json", Buffer.from('{"a": "\u00e9"}', "latin1"));
    await refused("missing.json", /"missing\.json" cannot be read: it does not exist\n {2}remedy: /);
    await refused("folder", /is not a regular file/);
    await refused("empty.json", /is empty/);
    await refused("plan.out", /is binary.*\n {2}remedy: .*terraform show -json/);
    await refused("utf16.json", /is not UTF-8/);
    await refused("naked16.json", /is not UTF-8/);
    await refused("latin1.json", /is not UTF-8/);
    await refused("other.json", /no policy and no identity provider/);
  });

  it.each([
    [["--trust-policy", "-", "--permission-policy", "-"]],
    [["--trust-policy", "good.json", "--now", "2026-01-01"]],
    [["--trust-policy", "good.json", "--issuer", "http://x"]],
    [["--trust-policy", "good.json", "--issuer", "https://x/", "manifest.yaml"]],
  ])("so does what contradicts itself: %j", async (argv) => {
    write({ "good.json": exact });
    expect(await command(["check", ...argv])).toMatchObject({ status: 2, stdout: "" });
  });

  it("of a bomb is refused in no time", async () => {
    write({ "bomb.json": "[".repeat(8_000_000) });
    expect(await found(["--trust-policy", "bomb.json"])).toMatchObject([{ rule: "T01" }]);
  });
});

describe("what a file does not show", () => {
  const resources = [{ address: "aws_iam_role.a", type: "aws_iam_role", name: "a", values: { name: "a" } }];
  const changes = [{ address: "aws_iam_role.a", change: { after_unknown: { assume_role_policy: true } } }];
  const plan = (...more: object[]) =>
    JSON.stringify({
      ...{ format_version: "1.2", planned_values: { root_module: { resources: [...resources, ...more] } } },
      resource_changes: changes,
    });
  const known = { address: "aws_iam_role.b", type: "aws_iam_role", name: "b" };
  const roles = { Roles: [{ RoleName: "a", AssumeRolePolicyDocument: JSON.parse(exact) as object }] };

  it("is a warning beside what was judged: --strict fails on it", async () => {
    write({
      "plan.json": plan({ ...known, values: { name: "b", assume_role_policy: exact } }),
      "roles.json": JSON.stringify({ ...roles, IsTruncated: true }),
    });
    for (const file of ["plan.json", "roles.json"]) {
      const lax = await command(["check", "--trust-policy", file]);
      expect([lax.status, lax.stderr, lax.stdout]).toEqual([0, "", expect.stringContaining("warning E01")]);
      expect((await command(["check", "--trust-policy", file, "--strict"])).status).toBe(1);
    }
  });

  it("is an error, and no verdict, where nothing else is there: in every format", async () => {
    write({
      "plan.json": plan(),
      "roles.json": JSON.stringify({ Roles: [], IsTruncated: true }),
    });
    const said = { text: "error E01", json: '"rule": "E01"', sarif: '"ruleId": "E01"', markdown: "1 error" };
    for (const file of ["plan.json", "roles.json"])
      for (const [format, text] of Object.entries(said))
        expect([file, await command(["check", "--trust-policy", file, "--format", format])]).toEqual([
          file,
          { status: 2, stderr: "", stdout: expect.stringContaining(text) as string },
        ]);
  });

  it("is no verdict either where a role has a name and no policy", async () => {
    write({ "role.json": '{"Role": {"RoleName": "a", "MaxSessionDuration": 3600}}' });
    expect(await command(["check", "--trust-policy", "role.json"])).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("a policy of the other kind", () => {
  it("is told from the one that was asked for", async () => {
    write({ "trust.json": exact, "permission.json": permission });
    const remedies = async (option: string, file: string) => {
      const { status, stdout } = await command(["check", option, file, "--format", "json"]);
      const { findings } = JSON.parse(stdout) as { findings: { rule: string; remedy: string }[] };
      return [status, findings.filter(({ rule }) => rule === "T01").map(({ remedy }) => remedy)];
    };
    expect(await remedies("--permission-policy", "trust.json")).toEqual([
      1,
      [expect.stringContaining("--trust-policy")],
    ]);
    expect(await remedies("--trust-policy", "permission.json")).toEqual([
      1,
      [expect.stringContaining("--permission-policy")],
    ]);
  });
});

it("shows text of a policy safely: no escape sequence reaches the terminal", async () => {
  write({ "x.json": trust({ [`${name}:sub`]: "\u001b[31m\u202e*" }) });
  for (const format of ["text", "json", "sarif", "markdown"]) {
    const { stdout } = await command(["check", "--trust-policy", "x.json", "--format", format]);
    // eslint-disable-next-line no-control-regex
    expect([format, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/.exec(stdout)]).toEqual([format, null]);
  }
});
