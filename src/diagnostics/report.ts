import type { Diagnostic, Finding, Severity } from "./diagnostic";

/** What a report says of a rule, besides its findings. */
export interface RuleDescription {
  readonly id: string;
  readonly severity: Severity;
  /** The rule as a statement of what is wrong. */
  readonly title: string;
  /** What could happen. */
  readonly why: string;
  readonly remedy: string;
}

/** `2 errors, 1 warning, 3 info, 1 accepted`; accepted findings count as nothing else. */
export function counts(
  diagnostics: readonly Pick<Diagnostic, "severity">[],
  findings: readonly Pick<Finding, "severity" | "accepted">[],
): string {
  const open = [...diagnostics, ...findings.filter((f) => !f.accepted)];
  const count = (severity: Severity) => open.filter((e) => e.severity === severity).length;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const accepted = findings.filter((f) => f.accepted).length;
  const parts = [
    plural(count("error"), "error"),
    plural(count("warning"), "warning"),
    `${count("info")} info`,
  ];
  return [...parts, ...(accepted > 0 ? [`${accepted} accepted`] : [])].join(", ");
}
