import type { Position } from "../../diagnostics/diagnostic";
import { textPositions } from "../../diagnostics/textPositions";

/** Why a file cannot be merged safely, and where: lower case, no final period, user text quoted. */
export interface MergeProblem {
  readonly position: Position;
  readonly message: string;
  readonly remedy: string;
}

/** Everything that keeps a text from being made: then nothing may be written. */
export interface Refused {
  readonly ok: false;
  readonly problems: readonly MergeProblem[];
}

/** Replaces the characters from `from` up to `to` by `text`. Offsets count UTF-16 code units. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The edits of a file, or what keeps it from being edited. */
export type Planned = { readonly ok: true; readonly edits: readonly Edit[] } | Refused;

/** A text, and the line end that lines of ours get in it. */
export interface Written {
  readonly text: string;
  readonly lineBreak: "\n" | "\r\n";
}

/** A refusal with one problem. */
export function refusal(text: string, offset: number, message: string, remedy: string): Refused {
  return { ok: false, problems: [{ position: positionAt(text, offset), message, remedy }] };
}

/** All edits, or all problems. */
export function together(plans: readonly Planned[]): Planned {
  const problems = plans.flatMap((plan) => (plan.ok ? [] : plan.problems));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, edits: plans.flatMap((plan) => (plan.ok ? plan.edits : [])) };
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

/** Line and column of an offset, counted from 1. */
export function positionAt(text: string, offset: number): Position {
  return textPositions(text).at(offset);
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
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
