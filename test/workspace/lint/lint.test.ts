import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { diskFiles } from "../../../src/cli/manifestFiles";
import { lintGitpodYml } from "../../../src/cli/lintGitpodYml";
import { loadProject } from "../../../src/cli/project";
import { formatText } from "../../../src/diagnostics";
import { formatJson } from "../../../src/diagnostics/formatJson";
import type { AccessModel } from "../../../src/model/accessModel";
import { compileTemplates } from "../../../src/workspace/render/render";
import { runs } from "../../proof/settings";
import { anyText } from "../../support/nasty";
import { lintedModel, lintedRepository } from "../../support/lint";
import { templateSources } from "../../support/snippet";

const around = { file: ".gitpod.yml", model: lintedModel, repositories: [lintedRepository] };
const arn = "arn:aws:iam::123456789012:role/app";
const login = `gp idp login aws --role-arn ${arn}`;

/** The rules that a task's command meets, with the text at each place. */
async function findings(command: string): Promise<readonly string[]> {
  const text = `image: acme/dev\ntasks:\n  - command: |\n${command.replace(/^/gm, "      ")}\n`;
  const report = await lintGitpodYml(text, around);
  return report.findings.map(({ rule, message }) => `${rule} ${message}`);
}

/** Everything that a report shows to anybody. */
async function shown(text: string): Promise<string> {
  const { diagnostics, findings: found, line } = await lintGitpodYml(text, around);
  const lines = { line: (_: string, number: number) => line(number), colour: false, info: "list" } as const;
  return formatText(diagnostics, found, lines) + formatJson(diagnostics, found);
}

describe("what this tool renders itself", () => {
  const folder = join(__dirname, "..", "..", "golden", "stacks");

  it.each(readdirSync(folder))(
    "every snippet of the golden case %s lacks the AWS CLI, and nothing else",
    async (name) => {
      const own = join(folder, name, "manifest.yaml");
      const manifest = existsSync(own) ? own : join(__dirname, "..", "..", "..", "manifest.yaml");
      const loaded = loadProject(manifest, diskFiles());
      const model: AccessModel | undefined = loaded.ok ? loaded.model : undefined;
      expect(model?.snippets.length).toBeGreaterThan(0);
      const render = compileTemplates(templateSources());
      for (const snippet of model?.snippets ?? []) {
        const text = render(snippet);
        const surroundings = { file: snippet.file, model: model ?? lintedModel, repositories: [snippet.url] };
        const { diagnostics, findings: found } = await lintGitpodYml(text, surroundings);
        const ids = found.map(({ rule }) => rule);
        const expected = snippet.format === "gitpod.yml" ? ["S08"] : [];
        expect([snippet.file, diagnostics, ids]).toEqual([snippet.file, [], expected]);
      }
    },
  );
});

describe("beside the task of the login", () => {
  const merged = (task: string): string => `image: acme/dev
tasks:
  - name: aws
    command: |
      rm -f ~/.aws/aws.env
      if ${login} --profile default &&
        aws configure set region us-east-1 --profile default &&
        (umask 077; v=$(aws secretsmanager get-secret-value --secret-id database_url --query SecretString --output text --profile default) &&
          printf 'export DATABASE_URL=%q\\n' "$v" >>~/.aws/aws.env); then
        . ~/.aws/aws.env
      else
        echo "aws: no access, this workspace was opened on $GITPOD_WORKSPACE_CONTEXT_URL"
      fi
      gp sync-done aws
  - ${task}
`;

  it.each([
    ["init: aws s3 ls", ["S03"]],
    ["command: aws s3 ls", ["S03"]],
    ["command: gp sync-await other; aws s3 ls", ["S03"]],
    ["init: gp sync-await aws", ["S03"]],
    [`command: ${login} --profile other -d 99999`, ["S05"]],
    ["command: gp sync-await aws && aws s3 ls", []],
    ["init: npm ci", []],
    ["command: gp idp login aws --role-arn arn:aws:iam::210987654321:role/app-prod", ["S07"]],
    ["command: gp idp login aws --role-arn arn:aws:iam::210987654321:role/app-prod --profile prod", []],
    ["command: npm ci && gp sync-done aws", ["S03"]],
    ["command: gp sync-wait aws; npm start", ["S04"]],
    ["command: gp sync-await nowhere; npm start", ["S03"]],
    ["command: npm ci && gp sync-done npm", []],
  ])("%s finds %j", async (task, expected) => {
    const { findings: found } = await lintGitpodYml(merged(task), around);
    expect(found.map(({ rule }) => rule)).toEqual(expected);
  });
});

describe("a login is found", () => {
  const wrong = "gp idp login aws --role-arn arn:aws:iam::1:role/x";
  it.each([
    ["behind &&", `true && ${wrong}`],
    ["in a subshell", `( cd /tmp; ${wrong} )`],
    ["in a group", `{ ${wrong}; }`],
    ["in the background", `${wrong} &`],
    ["in a pipeline", `${wrong} | tee log`],
    ["in if", `if ${wrong}; then :; fi`],
    ["behind !", `! ${wrong}`],
    ["in while", `until ${wrong}; do sleep 1; done`],
    ["in a function", `f() { ${wrong}; }; f`],
    ["in a function of the other form", `function f { ${wrong}; }\nf`],
    ["in a substitution", `echo "a $(${wrong}) b"`],
    ["in backticks", `echo \`${wrong}\``],
    ["in escaped backticks", `echo \`echo \\\`${wrong}\\\`\``],
    ["in a substitution in a test", `[[ -n $(${wrong}) ]]`],
    ["in a default", `echo "\${X:-$(${wrong})}"`],
    ["in a process substitution", `cat <(${wrong})`],
    ["in a here-document", `cat <<EOF\n$(${wrong})\nEOF`],
    ["in eval", `eval "${wrong}"`],
    ["in sh -c", `sh -ec "${wrong}"`],
    ["in trap", `trap '${wrong}' EXIT`],
    ["over several lines", wrong.replace(" --", " \\\n  --")],
    ["with a variable before it", wrong.replace("gp", "A=b gp")],
    ["of command", `command ${wrong}`],
    ["of \\gp", `\\${wrong}`],
    ["of a path", `/usr/bin/${wrong}`],
    ["of nohup", `nohup ${wrong}`],
    ["of timeout", `timeout -k 5 --signal=TERM 30s ${wrong}`],
    ["of sudo and env", `sudo -u gitpod env -u A B=c ${wrong}`],
    ["through IDP_AWS_ROLE_ARN", "export IDP_AWS_ROLE_ARN=arn:aws:iam::1:role/x; gp idp login aws"],
    [
      "by hand",
      "aws --region eu-central-1 sts assume-role-with-web-identity --role-arn arn:aws:iam::1:role/x",
    ],
    ["where the script ends too early", `if true; then ${wrong}`],
    ["behind an open quote", `${wrong}; echo "`],
  ])("%s", async (_, command) => {
    expect(await findings(command)).toEqual(['S10 the manifest has no role "arn:aws:iam::1:role/x"']);
  });

  it.each([
    ["a comment", `# ${wrong}`],
    ["an argument", `echo ${wrong}`],
    ["text in quotes", `echo "${wrong}"`],
    ["a here-document for cat", `cat <<EOF\n${wrong}\nEOF`],
    ["another program", wrong.replace("gp", "xgp")],
  ])("not in %s", async (_, command) => {
    expect(await findings(command)).toEqual([]);
  });
});

describe("wrong words", () => {
  it.each([
    ["gp idp aws login", "aws login"],
    ["gp login aws", "login aws"],
    ["gp idp Login aws", "Login"],
    ["gp ipd login aws", "ipd"],
    ["gp idp login asw", "asw"],
    ["gp idp aws", "aws"],
    [`${login} -profile x`, "-profile"],
    [`${login} --profil x`, "--profil"],
    [`${login} —duration-seconds 900`, "—duration-seconds"],
    [`${login} −−profile x`, "−−profile"],
    ["gp idp tokne --audience x", "tokne"],
  ])("%s is an error", async (command) => {
    expect(await findings(command)).toEqual([expect.stringMatching(/^S04 found "/)]);
  });

  it.each(["gp idp login aws --help", "gp idp --help", "gp ports list", "gp env A=login", "gp idp token -h"])(
    "%s is none",
    async (command) => {
      expect(await findings(command)).toEqual([]);
    },
  );
});

describe("places", () => {
  it.each([
    ["a literal block", `|\n      ls\n      ${login} $X`],
    ["a literal block with indentation", `|2\n      ls\n        ${login} $X`],
    ["a folded block", `>-\n      ls;\n      ${login}\n      $X`],
    ["a plain text of two lines", `ls;\n      ${login} $X`],
    ["single quotes", `'echo ''a''; ${login} $X'`],
    ["double quotes", `"echo \\"a\\";\\n${login} \\\n      $X"`],
    ["quotes that go on too far left", `"ls;\n\n ${login} $X"`],
  ])("are exact in %s", async (_, scalar) => {
    const text = `tasks:\n  - command: ${scalar}\nimage: a\n`;
    for (const written of [text, text.replaceAll("\n", "\r\n")]) {
      const { findings: found, line } = await lintGitpodYml(written, around);
      expect(found.map(({ rule }) => rule)).toEqual(["S06"]);
      for (const { line: number, column } of found)
        expect(line(number)?.slice(column - 1)).toMatch(/^\$X['"]?$/);
    }
  });

  it("are the text's beginning where an escape hides them", async () => {
    const { findings: found } = await lintGitpodYml(
      `tasks:\n  - command: "echo \\x41; ${login} $X"\nimage: a\n`,
      around,
    );
    expect(found.map(({ line, column }) => [line, column])).toEqual([[2, 14]]);
  });
});

describe("secrets", () => {
  const secret = "wJalrXUtnFEMIzK7MDENGzbPxRfiCYzzzzzzzKEY";
  it.each([
    ["env", (s: string) => `env:\n  AWS_SECRET_ACCESS_KEY: ${s}\n`],
    [
      "env in flow, with a problem on the line",
      (s: string) => `env: { AWS_SECRET_ACCESS_KEY: "${s}", A: 1 }\n`,
    ],
    [
      "a login of the same line",
      (s: string) => `tasks:\n  - command: AWS_SECRET_ACCESS_KEY=${s} ${login} -p $X${s}\n`,
    ],
    [
      "configure",
      (s: string) =>
        `tasks:\n  - command: aws configure set aws_secret_access_key ${s}; gp idp aws login ${s}\n`,
    ],
    [
      "a variable",
      (s: string) =>
        `tasks:\n  - command: K=${s}; export AWS_SECRET_ACCESS_KEY="$K"; gp idp login aws --profile ${s} $Y\n`,
    ],
    ["a key of a map", (s: string) => `env: { AWS_SECRET_ACCESS_KEY: ${s} }\n${s}: 1\n`],
  ])("of %s are never printed", async (_, text) => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9+/]{12,60}$/), async (random) => {
        for (const value of [`Q${random}z`, secret]) {
          const out = await shown(text(value));
          expect(out).toContain("S11");
          expect(out).not.toContain(value);
        }
      }),
      runs(10, 100),
    );
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    ...[
      "tasks:\n",
      "  - ",
      "command: ",
      "init: |\n",
      "      ",
      "\n",
      "env:\n",
      "  A: b\n",
      "&a ",
      "*a",
      "<<: *a",
    ],
    ...[
      login,
      "gp idp ",
      "aws s3 ls",
      "$(",
      ")",
      '"',
      "'",
      "`",
      "if true; then ",
      "fi",
      "f() { ",
      "}; f",
      "<<E\n",
    ],
    ...[
      "${X:-",
      "}",
      "\\",
      "&&",
      "||",
      "for i in a b; do ",
      "done",
      "eval ",
      "bash -c '",
      "alias a=",
      "AKIA",
      "\0",
    ],
  );

  it("is judged without a crash, the same twice, with places inside of the text", async () => {
    const anything = fc.oneof(
      anyText(),
      fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
      fc
        .array(pieces, { maxLength: 40 })
        .map((all) => `tasks:\n  - command: ${JSON.stringify(all.join(""))}\n`),
    );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const report = await lintGitpodYml(text, around);
        const again = await lintGitpodYml(text, around);
        expect(again.findings).toEqual(report.findings);
        found += report.findings.length;
        for (const { line, column } of [...report.findings, ...report.diagnostics]) {
          expect(report.line(line)).toBeDefined();
          expect(column).toBeGreaterThan(0);
        }
      }),
      runs(50, 600),
    );
    expect(found).toBeGreaterThan(40);
  });

  const task = (command: string): string => `tasks:\n  - command: ${JSON.stringify(command)}\n`;
  it.each([
    ["substitutions in substitutions", task("$(".repeat(5_000))],
    ["functions of functions", task("f() ".repeat(3_000))],
    [
      "one script for many tasks",
      `tasks:\n  - &a { command: "ls ${"x".repeat(60_000)}" }\n${"  - *a\n".repeat(9)}`,
    ],
    [
      "one env for many tasks",
      `env:\n${Array.from({ length: 3000 }, (_, i) => `  A${i}: b\n`).join("")}tasks:\n${"  - command: ls\n".repeat(100)}`,
    ],
    ["a script over its bound", task("ls\n".repeat(30_000))],
    ["a file over its bound", `# ${"x".repeat(300_000)}`],
  ])("of too much is cut short, and says so: %s", async (_, text) => {
    const { diagnostics } = await lintGitpodYml(text, around);
    expect(diagnostics.map(({ code }) => code)).toContain("F03");
  });

  it.each([
    ["what is no YAML", `tasks:\n  - init: [\n# AKIAQQQQQQQQQQQQQQQQ\n  }: ${login}\n`, ["S11", "S13"]],
    ["a key twice", `env:\n  A: b\n  A: c\ntasks:\n  - init: ${login}\nimage: a\n`, ["S01", "S13"]],
    ["several documents", `image: a\ntasks:\n  - init: ${login}\n---\na: b\n`, ["S01", "S13"]],
    ["an unknown key", `nonsense: 1\nimage: a\ntasks:\n  - init: ${login}\n`, ["S01", "S13"]],
  ])("is judged beside what Gitpod refuses: %s", async (_, text, expected) => {
    const { findings: found } = await lintGitpodYml(text, around);
    expect(found.map(({ rule }) => rule).sort()).toEqual(expected);
  });

  it("with a problem in every line tells the first twenty, and no long message", async () => {
    for (const text of [
      `tasks:\n${"  - run: x\n".repeat(500)}`,
      Array.from({ length: 5000 }, (_, i) => `k${i}: 1\n`).join(""),
    ]) {
      const { findings: found } = await lintGitpodYml(text, around);
      expect(found.length).toBeLessThanOrEqual(21);
      for (const { message } of found) expect(message.length).toBeLessThan(600);
    }
  });
});

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

describe("no secret is shown in a line or a message", () => {
  it.each([
    ["1234567890", "env:\n  DB_PASSWORD: 1234567890\n"],
    ["12345", "env:\n  PIN: x\n  db_passwd: 12345\n"],
    ["ghp_bbbbbbbbbbbbbbbbbbbb", "env:\n  T: ghp_aaaaaaaaaaaaaaaaaaaaa\n  T: ghp_bbbbbbbbbbbbbbbbbbbb\n"],
    ["tiger", "env:\n  TOKEN: lion\n  TOKEN: tiger\n"],
    ["sup3rs3cret", "tasks:\n  - command: gp idp aws login; mysql -u root -psup3rs3cret\n"],
    ["sup3rs3cret", "tasks:\n  - command: gp idp aws login --token sup3rs3cret\n"],
    ["sup3rs3cret", 'tasks:\n  - command: gp idp aws login; PGPASSWORD="sup3rs3cret $X" psql\n'],
    ["blanks in it", "tasks:\n  - command: gp idp aws login; export API_KEY='with blanks in it'\n"],
    ["sup3rs3cret", "tasks:\n  - command: gp idp aws login; psql postgres://me:sup3rs3cret@db/app\n"],
    [
      "sup3rs3cret",
      "tasks:\n  - command: 'gp idp aws login; curl -H \"Authorization: Bearer sup3rs3cret\"'\n",
    ],
    [jwt, `tasks:\n  - command: gp idp aws login; echo ${jwt}\n`],
    ["glpat-abcdefghijklmnop", "tasks:\n  - command: gp idp aws glpat-abcdefghijklmnop login\n"],
    ["sup3rs3cret", "env: { apiToken: [sup3rs3cret], A: 1 }\n"],
    [
      "sup3rs3cret",
      "env:\n  A: 1\n  PASSWORD: sup3rs3cret\ntasks:\n  - command: gp idp aws login sup3rs3cret\n",
    ],
    ["QQQQQQQQQQQQQQQQ", 'env: { X: "a\\nAKIAQQQQQQQQQQQQQQQQ" }\n'],
    [
      "hunter2 and more",
      "env: { A: 1,\n  SECRET: 'hunter2 and more' }\nnonsense: { PASSWORD: 'hunter2 and more' }\n",
    ],
  ])("%s", async (secret, text) => {
    const out = await shown(text);
    expect(out).toMatch(/S(04|11|13)/);
    expect(out).not.toContain(secret);
  });

  it("what only refers to one is shown", async () => {
    const out = await shown("tasks:\n  - command: gp idp aws login --token $TOKEN --profile app\n");
    expect(out).toContain("--token $TOKEN --profile app");
  });
});
