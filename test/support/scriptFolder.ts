import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { top } from "../docs/markdown";
import { terraformEnvironment } from "../terraform/support";

/** A folder in which the scripts of a page run: `npx gitpod-aws-oidc` is this source, and `terraform` the real one. */
export function createScriptFolder(
  tools: { readonly terraform: string; readonly mirror: string },
  endpoint: string,
) {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-script-"));
  const programs = join(folder, "bin");
  mkdirSync(programs);
  const command = [process.execPath, "--import", require.resolve("tsx"), join(top, "src/cli/bin.ts")];
  const shims = { npx: `shift\nexec ${command.join(" ")} "$@"`, terraform: `exec ${tools.terraform} "$@"` };
  for (const [name, script] of Object.entries(shims)) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const env: NodeJS.ProcessEnv = {
    ...terraformEnvironment(folder, { ...tools, endpoint }),
    PATH: [programs, process.env["PATH"]].join(delimiter),
  };
  const must = async (script: string): Promise<string> => {
    const child = spawn("bash", ["-c", script], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [status] = (await once(child, "close")) as (number | null)[];
    if (status !== 0) throw new Error(`failed with ${String(status)}:\n${script}\n${output}`);
    return output;
  };
  return { folder, env, must };
}
