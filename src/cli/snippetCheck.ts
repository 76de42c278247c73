import { quote } from "../diagnostics";
import type { AccessModel, Snippet } from "../model/accessModel";
import { reportWriter } from "./checkReport";
import { CommandError } from "./commandError";
import type { CommandIo, ExitCode } from "./io";
import { lintGitpodYml } from "./lintGitpodYml";
import { repositoryIfAny } from "./repository";
import { readGitpodFile } from "./snippetInto";
import { selectSnippet } from "../workspace/render/select";
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
  const write = reportWriter(format, io);
  const text = readGitpodFile(file);
  if (text === null)
    throw new CommandError(`there is no file ${quote(file)}`, "name a .gitpod.yml or .ona/automations.yaml");
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
  return write({ ...report, unreadable: false, line: (_, line) => report.line(line) }, strict);
}

/** The snippets that a file may have: of its repository on each installation, or of all where that is not known. */
function snippetsFor(model: AccessModel, repository: string | null): readonly Snippet[] {
  if (repository === null) return model.snippets;
  return model.installations.flatMap(({ name }) => {
    const selection = selectSnippet(model, repository, name);
    return selection.ok ? [selection.snippet] : [];
  });
}
