import { type CST, isCollection, isMap, isNode, isSeq, type Node } from "yaml";
import { type ExistingFile, ownTasks, startOf, startOfKey } from "./file";
import { beginMarker, endMarker, type Markers, type Mode, tasksDigest } from "./markers";
import { blockItems, flowItems, type ListStyle, type Task } from "./tasks";
import { columnOf, type Edit, endsLine, insertLines, lineStart, nextLine } from "./text";
import { removeLines, restOfLine } from "./text";

/** Ways to put our tasks first in a file without them, the best first. Each only inserts, and the caller judges it. */
export function insertions(
  file: ExistingFile,
  ours: readonly Task[],
  isNew: boolean,
): readonly (readonly Edit[])[] {
  const { root, pair } = file;
  if (root?.flow === true && pair === null) return [intoBrackets(file, startOf(root), wholeKey(ours), ours)];
  if (root === null || pair === null) return [appendKey(file, ours, isNew ? "file" : "key")];
  const { value } = pair;
  const isKind = isMap(value) === (file.format === "automations.yaml");
  const anchor = root.flow === true ? null : endOfKey(pair.srcToken);
  if (!isCollection(value) || !isKind) return anchor === null ? [] : belowNothing(file, anchor, value, ours);
  if (value.flow === true) {
    const brackets = intoBrackets(file, startOf(value), flowItems(ours), ours);
    return [...(anchor === null ? [] : belowNothing(file, anchor, value, ours)), brackets];
  }
  return anchor === null ? [] : intoList(file, anchor, value, ours);
}

/** In front of the first item of a block list, or pair of a block map, behind the line that ends its key. */
function intoList(file: ExistingFile, anchor: number, list: Node, ours: readonly Task[]) {
  const { text } = file;
  const at = nextLine(text, anchor);
  const dash = startOf(list);
  const indent = text.slice(lineStart(text, dash), dash);
  if (!endsLine(text, anchor) || dash < at || !/^ *$/.test(indent)) return [];
  const gap = /^- +/.exec(text.slice(dash))?.[0].length ?? 2;
  const style = { dash: indent.length, keys: Math.min(gap, longestGap), step: stepOf(file) };
  return [[insertLines(file, at, marked("list", ours, style))]];
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
  const after = isWritten ? to : anchor;
  if (!endsLine(text, after)) return [];
  const style = { dash: columnOfKeys(file) + tasksIndent(file), keys: 2, step: stepOf(file) };
  const lines = insertLines(file, nextLine(text, after), marked(isWritten ? "null" : "list", ours, style));
  return [isWritten ? [{ from, to: from, text: "# " }, lines] : [lines]];
}

/** A key of ours at the end, but before the line that ends the document. */
function appendKey(file: ExistingFile, ours: readonly Task[], mode: Mode): readonly Edit[] {
  const { text } = file;
  const end = /^\.\.\.(?=\s|$)/m.exec(text.slice(file.end));
  const at = end === null ? text.length : file.end + end.index;
  const column = columnOfKeys(file);
  const style = { dash: column + tasksIndent(file), keys: 2, step: stepOf(file) };
  return [insertLines(file, at, [`${" ".repeat(column)}tasks:`, ...marked(mode, ours, style)])];
}

function marked(mode: Mode, ours: readonly Task[], style: ListStyle): readonly string[] {
  const indent = " ".repeat(style.dash);
  return [
    `${indent}${beginMarker(mode, tasksDigest(ours))}`,
    ...blockItems(ours, style),
    `${indent}${endMarker}`,
  ];
}

function wholeKey(ours: readonly Task[]): readonly string[] {
  const [open, close] = ours.some((task) => "key" in task) ? "{}" : "[]";
  return [`"tasks": ${open ?? ""}${flowItems(ours).join(" ").replace(/,$/, "")}${close ?? ""},`];
}

/** Behind an opening bracket: as whole lines where the line ends there, else in the middle of the line. */
function intoBrackets(
  file: ExistingFile,
  bracket: number,
  items: readonly string[],
  ours: readonly Task[],
): readonly Edit[] {
  const { text } = file;
  const at = bracket + 1;
  const own = /^ */.exec(text.slice(lineStart(text, bracket)))?.[0].length ?? 0;
  const indent = " ".repeat(own + stepOf(file));
  const lines = (mode: Mode) =>
    [beginMarker(mode, tasksDigest(ours)), ...items, endMarker].map((line) => indent + line);
  const next = nextLine(text, at);
  if (next < text.length && endsLine(text, at)) return [insertLines(file, next, lines("list"))];
  return [{ from: at, to: at, text: ["", ...lines("inline"), indent].join(file.lineBreak) }];
}

/** Where the colon of a key, its anchor and its tag end; null for a pair without a colon. */
function endOfKey(token: CST.CollectionItem | undefined): number | null {
  const last = token?.sep?.findLast(({ type }) => ["map-value-ind", "anchor", "tag"].includes(type));
  return last === undefined ? null : last.offset + last.source.length;
}

function columnOfKeys({ text, root }: ExistingFile): number {
  return root === null ? 0 : columnOf(text, startOf(root));
}

/** How far the file's own lists, or maps, stand behind their keys; undefined where it has none. */
function indentOf(file: ExistingFile, isKind: (value: unknown) => boolean): number | undefined {
  const found = file.root?.items.find(
    ({ value }) => isKind(value) && isCollection(value) && !value.flow,
  )?.value;
  return isNode(found) ? columnOf(file.text, startOf(found)) - columnOfKeys(file) : undefined;
}

function tasksIndent(file: ExistingFile): number {
  return file.format === "gitpod.yml" ? Math.max(0, indentOf(file, isSeq) ?? 2) : stepOf(file);
}

function stepOf(file: ExistingFile): number {
  const step = indentOf(file, isMap) ?? indentOf(file, isSeq) ?? 2;
  return step >= 1 && step <= longestGap ? step : 2;
}

/** Takes out what {@link insertions} put in. */
export function removeBlock(file: ExistingFile): readonly Edit[] {
  const { markers, text } = file;
  if (markers === null) return [];
  const { begin, end, mode } = markers;
  const lines = removeLines(text, begin.offset, end.offset);
  if (mode === "inline") return [removeInline(text, begin.offset, end.offset)];
  // The rest of what came with our tasks stays where somebody has tasks of their own below it by now.
  if (mode === "list" || ownTasks(file).length > 0) return [lines];
  return mode === "null" ? [...restoreNothing(file, markers), lines] : removeKey(file, markers);
}

/** From the line end that was put behind the bracket to the indentation that was put before what followed it. */
function removeInline(text: string, begin: number, end: number): Edit {
  const line = lineStart(text, begin);
  const before = /\r?\n$/.exec(text.slice(0, line))?.[0] ?? "";
  const after = nextLine(text, end);
  const spaces = /^ */.exec(text.slice(after))?.[0].length ?? 0;
  return { from: line - before.length, to: after + Math.min(begin - line, spaces), text: "" };
}

/** What became a comment is a value again, unless somebody took it away. */
function restoreNothing(file: ExistingFile, { begin }: Markers): readonly Edit[] {
  const written = new RegExp(`^# ${nothing}(?:\\s|$)`);
  const comment = file.comments.findLast(
    ({ offset, source }) => offset > startOfKey(file) && offset < begin.offset && written.test(source),
  );
  return comment === undefined ? [] : [{ from: comment.offset, to: comment.offset + 2, text: "" }];
}

/** Takes the key that came with our tasks too; a comment that somebody wrote beside it or below it stays. */
function removeKey(file: ExistingFile, { begin, end }: Markers): readonly Edit[] {
  const { text } = file;
  const from = startOfKey(file);
  const to = from + (/^["']?tasks["']?:[ \t]*/.exec(restOfLine(text, from))?.[0].length ?? 0);
  if (text.slice(to, begin.offset).trim() === "") return [removeLines(text, from, end.offset)];
  const key = restOfLine(text, to) === "" ? removeLines(text, from, to) : { from, to, text: "" };
  return [key, removeLines(text, begin.offset, end.offset)];
}
