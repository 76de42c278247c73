import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { command, inTemporaryFolder, tree, write } from "../support/folder";
import { compiledLine } from "../support/compiled";
import { bash } from "../support/process";

/** Runs that are killed: a few, with FULL=1 twenty, or as many as SOAK says. */
const runs = Number(process.env["SOAK"] ?? (process.env["FULL"] === "1" ? 20 : 2));

jest.setTimeout(60_000 + 10_000 * runs);

inTemporaryFolder();
const commandLine = compiledLine();

/** Manifests between which everything changes: accounts and repositories come and go, and every role is another. */
const manifests = [
  ["a", "b"],
  ["b", "c", "d"],
  ["a", "d"],
].map((accounts, version) => {
  const account = (name: string, i: number) =>
    `  ${name}: { id: "${111111111111 + i}", region: eu-central-1 }\n`;
  const repos = Array.from(
    { length: 40 },
    (_, i) =>
      `  - { url: "https://github.com/acme-${(i + version) % 3}/app-${i * (version + 1)}", sessionDuration: ${version + 1}h }\n`,
  );
  return `version: 1\naccounts:\n${accounts.map(account).join("")}installations: { acme: { host: acme.gitpod.cloud } }
defaults: { accounts: [${accounts.join(", ")}] }\nrepos:\n${repos.join("")}`;
});

/** The process gets a signal at one of its calls that change files, before or behind it. */
const preload = `const fs = require("node:fs");
const { SIGNAL, CALL } = process.env;
let calls = 0;
for (const name of ["mkdirSync", "writeFileSync", "renameSync", "rmSync", "rmdirSync"]) {
  const original = fs[name];
  fs[name] = (...args) => {
    const moment = ++calls - Number(CALL);
    if (moment === 0) process.kill(process.pid, SIGNAL);
    const result = original(...args);
    if (moment === -0.5) process.kill(process.pid, SIGNAL);
    return result;
  };
}
require("node:module").syncBuiltinESMExports();
`;

/** Numbers from 0 up to 1 that look like chance, and are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test(`of ${runs} synths that are killed none leaves half a file, nor anything that the next does not clear`, async () => {
  const fresh: Record<string, string>[] = [];
  for (const text of manifests) {
    write({ "manifest.yaml": text });
    await command(["synth"]);
    fresh.push(tree());
    for (const folder of ["cdktf.out", "snippets"]) rmSync(folder, { recursive: true });
  }
  write({ ".preload.cjs": preload });
  const random = chance(runs);
  let killed = 0;
  // What files may hold: what they held before, and what each run since then was to write.
  let known: Readonly<Record<string, string>>[] = [];
  for (let run = 0; run < runs; run++) {
    const after = fresh[run % fresh.length] ?? {};
    write({ "manifest.yaml": after["manifest.yaml"] ?? "" });
    known.push(after);
    const SIGNAL = random() < 0.7 ? "SIGKILL" : "SIGTERM";
    // The shortest of these synths makes 55 calls.
    const CALL = String(1 + Math.round(random() * 108) / 2);
    const { signal } = bash(`exec ${commandLine("./.preload.cjs")} synth`, { SIGNAL, CALL });
    // One that finds nearly all as it should be makes fewer.
    if (signal === SIGNAL) killed += 1;
    for (const [file, text] of Object.entries(tree()))
      if (!/\.(tmp|cjs)(\/|$)/.test(file))
        expect([file, known.some((files) => files[file] === text)]).toEqual([file, true]);
    if (run < runs - 1 && random() < 0.5) continue;
    expect((await command(["synth"])).status).toBe(0);
    const { ".preload.cjs": _, ...left } = tree();
    expect(left).toEqual(after);
    const folders = readdirSync(".", { recursive: true, withFileTypes: true }).filter((e) => e.isDirectory());
    for (const { parentPath, name } of folders) expect(readdirSync(join(parentPath, name))).not.toEqual([]);
    known = [after];
  }
  expect(killed).toBeGreaterThan(0.7 * runs);
});
