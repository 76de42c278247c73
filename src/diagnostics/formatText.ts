import { createColors } from "picocolors";
import type { Diagnostic, Finding, Severity } from "./diagnostic";
import { printable } from "./quote";
import { counts } from "./report";

/** How {@link formatText} writes. */
export interface TextOptions {
  /** A line of a file without its end, counted from 1; undefined where there is none to show. */
  readonly line: (file: string, line: number) => string | undefined;
  readonly colour: boolean;
  /** All findings to count, where only some are listed. @default - the listed ones */
  readonly counted?: readonly Pick<Finding, "severity" | "accepted">[];
}

interface Entry {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly accepted: boolean;
}

type Colors = ReturnType<typeof createColors>;

/** Columns of a source line that are shown on either side of the place. */
const sourceWindow = 60;

/**
 * Diagnostics and findings for a terminal: `file:line:column: severity CODE: message`, the source line with a
 * caret, the remedy; at the end one line that counts them. Empty where there is nothing to say.
 */
export function formatText(
  diagnostics: readonly Diagnostic[],
  findings: readonly Finding[],
  options: TextOptions,
): string {
  const colors = createColors(options.colour);
  const entries = [
    ...diagnostics.map((d): Entry => ({ ...d, accepted: false })),
    ...findings.map((f): Entry => ({ ...f, code: f.rule })),
  ];
  const counted = options.counted ?? findings;
  if (diagnostics.length + counted.length === 0) return "";
  return [...entries.map((e) => entryText(e, options, colors)), `${counts(diagnostics, counted)}\n`].join("");
}

function entryText(entry: Entry, options: TextOptions, colors: Colors): string {
  const place = `${printable(entry.file)}:${entry.line}:${entry.column}:`;
  const label = severityColor(entry.severity, colors)(`${entry.severity} ${entry.code}:`);
  const accepted = entry.accepted ? " (accepted)" : "";
  const lines = [`${colors.bold(place)} ${label} ${printable(entry.message)}${accepted}`];
  const source = options.line(entry.file, entry.line);
  if (source !== undefined && /\S/.test(source)) lines.push(...frame(source, entry.column, colors));
  lines.push(`  remedy: ${printable(entry.remedy)}`);
  return `${lines.join("\n")}\n`;
}

function severityColor(severity: Severity, colors: Colors): (text: string) => string {
  switch (severity) {
    case "error":
      return colors.red;
    case "warning":
      return colors.yellow;
    case "info":
      return colors.cyan;
  }
}

/** The source line and the caret line, both cut to the neighbourhood of the place. */
function frame(source: string, column: number, colors: Colors): readonly string[] {
  const index = Math.min(column - 1, source.length);
  const from = Math.max(0, index - sourceWindow);
  const before = `${from > 0 ? "…" : ""}${printable(source.slice(from, index))}`;
  const after = printable(source.slice(index, index + sourceWindow));
  const rest = index + sourceWindow < source.length ? "…" : "";
  return [`  ${before}${after}${rest}`, `  ${" ".repeat(cells(before))}${colors.green("^")}`];
}

/** Columns that text takes in a terminal: none for combining marks, two for East Asian and emoji characters. */
function cells(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
  let count = 0;
  for (const character of text)
    if (!/\p{M}/u.test(character)) count += wide.test(character) || character.length === 2 ? 2 : 1;
  return count;
}
