import { loadProject } from "../src/cli/project";
import { loadShellParser } from "../src/workspace/lint/commands";
import { readForLint } from "../src/workspace/lint/readForLint";
import { mergeSnippet } from "../src/workspace/merge/merge";

/*
 * How work grows with what there is of one thing: CPU seconds of 1, 2 and 4 times as much. Twice as much takes twice as
 * long, or less; where it takes more, something is compared with everything else. `npm run bench:growth` prints them.
 */

const account = (i: number) => `  a${i}: { id: "${100000000000 + i}", region: us-east-1 }\n`;
const head = (accounts: number) =>
  `version: 1\naccounts:\n${times(accounts, account)}installations: { acme: { issuer: https://services.acme.gitpod.cloud/idp } }\n`;

function times(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("");
}

/** Reads and judges a manifest. */
function checked(text: string): void {
  loadProject("manifest.yaml", {
    read: () => ({ ok: true, bytes: Buffer.from(text) }),
    expand: () => [],
    identity: (file) => file,
  });
}

/** Merges our task into a file, and lints the result. */
async function merged(text: string): Promise<void> {
  const tasks = [{ name: "aws", command: "gp idp login aws\ngp sync-done aws\n" }];
  const result = mergeSnippet(text, tasks, {
    format: "gitpod.yml",
    awaits: "all",
    task: "aws",
    hasValues: true,
    logins: [],
    replace: false,
  });
  if (!result.ok) throw new Error(JSON.stringify(result));
  readForLint(result.text, await loadShellParser());
}

/** Each with the number of things that is measured first. */
const works: readonly (readonly [name: string, first: number, work: (n: number) => void | Promise<void>])[] =
  [
    [
      "accounts, each with a repository",
      500,
      (n) => {
        checked(
          `${head(n)}repos:\n${times(n, (i) => `  - { url: https://github.com/acme/app-${i}, accounts: [a${i}] }\n`)}`,
        );
      },
    ],
    [
      "accounts of one repository",
      250,
      (n) => {
        checked(
          `${head(n)}repos:\n  - { url: https://github.com/acme/app, accounts: [${times(n, (i) => `a${i}, `)}] }\n`,
        );
      },
    ],
    [
      "misspelt actions",
      100,
      (n) => {
        const actions = times(n, (i) => `s3:GetObjct${i.toString(36)}, `);
        checked(
          `${head(1)}repos:\n  - url: https://github.com/acme/app\n    statements: [{ Effect: Allow, Resource: "arn:aws:s3:::acme/x", Action: [${actions}] }]\n`,
        );
      },
    ],
    [
      "lines of a merged file",
      2000,
      (n) => merged(`tasks:\n  - command: |\n${times(n, (i) => `      npm run x${i}\n`)}`),
    ],
    [
      "tasks of a merged file",
      250,
      (n) => merged(`tasks:\n${times(n, (i) => `  - command: npm run x${i}\n`)}`),
    ],
  ];

async function seconds(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function main(): Promise<void> {
  for (const [name, first, work] of works) {
    await work(first);
    const measured: string[] = [];
    for (const n of [first, 2 * first, 4 * first])
      measured.push(`${n}: ${(await seconds(() => work(n))).toFixed(2)} s`);
    console.log(`${name.padEnd(34)}${measured.join("  ")}`);
  }
}

void main();
