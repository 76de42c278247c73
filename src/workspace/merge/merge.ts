import { isDeepStrictEqual } from "node:util";
import type { TaskFormat } from "../../model/accessModel";
import { taskFileNames } from "../lint/taskFile";
import { awaitEdits, awaitLine, chosenTasks, unawaitEdits, waitOf, waitsFor, withoutAwait } from "./await";
import { insertions, removeBlock, startOfKey, strandedKey } from "./block";
import { withoutDependency } from "./dependsOn";
import { handLoginProblems, handLogins, type OurLogin, withoutHandLogins } from "./byHand";
import { type ExistingFile, ownIndices, readExisting, sameBesideTasks, startOf } from "./file";
import { tasksDigest } from "./markers";
import type { Task } from "./tasks";
import { applyEdits, type Edit, type Refused, refusal, together } from "./text";

/** How our tasks are merged into a file. */
export interface MergeOptions {
  readonly format: TaskFormat;
  /** Which of the file's own tasks wait for the credentials, by name; `keep` leaves that as the last merge had it. */
  readonly awaits: "none" | "all" | "keep" | readonly string[];
  /** The name that our task gives to `gp sync-done`. */
  readonly task: string;
  /** Whether our task reads values: tasks that wait get them. */
  readonly hasValues: boolean;
  /** What our tasks log in to: a file that does so by hand is refused. */
  readonly logins: readonly OurLogin[];
  /** Take such logins out instead. */
  readonly replace: boolean;
}

/** A merged text, or why there is none. */
export type Merged = { readonly ok: true; readonly text: string } | Refused;

/** The same, where null says that there is to be no file. */
export type Unmerged = { readonly ok: true; readonly text: string | null } | Refused;

/**
 * Puts our tasks first in a `.gitpod.yml`, in place of those of an earlier merge. Everything else stays byte for
 * byte, and {@link removeSnippet} gives back the text as it was, but for logins that were replaced. A second merge
 * of the same changes nothing. What cannot be done so is refused with its place.
 * @param before - the whole file; a byte order mark, if it has one, included; null: there is none yet
 */
export function mergeSnippet(before: string | null, ours: readonly Task[], options: MergeOptions): Merged {
  const mark = before?.startsWith("\ufeff") === true ? "\ufeff" : "";
  const merged = merge(before?.slice(mark.length) ?? null, ours, options);
  return merged.ok ? { ok: true, text: mark + merged.text } : merged;
}

/**
 * Takes our tasks out of a `.gitpod.yml`, with the lines that make others wait for them: what {@link mergeSnippet}
 * was given comes back byte for byte, or null where there was no file. A text without them is returned as it is.
 */
export function removeSnippet(text: string): Unmerged {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const opened = open(text.slice(mark.length));
  if (!opened.ok) return opened;
  const { file, original, isGone } = opened;
  const stranded = strandedKey(file, original);
  if (stranded !== null) return stranded;
  if (!saysTheSame(file, original)) return unsafe(file, mixed);
  return { ok: true, text: isGone && mark === "" ? null : mark + original.text };
}

function merge(before: string | null, ours: readonly Task[], options: MergeOptions): Merged {
  const text = before ?? "";
  const opened = open(text, options.format);
  if (!opened.ok) return opened;
  const { file, original, awaiting, isGone } = opened;
  if (file.format !== options.format) return otherFormat(file, options.format);
  const pasted = pastedTask(original, ours);
  if (pasted !== null) {
    if (options.awaits === "keep" || options.awaits === "none") return { ok: true, text };
    const message = "this task was pasted by hand, and what waits for it must be written by hand too";
    const remedy = "take the task out and run this again: it comes back, and is kept up to date from then on";
    return refusal(text, startOf(pasted), message, remedy);
  }
  const byHand = handLogins(file, options.logins);
  if (byHand.length > 0 && !options.replace) return { ok: false, problems: handLoginProblems(file, byHand) };
  if (!saysTheSame(file, original)) return unsafe(file, mixed);
  const replaced = withoutHandLogins(original, handLogins(original, options.logins));
  if (!replaced.ok) return replaced;
  const base = replaced.file;
  const clash = sameKey(base, ours) ?? sameSignal(base, options.task);
  if (clash !== null) return clash;
  const chosen =
    options.awaits === "keep"
      ? { ok: true as const, indices: indicesOf(awaiting, replaced.kept) }
      : chosenTasks(base, options.awaits);
  if (!chosen.ok) return chosen;
  const indices = new Set([...chosen.indices, ...indicesOf(replaced.waiting, replaced.kept)]);
  const plan: Plan = {
    ours,
    wait: options.format === "gitpod.yml" ? awaitLine(options.task, options.hasValues) : options.task,
    awaits: [...indices].filter((i) => !waitsFor(base.tasks[i] ?? {}, options.task)),
  };
  if (byHand.length === 0 && isMerged(file, plan)) return { ok: true, text };
  return insert(base, plan, before === null || isGone);
}

/** Where tasks stand now, of which the kept ones are left. */
function indicesOf(tasks: readonly number[], kept: readonly number[]): readonly number[] {
  return kept.flatMap((index, i) => (tasks.includes(index) ? [i] : []));
}

/** What a merged file has: our tasks, and tasks of its own that wait. */
interface Plan {
  readonly ours: readonly Task[];
  readonly wait: string;
  readonly awaits: readonly number[];
}

/** A file as it is, and as it is without our tasks. */
function open(text: string, format?: TaskFormat) {
  const read = readExisting(text, format);
  if (!read.ok) return read;
  const { file } = read;
  const removed = withoutOurs(file);
  if (!removed.ok) return removed;
  const original = removed.text === text ? read : readExisting(removed.text, file.format);
  if (!original.ok) return original;
  const awaiting = ownIndices(file).flatMap((index, i) => (waitOf(file, index) === null ? [] : [i]));
  const isGone = removed.text === "" && file.block?.markers.mode === "file";
  return { ok: true, file, original: original.file, awaiting, isGone } as const;
}

/** Takes our tasks, and the lines that make others wait for them, out of a file. */
function withoutOurs(file: ExistingFile): Merged {
  const plan = together([{ ok: true, edits: removeBlock(file) }, unawaitEdits(file, ownIndices(file))]);
  return plan.ok ? { ok: true, text: applyEdits(file.text, plan.edits) } : plan;
}

/** The first of our tasks where somebody pasted all of them as they are today; null where it is not so. */
function pastedTask(file: ExistingFile, ours: readonly Task[]) {
  const digests = file.tasks.map((task) => tasksDigest([task]));
  const places = ours.map((task) => digests.indexOf(tasksDigest([task])));
  return places.includes(-1) ? null : (file.items[Math.min(...places)] ?? null);
}

/** A file of the other product. */
function otherFormat(file: ExistingFile, wanted: TaskFormat): Refused {
  return refusal(
    file.text,
    0,
    `this is a ${taskFileNames[file.format]}, and the snippet is for ${taskFileNames[wanted]}`,
    `name the file ${taskFileNames[wanted]}, or choose another installation with --installation`,
  );
}

/** A task of Ona that stands below the key of one of ours. */
function sameKey(file: ExistingFile, ours: readonly Task[]): Refused | null {
  const index = file.tasks.findIndex(
    ({ key }) => key !== undefined && ours.some((task) => task["key"] === key),
  );
  const item = file.items[index];
  if (item === undefined) return null;
  return refusal(
    file.text,
    startOf(item),
    `the file has a task ${String(file.tasks[index]?.["key"])} already, and so is ours called`,
    "rename it, or give our task another name in the manifest: snippet: { task: NAME }",
  );
}

/** A task that lets go what waits for ours: it would do so before there are credentials. */
function sameSignal(file: ExistingFile, task: string): Refused | null {
  const done = new RegExp(String.raw`gp\s+sync-done\s+(?:--\s+)?["']?${task}(?![\w.-])`);
  const index = file.tasks.findIndex((own) =>
    ["before", "init", "prebuild", "command"].some((phase) => done.test(String(own[phase]))),
  );
  const item = file.items[index];
  if (item === undefined) return null;
  const message = `this task runs gp sync-done ${task}, as ours does: what waits for ours would not wait for the login`;
  return refusal(
    file.text,
    startOf(item),
    message,
    "give our task another name in the manifest: snippet: { task: NAME }",
  );
}

/** Whether a merge would change nothing but, at most, how what is ours is written. */
function isMerged(file: ExistingFile, { ours, wait, awaits }: Plan): boolean {
  if (file.block?.first !== 0 || file.block.markers.digest !== tasksDigest(ours)) return false;
  return ownIndices(file).every((index, i) => waitOf(file, index) === (awaits.includes(i) ? wait : null));
}

/** The first way to insert that changes nothing else, and can be undone. */
function insert(original: ExistingFile, plan: Plan, isNew: boolean): Merged {
  const waits = awaitEdits(original, plan.awaits, plan.wait);
  if (!waits.ok) return waits;
  for (const way of insertions(original, plan.ours, isNew)) {
    const text = merged(original, [...way, ...waits.edits], plan);
    if (text !== null) return { ok: true, text };
  }
  return unsafe(
    original,
    "tasks is written in a way that our tasks cannot be put into without changing something else",
  );
}

/** The text after the edits; null where it says anything else than it must, or cannot be undone. */
function merged(original: ExistingFile, edits: readonly Edit[], plan: Plan): string | null {
  const text = applyEdits(original.text, edits);
  const read = readExisting(text, original.format);
  if (!read.ok || !isMerged(read.file, plan) || !saysTheSame(read.file, original)) return null;
  const undone = withoutOurs(read.file);
  return undone.ok && undone.text === original.text ? text : null;
}

/** Whether a file says what it says without ours; no tasks, an empty list of them and null are the same. */
function saysTheSame(file: ExistingFile, without: ExistingFile): boolean {
  const own = ownIndices(file);
  return (
    sameBesideTasks(file, without) &&
    without.block === null &&
    own.length === without.tasks.length &&
    own.every((index, i) => sameTask(file.tasks[index], without.tasks[i], waitOf(file, index)))
  );
}

/** Blanks in front of a command mean nothing to a shell, and quoted text over several lines may lose them. */
function sameTask(task: Task = {}, original: Task = {}, wait: string | null): boolean {
  if (wait === null) return isDeepStrictEqual(task, original);
  if ("key" in task)
    return isDeepStrictEqual(withoutDependency(task, wait), withoutDependency(original, wait));
  const command = (of: unknown) => (typeof of === "string" ? of.trimStart() : "");
  const rest = command(withoutAwait(task["command"]));
  return (
    isDeepStrictEqual({ ...task, command: "" }, { ...original, command: "" }) &&
    rest === command(original["command"])
  );
}

const mixed = "between the comments of gitpod-aws-oidc stands something that is not of its tasks";

function unsafe(file: ExistingFile, message: string): Refused {
  const at = file.block?.markers.begin.offset ?? (startOfKey(file) || (file.root?.range?.[0] ?? 0));
  return refusal(
    file.text,
    at,
    message,
    `write tasks: alone on its line and each task below it${file.format === "gitpod.yml" ? ", with a dash" : ""}`,
  );
}
