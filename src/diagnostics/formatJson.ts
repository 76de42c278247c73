import type { Diagnostic, Finding } from "./diagnostic";
import { visibleJson } from "./quote";

/** The JSON of `check`: always the same keys in the same order, two spaces, a newline at the end. */
export function formatJson(diagnostics: readonly Diagnostic[], findings: readonly Finding[]): string {
  const keys = "code rule severity file line column path role message remedy accepted".split(" ");
  return visibleJson({ diagnostics, findings }, ["diagnostics", "findings", ...keys]);
}
