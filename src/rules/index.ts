export { check, type CheckOptions } from "./check";
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
