import { command, inTemporaryFolder, tree, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const closed = manifest("repos:\n  - url: https://github.com/acme/app");
const open = manifest("repos:\n  - url: https://github.com/acme/app", "", "host: gitpod.io");
const org = manifest("orgs:\n  - url: https://github.com/acme", "", "host: gitpod.io");

describe("check", () => {
  it("ends with 0 where nothing is wrong, and writes no file", async () => {
    write({ "manifest.yaml": closed });
    expect((await command(["check"])).status).toBe(0);
    expect(Object.keys(tree())).toEqual(["manifest.yaml"]);
  });

  it("takes what a synth takes: many accounts in one entry, and no template that fails on a snippet", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `a${i}`);
    const accounts = names.map((name, i) => `  ${name}: { id: "${100000000000 + i}", region: us-east-1 }\n`);
    write({
      "manifest.yaml":
        closed.replace("accounts:\n", `accounts:\n${accounts.join("")}`) +
        `    accounts: [${names.join(", ")}]\n`,
    });
    expect((await command(["check"])).status).toBe(0);
    expect((await command(["synth"])).status).toBe(0);
    expect(tree()["snippets/acme/github.com/acme/app.gitpod.yml"]).toContain("or one of 57 more, opened on");
    write({
      "cdktf.json": '{"context": {"templates": "mine"}}',
      "mine/gitpod.yml.hbs": "tasks: {{nope}}\n",
    });
    for (const name of ["check", "synth"]) {
      const { status, stdout, stderr } = await command([name]);
      expect([status, stdout]).toEqual([1, expect.stringContaining(" info")]);
      expect(stderr).toContain("error: template gitpod.yml.hbs fails on the snippet of");
    }
  });

  it("ends with 0 on warnings, with --strict 1", async () => {
    write({ "manifest.yaml": open });
    const lax = await command(["check"]);
    expect(lax.status).toBe(0);
    expect(lax.stdout).toContain(
      "manifest.yaml:10:5: warning T57 (role acme-acme-app): anybody can get a workspace",
    );
    expect((await command(["check", "--strict"])).status).toBe(1);
  });

  it("says of a hundred clean repositories less than ten lines, and in JSON what is of each", async () => {
    const repos = Array.from(
      { length: 100 },
      (_, i) =>
        `  - { url: https://github.com/acme-${i % 9}/app-${i}${i % 2 ? "" : ", contexts: [repository, { branch: main }]"} }`,
    );
    const accept = "defaults: { accept: [{ rule: T57, reason: every repository is private }] }";
    write({ "manifest.yaml": manifest(`${accept}\nrepos:\n${repos.join("\n")}`, "", "host: gitpod.io") });
    const { status, stdout } = await command(["check"]);
    expect([status, stdout.split("\n").length <= 10]).toEqual([0, true]);
    expect(stdout).toMatch(/info T66 \(also at [^ ]+:\d+:\d+, [^ ]+ and 97 more\): /);
    expect(stdout).toMatch(/github\.com\/acme-0, .* and 5 more\n/);
    const { findings } = JSON.parse((await command(["check", "--format", "json"])).stdout) as {
      findings: { rule: string }[];
    };
    expect(findings.filter(({ rule }) => rule === "T66")).toHaveLength(100);
    const markdown = (await command(["check", "--format", "markdown"])).stdout;
    expect(markdown).toContain(`\n${stdout.trimEnd().split("\n").at(-1)}\n`);
  });

  it("ends with 1 on errors", async () => {
    write({ "manifest.yaml": org });
    expect((await command(["check"])).status).toBe(1);
  });

  it("ends with 1 on diagnostics, which name place, found, allowed and the nearest word", async () => {
    write({ "manifest.yaml": closed.replace("repos:", "repoz:") });
    const { status, stdout } = await command(["check"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^manifest\.yaml:9:1: error M01: .*"repoz".*\n {2}repoz:\n {2}\^+\n {2}remedy: .*repos/m,
    );
  });

  it("ends with 2 where there is no manifest, or the usage is wrong", async () => {
    expect((await command(["check"])).status).toBe(2);
    write({ "manifest.yaml": closed });
    expect((await command(["check", "--format", "xml"])).status).toBe(2);
    expect((await command(["check", "--format", "constructor"])).status).toBe(2);
    expect((await command(["check", "--issuer", "https://services.acme.gitpod.cloud/idp"])).status).toBe(2);
    expect((await command(["check", "--now", "tomorrow"])).status).toBe(2);
    expect((await command(["check", "--now", "2026-02-30"])).status).toBe(2);
    expect((await command(["check", "--no-such-option"])).status).toBe(2);
    expect((await command(["check", "a", "b"])).status).toBe(2);
    expect((await command(["chekc"])).stderr).toContain("Did you mean check?");
  });

  it("writes JSON with the keys that others read, the same bytes each time", async () => {
    write({ "manifest.yaml": org });
    const { status, stdout } = await command(["check", "--format", "json"]);
    expect(status).toBe(1);
    const parsed = JSON.parse(stdout) as { findings: Record<string, unknown>[]; diagnostics: unknown[] };
    expect(Object.keys(parsed)).toEqual(["diagnostics", "findings"]);
    expect(parsed.diagnostics).toEqual([]);
    const t57 = parsed.findings.find((f) => f["rule"] === "T57");
    expect(t57).toEqual({
      rule: "T57",
      severity: "error",
      file: "manifest.yaml",
      line: 10,
      column: 5,
      path: "orgs[0]",
      role: "acme-acme",
      message: expect.any(String) as string,
      remedy: expect.any(String) as string,
      accepted: false,
    });
    expect((await command(["check", "--format", "json"])).stdout).toBe(stdout);
    write({ "manifest.yaml": "version: 2\n" });
    const broken = JSON.parse((await command(["check", "--format", "json"])).stdout) as {
      diagnostics: Record<string, unknown>[];
    };
    expect(Object.keys(broken.diagnostics[0] ?? {})).toEqual([
      "code",
      "severity",
      "file",
      "line",
      "column",
      "message",
      "remedy",
    ]);
  });

  it("writes SARIF, accepted findings suppressed for their reason, the same bytes each time", async () => {
    write({ "manifest.yaml": open.trimEnd() + "\n    accept: [{ rule: T57, reason: it is private }]\n" });
    const { status, stdout } = await command(["check", "--format", "sarif"]);
    expect(status).toBe(0);
    const { runs } = JSON.parse(stdout) as {
      runs: [{ results: { ruleId: string; suppressions?: object[]; locations: object[] }[] }];
    };
    const t57 = runs[0].results.find(({ ruleId }) => ruleId === "T57");
    expect(t57?.suppressions).toEqual([
      { kind: "inSource", status: "accepted", justification: "it is private" },
    ]);
    expect(t57?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: "manifest.yaml" },
          region: { startLine: 10, startColumn: 5 },
        },
      },
    ]);
    expect((await command(["check", "--format", "sarif"])).stdout).toBe(stdout);
  });

  it("writes diagnostics as SARIF and markdown too", async () => {
    write({ "manifest.yaml": "version: 2\n" });
    for (const format of ["sarif", "markdown"]) {
      const { status, stdout } = await command(["check", "--format", format]);
      expect([status, stdout]).toEqual([1, expect.stringContaining("M0")]);
    }
  });

  it("judges dates as of today, or of --now", async () => {
    write({
      "manifest.yaml": manifest(
        "repos:\n  - { url: https://github.com/acme/app, accept: [{ rule: T57, reason: x, until: 2026-06-30 }] }",
        "",
        "host: gitpod.io",
      ),
    });
    expect((await command(["check"])).status).toBe(0);
    const later = await command(["check", "--now", "2026-07-01"]);
    expect(later.status).toBe(1);
    expect(later.stdout).toContain("W04");
  });

  it("takes the manifest from the argument, the environment, cdktf.json, or its default name, in this order", async () => {
    const bad = "version: 2\n";
    write({
      "a.yaml": closed,
      "b.yaml": bad,
      "c.yaml": bad,
      "manifest.yaml": bad,
      "cdktf.json": '{"context": {"manifest": "c.yaml"}}',
    });
    const env = { GITPOD_AWS_MANIFEST: "b.yaml" };
    expect((await command(["check", "a.yaml"], env)).status).toBe(0);
    expect((await command(["check"], env)).stdout).toContain("b.yaml:1");
    expect((await command(["check"])).stdout).toContain("c.yaml:1");
    write({ "cdktf.json": "{}" });
    expect((await command(["check"])).stdout).toContain("manifest.yaml:1");
    write({ "cdktf.json": "{" });
    expect(await command(["check"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("cdktf.json:1:2: this is not JSON") as string,
    });
    write({ "cdktf.json": '{"context": {"manifest": 1}}' });
    expect((await command(["check"])).status).toBe(2);
  });

  it("shows text of a manifest safely: no escape sequence reaches the terminal", async () => {
    write({
      "manifest.yaml": closed.replace(
        "https://github.com/acme/app",
        '"https://github.com/acme/\\e[31m\\u202eapp"',
      ),
    });
    const { stdout } = await command(["check"]);
    expect(stdout).toContain("R03");
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });
});

describe("schema", () => {
  it("prints the JSON Schema", async () => {
    const { status, stdout } = await command(["schema"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: "object", properties: { version: {}, accounts: {} } });
  });
});
