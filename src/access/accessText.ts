import { createColors } from "picocolors";
import { oneLine, printable } from "../diagnostics";
import { factsOf, type AccessRow } from "./accessRow";

const width = 100;
const label = 12;

/** Roles for a terminal: each with its facts below each other, in at most 100 columns where words allow it. */
export function accessText(rows: readonly AccessRow[], colour: boolean): string {
  const colors = createColors(colour);
  const roles = rows.map((row) => {
    const { name, id } = row.account;
    const facts = factsOf(row).flatMap(([title, lines]) => {
      const wrapped = lines.flatMap((line) => wrap(printable(oneLine(line)), width - label));
      return wrapped.map((line, i) => `  ${(i === 0 ? title : "").padEnd(label - 2)}${line}\n`);
    });
    return `${colors.bold(printable(row.role))}  ${printable(name)} (${printable(id)})\n${facts.join("")}`;
  });
  const count = `${rows.length} role${rows.length === 1 ? "" : "s"}`;
  return [...roles, `${count}\n`].join("\n");
}

/** Lines of at most so many characters, the later ones indented; a word that is longer keeps a line of its own. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= columns || line.trim() === "") line = longer;
    else {
      lines.push(line);
      line = `  ${word}`;
    }
  }
  return [...lines, line];
}
