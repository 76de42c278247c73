export {
  below,
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
export { formatMarkdown } from "./formatMarkdown";
export { formatSarif, type SarifOptions } from "./formatSarif";
export { findingLine, formatText, type TextOptions } from "./formatText";
export { anchor, cell, code } from "./markdown";
export { nearest } from "./nearest";
export { countsLine, firstOf, placed, together, type RuleDescription } from "./report";
export { textPositions, type TextPositions } from "./textPositions";
export {
  escapeHidden,
  isVisible,
  oneLine,
  pathText,
  printable,
  quote,
  resemblesToken,
  visibleJson,
  withoutTokens,
} from "./quote";
