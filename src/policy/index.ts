export { canonicalDocument, canonicalStatement, lengthOf, many, merged, oneOrMany } from "./canonical";
export {
  evaluatePermission,
  evaluateTrust,
  nearestFailures,
  type Failure,
  type Mismatch,
  type PermissionRequest,
  type RequestContext,
  type TrustRequest,
} from "./evaluate";
export {
  accessLevels,
  fillTemplate,
  grantKinds,
  grantTable,
  resourceArn,
  type AccessLevel,
  type GrantKind,
  type GrantPart,
  type GrantTarget,
} from "./grantTable";
export { isRegional, nameInArn, readGrantArn, readKmsKey, type Place } from "./grantArn";
export { grantStatements, permissionPolicy, type EncryptionKey, type ResolvedGrant } from "./permissions";
export { denies, splitPolicy, type Measure, type SplitPolicy } from "./split";
export { assumeAction, escapePattern, escapeVariables, guard, trustPolicy, type TrustSource } from "./trust";
export { webIdentityContext, type Claims } from "./webIdentity";
export { coverEverybody, isPrivateCidr, isWithinCidrs, parseCidr } from "./cidrs";
export { grantNameProblem, withoutRandomEnding } from "./grantNames";
export { readDocument, type ReadDocument } from "./readDocument";
export {
  emptyReference,
  keyType,
  loadServiceReference,
  type ActionFacts,
  type ActionResource,
  type ServiceReference,
} from "./serviceReference";
export {
  matchedActions,
  matchesAction,
  namesEveryAction,
  namesWholeService,
  parseActionPattern,
  servicePrefixes,
} from "./actionPatterns";
export { statementMistakes } from "./statementMistakes";
export {
  anyArn,
  arnsMeet,
  comparisonsOf,
  isAtLarge,
  isEverything,
  isOfType,
  namesEvery,
  namesService,
  openPattern,
  resourceBound,
  resourcesOf,
  takesUntyped,
  typesWhere,
  type Comparison,
} from "./resourcePatterns";
export { matchesPattern, textOnly } from "./wildcard";
export { operatorParts, valueForm, valueProblem, type OperatorParts } from "./operators";
export {
  coversPattern,
  coversText,
  literalStart,
  patternOf,
  patternsMeet,
  spelled,
  textsMeet,
  type Pattern,
} from "./patternRelations";
