import { createColors } from "picocolors";
import type { Diagnostic, Finding, RuleFinding, Severity } from "./diagnostic";
import { pathText } from "./pathText";
import { oneLine, printable } from "./quote";
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
  readonly reason?: string | undefined;
  /** The roles that it is said of, in the order given; empty where it is about none. */
  readonly roles: readonly string[];
}

type Colors = ReturnType<typeof createColors>;

/** Columns of a source line that are shown on either side of the place. */
const sourceWindow = 60;

/**
 * Diagnostics and findings for a terminal: `file:line:column: severity CODE: message`, the source line with a
 * caret, the remedy; at the end one line that counts them. What is said alike of several roles is said once, and names
 * them. Empty where there is nothing to say.
 */
export function formatText(
  diagnostics: readonly Diagnostic[],
  findings: readonly Finding[],
  options: TextOptions,
): string {
  const colors = createColors(options.colour);
  const entries = [
    ...diagnostics.map((d): Entry => ({ ...d, accepted: false, roles: [] })),
    ...ofRoles(findings),
  ];
  const counted = options.counted ?? findings;
  if (diagnostics.length + counted.length === 0) return "";
  return [...entries.map((e) => entryText(e, options, colors)), `${counts(diagnostics, counted)}\n`].join("");
}

/** Findings that say the same at one place, as one of all their roles. */
function ofRoles(findings: readonly Finding[]): readonly Entry[] {
  const entries = new Map<string, Entry & { readonly roles: string[] }>();
  for (const { rule, severity, file, line, column, role, message, remedy, accepted, reason } of findings) {
    const said = { severity, file, line, column, code: rule, message, remedy, accepted, reason };
    const key = JSON.stringify([said, role === null]);
    const entry = entries.get(key) ?? { ...said, roles: [] };
    entries.set(key, entry);
    if (role !== null) entry.roles.push(role);
  }
  return [...entries.values()];
}

/** Roles that are named before the rest is counted. */
const mostRoles = 5;

/** ` (role acme-app)`, ` (roles acme-app, acme-web and 3 more)`, or nothing. */
function rolesText(names: readonly string[]): string {
  const roles = [...new Set(names)];
  if (roles.length === 0) return "";
  const more = roles.length > mostRoles ? ` and ${roles.length - mostRoles} more` : "";
  const shown = roles.slice(0, mostRoles).map(printable).join(", ");
  return ` (role${roles.length === 1 ? "" : "s"} ${shown}${more})`;
}

/** ` (accepted: the repository is private)`, or nothing. */
function acceptedText({ accepted, reason }: Entry): string {
  if (!accepted) return "";
  return reason === undefined ? " (accepted)" : ` (accepted: ${printable(oneLine(reason))})`;
}

function entryText(entry: Entry, options: TextOptions, colors: Colors): string {
  const place = `${printable(entry.file)}:${entry.line}:${entry.column}:`;
  const label = severityColor(entry.severity, colors)(`${entry.severity} ${entry.code}`);
  const roles = rolesText(entry.roles);
  const lines = [`${colors.bold(place)} ${label}${roles}: ${printable(entry.message)}${acceptedText(entry)}`];
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

/** A finding in one line, with the path of its place: where no text is known, as in annotations of cdktf. */
export function findingLine({ rule, origin, message, remedy }: RuleFinding): string {
  const place = origin.path.length === 0 ? "" : `${pathText(origin.path)}: `;
  return printable(`${rule}: ${place}${message}; remedy: ${remedy}`);
}
