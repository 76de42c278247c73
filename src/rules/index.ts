export { check, type CheckOptions } from "./check";
export { checkExisting, servicesOf, unreadable } from "./checkExisting";
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
