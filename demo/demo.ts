import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diskFiles } from "../src/cli/manifestFiles";
import { readProject } from "../src/cli/project";
import type { AccessModel } from "../src/model/accessModel";
import { createOps, type Ops } from "../test/support/ops";
import { type Stage, startStage } from "../test/support/stage";
import { findTools, requireTools } from "../test/support/tools";
import { createReport, type Report } from "./report";

/*
 * `npm run demo`: from the example manifest to a workspace that prints its secret, on real Terraform, the real AWS
 * CLI and bash, with moto in place of AWS and a small issuer in place of Gitpod. Nothing leaves this machine, but
 * for Terraform's download of the AWS provider where there is no mirror of it.
 */

const manifestFile = join(__dirname, "..", "manifest.yaml");
const repository = "https://github.com/acme/app";
const stranger = "https://github.com/stranger/app";
const snippetFile = "snippets/acme/github.com/acme/app.gitpod.yml";
const secret = "postgres://app:correct-horse@db.internal/app";

/** What must be undone at the end, last first, also when somebody presses Ctrl-C. */
const undo: (() => Promise<void> | void)[] = [];

async function cleanUp(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}

function exampleModel(): AccessModel {
  const project = readProject(manifestFile, diskFiles());
  if (!project.ok) throw new Error("manifest.yaml has problems: run gitpod-aws-oidc check");
  return project.model;
}

async function must(step: Promise<{ readonly status: number; readonly output: string }>): Promise<string> {
  const { status, output } = await step;
  if (status !== 0) throw new Error(output);
  return output;
}

async function prepare(report: Report, model: AccessModel): Promise<{ stage: Stage; ops: Ops } | null> {
  const required = requireTools(["terraform", "moto", "aws"]);
  if (!required.ok) {
    report.say(`The demo runs on real parts. ${required.reason}.`);
    return null;
  }
  const { tools } = required;
  const [account] = model.accounts;
  const [installation] = model.installations;
  if (account === undefined || installation === undefined) throw new Error("manifest.yaml is empty");
  const stage = await report.step("start an AWS (moto) and a Gitpod (a token issuer)", () => {
    const starting = startStage(tools, installation.issuer, account.id);
    undo.push(async () => {
      await (await starting).stop();
    });
    return starting;
  });
  await report.step("put a secret into Secrets Manager", () =>
    stage.secret("app/database", { SecretString: secret }),
  );
  const ops = createOps({ ...tools, mirror: findTools().mirror, endpoint: stage.endpoint });
  undo.push(() => {
    ops.remove();
  });
  return { stage, ops };
}

async function deploy(report: Report, ops: Ops, model: AccessModel): Promise<void> {
  const manifest = readFileSync(manifestFile, "utf8");
  report.title("1. The manifest");
  report.show(manifest.slice(manifest.indexOf("repos:")));
  report.title("2. Terraform");
  await report.step("gitpod-aws-oidc synth", () => must(ops.synth(manifest)));
  await report.step("terraform init", () => must(ops.terraform("init", "-input=false")));
  await report.step("terraform apply", () =>
    must(ops.terraform("apply", "-auto-approve", "-input=false", "-no-color")),
  );
  report.title("3. Who gets in");
  for (const role of model.accounts.flatMap((account) => account.roles)) {
    report.say(`The role ${role.name} trusts workspaces opened on`);
    const { exact, prefixes } = role.subjects;
    report.show([...exact, ...prefixes.map((prefix) => `${prefix}*`)].join("\n"));
  }
}

async function logIn(report: Report, stage: Stage, ops: Ops): Promise<void> {
  const snippet = ops.read(snippetFile);
  report.title("4. A workspace of the repository runs the snippet");
  const workspace = stage.workspace({ contextUrl: repository });
  const run = await report.step("open a workspace", () => workspace.run(snippet));
  report.show(run.stderr);
  if (run.env.get("DATABASE_URL") !== secret) throw new Error(`the secret did not arrive:\n${run.stderr}`);
  report.say("$ echo $DATABASE_URL");
  report.show(run.env.get("DATABASE_URL") ?? "");
  report.good("the secret is in the workspace, and no key was ever stored");

  report.title("5. A stranger runs the same snippet");
  const strangers = stage.workspace({ contextUrl: stranger });
  const refused = await report.step("open a workspace", () => strangers.run(snippet));
  report.show(refused.stderr);
  if (refused.env.has("DATABASE_URL") || !refused.stderr.includes("aws: FAILED"))
    throw new Error("a stranger got in");
  report.good("refused, and told why");
}

async function destroy(report: Report, ops: Ops): Promise<void> {
  report.title("6. Take it all down");
  report.say(
    "Terraform does not destroy an identity provider in passing, others may use it: the manifest lets go of it first.",
  );
  const manifest = readFileSync(manifestFile, "utf8");
  const released = manifest
    .slice(0, manifest.indexOf("repos:"))
    .replace(/^( *)issuer: .*$/m, "$&\n$1identityProvider: existing");
  await report.step("no repos, identityProvider: existing, terraform apply", async () => {
    await must(ops.synth(released));
    await must(ops.terraform("apply", "-auto-approve", "-input=false", "-no-color"));
  });
  const { Roles } = (await ops.aws("iam list-roles")) as { readonly Roles: readonly unknown[] };
  if (Roles.length > 0) throw new Error("roles are left");
  report.good("no role is left");
}

async function demo(report: Report): Promise<number> {
  report.title("gitpod-aws-oidc: from a manifest to a workspace with its secret");
  const model = exampleModel();
  const parts = await prepare(report, model);
  if (parts === null) return 1;
  await deploy(report, parts.ops, model);
  await logIn(report, parts.stage, parts.ops);
  // A workspace that was ended in the middle looks like one that was refused.
  if (interrupted) return 130;
  await destroy(report, parts.ops);
  return 0;
}

let interrupted = false;
for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    process.stderr.write("\ninterrupted: cleaning up\n");
    void cleanUp().then(() => process.exit(status));
  });

demo(createReport(process.stdout))
  .catch((error: unknown) => {
    if (interrupted) return 130;
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  })
  .then(async (status) => {
    if (interrupted) return;
    await cleanUp();
    process.exitCode = status;
  })
  .catch((error: unknown) => {
    process.stderr.write(`cleaning up failed: ${String(error)}\n`);
    process.exitCode = 1;
  });
