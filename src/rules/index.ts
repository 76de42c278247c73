export { check, type CheckOptions } from "./check";
export type { Observation, Rule, RoleSubject } from "./rule";
export { rules } from "./table";
