import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Programs and files that the real tier needs; undefined where this machine has none. */
export interface Tools {
  readonly terraform: string | undefined;
  /** A Terraform filesystem mirror that holds the AWS provider. */
  readonly mirror: string | undefined;
  /** `moto_server`, an emulator of AWS. */
  readonly moto: string | undefined;
  /** The AWS CLI. */
  readonly aws: string | undefined;
  /** `script` of util-linux, which runs a program in a terminal. */
  readonly script: string | undefined;
  /** The shell that a user may have chosen instead of bash. */
  readonly zsh: string | undefined;
  /** A linter of shell code. */
  readonly shellcheck: string | undefined;
  readonly jq: string | undefined;
  /** A browser. */
  readonly chromium: string | undefined;
}

export type ToolName = keyof Tools;

/** What this machine has, found by looking in PATH and in the usual roots. */
export function findTools(): Tools {
  return {
    terraform: onPath("terraform"),
    mirror: findMirror(),
    moto: onPath("moto_server"),
    aws: onPath("aws"),
    script: onPath("script"),
    zsh: onPath("zsh"),
    shellcheck: onPath("shellcheck"),
    jq: onPath("jq"),
    chromium: onPath("chromium"),
  };
}

/** The named tools, or the reason why they are not all there, with the remedy. */
export function requireTools<N extends ToolName>(
  names: readonly N[],
):
  | { readonly ok: true; readonly tools: Readonly<Record<N, string>> }
  | { readonly ok: false; readonly reason: string } {
  const found = findTools();
  const missing = names.filter((name) => found[name] === undefined);
  if (missing.length > 0)
    return { ok: false, reason: missing.map((name) => `${name} is missing: ${remedies[name]}`).join("; ") };
  return {
    ok: true,
    tools: Object.fromEntries(names.map((name) => [name, found[name]])) as Record<N, string>,
  };
}

/** The program of that name that a shell would run. */
export function onPath(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

const remedies: Readonly<Record<ToolName, string>> = Object.freeze({
  terraform: "install Terraform and have it on PATH",
  mirror: "unpack the Terraform AWS provider into a filesystem mirror, e.g. ~/.terraform.d/plugins",
  moto: "pip install 'moto[server]'",
  aws: "install the AWS CLI and have it on PATH",
  script: "install util-linux (package bsdutils)",
  zsh: "install zsh (apt-get install zsh)",
  shellcheck: "install shellcheck (apt-get install shellcheck)",
  jq: "install jq (apt-get install jq)",
  chromium: "install Chromium (apt-get install chromium)",
});

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A mirror is a folder that holds `registry.terraform.io/hashicorp/aws`, at or just below one of the usual roots. */
function findMirror(): string | undefined {
  const roots = ["/opt", "/usr/share", "/usr/local/share", join(homedir(), ".terraform.d")];
  const candidates = roots.flatMap((root) => [
    root,
    ...foldersOf(root),
    ...foldersOf(join(root, "terraform")),
  ]);
  return candidates.find((folder) => existsSync(join(folder, "registry.terraform.io", "hashicorp", "aws")));
}

function foldersOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch {
    return [];
  }
}
