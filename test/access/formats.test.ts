import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessText, declaredAccess } from "../../src/access";
import { command, inTemporaryFolder, write } from "../support/folder";
import { testAccount, testModel } from "../support/model";
import { manifest } from "../support/project";

const root = join(__dirname, "..", "..");
const cases = join(root, "test", "golden", "stacks");
const golden = join(root, "test", "golden", "access");

inTemporaryFolder();

/*
 * What `access` says of the example and of the manifest that has everything. UPDATE_GOLDEN=1 writes it anew: read the
 * difference before you commit it.
 */
describe.each(["example", "guide", "everything"])("access of the manifest %s", (name) => {
  it.each(["text", "json", "markdown", "html"])("as %s is as expected, byte for byte", async (format) => {
    const own = join(cases, name);
    if (existsSync(join(own, "manifest.yaml"))) cpSync(own, ".", { recursive: true });
    else
      write({
        "manifest.yaml": readFileSync(
          join(root, name === "guide" ? "examples/guide" : ".", "manifest.yaml"),
          "utf8",
        ),
      });
    const { status, stdout, stderr } = await command(["access", "--format", format]);
    expect([status, stderr]).toEqual([0, ""]);
    // Of the page what differs from manifest to manifest: test/access/page.test.ts looks at the rest.
    const said =
      /<script id="data" type="application\/json">(.*)<\/script>\n<script>/.exec(stdout)?.[1] ?? stdout;
    const expected = join(golden, `${name}.${format}`);
    if (process.env["UPDATE_GOLDEN"] === "1") {
      mkdirSync(golden, { recursive: true });
      writeFileSync(expected, said);
    }
    expect(said).toBe(readFileSync(expected, "utf8"));
  });
});

const several = `version: 1
accounts:
  dev: { id: "123456789012", region: eu-central-1 }
  prod: { id: "210987654321", region: eu-central-1 }
installations:
  acme: { host: acme.gitpod.cloud }
orgs:
  - { url: https://github.com/acme, accounts: [dev] }
repos:
  - { url: https://github.com/acme/app, accounts: [dev, prod], expires: 2026-06-20 }
  - { url: https://github.com/other/app, accounts: [dev], accept: [{ rule: T57, reason: private, until: 2026-07-15 }] }
`;

const rolesOf = async (...argv: readonly string[]) => {
  const { status, stdout, stderr } = await command(["access", "--format", "json", ...argv]);
  expect([status, stderr]).toEqual([0, ""]);
  const { roles } = JSON.parse(stdout) as {
    readonly roles: readonly { readonly role: string; readonly account: { readonly name: string } }[];
  };
  return roles.map(({ role, account }) => `${account.name} ${role}`);
};

describe("access", () => {
  beforeEach(() => {
    write({ "manifest.yaml": several });
  });

  it("shows all roles, by account and name", async () => {
    expect(await rolesOf()).toEqual([
      "dev acme-acme",
      "dev acme-acme-app",
      "dev acme-other-app",
      "prod acme-acme-app",
    ]);
  });

  it("says grants as the entry does: each with its own key, and what another includes, beside statements too", async () => {
    const key = "mrk-0123456789abcdef0123456789abcdef";
    const grants = `{ secret: b }, { secret: a, kmsKey: ${key} }, { ecr: team/app, access: push }, { ecr: team/app },
      { s3: acme/*, kmsKey: ${key} }, { s3: acme/*, kmsKey: ${key}, region: eu-west-1 }`;
    const said = [
      "pull ecr team/app",
      "push ecr team/app",
      `read s3 acme/* with key ${key}`,
      `read s3 acme/* with key ${key} in eu-west-1`,
      `read secret a with key ${key}`,
      "read secret b",
    ];
    const statement = (action: string, resource: string) =>
      `{ Effect: Allow, Action: "${action}", Resource: "${resource}" }`;
    const own = statement("sqs:*", "*");
    const likeGrant = statement("sns:Publish", "arn:aws:sns:eu-central-1:123456789012:builds");
    for (const [statements, more] of [
      ["", []],
      [`, statements: [${own}]`, ["sqs:* on * (wide)"]],
      [`, statements: [${likeGrant}, ${own}]`, ["publish sns builds", "sqs:* on * (wide)"]],
    ] as const) {
      const entry = `{ url: https://github.com/acme/app, grants: [${grants}]${statements} }`;
      write({ "manifest.yaml": manifest(`repos:\n  - ${entry}`) });
      const { stdout, stderr } = await command(["access"]);
      expect(stderr).toBe("");
      expect(/^ {2}may +(.*?)\n {2}until/ms.exec(stdout)?.[1]?.split(/\n +/)).toEqual([...said, ...more]);
    }
  });

  it("shows those of one account, by its name or id", async () => {
    expect(await rolesOf("--account", "prod")).toEqual(["prod acme-acme-app"]);
    expect(await rolesOf("--account", "210987654321")).toEqual(["prod acme-acme-app"]);
  });

  it("shows those that a repository may have, its organization's among them", async () => {
    const app = ["dev acme-acme", "dev acme-acme-app"];
    expect(await rolesOf("--repo", "https://github.com/acme/app.git", "--account", "dev")).toEqual(app);
    expect(await rolesOf("--repo", "https://github.com/acme/web")).toEqual(["dev acme-acme"]);
  });

  it("shows those of which something ends within some days", async () => {
    expect(await rolesOf("--within", "30d")).toEqual(["dev acme-acme-app", "prod acme-acme-app"]);
    expect(await rolesOf("--within", "10d", "--now", "2026-07-10")).toEqual([
      "dev acme-acme-app",
      "dev acme-other-app",
      "prod acme-acme-app",
    ]);
    expect(await rolesOf("--within", "1d")).toEqual([]);
  });

  it("has its like in check: N03 says what ends within some days, and nothing says it unasked", async () => {
    const notes = async (...argv: readonly string[]) => {
      const { stdout } = await command(["check", "--format", "json", ...argv]);
      const { findings } = JSON.parse(stdout) as {
        readonly findings: readonly {
          readonly rule: string;
          readonly line: number;
          readonly message: string;
        }[];
      };
      return findings.filter(({ rule }) => rule === "N03").map(({ line, message }) => `${line}: ${message}`);
    };
    expect(await notes()).toEqual([]);
    expect(await notes("--within", "30d")).toEqual(["10: the entry expires on 2026-06-20"]);
    expect(await notes("--within", "30d", "--now", "2026-07-01")).toEqual([
      "11: T57 is accepted until 2026-07-15",
    ]);
    expect((await command(["check", "--within", "soon"])).status).toBe(2);
  });

  it("writes to a file, whole", async () => {
    const { stdout } = await command(["access", "--out", "reports/access.txt"]);
    expect(stdout).toBe("wrote reports/access.txt\n");
    expect(readFileSync("reports/access.txt", "utf8")).toBe((await command(["access"])).stdout);
    mkdirSync("folder");
    expect((await command(["access", "--out", "folder"])).status).toBe(1);
  });

  it.each([
    [["--account", "porod"], "did you mean prod?"],
    [["--repo", "acme/app"], "is not the URL of a repository or organization"],
    [["--within", "soon"], "write it like 30d"],
    [["--now", "tomorrow"], "is not a date"],
    [["--format", "xml"], "write one of text, json, markdown"],
  ])("refuses %j", async (argv, message) => {
    const { status, stdout, stderr } = await command(["access", ...argv]);
    expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  });

  it("of a manifest with diagnostics ends with 2, and shows them", async () => {
    write({ "manifest.yaml": "version: 1\nrepos: [{ url: https://github.com/acme/app }]\n" });
    const { status, stdout, stderr } = await command(["access"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("manifest.yaml:1:1: error M03");
  });
});

test("what others wrote cannot leave its place in a table", async () => {
  const entry =
    "repos:\n  - url: https://github.com/acme/app\n    accept: [{ rule: T57, reason: 'a | b`c <img src=x>' }]";
  write({ "manifest.yaml": manifest(entry) });
  const { stdout } = await command(["access", "--format", "markdown"]);
  const row = stdout.split("\n").find((line) => line.includes("acme-acme-app")) ?? "";
  expect(row.split(" | ")).toHaveLength(8);
  expect(row).toContain("`` T57: a \\u007c b`c <img src=x> ``");
});

test("what would act on a terminal is shown", () => {
  const [role] = declaredAccess(testModel([testAccount({ name: "dev\u001b[31m\u202e" })])).roles;
  if (role === undefined) throw new Error("the model has a role");
  const text = accessText([{ role, may: () => [], line: 1, lines: () => [] }], false);
  expect(text).toContain("dev\\u001b[31m\\u202e");
});
