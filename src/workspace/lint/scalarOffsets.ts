import type { Scalar } from "yaml";

const blank: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n"]);

/** What an escape in double quotes stands for, where it is as good as the character itself for finding a place. */
const escapes: Readonly<Record<string, string>> = Object.freeze({
  '"': '"',
  "\\": "\\",
  "/": "/",
  n: "\n",
  t: "\t",
  r: "\r",
  " ": " ",
  "\n": "\n",
  "\r": "\r",
});

/**
 * For each index of a scalar's value, its offset in the text of the file. White space folds and indents; all other
 * characters stand in the text in their order. Where an escape hides one, each index is at the scalar's beginning.
 */
export function scalarOffsets(text: string, scalar: Scalar): (index: number) => number {
  const [start, end] = scalar.range ?? [0, 0];
  const { value } = scalar;
  if (typeof value !== "string") return () => start;
  let made: readonly number[] | null | undefined;
  return (index) => {
    made ??= align(text, scalar.type, value, bodyStart(text, start, scalar.type), end);
    return made?.[index] ?? made?.at(-1) ?? start;
  };
}

/** Where the value begins: behind a quote, or behind the line of `|` or `>`. */
function bodyStart(text: string, start: number, type: Scalar["type"]): number {
  switch (type) {
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED": {
      const line = /[\r\n]/.exec(text.slice(start, start + 1000));
      return line === null ? start : start + line.index;
    }
    case "QUOTE_DOUBLE":
    case "QUOTE_SINGLE":
      return start + 1;
    case "PLAIN":
    case undefined:
      return start;
  }
}

function align(
  text: string,
  type: Scalar["type"],
  value: string,
  from: number,
  end: number,
): readonly number[] | null {
  const offsets: number[] = [];
  let at = from;
  for (const character of value.split("")) {
    if (blank.has(character)) {
      offsets.push(at);
      continue;
    }
    while (at < end) {
      const written = text[at] ?? "";
      if (type === "QUOTE_DOUBLE" && written === "\\") {
        const meant = escapes[text[at + 1] ?? ""];
        if (meant === undefined) return null;
        at += blank.has(meant) ? 2 : 1;
        if (blank.has(meant)) continue;
        break;
      }
      if (!blank.has(written)) break;
      at += 1;
    }
    if (text[at] !== character || at >= end) return null;
    offsets.push(at);
    at += 1;
    if (type === "QUOTE_SINGLE" && character === "'") at += 1;
  }
  return offsets;
}
