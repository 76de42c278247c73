import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../diagnostics";
import { kindProblem } from "../model/issuer";
import { knownHosts, scmHosts } from "../subject";
import { checkOptions, CommandError } from "./commandError";
import { writeTogether } from "./drafts";
import type { CommandIo, ExitCode, Options } from "./io";
import { canonicalRepository } from "./repository";
import { readSettings } from "./settings";

/** The command line of `init`; `ona` and `project` are UUIDs. */
export type InitArguments = Options<"issuer" | "ona" | "project" | "account" | "repo" | "ci", "cdktf">;

const examples = join(__dirname, "..", "..", "examples", "ci");

/** Pipelines: each file of examples/ci with its place in a platform repository. */
const pipelines: Readonly<Record<string, readonly (readonly [example: string, file: string])[]>> =
  Object.freeze({
    github: [["github-actions.yml", ".github/workflows/gitpod-aws-oidc.yml"]],
    gitlab: [
      ["gitlab-ci.yml", ".gitlab-ci.yml"],
      ["gitlab-stack.yml", ".gitlab/gitpod-aws-oidc-stack.yml"],
    ],
  });

/** `init`: writes a first manifest, and what a platform repository needs beside it; overwrites nothing. */
export async function initCommand(given: InitArguments, io: CommandIo): Promise<ExitCode> {
  const { manifest: file } = readSettings({}, io.env);
  checkValues(given);
  const beside = filesBeside(given);
  const manifest = existsSync(file) ? null : firstManifest(given);
  if (manifest === null && given.ci === undefined && given.cdktf !== true)
    throw new CommandError(`${file} exists already`, "edit it, or move it away first");
  const texts: readonly (readonly [path: string, text: string | null])[] = [
    [file, manifest],
    ...beside.map(([example, path]) => {
      return [path, existsSync(path) ? null : readFileSync(join(examples, example), "utf8")] as const;
    }),
  ];
  return writeTogether(
    io,
    (drafts) => {
      for (const [path, text] of texts) if (text !== null) drafts.addFile(path, text);
    },
    () =>
      texts.map(([path, text]) => (text === null ? kept(path) : `wrote ${path}\n`)).join("") +
      (manifest === null ? "" : nextSteps(given)) +
      (given.ci === undefined ? "" : ciSteps),
  );
}

function kept(path: string): string {
  const hint = path === ".gitignore" ? ": see that it ignores node_modules/, .terraform/ and *.tfstate*" : "";
  return `kept ${path}${hint}\n`;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws CommandError - in the option's own words: the manifest that would have them is not written */
function checkValues({ issuer, ona, project, account }: InitArguments): void {
  checkOptions({ issuer, ona, project }, { ona: ["issuer"] }, { ona: ["project"] });
  if (account !== undefined && !/^[0-9]{12}$/.test(account))
    throw new CommandError(
      `--account ${quote(account)} is not the id of an AWS account`,
      "write its 12 digits, e.g. 012345678901",
    );
  for (const [option, id, source] of [
    ["--ona", ona, "organization_id of ona idp token --audience sts.amazonaws.com --decode"],
    ["--project", project, "the id that ona project list prints"],
  ] as const)
    if (id !== undefined && !uuid.test(id))
      throw new CommandError(`${option} ${quote(id)} is not a UUID in lower case`, `copy ${source}`);
  if (issuer !== undefined) checkIssuer(issuer);
}

function checkIssuer(issuer: string): void {
  // It may be a password or a token, and reaches no message.
  if (issuer.includes("@"))
    throw new CommandError(
      "--issuer holds a user name or a password",
      "leave out what stands before the @ of the URL",
    );
  const found = kindProblem(issuer, "classic");
  if (found === null) return;
  // Of a bare host we know what its issuer most likely is.
  const url = issuer.includes("://") ? issuer : `https://${issuer}`;
  const isOna = /^https:\/\/([^/]*\.)?(app\.gitpod\.io|ona\.com)(\/|$)/.test(url);
  const remedy = isOna
    ? "write --ona with the organization's id"
    : (kindProblem(url, "classic")?.remedy ?? `write ${url}`);
  throw new CommandError(
    `--issuer ${quote(issuer)} ${found.problem}`,
    remedy.replace(/^write https/, "write --issuer https"),
  );
}

function filesBeside({ cdktf, ci }: InitArguments): readonly (readonly [example: string, file: string])[] {
  const pipeline = ci === undefined ? [] : pipelines[ci];
  if (pipeline === undefined || (ci !== undefined && !Object.hasOwn(pipelines, ci)))
    throw new CommandError(`--ci ${quote(ci ?? "")} is not a CI that we know`, "write github or gitlab");
  return [
    ["gitignore", ".gitignore"],
    ...(cdktf === true ? [["cdktf.json", "cdktf.json"] as const] : []),
    ...pipeline,
  ];
}

const q = (s: string) => JSON.stringify(s);

function firstManifest(given: InitArguments): string {
  return `version: 1

accounts:
  dev:
    id: ${q(given.account ?? "123456789012")} # the AWS account that trusts Gitpod, in quotes
    region: us-east-1 # where its secrets and parameters are

installations:
${installationOf(given)}
${entryOf(given)}`;
}

function installationOf({ issuer, ona }: InitArguments): string {
  if (ona === undefined)
    return `  ${installationName(issuer)}:
    issuer: ${q(issuer ?? exampleIssuer)} # iss of: gp idp token --audience sts.amazonaws.com --decode
`;
  return `  ona:
    kind: ona
    organizationId: ${q(ona)} # organization_id of: ona idp token --audience sts.amazonaws.com --decode
`;
}

/** The first entry; on Ona without a project, as a comment. */
function entryOf({ repo, ona, project }: InitArguments): string {
  const which =
    ona === undefined
      ? "contexts: [repository, { branch: main }] # which workspaces: opened on the repository, or on its branch main"
      : `project: ${q(project ?? "ID")} # the project's id, from: ona project list`;
  const entry = `repos:
  - url: ${q(repo === undefined ? "https://github.com/acme/app" : canonicalRepository({ hosts: scmHosts(knownHosts) }, repo))}
    ${which}
    grants:
      - secret: database_connection_string
        env: DATABASE_URL # the workspace gets the secret in this variable
`;
  return ona !== undefined && project === undefined ? entry.replace(/^/gm, "# ").replace(/# $/, "") : entry;
}

const exampleIssuer = "https://services.acme.gitpod.cloud/idp";

/** `acme` of services.acme.gitpod.cloud: the first label of the host that tells installations apart. */
function installationName(issuer = exampleIssuer): string {
  const host = URL.canParse(issuer) ? new URL(issuer).hostname : "";
  const [label = ""] = host.replace(/^(api|services|gitpod)\./, "").split(".");
  return /^[a-z0-9][a-z0-9-]{0,31}$/.test(label) ? label : "gitpod";
}

/** Without these a pipeline has nothing to apply with, and forgets what it applied. */
const ciSteps =
  "for the pipeline: give each account a backend (a runner's local state is gone with the runner), and make its two roles: see examples/ci/README.md\n";

function nextSteps({ issuer, ona, project, account, repo }: InitArguments): string {
  const toFill = [
    ...(account === undefined ? ["the account's id"] : []),
    ...(issuer === undefined && ona === undefined ? ["the installation's name and issuer"] : []),
    ...(ona !== undefined && project === undefined
      ? ["repos, which is commented out, with the project's id (ona project list)"]
      : []),
    ...(repo === undefined ? ["the repository's url"] : []),
    "the grants",
  ];
  return `next: fill in ${toFill.join(", ")}, then run npx gitpod-aws-oidc check\n`;
}
