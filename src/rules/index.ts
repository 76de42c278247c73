export {
  check,
  checkDeploy,
  checkEntry,
  checkExisting,
  checkFiles,
  checkGitpodYmlFacts,
  checkRole,
  isJudgeable,
  servicesOf,
  type CheckOptions,
  type ExistingContext,
} from "./check";
export { widePolicyWords } from "./permissions/managedPolicies";
export type { Rule } from "./rule";
export { rules } from "./table";
