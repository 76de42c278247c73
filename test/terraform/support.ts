import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../support/synthesize";
import type { AccessModel, Account } from "../../src/model/accessModel";
import { testModel } from "../support/model";

/** What a program said and how it ended. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
}

/** A folder with stacks in it, and the programs that ops would run there. */
export interface Deployment {
  readonly folder: string;
  /**
   * Synthesizes a model, and goes to the folder of the account's stack.
   * @param model - @default - the account alone
   */
  synth(account: Account, model?: AccessModel): void;
  /** Puts a configuration that is not ours into a folder of its own. */
  write(configuration: object): void;
  /** Copies a folder of configurations that are not ours, modules included. */
  copy(source: string): void;
  /** Reads a file of the folder that Terraform runs in. */
  read(file: string): string;
  /** Runs Terraform in the folder of the stack, or in `folder` where there is none. */
  terraform(...args: readonly string[]): Promise<Outcome>;
  /** Like {@link terraform}, for what must succeed. */
  mustTerraform(...args: readonly string[]): Promise<string>;
  /**
   * Runs the AWS CLI, which must succeed, and reads what it prints.
   * @param command - words of the command, split at spaces
   * @param args - what follows, as it is
   */
  aws(command: string, ...args: readonly string[]): Promise<unknown>;
  remove(): void;
}

/** Programs of a {@link Deployment}; see `findTools`. */
export interface DeploymentTools {
  readonly terraform: string;
  readonly mirror: string;
  readonly aws?: string;
  /** AWS_ENDPOINT_URL. */
  readonly endpoint?: string;
}

/**
 * The environment in which Terraform finds its AWS provider without a network, and AWS at an endpoint.
 * @param folder - where the Terraform CLI's configuration is written
 */
export function terraformEnvironment(folder: string, tools: DeploymentTools): NodeJS.ProcessEnv {
  const config = join(folder, "terraform.rc");
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(tools.mirror)}\n  }\n}\n`,
  );
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|TF|CDKTF)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...(tools.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: tools.endpoint }),
    TF_CLI_CONFIG_FILE: config,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    CI: "1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "aws-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "aws-credentials"),
  };
}

/**
 * Starts the AWS provider for all commands of a deployment: each would start it several times, which takes most of its
 * time. It is the provider that reads AWS's variables.
 */
async function startProvider(mirror: string, env: NodeJS.ProcessEnv) {
  const pattern = "registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws_v*";
  const [program] = globSync(pattern, { cwd: mirror, absolute: true });
  if (program === undefined) throw new Error(`${mirror} holds no unpacked provider`);
  const provider = spawn(program, ["-debug"], { env, stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  for await (const chunk of provider.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    const [, address] = /TF_REATTACH_PROVIDERS='(.+)'/.exec(said) ?? [];
    if (address !== undefined) return { address, stop: () => provider.kill() };
  }
  throw new Error(`${program} did not start: ${said}`);
}

/** A deployment in a folder of its own. */
export function createDeployment(tools: DeploymentTools): Deployment {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-terraform-"));
  const env = terraformEnvironment(folder, tools);
  let provider: ReturnType<typeof startProvider> | undefined;
  const terraform = async () => {
    provider ??= startProvider(tools.mirror, env);
    env["TF_REATTACH_PROVIDERS"] = (await provider).address;
    return tools.terraform;
  };
  let cwd = folder;
  // Never synchronously: an emulator that this process started blocks as soon as nobody reads its log.
  const run = (program: string, args: readonly string[]): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      execFile(program, args, { cwd, env, encoding: "utf8", maxBuffer: 1e9 }, (error, stdout, stderr) => {
        if (error === null) resolve({ status: 0, output: stdout });
        else if (typeof error.code === "number") resolve({ status: error.code, output: stdout + stderr });
        else reject(new Error(`${program} did not end by itself`, { cause: error }));
      });
    });
  const must = async (program: string, args: readonly string[]): Promise<string> => {
    const { status, output } = await run(program, args);
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed with ${status}:\n${output}`);
    return output;
  };
  return {
    folder,
    synth: (account, model = testModel([account])) => {
      synthesize(model, { outdir: "cdktf.out", workingDirectory: folder });
      cwd = join(folder, "cdktf.out", "stacks", account.name);
    },
    write: (configuration) => {
      cwd = join(folder, "other");
      mkdirSync(cwd);
      writeFileSync(join(cwd, "main.tf.json"), JSON.stringify(configuration));
    },
    copy: (source) => {
      cwd = join(folder, "other");
      cpSync(source, cwd, { recursive: true });
    },
    read: (file) => readFileSync(join(cwd, file), "utf8"),
    terraform: async (...args) => run(await terraform(), args),
    mustTerraform: async (...args) => must(await terraform(), args),
    aws: async (command, ...args) => {
      const output = await must(tools.aws ?? "aws", [...command.split(" "), ...args, "--output", "json"]);
      return output.trim() === "" ? null : (JSON.parse(output) as unknown);
    },
    remove: () => {
      void provider?.then(({ stop }) => stop());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
