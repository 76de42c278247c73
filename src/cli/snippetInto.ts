import { existsSync, lstatSync, rmSync, statSync, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { escapeHidden, formatText, printable, quote, type Finding } from "../diagnostics";
import type { AccessModel, Snippet, TaskFormat } from "../model/accessModel";
import { loadShellParser } from "../workspace/lint/commands";
import { readForLint } from "../workspace/lint/readForLint";
import { taskFileNames } from "../workspace/lint/taskFile";
import { mergeSnippet, removeSnippet, type Unmergeable } from "../workspace/merge/merge";
import { snippetTasks } from "../workspace/merge/tasks";
import { CommandError } from "./commandError";
import { writeTogether } from "./drafts";
import { readProblems, readRegularFile } from "./files";
import { decoded } from "./input";
import type { CommandIo, ExitCode, Options } from "./io";
import { lintGitpodYml, type LintReport } from "./lintGitpodYml";

/** How `snippet --into` merges. */
export type MergeArguments = Options<never, "replace" | "dryRun"> & { readonly await?: readonly string[] };

/** What is merged, and the manifest that it is of. */
export interface MergedSnippet {
  readonly model: AccessModel;
  readonly snippet: Snippet;
  readonly body: string;
  /** Canonical URL of the repository. */
  readonly repository: string;
}

/** Merges a snippet into a file, or makes the file, and says what its lint says. With a problem it stays as it is. */
export async function mergeInto(
  file: string,
  ours: MergedSnippet,
  given: MergeArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const { snippet, body } = ours;
  const before = statOf(file) === undefined ? null : readGitpodFile(file);
  if (before === null) {
    checkFolder(file);
    checkName(file, snippet.format);
  }
  const merged = mergeSnippet(before, snippetTasks(body), {
    format: snippet.format,
    awaits: awaitsOf(given.await),
    task: snippet.task,
    hasValues: snippet.logins.some((login) => login.exports.length > 0),
    logins: snippet.logins.map(({ roleArn, profile, exports }) => ({
      roleArn,
      profile,
      secrets: exports.filter(({ source }) => source === "secret").map(({ id }) => id),
    })),
    replace: given.replace === true,
  });
  if (!merged.ok) return refuse(file, merged, io);
  const without = removeSnippet(before ?? "");
  const [old, result] = [
    await lint(file, (without.ok ? without.text : null) ?? "", ours),
    await lint(file, merged.text, ours),
  ];
  const line = (_: string, number: number) => result.line(number);
  io.stderr.write(formatText(result.diagnostics, result.findings, { line, colour: io.colour }));
  const stops = merged.text === before ? [] : madeErrors(old.findings, result.findings);
  if (stops.length > 0) {
    const rules = [...new Set(stops.map(({ rule }) => rule))].join(", ");
    io.stderr.write(
      `${escapeHidden(file)} is left unchanged: with our task it would have ${rules}, see above\n`,
    );
    return 1;
  }
  return finish(file, before, merged.text, given.dryRun === true, io);
}

function lint(file: string, text: string, { model, body, repository }: MergedSnippet): Promise<LintReport> {
  return lintGitpodYml(text, { file, model, repositories: [repository], render: () => [body] });
}

/** Errors that a file has with our task and not without it: those that the merge makes, or that defeat our login. */
function madeErrors(without: readonly Finding[], merged: readonly Finding[]): readonly Finding[] {
  // Lines move, and what is said of two logins alike is two errors.
  const same = ({ rule, message }: Finding) => `${rule} ${message.replace(/line \d+/g, "")}`;
  const known = without.map(same);
  return merged.filter((finding) => {
    const at = known.indexOf(same(finding));
    if (at >= 0) known.splice(at, 1);
    return finding.severity === "error" && at < 0;
  });
}

/** Takes our tasks out of a file, and the file away where they were all that it held. */
export async function removeFrom(file: string, dryRun: boolean, io: CommandIo): Promise<ExitCode> {
  const before = readGitpodFile(file);
  const removed = removeSnippet(before);
  return removed.ok ? finish(file, before, removed.text, dryRun, io) : refuse(file, removed, io);
}

/** Gitpod reads no automations.yaml and Ona no .gitpod.yml: the task would never run. */
function checkName(file: string, format: TaskFormat): void {
  const name = taskFileNames[format];
  const other = Object.values(taskFileNames).some((n) => n !== name && basename(n) === basename(file));
  if (other)
    throw new CommandError(
      `${quote(file)} is the file of another product: this snippet is for ${name}`,
      `write --into ${name}, or choose another installation with --installation`,
    );
}

/** A folder that is not there is a slip of the hand more often than a wish, but for Ona's own. */
function checkFolder(file: string): void {
  const own = dirname(file);
  const folder = basename(own) === ".ona" && !existsSync(own) ? dirname(own) : own;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new CommandError(`there is no folder ${quote(folder)}`, "make it, or look at the spelling of --into");
}

/** Without the option, what waits stays; `none` takes every wait away. */
function awaitsOf(names: readonly string[] | undefined): "none" | "all" | "keep" | readonly string[] {
  if (names === undefined) return "keep";
  const [only] = names;
  return names.length === 1 && (only === "all" || only === "none") ? only : names;
}

function refuse(file: string, { problems }: Unmergeable, io: CommandIo): ExitCode {
  const shown = escapeHidden(file);
  for (const { position, message, remedy } of problems)
    io.stderr.write(
      `${shown}:${position.line}:${position.column}: error: ${printable(message)}\n  remedy: ${printable(remedy)}\n`,
    );
  io.stderr.write(`${shown} is left unchanged\n`);
  return 1;
}

async function finish(
  file: string,
  before: string | null,
  text: string | null,
  dryRun: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  const shown = escapeHidden(file);
  if (dryRun) {
    io.stdout.write(unifiedDiff(shown, await masked(before), await masked(text)));
    return 0;
  }
  if (text === before) {
    io.stdout.write(`${shown} is up to date\n`);
    return 0;
  }
  if (text === null) {
    rmSync(file);
    io.stdout.write(`${shown} held nothing else: removed\n`);
    return 0;
  }
  const stat = statOf(file);
  const mode = stat === undefined ? undefined : stat.mode & 0o7777;
  return writeTogether(
    io,
    (drafts) => drafts.addFile(file, text, mode),
    () => `${before === null ? "wrote" : "changed"} ${shown}\n`,
  );
}

/** A unified diff, as `diff -u` and `git apply` know it; empty where nothing differs. A text of null: no file. */
function unifiedDiff(path: string, before: string | null, after: string | null): string {
  if (before === after) return "";
  const name = path.replace(/^\/+/, "");
  const from = before === null ? "/dev/null" : `a/${name}`;
  const to = after === null ? "/dev/null" : `b/${name}`;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, options);
}

/** A text as it may be shown: without its secrets. Our own lines have none. */
async function masked(text: string | null): Promise<string | null> {
  if (text === null) return null;
  const { line } = readForLint(text, await loadShellParser());
  let isOurs = false;
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
    .map((written, i) => {
      isOurs =
        /^ *# gitpod-aws-oidc begin /.test(written) || (isOurs && !/^ *# gitpod-aws-oidc end/.test(written));
      return isOurs ? written : (line(i + 1) ?? "") + (/\r?\n$/.exec(written)?.[0] ?? "");
    })
    .join("");
}

/** A file's text, byte order mark included. @throws CommandError - where there is none */
export function readGitpodFile(file: string): string {
  if (statOf(file)?.isSymbolicLink() === true)
    throw new CommandError(
      `${quote(file)} is a symbolic link, and nothing is written through one`,
      "name the file that it points to",
    );
  const read = readRegularFile(file);
  if (!read.ok)
    throw new CommandError(
      `${quote(file)} cannot be read: ${readProblems[read.reason]}`,
      "name a .gitpod.yml or .ona/automations.yaml",
    );
  const text = decoded(read.bytes, { ignoreBOM: true });
  if (text === null) throw new CommandError(`${quote(file)} is not UTF-8`, "save it as UTF-8");
  return text;
}

/** What stands at a path, itself and not what it links to. */
function statOf(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}
