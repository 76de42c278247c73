import { isNode, type Node } from "yaml";
import { awaitedBy, unawaitEdits } from "./mergeAwait";
import {
  applyEdits,
  type Edit,
  lineStart,
  type MergeProblem,
  nextLine,
  positionAt,
  refusal,
  removeLines,
  restOfLine,
} from "./mergeEdits";
import { type ExistingFile, type OurBlock } from "./mergeFile";

/** A file without what is ours, and which of its own tasks we had made to wait. */
export type Removed =
  | {
      readonly ok: true;
      readonly text: string;
      readonly awaiting: readonly number[];
      /** Nothing is left, and there was no file before ours. */
      readonly isGone: boolean;
    }
  | { readonly ok: false; readonly problems: readonly MergeProblem[] };

/** Takes our tasks, and the lines that make others wait for them, out of a file. */
export function withoutOurs(file: ExistingFile): Removed {
  const own = ownIndices(file);
  const plans = own.map((index) => unawaitEdits(file, index));
  const problems = plans.flatMap((plan) => (plan.ok ? [] : plan.problems));
  if (problems.length > 0) return { ok: false, problems };
  const edits = [...removeBlock(file), ...plans.flatMap((plan) => (plan.ok ? plan.edits : []))];
  const awaiting = own.flatMap((index, i) => (awaitedBy(file.tasks[index]?.["command"]) === null ? [] : [i]));
  const text = applyEdits(file.text, edits);
  return { ok: true, text, awaiting, isGone: text === "" && file.block?.markers.mode === "file" };
}

/** Indices of the tasks that are not ours. */
export function ownIndices({ tasks, block }: ExistingFile): readonly number[] {
  return tasks.flatMap((_, i) => (block !== null && i >= block.first && i < block.end ? [] : [i]));
}

function removeBlock(file: ExistingFile): readonly Edit[] {
  const { block, text } = file;
  if (block === null) return [];
  const { begin, end, mode } = block.markers;
  switch (mode) {
    case "list":
      return [removeLines(text, begin.offset, end.offset)];
    case "inline":
      return [removeInline(text, begin.offset, end.offset)];
    case "null":
      return [...restoreNull(file, block), removeLines(text, begin.offset, end.offset)];
    case "key":
    case "file":
      return removeKey(file, block);
  }
}

/** From the line end that was put behind the bracket to the indentation that was put before what followed it. */
function removeInline(text: string, begin: number, end: number): Edit {
  const line = lineStart(text, begin);
  const indent = begin - line;
  const before = /\r?\n$/.exec(text.slice(0, line))?.[0] ?? "";
  const after = nextLine(text, end);
  const spaces = /^ */.exec(text.slice(after))?.[0].length ?? 0;
  return { from: line - before.length, to: after + Math.min(indent, spaces), text: "" };
}

/** The null that became a comment is one again, unless somebody took the comment away. */
function restoreNull(file: ExistingFile, { markers }: OurBlock): readonly Edit[] {
  const key = startOfKey(file);
  const comment = file.comments.findLast(
    ({ offset, source }) =>
      offset > key && offset < markers.begin.offset && /^# (?:null|Null|NULL|~)(?:\s|$)/.test(source),
  );
  return comment === undefined ? [] : [{ from: comment.offset, to: comment.offset + 2, text: "" }];
}

/** The key goes too, unless somebody's own tasks are below it by now. */
function removeKey(file: ExistingFile, block: OurBlock): readonly Edit[] {
  const { text } = file;
  const { begin, end } = block.markers;
  if (ownIndices(file).length > 0) return [removeLines(text, begin.offset, end.offset)];
  const key = startOfKey(file);
  const follows = text.slice(nextLine(text, key), begin.offset).trim() === "";
  const bare = /^["']?tasks["']?:[ \t]*$/.test(restOfLine(text, key));
  return [removeLines(text, follows && bare ? key : begin.offset, end.offset)];
}

/**
 * Why a file cannot be left without our tasks: the key above them was ours, and somebody wrote something between;
 * without the key the file would lose that, and with it Gitpod would refuse the file. Null where that is not so.
 */
export function strandedKey(file: ExistingFile, without: ExistingFile): readonly MergeProblem[] | null {
  const { mode, begin } = file.block?.markers ?? {};
  if (begin === undefined || (mode !== "key" && mode !== "file")) return null;
  if (without.pair === null || without.tasks.length > 0) return null;
  const { line } = positionAt(file.text, begin.offset);
  return refusal(
    file.text,
    startOfKey(file),
    `only the tasks of gitpod-aws-oidc are below this key, and something else stands before them on line ${line}`,
    "move what stands between the key and the begin of gitpod-aws-oidc elsewhere",
  ).problems;
}

function startOfKey({ pair }: ExistingFile): number {
  const key: Node | null = isNode(pair?.key) ? pair.key : null;
  return key?.range?.[0] ?? 0;
}
