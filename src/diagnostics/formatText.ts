import { createColors } from "picocolors";
import type { Diagnostic, Finding, RuleFinding } from "./diagnostic";
import { oneLine, pathText, printable } from "./quote";
import { asFinding, firstOf, together } from "./report";

/** How {@link formatText} writes. */
export interface TextOptions {
  /** A line of a file without its end, counted from 1; undefined where there is none to show. */
  readonly line: (file: string, line: number) => string | undefined;
  readonly colour: boolean;
}

type Colors = ReturnType<typeof createColors>;

/** Columns of a source line that are shown on either side of the place. */
const sourceWindow = 60;

/**
 * Diagnostics and findings for a terminal: `file:line:column: severity CODE: message`; of what somebody should fix the
 * source line with a caret, and the remedy of what nobody has accepted. What is said alike of several roles or places is
 * said once, and names them.
 */
export function formatText(
  diagnostics: readonly Diagnostic[],
  findings: readonly Finding[],
  options: TextOptions,
): string {
  const colors = createColors(options.colour);
  const entries = [...diagnostics.map((d) => [asFinding(d)] as const), ...together(findings)];
  return entries.map((alike) => entryText(alike, options, colors)).join("");
}

/** ` (roles acme-app, acme-web, acme-zoo and 3 more)`, ` (also at manifest.yaml:12:5)`, or nothing. */
function whoseText(alike: readonly Finding[]): string {
  const [, ...others] = new Set(alike.map(placeText));
  if (others.length > 0) return ` (also at ${firstOf(2, others)})`;
  const roles = [...new Set(alike.flatMap(({ role }) => role ?? []))].map(printable);
  return roles.length === 0 ? "" : ` (role${roles.length === 1 ? "" : "s"} ${firstOf(3, roles)})`;
}

/** `manifest.yaml:12:5`. */
function placeText({ file, line, column }: Pick<Finding, "file" | "line" | "column">): string {
  return `${printable(file)}:${line}:${column}`;
}

/** ` (accepted: the repository is private)`, or nothing. */
function acceptedText({ accepted, reason }: Finding): string {
  if (!accepted) return "";
  return reason === undefined ? " (accepted)" : ` (accepted: ${printable(oneLine(reason))})`;
}

function entryText(alike: readonly [Finding, ...Finding[]], options: TextOptions, colors: Colors): string {
  const [entry] = alike;
  const place = colors.bold(`${placeText(entry)}:`);
  const color = { error: colors.red, warning: colors.yellow, info: colors.cyan }[entry.severity];
  const label = color(`${entry.severity} ${entry.rule}`);
  const lines = [`${place} ${label}${whoseText(alike)}: ${printable(entry.message)}${acceptedText(entry)}`];
  if (entry.accepted) return `${lines.join("")}\n`;
  const source = entry.severity === "info" ? undefined : options.line(entry.file, entry.line);
  if (source !== undefined && /\S/.test(source)) lines.push(...frame(source, entry.column, colors));
  lines.push(`  remedy: ${printable(entry.remedy)}`);
  return `${lines.join("\n")}\n`;
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

/** A finding in one line, with the path of its place: where no text is known, as in annotations of cdktf. */
export function findingLine({ rule, origin, message, remedy }: RuleFinding): string {
  const place = origin.path.length === 0 ? "" : `${pathText(origin.path)}: `;
  return printable(`${rule}: ${place}${message}; remedy: ${remedy}`);
}
