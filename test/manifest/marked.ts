/** A code and a place, as `CODE line:column`. */
export type Expected = string;

/**
 * Takes marks like `«M04»` out of a text: each stands directly before the place at which a diagnostic with that code
 * is expected.
 */
export function readMarks(marked: string): { readonly text: string; readonly expected: readonly Expected[] } {
  const expected: Expected[] = [];
  const lines = marked.split("\n").map((line, index) => {
    let plain = "";
    for (const [i, part] of line.split(/«([A-Z]\d\d)»/).entries())
      if (i % 2 === 0) plain += part;
      else expected.push(`${part} ${index + 1}:${plain.length + 1}`);
    return plain;
  });
  return { text: lines.join("\n"), expected: expected.sort() };
}
