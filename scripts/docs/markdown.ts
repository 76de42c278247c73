import { code } from "../../src/diagnostics";

export { code };

/** Several texts in code spans, separated by commas. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

/** A table; cells are markdown, in which only what would end a cell is escaped. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |\n`;
  return [line(header), `|${"---|".repeat(header.length)}\n`, ...rows.map(line)].join("");
}

/** A fenced block of code. */
export function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replace(/\n*$/, "\n")}\`\`\`\n`;
}

/** Paragraphs and blocks with one empty line between them, headed by the word that the page is generated. */
export function page(...parts: readonly string[]): string {
  return [`<!-- Written by npm run generate: change the sources, not this page. -->`, ...parts]
    .map((part) => part.trim())
    .join("\n\n")
    .concat("\n");
}

/** A text with its first letter in upper case and a period at its end. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
