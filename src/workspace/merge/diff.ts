/** Lines around a change that a unified diff shows. */
const context = 3;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/**
 * A unified diff, as `diff -u` and `git apply` know it; empty where nothing differs. Line ends belong to the lines,
 * and a text without a final one is marked.
 * @param name - of the file, on one line
 * @param before - null: there is no file, and so for `after`
 */
export function unifiedDiff(name: string, before: string | null, after: string | null): string {
  if (before === after) return "";
  const lines = compare(linesOf(before ?? ""), linesOf(after ?? ""));
  const from = before === null ? "/dev/null" : `a/${name}`;
  const to = after === null ? "/dev/null" : `b/${name}`;
  return `--- ${from}\n+++ ${to}\n${hunks(lines).join("")}`;
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What both have in common, by the longest common subsequence of what lies between equal ends. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (text: string): Line => ({ sign: " ", text });
  return [
    ...before.slice(0, head).map(same),
    ...subsequence(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function subsequence(left: readonly string[], right: readonly string[]): readonly Line[] {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const common = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i] === right[j] ? common(i + 1, j + 1) + 1 : Math.max(common(i + 1, j), common(i, j + 1));
  const lines: Line[] = [];
  for (let [i, j] = [0, 0]; i < left.length || j < right.length;) {
    const [old = "", next = ""] = [left[i], right[j]];
    const isGone = j >= right.length || (i < left.length && common(i + 1, j) >= common(i, j + 1));
    const sign = i < left.length && j < right.length && old === next ? " " : isGone ? "-" : "+";
    lines.push({ sign, text: sign === "+" ? next : old });
    if (sign !== "+") i++;
    if (sign !== "-") j++;
  }
  return lines;
}

/** Changes with their neighbours; those whose neighbours touch are one. */
function hunks(lines: readonly Line[]): readonly string[] {
  const shown = lines.map((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some(({ sign }) => sign !== " "),
  );
  const result: string[] = [];
  let [old, next] = [0, 0];
  for (let i = 0; i < lines.length;) {
    const hidden = shown.indexOf(shown[i] !== true, i);
    const end = hidden === -1 ? lines.length : hidden;
    const part = lines.slice(i, end);
    const [oldCount, nextCount] = [count(part, "+"), count(part, "-")];
    if (shown[i] === true)
      result.push(
        `@@ -${range(old, oldCount)} +${range(next, nextCount)} @@\n${part.map(lineText).join("")}`,
      );
    [old, next, i] = [old + oldCount, next + nextCount, end];
  }
  return result;
}

/** How many lines do not have a sign: those of one side. */
function count(lines: readonly Line[], other: Line["sign"]): number {
  return lines.filter(({ sign }) => sign !== other).length;
}

/** A range of no lines is named by the line before it. */
function range(start: number, length: number): string {
  const first = length === 0 ? start : start + 1;
  return length === 1 ? String(first) : `${first},${length}`;
}

function lineText({ sign, text }: Line): string {
  return text.endsWith("\n") ? sign + text : `${sign}${text}\n\\ No newline at end of file\n`;
}
