import { breadthRules } from "./permissions/breadth";
import { conditionValueRules } from "./permissions/conditionValues";
import { escalationRules } from "./permissions/escalation";
import { foreignResourceRules } from "./permissions/foreignResources";
import { managedPolicyRules } from "./permissions/managedPolicies";
import { nameRules } from "./permissions/names";
import { ownEditRules } from "./permissions/ownEdits";
import { policySizeRules } from "./permissions/policySizes";
import { sensitiveActionRules } from "./permissions/sensitiveActions";
import { noteRules } from "./notes";
import { destroyedRules } from "./providers/destroyed";
import { providerRules } from "./providers/providers";
import type { Rule } from "./rule";
import { conditionRules } from "./trust/conditions";
import { loginRules } from "./trust/logins";
import { principalRules } from "./trust/principals";
import { reachRules } from "./trust/reach";
import { relationRules } from "./trust/relations";
import { roleLimitRules } from "./trust/roleLimits";
import { structureRules } from "./trust/structure";
import { subjectRules } from "./trust/subjects";
import { waiverRules } from "./waivers/waivers";
import { fileRules } from "./workspace/file";
import { gitpodLoginRules } from "./workspace/logins";
import { waitRules } from "./workspace/waits";
import { wordRules } from "./workspace/words";

/** Who may assume a role, identity providers, what a role may do, what repositories get, files, waivers, and notes on a manifest. */
const letters = "TPGSEWN";

/** Rules whose warnings are errors behind a wide trust, which an entry may accept: see G11. */
export const raisedRules: ReadonlySet<string> = new Set("G02 G05 G06 G07 G08 G20".split(" "));

/** All rules, in the order of their letters and numbers. Ids are public: never reused, never renamed. */
export const rules: readonly Rule[] = Object.freeze(
  [
    ...[structureRules, principalRules, roleLimitRules, loginRules, conditionRules, relationRules],
    ...[reachRules, subjectRules, providerRules, destroyedRules, breadthRules, escalationRules],
    ...[sensitiveActionRules, ownEditRules, managedPolicyRules, policySizeRules, nameRules],
    ...[conditionValueRules, foreignResourceRules, fileRules, gitpodLoginRules, waitRules, wordRules],
    ...[waiverRules, noteRules],
  ]
    .flat()
    .map((rule) => (raisedRules.has(rule.id) ? { ...rule, waivable: true as const } : rule))
    .sort(
      (a, b) => letters.indexOf(a.id.charAt(0)) - letters.indexOf(b.id.charAt(0)) || (a.id < b.id ? -1 : 1),
    ),
);

export const ruleOf: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));
