import { type CST, isCollection, isMap, isNode, isSeq, type Node } from "yaml";
import { type ExistingFile, ownTasks, startOf, startOfKey } from "./file";
import { beginMarker, endMarker, type Markers, type Mode, tasksDigest } from "./markers";
import { blockItems, type ListStyle, type Task } from "./tasks";
import { columnOf, type Edit, insertLines, nextLine, removeLines, restOfLine } from "./text";

/**
 * What puts our tasks first in a file that does not have them; nothing where they would stand between brackets. It
 * only inserts: what stands in the file stays. Whether it changes what the file says is for the caller to find out.
 * @param isNew - there is no file yet
 */
export function insertion(file: ExistingFile, ours: readonly Task[], isNew: boolean): readonly Edit[] {
  const { root, pair } = file;
  if (root?.flow === true) return [];
  if (pair === null) return [appendKey(file, ours, isNew ? "file" : "key")];
  const anchor = endOfKey(pair.srcToken);
  if (anchor === null) return [];
  const { value } = pair;
  return isCollection(value) && value.flow !== true
    ? [intoList(file, anchor, value, ours)]
    : belowNothing(file, anchor, value, ours);
}

/** In front of the first item of a block list, or pair of a block map, behind the line that ends its key. */
function intoList(file: ExistingFile, anchor: number, list: Node, ours: readonly Task[]): Edit {
  const first = startOf(list);
  const gap = /^- +/.exec(file.text.slice(first))?.[0].length ?? 2;
  const style = { dash: columnOf(file.text, first), keys: Math.min(gap, longestGap), step: stepOf(file) };
  return insertLines(file, nextLine(file.text, anchor), marked("list", ours, style));
}

/** Columns between two dashes and keys that are still a style, and no alignment with something else. */
const longestGap = 8;

/** What says that there are no tasks, and becomes a comment. */
const nothing = String.raw`(?:null|Null|NULL|~|\[ *\]|\{ *\})`;

/** Below a key without a value; a null or `[]` that is written out becomes a comment. */
function belowNothing(file: ExistingFile, anchor: number, value: unknown, ours: readonly Task[]) {
  const { text } = file;
  const [from, to] = (isNode(value) ? value.range : undefined) ?? [anchor, anchor];
  const isWritten = to > from;
  if (isWritten && !new RegExp(`^${nothing}$`).test(text.slice(from, to))) return [];
  const at = nextLine(text, isWritten ? to : anchor);
  const lines = insertLines(file, at, marked(isWritten ? "null" : "list", ours, styleOf(file)));
  return isWritten ? [{ from, to: from, text: "# " }, lines] : [lines];
}

/** A key of ours at the end. */
function appendKey(file: ExistingFile, ours: readonly Task[], mode: Mode): Edit {
  return insertLines(file, file.text.length, ["tasks:", ...marked(mode, ours, styleOf(file))]);
}

function marked(mode: Mode, ours: readonly Task[], style: ListStyle): readonly string[] {
  const indent = " ".repeat(style.dash);
  return [
    `${indent}${beginMarker(mode, tasksDigest(ours))}`,
    ...blockItems(ours, style),
    `${indent}${endMarker}`,
  ];
}

/** Where the colon of a key, its anchor and its tag end; null for a pair without a colon. */
function endOfKey(token: CST.CollectionItem | undefined): number | null {
  const last = token?.sep?.findLast(({ type }) => ["map-value-ind", "anchor", "tag"].includes(type));
  return last === undefined ? null : last.offset + last.source.length;
}

/** How far the file's own lists, or maps, stand behind their keys; undefined where it has none. */
function indentOf({ root, text }: ExistingFile, isKind: (value: unknown) => boolean): number | undefined {
  const found = root?.items.find(({ value }) => isKind(value) && isCollection(value) && !value.flow)?.value;
  return isNode(found) ? columnOf(text, startOf(found)) : undefined;
}

function styleOf(file: ExistingFile): ListStyle {
  const step = stepOf(file);
  return { dash: file.format === "gitpod.yml" ? (indentOf(file, isSeq) ?? 2) : step, keys: 2, step };
}

function stepOf(file: ExistingFile): number {
  const step = indentOf(file, isMap) ?? indentOf(file, isSeq) ?? 2;
  return step >= 1 && step <= longestGap ? step : 2;
}

/** Takes out what {@link insertion} put in. */
export function removeBlock(file: ExistingFile): readonly Edit[] {
  const { markers, text } = file;
  if (markers === null) return [];
  const { begin, end, mode } = markers;
  const lines = removeLines(text, begin.offset, end.offset);
  // The rest of what came with our tasks stays where somebody has tasks of their own below it by now.
  if (mode === "list" || ownTasks(file).length > 0) return [lines];
  return mode === "null" ? [...restoreNothing(file, markers), lines] : removeKey(file, markers);
}

/** What became a comment is a value again, unless somebody took it away. */
function restoreNothing(file: ExistingFile, { begin }: Markers): readonly Edit[] {
  const written = new RegExp(`^# ${nothing}(?:\\s|$)`);
  const comment = file.comments.findLast(
    ({ offset, source }) => offset > startOfKey(file) && offset < begin.offset && written.test(source),
  );
  return comment === undefined ? [] : [{ from: comment.offset, to: comment.offset + 2, text: "" }];
}

/** Takes the key that came with our tasks too; a comment that somebody wrote beside it stays. */
function removeKey(file: ExistingFile, { begin, end }: Markers): readonly Edit[] {
  const { text } = file;
  const from = startOfKey(file);
  const [key] = /^["']?tasks["']?:[ \t]*/.exec(restOfLine(text, from)) ?? [""];
  const to = from + key.length;
  if (text.slice(to, begin.offset).trim() === "") return [removeLines(text, from, end.offset)];
  return [{ from, to, text: "" }, removeLines(text, begin.offset, end.offset)];
}
