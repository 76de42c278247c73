export { check, type CheckOptions } from "./check";
export { checkExisting, isJudgeable, servicesOf, unjudged, unreadable } from "./checkExisting";
export { checkGitpodYmlFacts } from "./checkGitpodYml";
export type {
  ExistingContext,
  GitpodYmlSubject,
  Observation,
  PlacedObservation,
  PermissionSubject,
  ProviderSubject,
  RoleSubject,
  Rule,
  TrustSubject,
  WrittenPolicy,
} from "./rule";
export { rules } from "./table";
