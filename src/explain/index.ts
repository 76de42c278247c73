export { bareFacts, type InputResult, type TokenFacts } from "./facts";
export { readClaims, readToken, resemblesToken, withoutTokens } from "./input";
export type { PermissionAnswer, PermissionQuestion } from "./permission";
export { explain, explainJson, outcome, type ExplainReport, type Question, type RoleReport } from "./report";
export { explainText, type Signature } from "./reportText";
export type { Place } from "./source";
export { judge, type LoginAttempt, type RoleVerdict, type Verdict } from "./verdict";
