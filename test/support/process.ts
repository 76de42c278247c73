import { spawnSync } from "node:child_process";
import { join } from "node:path";

const top = join(__dirname, "..", "..");
const quoted = (word: string) => `'${word}'`;

/** Shell words that run the command in a process of its own, from wherever. @param preload - a file that it loads first */
export function commandLine(preload?: string): string {
  const first = preload === undefined ? [] : ["--require", preload];
  const words = [
    process.execPath,
    ...first,
    "--import",
    require.resolve("tsx"),
    join(top, "src", "cli", "bin.ts"),
  ];
  return words.map(quoted).join(" ");
}

/** The same of the CDKTF app, without the command of cdktf. */
export function appLine(): string {
  return [process.execPath, "--import", require.resolve("tsx"), join(top, "main.ts")].map(quoted).join(" ");
}

/** Runs a script in bash, in the working directory. */
export function bash(script: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync("bash", ["-c", script], { encoding: "utf8", env: { ...process.env, ...env } });
}

/** `test` where everything is tried, as in CI (FULL=1), and skipped otherwise. */
export const fullTest = process.env["FULL"] === "1" ? test : test.skip;
