/*
 * Tables of this folder are texts: a row a line, with a bar between its cells, or words with blanks between them.
 */

/** The cells of a table, row by row. */
export function rows(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

/** The words of a text. */
export function words(text: string): readonly string[] {
  return Object.freeze(text.split(/\s+/).filter((word) => word !== ""));
}
