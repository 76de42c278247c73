import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { run } from "../../src/cli/program";

/** A folder of its own for each test of the calling file, as the working directory. */
export function inTemporaryFolder(): void {
  const home = process.cwd();
  let folder = "";
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-")));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Writes files of the working directory, with the folders that they need. */
export function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Every file below a folder with its text, by path. Links and empty folders count as nothing. */
export function tree(folder = "."): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. */
export async function command(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: { readonly stdin?: string; readonly fetch?: typeof fetch } = {},
): Promise<CommandResult> {
  let stdout = "";
  let stderr = "";
  const status = await run(argv, {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env,
    colour: false,
    today: "2026-06-01",
    now: "2026-06-01T12:00:00.000Z",
    readStdin: () => input.stdin ?? "",
    fetch: input.fetch ?? (() => Promise.reject(new Error("there is no network in tests"))),
  });
  return { status, stdout, stderr };
}
