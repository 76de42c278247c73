export { check, type CheckOptions } from "./check";
export { checkExisting, isJudgeable, servicesOf, unjudged, unreadable } from "./checkExisting";
export type {
  ExistingContext,
  Observation,
  PermissionSubject,
  ProviderSubject,
  RoleSubject,
  Rule,
  TrustSubject,
  WrittenPolicy,
} from "./rule";
export { rules } from "./table";
