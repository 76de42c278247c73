import { existsSync } from "node:fs";
import { formatText } from "../diagnostics";
import { parseManifest, type ManifestFiles } from "../manifest";
import { resolve } from "../resolve";
import { CommandError } from "./commandError";
import { writeFile } from "./drafts";
import type { CommandIo, ExitCode } from "./io";
import { readSettings } from "./settings";

export interface InitArguments {
  readonly issuer?: string | undefined;
  readonly account?: string | undefined;
  readonly repo?: string | undefined;
}

/** `init`: writes a first manifest that `check` understands, and says what to fill in. Never overwrites one. */
export function initCommand(given: InitArguments, io: CommandIo): ExitCode {
  const { manifest: file } = readSettings({}, io.env);
  if (existsSync(file)) throw new CommandError(`${file} exists already`, "edit it, or move it away first");
  refuseUser("--issuer", given.issuer);
  refuseUser("--repo", given.repo);
  const text = firstManifest(given);
  const trouble = problemsOf(text, file);
  if (trouble !== null) {
    io.stderr.write(trouble);
    throw new CommandError(
      "the options do not make a manifest, so nothing was written",
      "fix what is reported above",
    );
  }
  writeFile(file, { text });
  io.stdout.write(`wrote ${file}\n${nextSteps(given)}`);
  return 0;
}

/** What stands before the `@` of a URL may be a password or a token: it reaches neither a file nor a message. */
function refuseUser(option: string, url: string | undefined): void {
  if (url !== undefined && /^(https?:\/\/[^/]*|(\w+:\/\/)?[^/@]*:[^/@]*)@/.test(url))
    throw new CommandError(
      `${option} holds a user name or a password`,
      "leave out what stands before the @ of the URL",
    );
}

function firstManifest({ issuer, account, repo }: InitArguments): string {
  const q = (s: string) => JSON.stringify(s);
  return `version: 1

accounts:
  dev:
    id: ${q(account ?? "123456789012")} # the AWS account that trusts Gitpod, in quotes
    region: us-east-1 # where its secrets and parameters are

installations:
  gitpod:
    ${issuer === undefined ? "host: gitpod.io" : `issuer: ${q(issuer)}`} # compare iss in: gp idp token --audience sts.amazonaws.com --decode

repos:
  - url: ${q(repo ?? "https://github.com/acme/app")}
    contexts: [repository, branches] # which workspaces: those opened on the repository, and on its branches
    grants:
      - secret: database_connection_string
        env: DATABASE_URL # the workspace gets the secret in this variable
`;
}

/** The formatted problems of a text that is not on disk yet; null where it has none. */
function problemsOf(text: string, file: string): string | null {
  const files: ManifestFiles = {
    read: () => ({ ok: true, bytes: new TextEncoder().encode(text) }),
    expand: () => [],
    identity: (name) => name,
  };
  const parsed = parseManifest(file, files);
  const resolved = parsed.ok ? resolve(parsed.parsed) : parsed;
  if (resolved.ok) return null;
  return formatText(parsed.locator.diagnose(resolved.problems), [], {
    line: (name, line) => parsed.locator.line(name, line),
    colour: false,
  });
}

function nextSteps({ issuer, account, repo }: InitArguments): string {
  const toFill = [
    ...(account === undefined ? ["the account's id"] : []),
    ...(issuer === undefined ? ["the installation's host or issuer"] : []),
    ...(repo === undefined ? ["the repository's url"] : []),
    "what it is granted",
  ];
  return `next: fill in ${toFill.join(", ")}, then run gitpod-aws-oidc check\n`;
}
