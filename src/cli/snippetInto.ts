import { lstatSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { escapeHidden, printable, quote } from "../diagnostics";
import type { Snippet } from "../model/accessModel";
import {
  loadShellParser,
  mergeSnippet,
  readForLint,
  removeSnippet,
  snippetTasks,
  unifiedDiff,
  type MergeOptions,
  type Unmerged,
} from "../snippet";
import { CommandError } from "./commandError";
import { readRegularFile, writeAtomically } from "./files";
import type { CommandIo, ExitCode } from "./io";

/** How `snippet --into` merges. */
export interface MergeArguments {
  readonly await?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Merges a snippet into a file, or makes the file. With a problem it stays as it is. */
export async function mergeInto(
  file: string,
  { snippet, body }: { readonly snippet: Snippet; readonly body: string },
  given: MergeArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const before = readGitpodFile(file);
  if (before === null) checkFolder(file);
  const merged = mergeSnippet(before, snippetTasks(body), {
    awaits: awaitsOf(given.await),
    signal: snippet.task,
    roleArns: snippet.logins.map((login) => login.roleArn),
    logins: await loginsOf(before ?? ""),
  });
  return finish(file, before, merged, given.dryRun === true, io);
}

/** Takes our tasks out of a file, and the file away where they were all that it held. */
export function removeFrom(file: string, dryRun: boolean, io: CommandIo): ExitCode {
  const before = readGitpodFile(file);
  if (before === null)
    throw new CommandError(
      `there is no file ${quote(file)}`,
      "name the .gitpod.yml to take the tasks out of",
    );
  return finish(file, before, removeSnippet(before), dryRun, io);
}

/** A folder that is not there is a slip of the hand more often than a wish. */
function checkFolder(file: string): void {
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new CommandError(`there is no folder ${quote(folder)}`, "make it, or look at the spelling of --into");
}

/** The logins of a file whose roles are known before it runs: also those that are put together of variables. */
async function loginsOf(text: string): Promise<MergeOptions["logins"]> {
  const { facts } = readForLint(text, await loadShellParser());
  return facts.tasks
    .flatMap(({ steps }) => steps)
    .flatMap((step) => {
      if (step.kind !== "login" || step.roleArn === null) return [];
      return [{ roleArn: step.roleArn.text, position: step.place }];
    });
}

/** Without the option, what waits stays; `none` takes every wait away. */
function awaitsOf(names: readonly string[] | undefined): "none" | "all" | "keep" | readonly string[] {
  if (names === undefined) return "keep";
  const [only] = names;
  return names.length === 1 && (only === "all" || only === "none") ? only : names;
}

function finish(
  file: string,
  before: string | null,
  merged: Unmerged,
  dryRun: boolean,
  io: CommandIo,
): ExitCode {
  const shown = escapeHidden(file);
  if (!merged.ok) {
    for (const { position, message, remedy } of merged.problems) {
      io.stderr.write(
        `${shown}:${position.line}:${position.column}: error: ${printable(message)}\n  remedy: ${printable(remedy)}\n`,
      );
    }
    io.stderr.write(`${shown} is as it was\n`);
    return 1;
  }
  if (dryRun) {
    io.stdout.write(unifiedDiff(shown, before, merged.text));
    return 0;
  }
  if (merged.text === before) {
    io.stdout.write(`${shown} is up to date\n`);
    return 0;
  }
  if (merged.text === null) {
    rmSync(file);
    io.stdout.write(`${shown} held nothing else: removed\n`);
    return 0;
  }
  const written = writeAtomically(dirname(file), file, merged.text, modeOf(file));
  if (!written.ok)
    throw new CommandError(
      `${quote(file)} cannot be written: ${written.reason}`,
      "look at what is there, and who may write it",
    );
  io.stdout.write(`${before === null ? "wrote" : "changed"} ${shown}\n`);
  return 0;
}

/** A file's text, byte order mark included; null where there is none. @throws CommandError - where it is no text */
export function readGitpodFile(file: string): string | null {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new CommandError(
      `${quote(file)} is a symbolic link, and nothing is written through one`,
      "name the file that it points to",
    );
  const read = readRegularFile(file);
  if (!read.ok) {
    if (read.reason === "missing") return null;
    throw new CommandError(`${quote(file)} cannot be read: ${read.reason}`, "name a .gitpod.yml");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read.bytes);
  } catch {
    throw new CommandError(`${quote(file)} is not UTF-8`, "save it as UTF-8");
  }
}

function modeOf(file: string): number | undefined {
  const mode = lstatSync(file, { throwIfNoEntry: false })?.mode;
  return mode === undefined ? undefined : mode & 0o7777;
}
