import type { Diagnostic, Finding } from "./diagnostic";
import { visibleJson } from "./quote";

/** The JSON of `check`: always the same keys in the same order, two spaces, a newline at the end. */
export function formatJson(diagnostics: readonly Diagnostic[], findings: readonly Finding[]): string {
  return visibleJson({ diagnostics: diagnostics.map(diagnosticJson), findings: findings.map(findingJson) });
}

function diagnosticJson({ code, severity, file, line, column, message, remedy }: Diagnostic) {
  return { code, severity, file, line, column, message, remedy };
}

function findingJson(finding: Finding) {
  const { rule, severity, file, line, column, path, role, message, remedy, accepted } = finding;
  return { rule, severity, file, line, column, path, role, message, remedy, accepted };
}
