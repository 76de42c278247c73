import { pathText } from "../diagnostics";
import type { GrantWeight } from "../model/accessModel";
import { policyLength } from "../policy";
import { nothing, type Observation, type RoleSubject } from "./rule";
import { tooLong, tooMany } from "./size";

/** Are a role's policies, and the number of them, within its account's quotas? */
export function policySizes({ role, account: { quotas } }: RoleSubject): readonly Observation[] {
  const { inline, managed } = role.policies;
  const attached = managed.length + role.managedPolicies.length;
  const found = [
    ...(inline === null
      ? nothing
      : tooLong("the inline policy", policyLength(inline), quotas.inlinePolicyLength)),
    ...managed.flatMap(({ name, document }) =>
      tooLong(`the managed policy ${name}`, policyLength(document), quotas.managedPolicyLength),
    ),
    ...(managed.length === 0 || role.permissionPolicy === null
      ? tooMany("managed policies", attached, quotas.managedPoliciesPerRole)
      : tooMany(
          `managed policies (${managed.length} for the ${policyLength(role.permissionPolicy)} characters of grants and statements, ${role.managedPolicies.length} attached)`,
          attached,
          quotas.managedPoliciesPerRole,
        )),
  ];
  const heaviest = role.grantWeights.map(weightText).join(", ");
  return heaviest === ""
    ? found
    : found.map((seen) => ({ ...seen, message: `${seen.message}; most room take ${heaviest}` }));
}

function weightText({ kind, origin, characters }: GrantWeight): string {
  return `${pathText(origin.path)} (${kind}, ${characters} characters)`;
}
