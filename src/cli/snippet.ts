import { dirname } from "node:path";
import { escapeHidden } from "../diagnostics";
import type { AccessModel, Snippet } from "../model/accessModel";
import { taskFileNames } from "../workspace/lint/taskFile";
import { selectSnippet } from "../workspace/render/select";
import { catalogueJson, catalogueJsonOwnership } from "../workspace/render/catalogue";
import { reportWriter } from "./checkReport";
import { checkOptions, CommandError } from "./commandError";
import { writeTogether } from "./drafts";
import { diskFiles } from "./manifestFiles";
import type { CommandIo, ExitCode, Options } from "./io";
import { blocking, loadProject, projectText } from "./project";
import { lintGitpodYml } from "./lintGitpodYml";
import { chooseSnippet, repositoryIfAny } from "./repository";
import { readSettings, type Settings } from "./settings";
import { count, draftSnippets } from "./snippetFolder";
import { mergeInto, readGitpodFile, removeFrom } from "./snippetInto";
import { readTemplates } from "./templates";

/** The command line of `snippet`. */
export type SnippetArguments = Options<
  "manifest" | "repo" | "installation" | "into" | "check" | "format" | "out",
  "remove" | "replace" | "dryRun" | "strict" | "all"
> & { readonly await?: readonly string[] };

/** `snippet`: prints what a repository needs, merges it into a file, takes it out, checks a file, or writes all. */
export async function snippetCommand(given: SnippetArguments, io: CommandIo): Promise<ExitCode> {
  checkUsage(given);
  // Taking tasks of ours out needs no manifest: the file says what is ours.
  if (given.into !== undefined && given.remove === true) {
    return removeFrom(given.into, given.dryRun === true, io);
  }
  const settings = readSettings(given, io.env);
  // What a synth would refuse still says which roles there are, and that is all that a lint needs.
  const model = modelOf(settings, given.check === undefined ? "sound" : "any", io);
  if (typeof model === "number") return model;
  if (given.check !== undefined) return checkFile(given.check, model, given, settings, io);
  if (given.all === true) return writeAll(given.out ?? "", model, settings, io);
  const { snippet, repository } = chooseSnippet(
    model,
    given.repo,
    given.installation,
    dirname(given.into ?? ""),
  );
  const body = readTemplates(settings.templates)(snippet);
  if (given.into !== undefined) return mergeInto(given.into, { model, snippet, body, repository }, given, io);
  io.stderr.write(`for ${taskFileNames[snippet.format]} of ${repository}:\n`);
  io.stdout.write(body);
  return 0;
}

function checkUsage(given: SnippetArguments): void {
  checkOptions(
    given,
    { into: ["check", "all"], all: ["check", "repo", "installation"], remove: ["await", "replace"] },
    { into: ["await", "remove", "replace", "dryRun"], all: ["out"], check: ["format", "strict"] },
  );
  if (given.into === "-")
    throw new CommandError("no file of tasks is read from standard input", "name the file");
  if (given.all === true && (given.out ?? "") === "")
    throw new CommandError("--all needs a folder to write to", "write --out with the name of a folder");
}

/** The model of a manifest, or of one that a synth would take; the exit status where there is none, and stderr says why. */
function modelOf(settings: Settings, wanted: "sound" | "any", io: CommandIo): AccessModel | ExitCode {
  const project = loadProject(settings.manifest, diskFiles());
  const blocked = project.ok && wanted === "sound" ? blocking(project.findings) : [];
  if (project.ok && blocked.length === 0) return project.model;
  io.stderr.write(projectText(project, blocked, io));
  return !project.ok && project.unreadable ? 2 : 1;
}

/** Writes the snippets of all repositories to a folder, with an index for programs. */
function writeAll(
  folder: string,
  model: AccessModel,
  { templates }: Settings,
  io: CommandIo,
): Promise<ExitCode> {
  const render = readTemplates(templates);
  const text = catalogueJson(model.snippets);
  const others = [{ file: "index.json", text, ownershipOf: catalogueJsonOwnership }];
  return writeTogether(
    io,
    (drafts) => draftSnippets(drafts, folder, { model, render, others }, io),
    ({ wanted, changed, removed }) =>
      `${count(wanted - 1, "snippet")} in ${escapeHidden(folder)}, with index.json; ${count(changed + removed, "file")} changed\n`,
  );
}

/** Lints a `.gitpod.yml` against a manifest, in the formats and with the exit codes of `check`. */
async function checkFile(
  file: string,
  model: AccessModel,
  { repo, format = "text", strict = false }: SnippetArguments,
  { templates }: Settings,
  io: CommandIo,
): Promise<ExitCode> {
  const write = reportWriter(format, io);
  const text = readGitpodFile(file);
  const repository = repositoryIfAny(model, repo, dirname(file));
  const report = await lintGitpodYml(text, {
    file,
    model,
    repositories: repository === null ? [] : [repository],
    render: () => snippetsFor(model, repository).map(readTemplates(templates)),
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
