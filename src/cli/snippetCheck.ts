import { formatJson, formatText } from "../diagnostics";
import type { AccessModel, Snippet } from "../model/accessModel";
import { CommandError } from "./commandError";
import type { CommandIo, ExitCode } from "./io";
import { lintGitpodYml } from "./lintGitpodYml";
import { repositoryIfAny } from "./repository";
import { readGitpodFile } from "./snippetInto";
import { selectSnippet } from "../snippet";
import { readTemplates } from "./templates";

export interface SnippetCheckArguments {
  readonly repo?: string | undefined;
  /** Folder of templates in place of the built-in ones; null: the built-in ones. */
  readonly templates: string | null;
  readonly format?: string | undefined;
  readonly strict?: boolean | undefined;
}

/** Lints a `.gitpod.yml` against a manifest, in the formats and with the exit codes of `check`. */
export async function checkGitpodFile(
  file: string,
  model: AccessModel,
  { repo, templates, format = "text", strict = false }: SnippetCheckArguments,
  io: CommandIo,
): Promise<ExitCode> {
  if (format !== "text" && format !== "json")
    throw new CommandError(`--format ${format} is unknown here`, "write --format text or --format json");
  const text = readGitpodFile(file);
  if (text === null) throw new CommandError(`there is no file ${file}`, "name a .gitpod.yml");
  const repository = repositoryIfAny(model, repo);
  const report = await lintGitpodYml(text, {
    file,
    model,
    repositories: repository === null ? [] : [repository],
    render: () => {
      const renderer = readTemplates(templates);
      return snippetsFor(model, repository).map((snippet) => renderer.renderBody(snippet));
    },
  });
  io.stdout.write(
    format === "json"
      ? formatJson(report.diagnostics, report.findings)
      : formatText(report.diagnostics, report.findings, {
          line: (_, line) => report.line(line),
          colour: io.colour,
        }),
  );
  const stops = strict ? ["error", "warning"] : ["error"];
  const bad = report.diagnostics.length > 0 || report.findings.some((f) => stops.includes(f.severity));
  return bad ? 1 : 0;
}

/** The snippets that a file may have: of its repository on each installation, or of all where that is not known. */
function snippetsFor(model: AccessModel, repository: string | null): readonly Snippet[] {
  if (repository === null) return model.snippets;
  return model.installations.flatMap(({ name }) => {
    const selection = selectSnippet(model, repository, name);
    return selection.ok ? [selection.snippet] : [];
  });
}
