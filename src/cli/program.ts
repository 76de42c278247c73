import { Command, CommanderError } from "commander";
import type { AccessArguments } from "./access";
import type { CheckArguments } from "./checkReport";
import type { DeployPolicyArguments } from "./deployPolicy";
import type { ExplainArguments } from "./explain";
import type { InitArguments } from "./init";
import type { CommandIo, ExitCode } from "./io";
import { runGuarded } from "./commandError";
import type { SnippetArguments } from "./snippet";
import type { SynthArguments } from "./synth";
import { packageVersion } from "./version";

/** Runs the command. Never throws for what a user can cause; a bug of ours keeps its stack. */
export function run(argv: readonly string[], streams: CommandIo): Promise<ExitCode> {
  return runGuarded(streams, async (io) => {
    let status: ExitCode = 0;
    const program = define(io, (code) => {
      status = code;
    });
    try {
      await program.parseAsync([...argv], { from: "user" });
      return status;
    } catch (error) {
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
      throw error;
    }
  });
}

function define(io: CommandIo, end: (code: ExitCode) => void): Command {
  const program = new Command("gitpod-aws-oidc")
    .description("Lets Gitpod workspaces into AWS by OpenID Connect, from one manifest.")
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError("run with --help to see what there is")
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });

  const command = (name: string, example: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addHelpText("after", `\nExample:\n  npx gitpod-aws-oidc ${name} ${example}`);
  const manifestCommand = (...about: Parameters<typeof command>) =>
    command(...about).argument("[manifest]", "the manifest; by default manifest.yaml");
  /** What a command does with a manifest, loaded when it is asked for. */
  const act =
    <A>(load: (given: A) => Promise<(given: A, io: CommandIo) => ExitCode | Promise<ExitCode>>) =>
    async (manifest: string | undefined, options: Omit<A, "manifest">) => {
      const given = { ...options, manifest } as A;
      end(await (await load(given))(given, io));
    };

  manifestCommand(
    "synth",
    "--only dev",
    "write the Terraform of every account and the snippet of every repository",
  )
    .option("--only <account>", "one account's stacks, and no snippets")
    .action(act<SynthArguments>(async () => (await import("./synth.js")).synthCommand));

  command(
    "check",
    "--strict --within 30d",
    "say what is wrong with a manifest, or with policies that exist already, and what is risky",
  )
    .argument("[manifest]", "the manifest; by default manifest.yaml, for existing policies none")
    .option(
      "--trust-policy <file>",
      "a trust policy, what aws iam get-role prints, or a plan; - for standard input",
    )
    .option("--permission-policy <file>", "the same of a role's permissions; both together are one role")
    .option("--issuer <url>", "for existing policies: the issuer that they are to trust")
    .option("--format <format>", "text, json, sarif or markdown", "text")
    .option("--strict", "fail on warnings too", false)
    .option("--now <date>", "judge dates as of this day, YYYY-MM-DD; by default today")
    .option("--within <days>", "also say what ends in so many days, e.g. 30d")
    .action(
      act<CheckArguments>(async ({ trustPolicy, permissionPolicy }) =>
        trustPolicy === undefined && permissionPolicy === undefined
          ? (await import("./check.js")).checkCommand
          : (await import("./checkExisting.js")).checkExistingCommand,
      ),
    );

  manifestCommand(
    "explain",
    "--context https://github.com/acme/app/pull/7",
    "say which roles a workspace may assume, and why not the others",
  )
    .option("--token <token>", "a token; - reads it from standard input, where nobody else can see it")
    .option("--claims <file>", "decoded claims, or a CloudTrail event, as JSON; - for standard input")
    .option("--context <url>", "the URL that the workspace is opened on")
    .option("--installation <name>", "where the workspace is, if the manifest has several installations")
    .option("--role <name>", "this role alone, by name or ARN")
    .option("--action <action>", "with --resource: may it also do this, e.g. s3:GetObject")
    .option("--resource <arn>", "with --action: to this")
    .option("--verify", "check the token's signature with the keys of the manifest's issuer", false)
    .option("--source-ip <address>", "where the login comes from, where the token does not say it")
    .option("--event <number>", "of several CloudTrail events this one alone: 1 is the file's first login")
    .option("--now <date>", "judge dates as of this day, YYYY-MM-DD; by default now")
    .option("--format <format>", "text or json", "text")
    .action(act<ExplainArguments>(async () => (await import("./explain.js")).explainCommand));

  manifestCommand(
    "access",
    "--format html --out access.html",
    "say who gets into what, until when, and what somebody accepted",
  )
    .option("--diff [old]", "who gains and who loses what, against this manifest or the folder that holds it")
    .option(
      "--deployed <files...>",
      "the roles that these files show: what check --trust-policy reads; with --diff, what was before",
    )
    .option("--fail-on <what>", "with --diff: gains, to end with 1 if anybody gains anything")
    .option("--format <format>", "text, json, markdown or html: one file for a browser", "text")
    .option("--out <file>", "write it to this file")
    .option("--account <name>", "the roles of this account alone, by name or id")
    .option(
      "--repo <url>",
      "the roles for this repository alone, those for any of its organization among them",
    )
    .option("--resource <arn>", "the roles alone that may do something to this")
    .option("--action <action>", "with --resource: that may do this to it, e.g. s3:GetObject")
    .option("--within <days>", "the roles alone of which something ends in so many days, e.g. 30d")
    .option("--now <date>", "judge dates as of this day, YYYY-MM-DD; by default today")
    .action(act<AccessArguments>(async () => (await import("./access.js")).accessCommand));

  command("import-role", "role.json inline.json", "print manifest entries for roles that exist already")
    .argument("<files...>", "what aws iam get-role and the like print, or policies; - for standard input")
    .action(async (files: readonly string[]) => {
      const { importRoleCommand } = await import("./importRole.js");
      end(importRoleCommand(files, io));
    });

  manifestCommand(
    "snippet",
    "--repo https://github.com/acme/app --into .gitpod.yml",
    "print, merge or check what a repository's .gitpod.yml or .ona/automations.yaml needs to log in",
  )
    .option("--repo <url>", "the repository; by default the origin of this folder")
    .option("--installation <name>", "where its workspaces are, if it has a snippet on several installations")
    .option("--into <file>", "merge it into this .gitpod.yml or .ona/automations.yaml, or make the file")
    .option(
      "--await <task>",
      "with --into: let this task of the file wait for the login; all, none, or repeat it: the tasks named are those that wait from now on",
      (task: string, before: readonly string[] | undefined) => [...(before ?? []), task],
    )
    .option("--remove", "with --into: take it out again")
    .option("--replace", "with --into: put our task in place of a login by hand to the same role")
    .option("--dry-run", "with --into: show what would change")
    .option("--check <file>", "lint this .gitpod.yml or .ona/automations.yaml against the manifest")
    .option("--format <format>", "with --check: text, json, sarif or markdown")
    .option("--strict", "with --check: fail on warnings too")
    .option("--all", "write the snippets of all repositories, with an index")
    .option("--out <folder>", "with --all: the folder")
    .action(act<SnippetArguments>(async () => (await import("./snippet.js")).snippetCommand));

  command(
    "init",
    "--account 123456789012 --repo https://github.com/acme/app --issuer https://services.acme.gitpod.cloud/idp",
    "write a first manifest, and what a platform repository needs beside it; overwrites nothing",
  )
    .option("--issuer <url>", "iss of the installation's tokens")
    .option("--ona <organization>", "for Ona: the organization's id")
    .option("--project <id>", "with --ona: the id of the first repository's project")
    .option("--account <id>", "id of the AWS account")
    .option("--repo <url>", "URL of the first repository")
    .option("--cdktf", "a cdktf.json too, for the cdktf CLI")
    .option("--ci <kind>", "a pipeline too: github or gitlab")
    .action(async (options: InitArguments) => {
      const { initCommand } = await import("./init.js");
      end(await initCommand(options, io));
    });

  manifestCommand(
    "deploy-policy",
    "--plan --account dev",
    "print the IAM policy that applying needs, as narrow as AWS allows",
  )
    .option("--plan", "only what a plan needs", false)
    .option("--account <name>", "the account, if the manifest has several")
    .action(act<DeployPolicyArguments>(async () => (await import("./deployPolicy.js")).deployPolicyCommand));

  command("schema", "> manifest.schema.json", "print the manifest's JSON Schema").action(async () => {
    const { schemaCommand } = await import("./schema.js");
    end(schemaCommand(io));
  });

  command("rule", "T57", "say what a rule or the code of a diagnostic means, with an example")
    .argument("<id>", "such as T57 or M01")
    .action(async (id: string) => {
      const { ruleCommand } = await import("./rule.js");
      end(ruleCommand(id, io));
    });

  return program;
}
