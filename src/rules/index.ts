export {
  check,
  checkDeploy,
  checkEntry,
  checkExisting,
  checkFiles,
  checkRole,
  isJudgeable,
  servicesOf,
  type CheckOptions,
  type ExistingContext,
} from "./check";
export { widePolicyWords } from "./permissions/managedPolicies";
export type { Rule } from "./rule";
export { rules } from "./table";
export { checkGitpodYmlFacts } from "./workspace/check";
