import type { Diagnostic, Finding, Origin, Position, RuleFinding, Severity } from "./diagnostic";
import { pathText } from "./quote";

/** What a report says of a rule, besides its findings. */
export interface RuleDescription {
  /** Public: never reused, never renamed. */
  readonly id: string;
  readonly severity: Severity;
  /** The rule as a statement of what is wrong. */
  readonly title: string;
  /** What could happen, where the messages do not say it. */
  readonly why?: string;
  /** What to do about it, in the words of a manifest. */
  readonly remedy: string;
}

/** Findings with their places, in the order of these. */
export function placed(
  findings: readonly RuleFinding[],
  locate: (origin: Origin) => Position,
): readonly Finding[] {
  return findings
    .map(({ origin, ...finding }): Finding => {
      const { line, column } = locate(origin);
      return { file: origin.file, line, column, path: pathText(origin.path), ...finding };
    })
    .sort(byPlace);
}

/** Orders findings by file, line, column, rule and role. */
function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  if (a.column !== b.column) return a.column - b.column;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return (a.role ?? "") < (b.role ?? "") ? -1 : 1;
}

/** A diagnostic as the finding of a rule that is its code. */
export function asFinding({ code, ...said }: Diagnostic): Finding {
  return { ...said, rule: code, path: "", role: null, accepted: false };
}

/** What makes a finding, whoever it is of and wherever. */
const ownKeys = Object.freeze(["rule", "severity", "message", "remedy", "accepted", "reason"] as const);
type Said = Pick<RuleFinding, (typeof ownKeys)[number]>;

/** Findings that differ in nothing but place and role, as one: for a reader they are. In the order of the first of each. */
export function together<F extends Said>(findings: readonly F[]): readonly (readonly [F, ...F[]])[] {
  const groups = new Map<string, [F, ...F[]]>();
  for (const finding of findings) {
    const key = ownKeys.map((name) => finding[name]).join("\0");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** The first of a list, and how many more there are: `a, b, c and 97 more`. */
export function firstOf(max: number, items: readonly string[]): string {
  const more = items.length > max ? ` and ${items.length - max} more` : "";
  return `${items.slice(0, max).join(", ")}${more}`;
}

/** `2 errors, 1 warning, 3 info, 1 accepted`, without what there is none of; what differs in place alone counts once. */
export function counts(
  diagnostics: readonly Pick<Diagnostic, "severity">[],
  findings: readonly Said[],
): string {
  const all = together(findings).map(([first]) => first);
  const open = [...diagnostics, ...all.filter((f) => !f.accepted)];
  const count = (severity: Severity) => open.filter((e) => e.severity === severity).length;
  const accepted = all.length + diagnostics.length - open.length;
  const words = [
    [count("error"), "error", "errors"],
    [count("warning"), "warning", "warnings"],
    [count("info"), "info", "info"],
    [accepted, "accepted", "accepted"],
  ] as const;
  const shown = words.filter(([n]) => n > 0).map(([n, one, many]) => `${n} ${n === 1 ? one : many}`);
  return shown.length === 0 ? "nothing found" : shown.join(", ");
}

/** The last line of a text: {@link counts}; empty where nothing was found. */
export function countsLine(...found: Parameters<typeof counts>): string {
  return found.every((list) => list.length === 0) ? "" : `${counts(...found)}\n`;
}
