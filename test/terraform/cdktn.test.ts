import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { startMoto, type Moto } from "../support/moto";
import { manifest } from "../support/project";
import { describeReal } from "../support/toolsTier";
import { terraformEnvironment } from "./support";

const root = join(__dirname, "..", "..");
const account = "123456789012";

/** An app with all three constructs. Its own stack takes any AWS provider that we take: the package would pin one. */
const app = (cdktf: "cdktf" | "cdktn", ours: string) => `
import { App, LocalBackend, TerraformStack } from "${cdktf}";
import { AwsProvider } from "@${cdktf}/provider-aws/lib/provider";
import {
  AccountStack,
  GitpodIdentityProvider,
  GitpodWorkspaceRole,
  loadManifest,
  type GitpodWorkspaceRoleProps,
} from "${ours}";

const app = new App({ stackTraces: false });
for (const stack of loadManifest("manifest.yaml").stacks) new AccountStack(app, stack.name, stack);

const team = new TerraformStack(app, "team");
new LocalBackend(team, { path: "../../../team.tfstate" });
new AwsProvider(team, "aws", { region: "us-east-1" });
team.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100.0" });
const identityProvider = new GitpodIdentityProvider(team, "gitpod", { issuer: "https://gitpod.team.example/idp" });
const props: GitpodWorkspaceRoleProps = {
  identityProvider,
  repository: "https://github.com/acme/team",
  grants: [{ s3: "acme-assets/fixtures/*" }],
};
new GitpodWorkspaceRole(team, "role", props);
// @ts-expect-error a role without its repository is not one
export const wrong: GitpodWorkspaceRoleProps = {};
app.synth();
`;

describeReal("an app of cdktn, the fork of cdktf", ["terraform", "mirror", "moto"], (tools) => {
  let folder: string;
  let moto: Moto;
  let env: NodeJS.ProcessEnv;

  const run = async (program: string, ...args: readonly string[]): Promise<string> => {
    const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
    const { stdout, stderr } = await promisify(execFile)(program, args, options);
    return stdout + stderr;
  };
  /** Runs a program of `node_modules` on Node 22, which the fork's command needs. */
  const cdktn = (...args: readonly string[]) => run(join(folder, "node_modules/.bin/cdktn"), ...args);
  const write = (file: string, text: string) => {
    writeFileSync(join(folder, file), text);
  };
  const entry = (repository: string) => `{ url: https://github.com/acme/${repository} }`;
  const stacks = ["dev", "team"];
  const read = (stack: string) =>
    JSON.parse(readFileSync(join(folder, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8")) as object;

  /** What `npm pack` makes, beside the fork, and cdktf with its provider as this repository has them. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-cdktn-"));
    moto = await startMoto(tools.moto, account);
    const bin = join(folder, "node_modules", ".bin");
    env = {
      ...terraformEnvironment(folder, { ...tools, endpoint: moto.endpoint }),
      ...{ TERRAFORM_BINARY_NAME: tools.terraform, CDKTF_HOME: join(folder, ".cdktf"), NO_COLOR: "1" },
      ...{ PATH: [bin, process.env["PATH"]].join(delimiter), npm_config_update_notifier: "false" },
    };
    const clone = join(folder, "clone");
    for (const source of [
      "package.json",
      "tsconfig.json",
      "tsconfig.build.json",
      "src",
      "scripts",
      "templates",
      "schema",
    ])
      cpSync(join(root, source), join(clone, source), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
    await run("npm", "pack", "--silent", "--pack-destination", folder, clone);
    write("package.json", '{"private": true}');
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const fork = ["cdktn@0.24.0", "cdktn-cli@0.24.0", "@cdktn/provider-aws@25.7.0", "node@22"];
    await run(
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      ...fork,
      `gitpod-aws-oidc-${version}.tgz`,
    );
    const modules = join(folder, "node_modules");
    rmSync(join(modules, "constructs"), { recursive: true });
    for (const name of ["cdktf", "@cdktf", "constructs", "typescript", "@types"]) {
      rmSync(join(modules, name), { recursive: true, force: true });
      symlinkSync(join(root, "node_modules", name), join(modules, name));
    }
    write("manifest.yaml", manifest(`repos: [${entry("app")}]`));
    write("ours.ts", app("cdktf", "gitpod-aws-oidc"));
    write("fork.ts", app("cdktn", "gitpod-aws-oidc/cdktn"));
    writeFileSync(
      join(folder, "cdktf.json"),
      JSON.stringify({
        language: "typescript",
        app: "node fork.js",
        projectId: "x",
        sendCrashReports: "false",
      }),
    );
  });
  afterAll(async () => {
    await moto.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("compiles, makes what cdktf makes, finds nothing to change in its state, and deploys", async () => {
    const options = ["--strict", "--skipLibCheck", "--target", "ES2022", "--types", "node"];
    // As `cdktn init` has it, where TypeScript knows no `exports` of a package.
    const resolution = ["--module", "CommonJS", "--moduleResolution", "node10"];
    await run("node", "node_modules/typescript/bin/tsc", ...options, ...resolution, "ours.ts", "fork.ts");

    await run("node", "ours.js");
    const made = stacks.map(read);
    for (const stack of stacks) {
      const terraform = (...args: readonly string[]) =>
        run(tools.terraform, `-chdir=cdktf.out/stacks/${stack}`, ...args, "-input=false", "-no-color");
      await terraform("init");
      await terraform("apply", "-auto-approve");
    }

    expect(await cdktn("synth")).toContain("Generated Terraform code for the stacks: dev, team");
    // `//` holds the version of the library.
    const plain = (stack: object) => ({ ...stack, "//": null });
    expect(stacks.map(read).map(plain)).toEqual(made.map(plain));

    write("manifest.yaml", manifest(`repos: [${entry("app")}, ${entry("new")}]`));
    const deployed = await cdktn("deploy", "--auto-approve", "--skip-provider-lock", ...stacks);
    for (const added of [1, 0])
      expect(deployed).toContain(`Resources: ${added} added, 0 changed, 0 destroyed`);
  });
});
