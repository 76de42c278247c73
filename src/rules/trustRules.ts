import type { Rule } from "./rule";
import { trustConditionRules } from "./trustConditions";
import { trustGrammarRules } from "./trustGrammar";
import { trustStructureRules } from "./trustStructure";

/** Rules about who may assume a role. */
export const trustRules: readonly Rule[] = Object.freeze([
  ...trustStructureRules,
  ...trustConditionRules,
  ...trustGrammarRules,
]);
