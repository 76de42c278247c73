import type { Diagnostic, Finding } from "./diagnostic";
import { escapeHidden } from "./quote";

/** The JSON of `check`: always the same keys in the same order, two spaces, a newline at the end. */
export function formatJson(diagnostics: readonly Diagnostic[], findings: readonly Finding[]): string {
  const report = { diagnostics: diagnostics.map(diagnosticJson), findings: findings.map(findingJson) };
  // In JSON text only the inside of a string can hold a hidden character, where \uXXXX means the same. The line
  // feeds between the lines are the one exception.
  return `${JSON.stringify(report, null, 2).split("\n").map(escapeHidden).join("\n")}\n`;
}

function diagnosticJson({ code, severity, file, line, column, message, remedy }: Diagnostic) {
  return { code, severity, file, line, column, message, remedy };
}

function findingJson(finding: Finding) {
  const { rule, severity, file, line, column, path, role, message, remedy, accepted } = finding;
  return { rule, severity, file, line, column, path, role, message, remedy, accepted };
}
