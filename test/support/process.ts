import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { full } from "../proof/settings";
import { quoted } from "./compiled";

const top = join(__dirname, "..", "..");

/** Shell words that run the CDKTF app in a process of its own, without the command of cdktf. */
export function appLine(): string {
  return [process.execPath, "--import", require.resolve("tsx"), join(top, "main.ts")].map(quoted).join(" ");
}

/** Runs a script in bash, in the working directory. */
export function bash(script: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync("bash", ["-c", script], { encoding: "utf8", env: { ...process.env, ...env } });
}

/** `test` where everything is tried, as in CI (FULL=1), and skipped otherwise. */
export const fullTest = full ? test : test.skip;
