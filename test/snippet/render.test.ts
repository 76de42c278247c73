import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { load } from "js-yaml";
import { compileTemplates } from "../../src/snippet/render";
import { TemplateError } from "../../src/snippet/templateError";
import { rendered, templateSources, testExport, testLogin, testSnippet } from "../support/snippet";

const source = { manifestName: "manifest.yaml" };

/** Everything that a template can print. */
const full = testSnippet({
  audience: "sts.example.com",
  commands: ["echo hi!", "if true\nthen\n\techo é\nfi\n"],
  logins: [
    testLogin({
      exports: [testExport("A", { key: "password" }), testExport("B", { source: "parameter", id: "/b" })],
    }),
    testLogin({ account: "prod", profile: "prod", region: "eu-west-1", durationSeconds: 900 }),
  ],
});

function commandOf(file: string): string {
  const { tasks } = load(file) as { readonly tasks: readonly { readonly command: string }[] };
  return tasks.map(({ command }) => command).join();
}

/** Whether bash reads it without a complaint, and without running it: as it is typed, and what is in quotes. */
function parses(script: string): boolean {
  return [`{\n${script}\n}\n`, scriptOf(script)].every((input) => {
    const { status, stderr } = spawnSync("bash", ["--norc", "-n"], { input, encoding: "utf8" });
    return status === 0 && stderr === "";
  });
}

/** What the command runs with `bash -pc`. */
function scriptOf(command: string): string {
  return /^bash -pc '([^']*)'/.exec(command)?.[1] ?? "no script";
}

function errorOf(templates: Readonly<Record<string, string>>, snippet = full): TemplateError {
  try {
    compileTemplates(templates).renderSnippet(snippet, source);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("a rendered file", () => {
  test.each([
    ["everything", full],
    ["nothing but a login", testSnippet()],
    ["an organization's logins", testSnippet({ kind: "org", url: "https://github.com/acme" })],
  ])("of %s is one task that bash can parse and a terminal can take", (_, snippet) => {
    const command = commandOf(rendered(snippet));
    expect(parses(command)).toBe(true);
    expect(command).toMatch(/^[\n -~]+$/);
    // Of all words with a `!`, bash exempts this one from the recall of history.
    expect(command.replaceAll('"$!"', "")).not.toContain("!");
    for (const line of command.split("\n")) expect(line.length).toBeLessThan(4000);
    // Inside single quotes, fish alone changes these.
    expect(command).not.toMatch(/\\\\|\\'/);
    // A comment outside of quotes is an error in an interactive zsh.
    expect(command.replace(/'[^']*'/g, "")).not.toContain("#");
  });

  test("is the same bytes for the same snippet", () => {
    expect(rendered(full)).toBe(rendered(structuredClone(full)));
  });

  test("names the audience where gp would ask for another, and only there", () => {
    expect(rendered(full)).toContain('"sts.example.com"');
    expect(rendered(full)).toContain('--duration-seconds "$5" --audience "$6" ');
    expect(rendered(testSnippet())).not.toContain('"$5" --audience');
  });

  test("holds the JSON reader only where a field is wanted, and exports only where there are some", () => {
    expect(rendered(full)).toContain("awk");
    expect(rendered(testSnippet({ logins: [testLogin({ exports: [testExport("A")] })] }))).not.toContain(
      "awk",
    );
    expect(rendered(testSnippet())).not.toContain("value()");
  });

  test("signals its task whatever happened before", () => {
    const command = commandOf(rendered(testSnippet({ task: "log in" })));
    expect(command).toContain('\n  plain gp sync-done "log in"\n}');
    expect(command).toContain("\n  trap finish EXIT\n");
  });

  test("keeps nasty text inside its quotes", () => {
    const nasty = fc
      .string({
        unit: fc.constantFrom(...Array.from("'\"`$\\!\n\t{}()#;&|éa \u202e\u001b")),
        minLength: 1,
        maxLength: 20,
      })
      .filter((text) => text.trim() !== "");
    fc.assert(
      fc.property(nasty, (text) => {
        const login = testLogin({
          account: text,
          roleArn: text,
          profile: text,
          region: text,
          trusts: [text],
        });
        const exports = [testExport("A", { id: text, key: text, region: text })];
        const file = rendered(
          testSnippet({
            audience: text,
            url: text,
            task: text,
            commands: [text],
            logins: [{ ...login, exports }],
          }),
        );
        expect(load(file)).toMatchObject({ tasks: [{ name: text }] });
        expect(commandOf(file)).toMatch(/^[\n -~]+$/);
        expect(parses(commandOf(file))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test.each(["file:///etc/passwd", "fileb://x", "http://169.254.169.254/"])(
    "never has an id that makes the AWS CLI read %s",
    (id) => {
      expect(() =>
        rendered(testSnippet({ logins: [testLogin({ exports: [testExport("A", { id })] })] })),
      ).toThrow(RangeError);
    },
  );
});

describe("a template folder of the user's own", () => {
  test("replaces ours, under the same header", () => {
    const mine = {
      "gitpod.yml.hbs": "tasks:\r\n  - command: |\r\n      {{> log.in}}\r\n",
      "log.in.hbs": "{{#each logins}}\ngp {{shell profile}}\n{{/each}}",
    };
    const file = compileTemplates(mine).renderSnippet(full, source);
    expect(file.split("\n").slice(0, 1)).toEqual(['# Written by gitpod-aws-oidc from "manifest.yaml"']);
    expect(load(file)).toEqual({ tasks: [{ command: "gp 'default'\ngp 'prod'\n" }] });
  });

  test.each([
    ["TEMPLATE_MISSING", {}, /gitpod\.yml\.hbs is missing/],
    ["TEMPLATE_SYNTAX", { "gitpod.yml.hbs": "{{#each}" }, /"gitpod\.yml\.hbs" is not valid Handlebars/],
    [
      "TEMPLATE_SYNTAX",
      { "gitpod.yml.hbs": "x: y", "p.hbs": "{{exec task}}" },
      /"p\.hbs" is not valid Handlebars.*exec/,
    ],
    [
      "TEMPLATE_RENDER",
      { "gitpod.yml.hbs": "tasks: [{name: {{task}} }]" },
      /without quotes; write {{shell x}}/,
    ],
    ["TEMPLATE_RENDER", { "gitpod.yml.hbs": "{{task}}" }, /without quotes/],
    ["TEMPLATE_RENDER", { "gitpod.yml.hbs": "a: {{yaml none}}" }, /was given undefined/],
    ["TEMPLATE_RENDER", { "gitpod.yml.hbs": "a: {{none}}" }, /none/],
    ["TEMPLATE_RENDER", { "gitpod.yml.hbs": "a: {{yaml task.constructor.name}}" }, /undefined/],
    ["TEMPLATE_RENDER", { "gitpod.yml.hbs": "{{> gone}}" }, /gone/],
    [
      "TEMPLATE_RESULT",
      { "gitpod.yml.hbs": "jobs: []" },
      /no valid \.gitpod\.yml .*unrecognized key: "jobs"/,
    ],
    ["TEMPLATE_RESULT", { "gitpod.yml.hbs": "# nothing" }, /expected a document/],
    ["TEMPLATE_RESULT", { "gitpod.yml.hbs": 'tasks: [{command: "a\\tb"}]' }, /holds a TAB/],
    [
      "TEMPLATE_RESULT",
      { "gitpod.yml.hbs": `tasks: [{command: ${"a".repeat(4001)}}]` },
      /more than 4000 bytes/,
    ],
    [
      "TEMPLATE_RESULT",
      { "gitpod.yml.hbs": `tasks: [{command: "bash -c '${`${"a".repeat(100)}\\n`.repeat(1310)}'"}]` },
      /word of more than 131000 bytes/,
    ],
  ])("has a mistake: %s of %j", (code, templates, message) => {
    const error = errorOf(templates);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("may change one of our files alone", () => {
    const templates = { ...templateSources(), "task.sh.hbs": "gp sync-done {{shell task}}" };
    expect(commandOf(compileTemplates(templates).renderSnippet(full, source))).toBe("gp sync-done 'aws'\n");
  });
});
