import { CommandError } from "./commandError";
import { readRegularFile } from "./files";

/** Where a synth reads and writes. */
export interface Settings {
  readonly manifest: string;
  readonly snippets: string;
  /** Folder of Handlebars templates in place of the built-in ones; null: the built-in ones. */
  readonly templates: string | null;
}

/**
 * The first that is given of: argument, environment, `context` of the `cdktf.json` in the working directory, default.
 * The file is read here because cdktf's own context is empty without its CLI.
 * @throws CommandError - where `cdktf.json` is no JSON, or its context holds something else than text
 */
export function readSettings(
  given: { readonly manifest?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const context = cdktfContext();
  const pick = (
    argument: string | undefined,
    variable: string | undefined,
    key: string,
  ): string | undefined =>
    [argument, variable, context[key]].find((value) => value !== undefined && value !== "");
  return {
    manifest: pick(given.manifest, env["GITPOD_AWS_MANIFEST"], "manifest") ?? "manifest.yaml",
    snippets: pick(undefined, env["GITPOD_AWS_SNIPPETS"], "snippets") ?? "snippets",
    templates: pick(undefined, undefined, "templates") ?? null,
  };
}

function cdktfContext(): Readonly<Record<string, string | undefined>> {
  const read = readRegularFile("cdktf.json");
  if (!read.ok) {
    if (read.reason === "missing") return {};
    throw new CommandError(
      `cdktf.json cannot be read: ${read.reason}`,
      "mend or remove it: it may name the manifest",
    );
  }
  const context = contextOf(new TextDecoder().decode(read.bytes));
  for (const key of ["manifest", "snippets", "templates"]) {
    if (context[key] === undefined || typeof context[key] === "string") continue;
    throw new CommandError(`cdktf.json: context.${key} is not a text`, "write a path there, or leave it out");
  }
  return context as Record<string, string | undefined>;
}

function contextOf(text: string): Record<string, unknown> {
  try {
    const parsed = JSON.parse(text) as { readonly context?: unknown } | null;
    const context = parsed?.context;
    return typeof context === "object" && context !== null ? (context as Record<string, unknown>) : {};
  } catch {
    throw new CommandError("cdktf.json is not JSON", "mend it, or run the command in another folder");
  }
}
