/** The cells of a table: a row a line, with a bar between cells. */
export function rows(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

/** The words of a text with blanks between them. */
export function words(text: string): readonly string[] {
  return Object.freeze(text.split(/\s+/).filter((word) => word !== ""));
}
