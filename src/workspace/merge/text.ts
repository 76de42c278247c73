/** Why a file cannot be changed safely, and where: lower case, no final period, user text quoted. */
export interface Refusal {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

/** Everything that keeps a text from being made: then nothing may be written. */
export interface Refused {
  readonly ok: false;
  readonly problems: readonly Refusal[];
}

/** A text that was made, or why there is none. */
export type Made = { readonly ok: true; readonly text: string } | Refused;

/** Replaces the characters from `from` up to `to` by `text`. Offsets count UTF-16 code units. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A text, and the line end that lines of ours get in it. */
export interface Written {
  readonly text: string;
  readonly lineBreak: "\n" | "\r\n";
}

/** A refusal with one problem. */
export function refused(offset: number, message: string, remedy: string): Refused {
  return { ok: false, problems: [{ offset, message, remedy }] };
}

/** The text after all edits, or all that is refused of them. */
export function edited(text: string, steps: readonly (Edit | Refusal)[]) {
  const problems = steps.filter((step) => "offset" in step);
  if (problems.length > 0) return { ok: false, problems } as const;
  const edits = steps.filter((step) => "from" in step);
  return { ok: true, text: applyEdits(text, edits), edits } as const;
}

/** The text after all edits, which must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(done, edit.from) + edit.text;
    done = edit.to;
  }
  return result + text.slice(done);
}

/** The same, where what is refused of the text after the edits has its place in the text before them. */
export function placedBefore<T extends { readonly ok: true }>(
  edits: readonly Edit[],
  made: T | Refused,
): T | Refused {
  if (made.ok) return made;
  const before = (offset: number) =>
    inOrder(edits).reduce(
      (at, { from, to, text }) => (from <= at ? at + to - from - text.length : at),
      offset,
    );
  return { ok: false, problems: made.problems.map((one) => ({ ...one, offset: before(one.offset) })) };
}

function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return [...edits].sort((a, b) => a.from - b.from);
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Characters before an offset in its line. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
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

/** Whether nothing but blanks and a comment stands behind an offset in its line. */
export function endsLine(text: string, offset: number): boolean {
  return /^[ \t]*(#.*)?$/.test(restOfLine(text, offset));
}

/** The line end that a text uses most; LF where it has none. */
export function lineBreakOf(text: string): "\n" | "\r\n" {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return count(/\r\n/g) > count(/(?<!\r)\n/g) ? "\r\n" : "\n";
}

/** Puts whole lines where a line begins; behind a last line without an end, the line end goes before them. */
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
