export {
  canonicalCondition,
  canonicalDocument,
  canonicalStatement,
  many,
  merged,
  oneOrMany,
  policyLength,
} from "./canonical";
export {
  evaluatePermission,
  evaluateTrust,
  nearestFailures,
  type Decision,
  type Failure,
  type Mismatch,
  type PermissionRequest,
  type RequestContext,
  type TrustRequest,
} from "./evaluate";
export {
  fillTemplate,
  grantTable,
  type AccessLevel,
  type GrantKind,
  type GrantRow,
  type GrantTarget,
} from "./grantTable";
export { grantStatements, permissionPolicy, type PermissionSource, type ResolvedGrant } from "./permissions";
export { assumeAction, escapePattern, escapeVariables, guard, trustPolicy, type TrustSource } from "./trust";
export { webIdentityContext, type Circumstances, type Claims } from "./webIdentity";
export { parseCidr, type CidrResult } from "./cidrs";
export { grantNameProblem, type NameProblem } from "./grantNames";
export { readDocument, type DocumentProblem, type ReadDocument } from "./readDocument";
export type { ActionFacts, ActionResource, ServiceReference } from "./serviceReference";
