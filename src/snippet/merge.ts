import { quote } from "../diagnostics/quote";
import { awaitEdits, awaitedBy, awaitLine, chosenTasks, waitsFor, withoutAwait } from "./mergeAwait";
import { type FoundLogin, handWrittenLogins } from "./mergeLogins";
import { applyEdits, type Edit, type Merged, type MergeProblem, refusal, type Unmerged } from "./mergeEdits";
import { type ExistingFile, readExisting, startOf } from "./mergeFile";
import { insertions } from "./mergeInsert";
import { ownIndices, strandedKey, withoutOurs } from "./mergeRemove";
import { sameValue } from "./mergeSame";
import { tasksDigest, type TaskText } from "./mergeTasks";

export type { Merged, MergeProblem, Unmerged } from "./mergeEdits";
export { snippetTasks, type TaskText } from "./mergeTasks";

/** How our tasks are merged into a file. */
export interface MergeOptions {
  /** Which of the file's own tasks wait for the credentials, by name; `keep` leaves that as the last merge had it. */
  readonly awaits: "none" | "all" | "keep" | readonly string[];
  /** The name that our tasks give to `gp sync-done`. */
  readonly signal: string;
  /** The roles that our tasks log in to: a file that does so by hand is refused. */
  readonly roleArns: readonly string[];
  /**
   * Logins that a reading of the file's shell code found, ours included: it sees through variables.
   * @default - none, so that only a role that is written out counts
   */
  readonly logins?: readonly FoundLogin[] | undefined;
}

/**
 * Puts our tasks first in a `.gitpod.yml`, in place of those of an earlier merge. Everything else stays byte for
 * byte, and {@link removeSnippet} gives back the text as it was. A second merge of the same changes nothing. What
 * cannot be done so is refused with its place.
 * @param before - the whole file; a byte order mark, if it has one, included; null: there is none yet
 * @throws RangeError for a signal that is no task name
 */
export function mergeSnippet(
  before: string | null,
  ours: readonly TaskText[],
  options: MergeOptions,
): Merged {
  const text = before ?? "";
  awaitLine(options.signal);
  const opened = open(text);
  if (!opened.ok) return opened;
  const { file, removed, original } = opened;
  const pasted = pastedTask(original, ours);
  if (pasted !== null) {
    if (options.awaits === "keep" || options.awaits === "none") return { ok: true, text };
    return refusal(
      original.text,
      pasted,
      "this task was pasted by hand, and what waits for it must be written by hand too",
      "take the task out and run this again: it comes back, and is kept up to date from then on",
    );
  }
  const logins = handWrittenLogins(file, options.roleArns, options.logins);
  if (logins.length > 0) return { ok: false, problems: logins };
  const awaits = waiting(original, removed.awaiting, options);
  if (!awaits.ok) return awaits;
  const lost = changedElsewhere(file, original);
  if (lost !== null) return unsafe(file, lost);
  if (isMerged(file, ours, awaits.indices, options.signal)) return { ok: true, text };
  return insert(original, ours, awaits.indices, {
    signal: options.signal,
    isNew: before === null || removed.isGone,
  });
}

/**
 * Takes our tasks out of a `.gitpod.yml`, with the lines that make others wait for them: what {@link mergeSnippet}
 * was given comes back byte for byte, or null where there was no file. A text without them is returned as it is.
 */
export function removeSnippet(text: string): Unmerged {
  const opened = open(text);
  if (!opened.ok) return opened;
  const { file, removed, original } = opened;
  const stranded = strandedKey(file, original);
  if (stranded !== null) return { ok: false, problems: stranded };
  const lost = changedElsewhere(file, original);
  if (lost !== null) return unsafe(file, lost);
  return { ok: true, text: removed.isGone ? null : removed.text };
}

/** A file as it is, and as it is without our tasks. */
function open(text: string) {
  const read = readExisting(text);
  if (!read.ok) return read;
  const removed = withoutOurs(read.file);
  if (!removed.ok) return removed;
  const original = readExisting(removed.text);
  if (!original.ok) return original;
  return { ok: true, file: read.file, removed, original: original.file } as const;
}

/** Where the first of our tasks begins that somebody pasted, all of them as they are today; null where it is not so. */
function pastedTask(file: ExistingFile, ours: readonly TaskText[]): number | null {
  const digests = file.tasks.map((task) => tasksDigest([task]));
  const places = ours.map((task) => digests.indexOf(tasksDigest([task])));
  const first = file.items[Math.min(...places)];
  return places.includes(-1) || first === undefined ? null : startOf(first);
}

type Waiting =
  | { readonly ok: true; readonly indices: readonly number[] }
  | { readonly ok: false; readonly problems: readonly MergeProblem[] };

function waiting(
  original: ExistingFile,
  before: readonly number[],
  { awaits, signal }: MergeOptions,
): Waiting {
  const chosen: Waiting = awaits === "keep" ? { ok: true, indices: before } : chosenTasks(original, awaits);
  if (!chosen.ok) return chosen;
  return {
    ok: true,
    indices: chosen.indices.filter((i) => !waitsFor(original.tasks[i]?.["command"], signal)),
  };
}

/** Whether a merge would change nothing but, at most, how what is ours is written. */
function isMerged(
  file: ExistingFile,
  ours: readonly TaskText[],
  awaits: readonly number[],
  signal: string,
): boolean {
  if (file.block?.first !== 0 || file.block.markers.digest !== tasksDigest(ours)) return false;
  return ownIndices(file).every(
    (index, i) => awaitedBy(file.tasks[index]?.["command"]) === (awaits.includes(i) ? signal : null),
  );
}

/** The first way to insert that changes nothing else, and can be undone. */
function insert(
  original: ExistingFile,
  ours: readonly TaskText[],
  awaits: readonly number[],
  { signal, isNew }: { readonly signal: string; readonly isNew: boolean },
): Merged {
  const plans = awaits.map((index) => awaitEdits(original, index, signal));
  const problems = plans.flatMap((plan) => (plan.ok ? [] : plan.problems));
  if (problems.length > 0) return { ok: false, problems };
  const edits = plans.flatMap((plan) => (plan.ok ? plan.edits : []));
  for (const way of insertions(original, ours, isNew)) {
    const text = merged(original, [...way, ...edits], ours, awaits, signal);
    if (text !== null) return { ok: true, text };
  }
  return unsafe(original, null);
}

/** The text after the edits; null where it says anything else than it must, or cannot be undone. */
function merged(
  original: ExistingFile,
  edits: readonly Edit[],
  ours: readonly TaskText[],
  awaits: readonly number[],
  signal: string,
): string | null {
  const text = applyEdits(original.text, edits);
  const read = readExisting(text);
  if (!read.ok || !isMerged(read.file, ours, awaits, signal)) return null;
  if (changedElsewhere(read.file, original) !== null) return null;
  const undone = withoutOurs(read.file);
  return undone.ok && undone.text === original.text ? text : null;
}

/**
 * What two files say differently, apart from what is ours in the first: a key or the index of a task; null where
 * that is nothing. No tasks, an empty list of them and null are the same.
 */
function changedElsewhere(file: ExistingFile, without: ExistingFile): string | null {
  for (const key of new Set([...Object.keys(file.value), ...Object.keys(without.value)]))
    if (key !== "tasks" && !sameValue(file.value[key], without.value[key])) return key;
  const own = ownIndices(file);
  if (without.block !== null || own.length !== without.tasks.length) return "tasks";
  const changed = own.some((index, i) => !sameTask(file.tasks[index], without.tasks[i]));
  return changed ? "tasks" : null;
}

type Task = ExistingFile["tasks"][number] | undefined;

/** Blanks in front of a command mean nothing to a shell, and quoted text over several lines may lose them. */
function sameTask(task: Task, original: Task): boolean {
  if (task === undefined || original === undefined) return false;
  if (awaitedBy(task["command"]) === null) return sameValue(task, original);
  const { command, ...others } = task;
  const { command: own, ...ownOthers } = original;
  const rest = withoutAwait(command) ?? "";
  return (
    sameValue(others, ownOthers) &&
    typeof rest === "string" &&
    rest.trimStart() === (typeof own === "string" ? own : "").trimStart()
  );
}

function unsafe(file: ExistingFile, key: string | null): Merged {
  const at =
    file.block?.markers.begin.offset ?? file.pair?.srcToken?.key?.offset ?? file.root?.range?.[0] ?? 0;
  return refusal(
    file.text,
    at,
    key === null
      ? "tasks is written in a way that our tasks cannot be put into without changing something else"
      : `taking our tasks out would change what the file says under ${quote(key)}`,
    "write tasks: alone on its line and each task below it, with a dash",
  );
}
