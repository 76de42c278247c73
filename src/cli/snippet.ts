import type { AccessModel } from "../model/accessModel";
import { taskFileNames } from "../workspace/lint/taskFile";
import { CommandError } from "./commandError";
import { diskFiles } from "./files";
import type { CommandIo, ExitCode } from "./io";
import { blocking, loadJudged, placed } from "./project";
import { formatText } from "../diagnostics";
import { chooseSnippet } from "./repository";
import { readSettings, type Settings } from "./settings";
import { writeAll } from "./snippetAll";
import { checkGitpodFile } from "./snippetCheck";
import { mergeInto, removeFrom } from "./snippetInto";
import { readTemplates } from "./templates";

export interface SnippetArguments {
  readonly manifest?: string | undefined;
  readonly repo?: string | undefined;
  readonly installation?: string | undefined;
  readonly into?: string | undefined;
  readonly await?: readonly string[] | undefined;
  readonly remove?: boolean | undefined;
  readonly replace?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly check?: string | undefined;
  readonly format?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly out?: string | undefined;
}

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
  if (model === null) return 1;
  if (given.check !== undefined)
    return checkGitpodFile(given.check, model, { ...given, templates: settings.templates }, io);
  if (given.all === true) return writeAll(given.out ?? "", model, settings, io);
  const { snippet, repository } = chooseSnippet(model, given.repo, given.installation);
  const body = readTemplates(settings.templates).renderBody(snippet);
  if (given.into !== undefined) return mergeInto(given.into, { model, snippet, body, repository }, given, io);
  io.stderr.write(`for ${taskFileNames[snippet.format]} of ${repository}:\n`);
  io.stdout.write(body);
  return 0;
}

/** Options that mean nothing together are refused: each would be read as something else than it does. */
function checkUsage(given: SnippetArguments): void {
  const modes = [
    ...(given.into === undefined ? [] : ["--into"]),
    ...(given.check === undefined ? [] : ["--check"]),
    ...(given.all === true ? ["--all"] : []),
  ];
  if (modes.length > 1)
    throw new CommandError(`${modes.join(" and ")} are different things`, "run one after the other");
  const needs = (option: string, isGiven: boolean, mode: string): void => {
    if (isGiven && !modes.includes(mode))
      throw new CommandError(`${option} belongs to ${mode}`, `write ${mode} too, or leave ${option} out`);
  };
  needs("--await", given.await !== undefined, "--into");
  needs("--remove", given.remove === true, "--into");
  needs("--replace", given.replace === true, "--into");
  needs("--dry-run", given.dryRun === true, "--into");
  needs("--out", given.out !== undefined, "--all");
  needs("--format", given.format !== undefined, "--check");
  needs("--strict", given.strict === true, "--check");
  if (given.remove === true && given.await !== undefined)
    throw new CommandError("--await and --remove are different things", "leave one of them out");
  if (given.remove === true && given.replace === true)
    throw new CommandError("--remove and --replace are different things", "leave one of them out");
  if (given.all === true && (given.out === undefined || given.out === ""))
    throw new CommandError("--all needs a folder to write to", "write --out with the name of a folder");
  if (given.all === true && (given.repo !== undefined || given.installation !== undefined))
    throw new CommandError(
      "--all writes the snippets of all repositories",
      "leave --repo and --installation out",
    );
}

/** The model of a manifest, or of one that a synth would take; null where there is none, and stderr says why. */
function modelOf(settings: Settings, wanted: "sound" | "any", io: CommandIo): AccessModel | null {
  const project = loadJudged(settings.manifest, diskFiles());
  const blocked = project.ok && wanted === "sound" ? blocking(project.findings) : [];
  if (project.ok && blocked.length === 0) return project.model;
  io.stderr.write(
    formatText(project.ok ? [] : project.diagnostics, placed(blocked, project.locator), {
      line: (file, line) => project.locator.line(file, line),
      colour: io.colour,
    }),
  );
  if (!project.ok && project.unreadable)
    throw new CommandError(
      "the manifest cannot be read",
      "name it as the argument or in GITPOD_AWS_MANIFEST, or go to its folder",
    );
  return null;
}
