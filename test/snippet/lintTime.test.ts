import { lintGitpodYml } from "../../src/cli/lintGitpodYml";
import { lintedModel, lintedRepository } from "../support/lint";

const around = { file: ".gitpod.yml", model: lintedModel, repositories: [lintedRepository] };
const task = (command: string): string => `tasks:\n  - command: ${JSON.stringify(command)}\n`;
const login = "gp idp aws login";

/** Layers of ten merges each of the layer below: 10 ** layers pairs, if each is followed. */
function merges(layers: number): string {
  const layer = (_: unknown, i: number): string =>
    `l${i + 1}: &l${i + 1}\n  <<: [${Array.from({ length: 10 }, () => `*l${i}`).join(",")}]\n`;
  return `l0: &l0 { A: b }\n${Array.from({ length: layers }, layer).join("")}env:\n  <<: *l${layers}\n`;
}

async function milliseconds(text: string): Promise<number> {
  const start = performance.now();
  const { findings, line } = await lintGitpodYml(text, around);
  for (const finding of findings) line(finding.line);
  return performance.now() - start;
}

describe("a small file takes a moment", () => {
  it.each([["merges of merges", merges(8)]])("%s", async (_, text) => {
    expect(text.length).toBeLessThan(1000);
    expect(await milliseconds(text)).toBeLessThan(500);
  });
});

describe("four times the text takes about four times the time", () => {
  it.each([
    ["blanks behind a name", (n: number) => `# aws_secret_access_key${" ".repeat(n)}\n`],
    ["blanks behind names", (n: number) => `# ${`secret_access_key${" ".repeat(40)}`.repeat(n / 50)}\n`],
    ["names of passwords", (n: number) => task(`${login} # ${"password".repeat(n / 8)}`)],
    ["names and signs", (n: number) => task(`${login} # ${"password=".repeat(n / 9)}`)],
    ["names and quotes", (n: number) => task(`${login} # ${'token="'.repeat(n / 8)}`)],
    ["names of programs", (n: number) => task(`${login} # ${"mysql ".repeat(n / 6)}`)],
    ["schemes", (n: number) => task(`${login} # ${"://a:".repeat(n / 5)}`)],
    ["beginnings of tokens", (n: number) => task(`${login} # ${"eyJaaaaaaaa.".repeat(n / 12)}`)],
    ["letters of tokens", (n: number) => task(`${login} # eyJ${"a".repeat(n)}`)],
    ["beginnings of logins", (n: number) => task(`x '${"gp idp login ".repeat(n / 13)}'`)],
    ["blanks in logins", (n: number) => task(`x 'gp${" ".repeat(n)}idp'`)],
    ["pipes", (n: number) => task("echo a | ".repeat(n / 9) + "bash")],
    ["printed text", (n: number) => task("echo a; ".repeat(n / 8) + "| bash")],
    ["text in a group", (n: number) => task(`{ ${"echo a; ".repeat(n / 8)} } | bash`)],
    ["text into a file", (n: number) => task("echo a >> f; ".repeat(n / 13) + "bash f")],
    ["here-strings", (n: number) => task("bash <<< ls; ".repeat(n / 13))],
    ["keys", (n: number) => Array.from({ length: n / 10 }, (_, i) => `k${i}: 1\n`).join("")],
    ["merging maps", (n: number) => `b: &b { A: b, B: c }\nc:\n${"  - { <<: *b }\n".repeat(n / 16)}`],
    [
      "secret names",
      (n: number) =>
        `env:\n${Array.from({ length: n / 20 }, (_, i) => `  TOKEN${i}: abcdefgh${i}\n`).join("")}`,
    ],
    ["escapes", (n: number) => `a: "${"\\x41".repeat(n / 4)}"\n`],
    ["escaped texts", (n: number) => `a:\n${'  - "\\x41 AKIA"\n'.repeat(n / 16)}`],
    ["quotes", (n: number) => task(`x ${"'a' ".repeat(n / 4)}`)],
    ["find", (n: number) => task(`find ${"aws ".repeat(n / 4)}`)],
    [
      "waits",
      (n: number) =>
        `tasks:\n${Array.from({ length: n / 40 }, (_, i) => `  - command: gp sync-await a${i}\n`).join("")}`,
    ],
  ])("%s", async (_, text) => {
    const [small, large] = [text(15_000), text(60_000)];
    await milliseconds(small);
    const times = async (of: string): Promise<number> =>
      Math.min(await milliseconds(of), await milliseconds(of), await milliseconds(of));
    const [before, after] = [await times(small), await times(large)];
    // A square would be sixteen times; below some milliseconds, noise is all that can be measured.
    expect(after).toBeLessThan(Math.max(9 * before, 200));
    expect(after).toBeLessThan(5000);
  });
});
