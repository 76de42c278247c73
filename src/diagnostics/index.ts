export {
  diagnosticCodes,
  type Diagnostic,
  type DiagnosticCode,
  type Finding,
  type Origin,
  type Path,
  type Position,
  type Problem,
  type RuleFinding,
  type Severity,
} from "./diagnostic";
export { formatJson } from "./formatJson";
export { formatText, type TextOptions } from "./formatText";
export { nearest } from "./nearest";
export { pathText } from "./pathText";
export { escapeHidden, isVisible, printable, quote } from "./quote";
