import { isDeepStrictEqual } from "node:util";
import { textPositions, type Position } from "../../diagnostics";
import type { TaskFormat } from "../../model/accessModel";
import { taskFileNames, taskPhases } from "../lint/taskFile";
import { awaitLine, chosenTasks, makeWait, unwait, waitOf, waitsFor, withoutAwait } from "./await";
import { insertions, removeBlock } from "./block";
import { handLoginProblem, handLogins, type OurLogin, withoutHandLogins } from "./byHand";
import { withoutDependency } from "./dependsOn";
import { type ExistingFile, ownTasks, readExisting, sameBesideTasks, startOf, startOfKey } from "./file";
import { tasksDigest } from "./markers";
import type { Task } from "./tasks";
import { type Edit, edited, type Made, placedBefore, type Refusal, type Refused, refused } from "./text";

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

/** Everything that keeps a file from being merged, with its place. */
export interface Unmergeable {
  readonly ok: false;
  readonly problems: readonly (Omit<Refusal, "offset"> & { readonly position: Position })[];
}

/** A merged text, or why there is none; a text of null says that there is to be no file. */
export type Merged<T = string> = { readonly ok: true; readonly text: T } | Unmergeable;

/**
 * Puts our tasks first in a file, in place of those of an earlier merge: all else stays byte for byte, but for replaced
 * logins, and a second merge changes nothing. @param before - the whole file; null: there is none yet
 */
export function mergeSnippet(before: string | null, ours: readonly Task[], options: MergeOptions): Merged {
  return withoutMark(before ?? "", (text) => merge(text, before === null, ours, options));
}

/**
 * Takes our tasks out of a file, and what makes others wait for them: what {@link mergeSnippet} was given comes back
 * byte for byte, or null where there was no file.
 */
export function removeSnippet(before: string): Merged<string | null> {
  return withoutMark<string | null>(before, (text) => {
    const opened = open(text);
    return opened.ok ? { ok: true, text: opened.isGone ? null : opened.original.text } : opened;
  });
}

/** Changes a text behind its byte order mark, and says what is refused by line and column. */
function withoutMark<T extends string | null>(
  text: string,
  change: (text: string) => { readonly ok: true; readonly text: T } | Refused,
): Merged<T | string> {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const made = change(text.slice(mark.length));
  if (made.ok) return { ok: true, text: made.text === null ? made.text : mark + made.text };
  const positions = textPositions(text.slice(mark.length));
  const problems = made.problems.map(({ offset, ...said }) => ({ position: positions.at(offset), ...said }));
  return { ok: false, problems };
}

function merge(text: string, isNew: boolean, ours: readonly Task[], options: MergeOptions): Made {
  const opened = open(text, options.format);
  if (!opened.ok) return opened;
  if (opened.file.format !== options.format) return otherFormat(opened.file, options.format);
  return placedBefore(opened.edits, mergeInto(opened, isNew || opened.isGone, ours, options));
}

/** A file as it is, and as it is without our tasks. */
interface Opened {
  readonly ok: true;
  readonly file: ExistingFile;
  readonly original: ExistingFile;
  /** What took our tasks out. */
  readonly edits: readonly Edit[];
  /** There was no file before our tasks. */
  readonly isGone: boolean;
}

function open(text: string, format?: TaskFormat): Opened | Refused {
  const read = readExisting(text, format);
  if (!read.ok) return read;
  const { file } = read;
  const removed = edited(text, withoutOurs(file));
  if (!removed.ok) return removed;
  const { edits } = removed;
  const reread = edits.length === 0 ? read : placedBefore(edits, readExisting(removed.text, file.format));
  if (!reread.ok) return reread;
  const original = reread.file;
  if (!saysTheSame(file, original))
    return unsafe(file, "between the comments of gitpod-aws-oidc stands something that is not of its tasks");
  return { ok: true, file, original, edits, isGone: removed.text === "" && file.markers?.mode === "file" };
}

/** Takes our tasks, and the lines that make others wait for them, out of a file. */
function withoutOurs(file: ExistingFile): readonly (Edit | Refusal)[] {
  return [...removeBlock(file), ...ownTasks(file).flatMap((task) => unwait(file, task))];
}

/** What a merged file has: our tasks, and those of its own that wait. */
interface Plan {
  readonly ours: readonly Task[];
  readonly wait: string;
  readonly awaits: ReadonlySet<number>;
}

function mergeInto(
  { file, original }: Opened,
  isNew: boolean,
  ours: readonly Task[],
  { format, awaits, task, hasValues, logins, replace }: MergeOptions,
): Made {
  const pasted = pastedTask(original, ours);
  if (pasted !== null) {
    if (awaits === "keep" || awaits === "none") return { ok: true, text: file.text };
    const message = "this task was pasted by hand, and what waits for it must be written by hand too";
    const remedy = "take the task out and run this again: it comes back, and is kept up to date from then on";
    return refused(pasted, message, remedy);
  }
  const byHand = handLogins(original, logins);
  if (byHand.length > 0 && !replace)
    return { ok: false, problems: byHand.map((one) => handLoginProblem(original, one)) };
  const clash = sameKey(original, ours) ?? sameSignal(original, task);
  if (clash !== null) return clash;
  const chosen = awaits === "keep" ? waitingTasks(file) : chosenTasks(original, awaits);
  if ("ok" in chosen) return chosen;
  const replaced = withoutHandLogins(original, byHand);
  if (!replaced.ok) return replaced;
  const { file: base, kept, touched } = replaced;
  const waits = kept.map((index) => chosen.has(index) || touched.has(index));
  const plan: Plan = {
    ours,
    wait: format === "gitpod.yml" ? awaitLine(task, hasValues) : task,
    awaits: new Set(
      base.tasks.flatMap((own, i) => (waits[i] === true && !waitsFor(own.task, task) ? [i] : [])),
    ),
  };
  if (byHand.length === 0 && isMerged(file, plan)) return { ok: true, text: file.text };
  return placedBefore(replaced.edits, insert(base, plan, isNew));
}

/** Which of a file's own tasks wait for ours. */
function waitingTasks(file: ExistingFile): ReadonlySet<number> {
  return new Set(ownTasks(file).flatMap((task, i) => (waitOf(file, task) === null ? [] : [i])));
}

/** Where somebody pasted all of our tasks as they are today; null where it is not so. */
function pastedTask({ tasks }: ExistingFile, ours: readonly Task[]): number | null {
  const digests = tasks.map(({ task }) => tasksDigest([task]));
  const places = ours.map((task) => digests.indexOf(tasksDigest([task])));
  const first = tasks[Math.min(...places)];
  return first === undefined ? null : startOf(first.node);
}

/** A file of the other product. */
function otherFormat({ format }: ExistingFile, wanted: TaskFormat): Refused {
  return refused(
    0,
    `this is a ${taskFileNames[format]}, and the snippet is for ${taskFileNames[wanted]}`,
    `name the file ${taskFileNames[wanted]}, or choose another installation with --installation`,
  );
}

/** A task of Ona that stands below the key of one of ours. */
function sameKey({ tasks }: ExistingFile, ours: readonly Task[]): Refused | null {
  const found = tasks.find(
    ({ task: { key } }) => key !== undefined && ours.some((own) => own["key"] === key),
  );
  if (found === undefined) return null;
  const message = `the file has a task ${String(found.task["key"])} already, and so is ours called`;
  const remedy = "rename it, or give our task another name in the manifest: snippet: { task: NAME }";
  return refused(startOf(found.node), message, remedy);
}

/** A task that lets go what waits for ours: it would do so before there are credentials. */
function sameSignal({ tasks }: ExistingFile, name: string): Refused | null {
  const done = new RegExp(String.raw`gp\s+sync-done\s+(?:--\s+)?["']?${name}(?![\w.-])`);
  const found = tasks.find(({ task }) => taskPhases.some((phase) => done.test(String(task[phase]))));
  if (found === undefined) return null;
  const message = `this task runs gp sync-done ${name}, as ours does: what waits for ours would not wait for the login`;
  const remedy = "give our task another name in the manifest: snippet: { task: NAME }";
  return refused(startOf(found.node), message, remedy);
}

/** Whether a merge would change nothing but, at most, how what is ours is written. */
function isMerged(file: ExistingFile, { ours, wait, awaits }: Plan): boolean {
  if (file.tasks[0]?.isOurs !== true || file.markers?.digest !== tasksDigest(ours)) return false;
  return ownTasks(file).every((task, i) => waitOf(file, task) === (awaits.has(i) ? wait : null));
}

/** The first way to insert that changes nothing else, and can be undone. */
function insert(original: ExistingFile, plan: Plan, isNew: boolean): Made {
  const waits = original.tasks.flatMap((task, i) =>
    plan.awaits.has(i) ? makeWait(original, task, plan.wait) : [],
  );
  for (const way of insertions(original, plan.ours, isNew)) {
    const made = edited(original.text, [...way, ...waits]);
    if (!made.ok || isMergeOf(made.text, original, plan)) return made;
  }
  return unsafe(
    original,
    "tasks is written in a way that our tasks cannot be put into without changing something else",
  );
}

/** Whether a text says what it must, and can be undone. */
function isMergeOf(text: string, original: ExistingFile, plan: Plan): boolean {
  const read = readExisting(text, original.format);
  if (!read.ok || !isMerged(read.file, plan) || !saysTheSame(read.file, original)) return false;
  const undone = edited(text, withoutOurs(read.file));
  return undone.ok && undone.text === original.text;
}

/** Whether a file says what it says without ours; no tasks, an empty list of them and null are the same. */
function saysTheSame(file: ExistingFile, without: ExistingFile): boolean {
  const own = ownTasks(file);
  return (
    sameBesideTasks(file, without) &&
    without.markers === null &&
    own.length === without.tasks.length &&
    own.every((task, i) => sameTask(task.task, without.tasks[i]?.task, waitOf(file, task)))
  );
}

/** Blanks in front of a command mean nothing to a shell, and quoted text over several lines may lose them. */
function sameTask(task: Task, original: Task = {}, wait: string | null): boolean {
  if (wait === null) return isDeepStrictEqual(task, original);
  if ("key" in task)
    return isDeepStrictEqual(withoutDependency(task, wait), withoutDependency(original, wait));
  const command = (of: unknown) => (typeof of === "string" ? of.trimStart() : "");
  return isDeepStrictEqual(
    { ...task, command: command(withoutAwait(task["command"])) },
    { ...original, command: command(original["command"]) },
  );
}

function unsafe(file: ExistingFile, message: string): Refused {
  const at = file.markers?.begin.offset ?? (startOfKey(file) || (file.root?.range?.[0] ?? 0));
  const dash = file.format === "gitpod.yml" ? ", with a dash" : "";
  return refused(at, message, `write tasks: alone on its line and each task below it${dash}`);
}
