import type { Path } from "../diagnostics";
import { own, readJson } from "../documents/json";
import { CommandError } from "./commandError";
import { readProblems, readRegularFile } from "./files";

/** Where a synth reads and writes. */
export interface Settings {
  readonly manifest: string;
  readonly snippets: string;
  /** Folder of Handlebars templates in place of the built-in ones; null: the built-in ones. */
  readonly templates: string | null;
  /** Folder of the stacks, and of the list of them. */
  readonly outdir: string;
}

/** The first of argument, environment, `context` of cdktf.json (cdktf's own is empty without its CLI) and default. */
export function readSettings(
  given: { readonly manifest?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const cdktf = cdktfSettings();
  const first = (...values: readonly (string | undefined)[]): string | undefined =>
    values.find((value) => value !== undefined && value !== "");
  return {
    manifest:
      first(given.manifest, env["GITPOD_AWS_MANIFEST"], cdktf("context", "manifest")) ?? "manifest.yaml",
    snippets: first(env["GITPOD_AWS_SNIPPETS"], cdktf("context", "snippets")) ?? "snippets",
    templates: first(cdktf("context", "templates")) ?? null,
    outdir: first(env["CDKTF_OUTDIR"], cdktf("output")) ?? "cdktf.out",
  };
}

/** The texts of `cdktf.json` by the keys that lead there. */
function cdktfSettings(): (...path: readonly string[]) => string | undefined {
  const read = readRegularFile("cdktf.json");
  if (!read.ok) {
    if (read.reason === "missing") return () => undefined;
    throw new CommandError(
      `cdktf.json cannot be read: ${readProblems[read.reason]}`,
      "fix or remove it: it may name the manifest",
    );
  }
  const { value, problems, locate } = readJson(new TextDecoder().decode(read.bytes));
  const refuse = (path: Path, message: string, remedy: string): CommandError => {
    const { line, column } = locate(path);
    return new CommandError(`cdktf.json:${line}:${column}: ${message}`, remedy);
  };
  for (const { path, message, remedy } of problems) throw refuse(path, message, remedy);
  return (...path) => {
    const found = path.reduce<unknown>(own, value);
    if (found === undefined || typeof found === "string") return found;
    throw refuse(path, `${path.join(".")} is not a text`, "write a path there, or leave it out");
  };
}
