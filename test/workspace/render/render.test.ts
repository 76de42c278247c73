import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { load } from "js-yaml";
import { globSync } from "tinyglobby";
import type { Login, Snippet } from "../../../src/model/accessModel";
import { compileTemplates, TemplateError } from "../../../src/workspace/render/render";
import { problemTexts } from "../../../src/workspace/lint/taskFile";
import { rendered, templateSources, testExport, testLogin, testSnippet } from "../../support/snippet";
import { onPath, requireTools } from "../../support/tools";
import { runs } from "../../proof/settings";

const prod = { account: "prod", profile: "prod", region: "eu-west-1" };

/** Everything that a template can print. */
const full = testSnippet({
  audience: "sts.example.com",
  after: "aws cli",
  commands: ["echo hi!", "if true\nthen\n  echo é\nfi\n"],
  logins: [
    testLogin({
      exports: [testExport("A", { key: "it's" }), testExport("B", { source: "parameter", id: "/b" })],
    }),
    testLogin({ ...prod, roleArn: "arn:aws-cn:iam::210987654321:role/x", durationSeconds: 900 }),
  ],
});

const shapes: Readonly<Record<string, Snippet>> = {
  everything: full,
  "everything, renewed": { ...full, renew: true },
  "nothing but a login": testSnippet(),
  "nothing but a login, renewed": testSnippet({ renew: true }),
  "an organization's login": testSnippet({ kind: "org", url: "https://github.com/acme" }),
};

function commandOf(file: string): string {
  const { tasks } = load(file) as { readonly tasks: readonly { readonly command: string }[] };
  return tasks.map(({ command }) => command).join();
}

/** How many lines a snippet's command has. */
function lines(change: Partial<Snippet>, login: Partial<Login> = {}): number {
  const command = commandOf(rendered(testSnippet({ logins: [testLogin(login)], ...change })));
  return command.trimEnd().split("\n").length;
}

/** Ona's counterpart of a snippet: its tasks go by keys, and its audience is the usual one. */
const onOna = (snippet: Snippet): Snippet => ({
  ...snippet,
  format: "automations.yaml",
  audience: "sts.amazonaws.com",
  after: snippet.after === null ? null : "aws-cli",
});

interface OnaTask {
  readonly name: string;
  readonly command: string;
  readonly triggeredBy: readonly string[];
  readonly dependsOn?: readonly string[];
}

function onaTasks(snippet: Snippet): Readonly<Record<string, OnaTask>> {
  const text = rendered(onOna(snippet));
  expect(problemTexts(text)).toEqual([]);
  return (load(text) as { readonly tasks: Readonly<Record<string, OnaTask>> }).tasks;
}

/** Whether a shell reads it without a complaint, and without running it. */
function parses(command: string, shell: string): boolean {
  const input = `{\n${command}\n}\n`;
  const { status, stderr } = spawnSync(shell, ["-n"], { input, encoding: "utf8" });
  return status === 0 && stderr === "";
}

const shells = ["bash", "zsh"].filter((shell) => onPath(shell) !== undefined);

function errorOf(templates: Readonly<Record<string, string>>, snippet = full): TemplateError {
  try {
    compileTemplates(templates)(snippet);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("a rendered file", () => {
  test.each(Object.entries(shapes))("of %s is one task that bash and zsh can read", (_, snippet) => {
    for (const shell of shells) expect(parses(commandOf(rendered(snippet)), shell)).toBe(true);
  });

  test.each(Object.entries(shapes))("of %s holds nothing that a reviewer stumbles over", (_, snippet) => {
    const command = commandOf(rendered({ ...snippet, commands: [] }));
    expect(command).toMatch(/^[\n -~]+$/);
    // An interactive zsh knows no comments; in double quotes, ! would recall history.
    expect(command).not.toMatch(/#|\b(bash|sh) -c\b|\beval\b|\bawk\b|%b|\\[0-7]{3}|\(\)/);
    expect(command).not.toMatch(/!(?! )/);
  });

  const a = testExport("A");
  test.each([
    ["one role", 8, lines({})],
    ["one value", 12, lines({}, { exports: [a] })],
    ["two values", 15, lines({}, { exports: [a, testExport("B", { key: "k" })] })],
    ["two accounts", 12, lines({ logins: [testLogin(), testLogin(prod)] })],
    ["two accounts and a value", 16, lines({ logins: [testLogin({ exports: [a] }), testLogin(prod)] })],
    ["three accounts", 16, lines({ logins: [testLogin(), testLogin(prod), testLogin(prod)] })],
    ["one role, renewed", 20, lines({ renew: true })],
    ["two accounts, renewed", 24, lines({ renew: true, logins: [testLogin(), testLogin(prod)] })],
    ["one role after another task", 9, lines({ after: "cli" })],
  ])("of %s has at most %d lines", (_, most, count) => {
    expect(count).toBeLessThanOrEqual(most);
  });

  test("is the same bytes for the same snippet", () => {
    expect(rendered(full)).toBe(rendered(structuredClone(full)));
  });

  test("names audience and duration where gp would ask for others, and only there", () => {
    expect(rendered(full)).toContain(" --duration-seconds 900 --audience sts.example.com &&");
    expect(rendered(testSnippet())).not.toMatch(/--audience|--duration-seconds/);
  });

  test("logs in by the region's STS in partitions where there is no other", () => {
    expect(rendered(full)).toContain(" AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 gp idp login aws");
    expect(rendered(testSnippet())).not.toContain("AWS_REGION");
  });

  test("has the user's commands letter by letter", () => {
    const text = "cat <<X\n  a 'b\n\nX";
    const command = commandOf(rendered(testSnippet({ commands: [text, "echo \"$(date)\" '!'"] })));
    expect(command).toContain(`\n  gp sync-done aws\n${text}\n  echo "$(date)" '!'\nelse\n`);
  });

  test("keeps nasty text inside its quotes", () => {
    const nasty = fc
      .string({
        unit: fc.constantFrom(...Array.from("'\"`$\\! {}()#;&|=~éa€😀")),
        minLength: 1,
        maxLength: 20,
      })
      .filter((text) => text.trim() !== "");
    fc.assert(
      fc.property(nasty, fc.array(nasty, { minLength: 5, maxLength: 5 }), (after, texts) => {
        const exports = texts.map((text, i) => testExport(`A${i}`, { id: text, key: i % 2 ? text : null }));
        const command = commandOf(rendered(testSnippet({ after, logins: [testLogin({ exports })] })));
        for (const shell of shells) expect(parses(command, shell)).toBe(true);
      }),
      runs(10, 100),
    );
  });

  test.each(["a\tb", "a\u001bb", "a\nb"])("refuses a name that cannot be typed: %j", (id) => {
    const logins = [testLogin({ exports: [testExport("A", { id })] })];
    expect(() => rendered(testSnippet({ logins }))).toThrow(/cannot be typed into a terminal/);
  });
});

describe("a rendered file of Ona", () => {
  const dash = onPath("dash") ?? "sh";

  test.each(Object.entries(shapes))("of %s has a task that bash and dash can read", (_, snippet) => {
    for (const { command } of Object.values(onaTasks(snippet)))
      for (const shell of ["bash", dash]) expect([shell, parses(command, shell)]).toEqual([shell, true]);
  });

  test("logs in at every start of the environment, and clears up before a snapshot", () => {
    const { aws, "aws-snapshot": snapshot } = onaTasks(full);
    expect([aws?.triggeredBy, aws?.dependsOn, snapshot?.triggeredBy]).toEqual([
      ["postEnvironmentStart", "manual"],
      ["aws-cli"],
      ["beforeSnapshot"],
    ]);
    expect(aws?.command).toContain("ona idp login aws --role-arn ");
    expect(JSON.stringify([aws, snapshot])).not.toMatch(/\bgp\b|GITPOD_|pipefail|%q/);
  });

  test("has a key and a name that YAML does not read as something else", () => {
    expect(Object.keys(onaTasks(testSnippet({ task: "on" })))).toEqual(["on", "on-snapshot"]);
    expect(Object.keys(onaTasks(testSnippet({ task: "1e3" })))).toEqual(["1e3", "1e3-snapshot"]);
  });

  const a = testExport("A");
  test.each<[string, number, Partial<Snippet>]>([
    ["one role", 8, {}],
    ["one value", 12, { logins: [testLogin({ exports: [a] })] }],
    ["two values", 15, { logins: [testLogin({ exports: [a, testExport("B", { key: "k" })] })] }],
    ["two accounts", 12, { logins: [testLogin(), testLogin(prod)] }],
    ["one role, renewed", 20, { renew: true }],
  ])("of %s has at most %d lines", (_, most, change) => {
    const { aws } = onaTasks(testSnippet(change));
    expect(aws?.command.trimEnd().split("\n").length).toBeLessThanOrEqual(most);
  });

  test("is looked for where it is needed alone", () => {
    const { "automations.yaml.hbs": _, ...classic } = templateSources();
    expect(compileTemplates(classic)(full)).toContain("gp idp login aws");
    expect(() => compileTemplates(classic)(onOna(full))).toThrow(/automations\.yaml\.hbs is missing/);
    const swapped = { "automations.yaml.hbs": classic["gitpod.yml.hbs"] ?? "" };
    expect(() => compileTemplates(swapped)(onOna(full))).toThrow(/these are tasks of \.gitpod\.yml/);
  });
});

describe("shellcheck", () => {
  const root = join(__dirname, "..", "golden", "stacks");
  const golden = globSync("*/expected/snippets/**/*.{gitpod.yml,automations.yaml}", { cwd: root }).sort();
  const cases: readonly (readonly [string, string])[] = [
    ...golden.map((file) => [file, readFileSync(join(root, file), "utf8")] as const),
    ...Object.entries(shapes).map(([name, snippet]) => [name, rendered(snippet)] as const),
    ...Object.entries(shapes).map(
      ([name, snippet]) => [`${name}, on Ona`, rendered(onOna(snippet))] as const,
    ),
  ];
  const required = requireTools(["shellcheck"]);
  if (!required.ok) {
    process.stderr.write(`skipped: shellcheck of the tasks: ${required.reason}\n`);
    test.skip("is not installed", () => undefined);
    return;
  }
  test.each(cases)("finds nothing in the task of %s", (_, file) => {
    const { tasks } = load(file) as {
      readonly tasks: Readonly<Record<string, { readonly command: string }>>;
    };
    // Which shell Ona runs is not documented: dash's is the smaller language.
    const args = ["-s", Array.isArray(tasks) ? "bash" : "dash", "-e", "SC1090,SC1091", "-"];
    for (const { command } of Object.values(tasks)) {
      const { stdout } = spawnSync(required.tools.shellcheck, args, { input: command, encoding: "utf8" });
      expect(stdout).toBe("");
    }
  });
});

test.each([
  ["a TAB", "a\tb"],
  ["no character", "\ufffe"],
  ["too long a line", "x".repeat(4001)],
])("a command with %s is refused by our templates, whose files are not read back", (_, text) => {
  const ours = compileTemplates(templateSources(), true);
  expect(() => ours(testSnippet({ commands: [text] }))).toThrow(/holds a TAB|more than 4000/);
});

describe("a template folder of the user's own", () => {
  test("replaces ours", () => {
    const mine = {
      "gitpod.yml.hbs": "tasks:\r\n  - command: |\r\n      {{> log.in}}\r\n",
      "log.in.hbs": "{{#each logins}}\ngp {{shell profile}}\n{{/each}}",
    };
    const file = compileTemplates(mine)(full);
    expect(load(file)).toEqual({ tasks: [{ command: "gp default\ngp prod\n" }] });
  });

  test.each([
    [{}, /gitpod\.yml\.hbs is missing/],
    [{ "gitpod.yml.hbs": "{{#each}" }, /"gitpod\.yml\.hbs" is not valid Handlebars/],
    [{ "gitpod.yml.hbs": "x: y", "p.hbs": "{{exec task}}" }, /"p\.hbs" is not valid Handlebars.*exec/],
    [{ "gitpod.yml.hbs": "tasks: [{name: {{task}} }]" }, /without quotes; write {{shell x}}/],
    [{ "gitpod.yml.hbs": "{{task}}" }, /without quotes/],
    [{ "gitpod.yml.hbs": "a: {{yaml none}}" }, /was given undefined/],
    [{ "gitpod.yml.hbs": "a: {{none}}" }, /none/],
    [{ "gitpod.yml.hbs": "a: {{yaml task.constructor.name}}" }, /undefined/],
    [{ "gitpod.yml.hbs": "{{> gone}}" }, /gone/],
    [
      { "gitpod.yml.hbs": "{{> a}}", "a.hbs": "{{#each logins}}{{> b}}{{/each}}", "b.hbs": "{{none}}" },
      /^template b\.hbs fails on the snippet of /,
    ],
    [{ "gitpod.yml.hbs": "jobs: []" }, /no valid \.gitpod\.yml .*unrecognized key: "jobs"/],
    [{ "gitpod.yml.hbs": "# nothing" }, /expected a document/],
    [{ "gitpod.yml.hbs": 'tasks: [{command: "a\\tb"}]' }, /holds a TAB/],
    [{ "gitpod.yml.hbs": `tasks: [{command: ${"a".repeat(4001)}}]` }, /more than 4000 bytes/],
  ])("has a mistake: %j", (templates, message) => {
    expect(errorOf(templates).message).toMatch(message);
  });

  test("may change ours in a line", () => {
    const text = templateSources()["gitpod.yml.hbs"] ?? "";
    const mine = {
      "gitpod.yml.hbs": text.replace(/ See docs.*gitpod-aws-oidc/, " Ask in #cloud"),
    };
    expect(commandOf(compileTemplates(mine)(full))).toContain("Ask in #cloud");
  });
});
