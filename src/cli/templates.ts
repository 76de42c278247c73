import { readdirSync } from "node:fs";
import { join } from "node:path";
import { compileTemplates, type RenderSnippet } from "../workspace/render/render";
import { CommandError } from "./commandError";
import { readProblems, readRegularFile } from "./files";

const builtIn = join(__dirname, "..", "..", "templates");

/** Reads and compiles a folder of templates; null: the built-in ones. @throws CommandError, TemplateError */
export function readTemplates(folder: string | null): RenderSnippet {
  const path = folder ?? builtIn;
  const sources: Record<string, string> = {};
  for (const name of templateNames(path)) {
    const read = readRegularFile(join(path, name));
    if (!read.ok)
      throw new CommandError(
        `${join(path, name)} cannot be read: ${readProblems[read.reason]}`,
        "fix or remove it",
      );
    sources[name] = new TextDecoder().decode(read.bytes);
  }
  return compileTemplates(sources, folder === null);
}

function templateNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".hbs"))
      .sort();
  } catch {
    throw new CommandError(
      `the template folder ${folder} cannot be read`,
      "look at context.templates in cdktf.json; leave it out for the built-in templates",
    );
  }
}
