import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment, type Outcome } from "../terraform/support";
import { compileInto } from "./compiled";

/** A folder with a manifest, and the programs that ops run there, as processes of their own. */
export interface Ops {
  readonly folder: string;
  /** Writes `manifest.yaml`, and runs our `synth` on it. */
  synth(manifest: string): Promise<Outcome>;
  /** Runs our command. */
  command(...args: readonly string[]): Promise<Outcome>;
  /** Runs Terraform in the folder of the stack `dev`. */
  terraform(...args: readonly string[]): Promise<Outcome>;
  /** Runs the cdktf CLI. */
  cdktf(...args: readonly string[]): Promise<Outcome>;
  /** Runs the AWS CLI, with the words of `command` and then `args`, and reads the JSON that it prints. */
  aws(command: string, ...args: readonly string[]): Promise<unknown>;
  /** The text of a file in the folder. */
  read(file: string): string;
  /** Ends what still runs, and removes the folder. */
  remove(): void;
}

/** Programs of {@link Ops}. */
export interface OpsTools {
  readonly terraform: string;
  /** A filesystem mirror with the AWS provider; undefined: Terraform asks its registry. */
  readonly mirror: string | undefined;
  readonly aws: string;
  /** AWS_ENDPOINT_URL. */
  readonly endpoint: string;
}

const root = join(__dirname, "..", "..");
const cdktfBin = join(root, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

/** A folder that `remove` takes away, laid out as a clone of this repository, with links to its files. */
export function createOps(tools: OpsTools): Ops {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-ops-"));
  for (const name of [
    "main.ts",
    "cdktf.json",
    "package.json",
    "tsconfig.json",
    "src",
    "node_modules",
    "templates",
  ])
    symlinkSync(join(root, name), join(folder, name));
  compileInto(join(folder, "dist"));
  const bin = join(folder, "dist", "cli", "bin.js");
  const env = opsEnvironment(folder, tools);
  const stack = join(folder, "cdktf.out", "stacks", "dev");
  const running = new Set<ChildProcess>();
  const run = async (program: string, args: readonly string[], cwd = folder): Promise<Outcome> => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    running.add(child);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const [status] = (await once(child, "close")) as (number | null)[];
    running.delete(child);
    if (typeof status !== "number") throw new Error(`${program} did not end by itself`);
    return { status, output };
  };
  const command: Ops["command"] = (...args) => run(process.execPath, [bin, ...args]);
  return {
    folder,
    command,
    synth: (manifest) => {
      writeFileSync(join(folder, "manifest.yaml"), manifest);
      return command("synth");
    },
    terraform: (...args) => run(tools.terraform, args, stack),
    cdktf: (...args) => run(process.execPath, [cdktfBin, ...args]),
    aws: async (words, ...args) => {
      const { status, output } = await run(tools.aws, [...words.split(" "), ...args, "--output", "json"]);
      if (status !== 0) throw new Error(`aws ${words} failed with ${status}:\n${output}`);
      return output.trim() === "" ? null : (JSON.parse(output) as unknown);
    },
    read: (file) => readFileSync(join(folder, file), "utf8"),
    remove: () => {
      // What Terraform has started is in its process group.
      for (const { pid } of running) if (pid !== undefined) process.kill(-pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function opsEnvironment(folder: string, { mirror, terraform, endpoint }: OpsTools): NodeJS.ProcessEnv {
  const { TF_CLI_CONFIG_FILE, ...env } = terraformEnvironment(folder, {
    terraform,
    endpoint,
    mirror: mirror ?? "",
  });
  return {
    ...env,
    ...(mirror === undefined ? {} : { TF_CLI_CONFIG_FILE }),
    TERRAFORM_BINARY_NAME: terraform,
    CDKTF_HOME: join(folder, ".cdktf"),
    NO_COLOR: "1",
  };
}
