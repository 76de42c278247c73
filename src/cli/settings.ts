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

/**
 * The first that is given of: argument, environment, `context` of the `cdktf.json` in the working directory, default.
 * The file is read here because cdktf's own context is empty without its CLI; that sets `CDKTF_OUTDIR` from `output`.
 * @throws CommandError - where `cdktf.json` is no JSON, or one of its settings is not a text
 */
export function readSettings(
  given: { readonly manifest?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const { output, ...context } = cdktfSettings();
  const first = (...values: readonly (string | undefined)[]): string | undefined =>
    values.find((value) => value !== undefined && value !== "");
  return {
    manifest: first(given.manifest, env["GITPOD_AWS_MANIFEST"], context.manifest) ?? "manifest.yaml",
    snippets: first(env["GITPOD_AWS_SNIPPETS"], context.snippets) ?? "snippets",
    templates: first(context.templates) ?? null,
    outdir: first(env["CDKTF_OUTDIR"], output) ?? "cdktf.out",
  };
}

const contextKeys = Object.freeze(["manifest", "snippets", "templates"] as const);

/** What `cdktf.json` says of a synth. */
type CdktfSettings = { readonly [K in "output" | (typeof contextKeys)[number]]?: string };

function cdktfSettings(): CdktfSettings {
  const read = readRegularFile("cdktf.json");
  if (!read.ok) {
    if (read.reason === "missing") return {};
    throw new CommandError(
      `cdktf.json cannot be read: ${readProblems[read.reason]}`,
      "fix or remove it: it may name the manifest",
    );
  }
  const { output, context } = parsed(new TextDecoder().decode(read.bytes));
  const settings = Object.fromEntries(contextKeys.map((key) => [`context.${key}`, asObject(context)[key]]));
  for (const [key, value] of Object.entries({ output, ...settings })) {
    if (value === undefined || typeof value === "string") continue;
    throw new CommandError(`cdktf.json: ${key} is not a text`, "write a path there, or leave it out");
  }
  return { ...asObject(context), output } as CdktfSettings;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text));
  } catch {
    throw new CommandError("cdktf.json is not JSON", "fix it, or run the command in another folder");
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
