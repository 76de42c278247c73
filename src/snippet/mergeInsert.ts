import { type CST, isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import { type Edit, insertLines, isBlankOrComment, lineStart, nextLine, restOfLine } from "./mergeEdits";
import { type ExistingFile, startOf } from "./mergeFile";
import { beginMarker, endMarker, type Mode } from "./mergeMarkers";
import { blockItems, flowItems, type ListStyle, tasksDigest, type TaskText } from "./mergeTasks";

/**
 * The ways to put our tasks first in a file that does not have them, the best first. Every one only inserts: what
 * stands in the file stays. Whether a way changes what the file says is for the caller to find out.
 * @param isNew - there is no file yet
 */
export function insertions(
  file: ExistingFile,
  ours: readonly TaskText[],
  isNew: boolean,
): readonly (readonly Edit[])[] {
  const { root, pair } = file;
  if (root?.flow === true && pair === null) return [intoBrackets(file, startOf(root), wholeKey(ours), ours)];
  if (root === null || pair === null) return [appendKey(file, ours, isNew ? "file" : "key")];
  const { value } = pair;
  if (isSeq(value) && value.flow === true) return [intoBrackets(file, startOf(value), flowItems(ours), ours)];
  const anchor = endOfKey(pair.srcToken);
  if (anchor === null || root.flow === true) return [];
  return isSeq(value) ? intoList(file, anchor, value, ours) : belowNull(file, anchor, value, ours);
}

/** In front of the first item of a block list, behind the line that ends its key. */
function intoList(file: ExistingFile, anchor: number, list: Node, ours: readonly TaskText[]) {
  const { text } = file;
  const at = nextLine(text, anchor);
  const dash = startOf(list);
  const indent = text.slice(lineStart(text, dash), dash);
  if (!isBlankOrComment(restOfLine(text, anchor)) || dash < at || !/^ *$/.test(indent)) return [];
  const gap = /^- +/.exec(text.slice(dash))?.[0].length ?? 2;
  const style = { dash: indent.length, keys: Math.min(gap, longestGap), step: stepOf(file) };
  return [[insertLines(file, at, marked("list", ours, style))]];
}

/** Columns between two dashes and keys that are still a style, and no alignment with something else. */
const longestGap = 8;

/** Below a key without a value; a null that is written out becomes a comment. */
function belowNull(file: ExistingFile, anchor: number, value: unknown, ours: readonly TaskText[]) {
  const { text } = file;
  const written = isScalar(value) && value.range && value.range[1] > value.range[0] ? value.range : null;
  const after = written === null ? anchor : written[1];
  if (!isBlankOrComment(restOfLine(text, after))) return [];
  const style = { dash: columnOfKeys(file) + listIndent(file), keys: 2, step: stepOf(file) };
  const lines = insertLines(
    file,
    nextLine(text, after),
    marked(written === null ? "list" : "null", ours, style),
  );
  return [written === null ? [lines] : [{ from: written[0], to: written[0], text: "# " }, lines]];
}

/** A key of ours at the end, but before the line that ends the document. */
function appendKey(file: ExistingFile, ours: readonly TaskText[], mode: Mode): readonly Edit[] {
  const { text, document } = file;
  const end = /^\.\.\.(?=\s|$)/m.exec(text.slice(document.range[1]));
  const at = end === null ? text.length : document.range[1] + end.index;
  return [insertLines(file, at, ownKey(file, ours, mode))];
}

function ownKey(file: ExistingFile, ours: readonly TaskText[], mode: Mode): readonly string[] {
  const column = columnOfKeys(file);
  const style = { dash: column + listIndent(file), keys: 2, step: stepOf(file) };
  return [`${" ".repeat(column)}tasks:`, ...marked(mode, ours, style)];
}

function marked(mode: Mode, ours: readonly TaskText[], style: ListStyle): readonly string[] {
  const indent = " ".repeat(style.dash);
  return [
    `${indent}${beginMarker(mode, tasksDigest(ours))}`,
    ...blockItems(ours, style),
    `${indent}${endMarker}`,
  ];
}

function wholeKey(ours: readonly TaskText[]): readonly string[] {
  return [`"tasks": [${flowItems(ours).join(" ").replace(/,$/, "")}],`];
}

/** Behind an opening bracket: as whole lines where the line ends there, else in the middle of the line. */
function intoBrackets(
  file: ExistingFile,
  bracket: number,
  items: readonly string[],
  ours: readonly TaskText[],
): readonly Edit[] {
  const { text } = file;
  const at = bracket + 1;
  const indent = " ".repeat(indentOf(text, bracket) + stepOf(file));
  const lines = (mode: Mode) =>
    [beginMarker(mode, tasksDigest(ours)), ...items, endMarker].map((line) => indent + line);
  const next = nextLine(text, at);
  if (next < text.length && isBlankOrComment(restOfLine(text, at)))
    return [insertLines(file, next, lines("list"))];
  return [{ from: at, to: at, text: ["", ...lines("inline"), indent].join(file.lineBreak) }];
}

/** Where the colon of a key, its anchor and its tag end; null for a pair without a colon. */
function endOfKey(token: CST.CollectionItem | undefined): number | null {
  const last = token?.sep?.findLast(({ type }) => ["map-value-ind", "anchor", "tag"].includes(type));
  return last === undefined ? null : last.offset + last.source.length;
}

/** Spaces before the first character of an offset's line. */
function indentOf(text: string, offset: number): number {
  return /^ */.exec(text.slice(lineStart(text, offset)))?.[0].length ?? 0;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function columnOfKeys({ text, root }: ExistingFile): number {
  return root === null ? 0 : columnOf(text, startOf(root));
}

/** How far the file's own lists stand behind their keys. @default - 2 */
function listIndent(file: ExistingFile): number {
  const list = valuesOf(file).find((value) => isSeq(value) && value.flow !== true);
  return list === undefined ? 2 : Math.max(0, columnOf(file.text, startOf(list)) - columnOfKeys(file));
}

/** How far the file's own maps stand behind their keys. @default - 2 */
function stepOf(file: ExistingFile): number {
  const map = valuesOf(file).find((value) => isMap(value) && value.flow !== true);
  const step = map === undefined ? listIndent(file) : columnOf(file.text, startOf(map)) - columnOfKeys(file);
  return step >= 1 && step <= longestGap ? step : 2;
}

function valuesOf({ root }: ExistingFile): readonly Node[] {
  return (root?.items ?? []).map(({ value }) => value).filter(isNode);
}
