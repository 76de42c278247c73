import { printable } from "./quote";

/** Characters of one cell's text. */
const longestCell = 1_000;

/** Text in a code span, whatever backticks it holds. */
export function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** Text in the code span of a table's cell: a bar would end the cell even in a code span, and a backslash before it makes parsers disagree. */
export function cell(text: string): string {
  const shown = text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
  return code(printable(shown).replaceAll("|", "\\u007c") || " ");
}
