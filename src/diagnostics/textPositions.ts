import type { Position } from "./diagnostic";

/** The lines of a text, as YAML and JSON count them: LF, CR LF and a lone CR each end one. */
export type TextPositions = Readonly<ReturnType<typeof textPositions>>;

/** Indexes the lines of a text once: each later question takes logarithmic time. */
export function textPositions(text: string) {
  const starts = [0];
  const end = /\r\n?|\n/g;
  while (end.test(text)) starts.push(end.lastIndex);
  const visible = text.trimEnd().length;
  return {
    /** The position of an offset; offsets behind the last visible character are just behind it. */
    at(offset: number): Position {
      const inside = Math.max(0, Math.min(offset, visible));
      const line = lineOf(starts, inside);
      return { line: line + 1, column: inside - (starts[line] ?? 0) + 1 };
    },
    /** A line without its end, counted from 1. */
    line(number: number): string | undefined {
      const start = starts[number - 1];
      if (start === undefined) return undefined;
      return text.slice(start, starts[number]).replace(/[\r\n]+$/, "");
    },
  };
}

/** Index of the last start that is not behind the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
