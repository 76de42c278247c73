import type { Position } from "../diagnostics/diagnostic";
import { textPositions } from "../diagnostics/textPositions";

/** Why a file cannot be merged safely, and where: lower case, no final period, user text quoted. */
export interface MergeProblem {
  readonly position: Position;
  readonly message: string;
  readonly remedy: string;
}

/** A text, or all that keeps it from being made: then nothing may be written. */
export type Merged =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly MergeProblem[] };

/** The same, where null says that there is to be no file. */
export type Unmerged = Merged | { readonly ok: true; readonly text: null };

/** Replaces the characters from `from` up to `to` by `text`. Offsets count UTF-16 code units. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The edits of a file, or the problems that keep it from being edited. */
export type Planned =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly problems: readonly MergeProblem[] };

/** A text, and the line end that lines of ours get in it. */
export interface Written {
  readonly text: string;
  readonly lineBreak: "\n" | "\r\n";
}

/** A refusal with one problem. */
export function refusal(
  text: string,
  offset: number,
  message: string,
  remedy: string,
): { readonly ok: false; readonly problems: readonly MergeProblem[] } {
  return { ok: false, problems: [{ position: positionAt(text, offset), message, remedy }] };
}

/** The text after all edits, which must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const edit of [...edits].sort((a, b) => a.from - b.from)) {
    result += text.slice(done, edit.from) + edit.text;
    done = edit.to;
  }
  return result + text.slice(done);
}

/** Line and column of an offset, counted from 1; a byte order mark is no column. */
export function positionAt(text: string, offset: number): Position {
  return positionsOf(text)(offset);
}

/** The same for many offsets of one text. */
export function positionsOf(text: string): (offset: number) => Position {
  const marked = text.startsWith("\ufeff");
  const positions = textPositions(marked ? text.slice(1) : text);
  return (offset) => positions.at(marked ? Math.max(0, offset - 1) : offset);
}

/** Where the line of an offset begins, behind a byte order mark. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return offset > 0 && start === 0 && text.startsWith("\ufeff") ? 1 : offset === 0 ? 0 : start;
}

/** Where the line after that of an offset begins; the text's length where there is none. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** What of its line stands behind an offset, without the line end. */
export function restOfLine(text: string, offset: number): string {
  return text.slice(offset, nextLine(text, offset)).replace(/\r?\n$/, "");
}

/** Whether a line, from somewhere on, holds nothing but blanks and a comment. */
export function isBlankOrComment(rest: string): boolean {
  return /^[ \t]*(#.*)?$/.test(rest);
}

/** The line end that a text uses most; LF where it has none. */
export function lineBreakOf(text: string): "\n" | "\r\n" {
  const unix = text.match(/(?<!\r)\n/g)?.length ?? 0;
  const dos = text.match(/\r\n/g)?.length ?? 0;
  return dos > unix ? "\r\n" : "\n";
}

/**
 * Puts whole lines where a line begins. At the end of a text whose last line has no end, the line end goes before
 * them instead, so that the text still has none: {@link removeLines} tells the two apart by that alone.
 */
export function insertLines({ text, lineBreak }: Written, at: number, lines: readonly string[]): Edit {
  const inserted = lines.join(lineBreak);
  const atLineStart = at === lineStart(text, at);
  return { from: at, to: at, text: atLineStart ? inserted + lineBreak : lineBreak + inserted };
}

/** Takes out the lines from that of `first` to that of `last`: the inverse of {@link insertLines}. */
export function removeLines(text: string, first: number, last: number): Edit {
  const from = lineStart(text, first);
  const to = nextLine(text, last);
  if (text[to - 1] === "\n") return { from, to, text: "" };
  const before = /\r?\n$/.exec(text.slice(0, from))?.[0] ?? "";
  return { from: from - before.length, to, text: "" };
}
