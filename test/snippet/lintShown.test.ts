import { lintGitpodYml } from "../../src/cli/lintGitpodYml";
import { formatJson, formatText } from "../../src/diagnostics";
import { lintedModel, lintedRepository } from "../support/lint";

const around = { file: ".gitpod.yml", model: lintedModel, repositories: [lintedRepository] };

async function shown(text: string): Promise<string> {
  const { diagnostics, findings, line } = await lintGitpodYml(text, around);
  const lines = { line: (_: string, number: number) => line(number), colour: false, info: "list" } as const;
  return formatText(diagnostics, findings, lines) + formatJson(diagnostics, findings);
}

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
    ["QQQQQQQQQQQQQQQQ", 'env: { X: "\\x41KIAQQQQQQQQQQQQQQQQ" }\n'],
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
