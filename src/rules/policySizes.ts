import { pathText } from "../diagnostics";
import type { GrantWeight } from "../model/accessModel";
import { policyLength } from "../policy";
import { nothing, type Observation, type RoleSubject } from "./rule";
import { tooLongPolicy, tooMany } from "./size";

/** Are a role's policies, and the number of them, within its account's quotas? */
export function policySizes({ role, account: { quotas } }: RoleSubject): readonly Observation[] {
  const { inline, managed } = role.policies;
  const attached = managed.length + role.managedPolicies.length;
  const found = [
    ...(inline === null ? nothing : tooLongPolicy("the inline policy", inline, quotas.inlinePolicyLength)),
    ...managed.flatMap(({ name, document }) =>
      tooLongPolicy(`the managed policy ${name}`, document, quotas.managedPolicyLength),
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
  if (heaviest === "")
    return found.map((seen) => ({ ...seen, remedy: "attach fewer: join policies of your own into one" }));
  const remedy = smallerBy(new Set(role.grantWeights.map(({ kind }) => kind)));
  return found.map((seen) => ({ ...seen, message: `${seen.message}; most room take ${heaviest}`, remedy }));
}

/** What makes grants of these kinds smaller. Only names with a path have something in common that a grant can name. */
function smallerBy(kinds: ReadonlySet<string>): string {
  return [
    ...(kinds.has("parameter") ? ["grant a path of parameters that ends in /*"] : []),
    ...(kinds.has("s3") ? ["grant a folder of the bucket that ends in /*"] : []),
    ...(kinds.has("secret") ? ["keep several values in one JSON secret, and export each with key"] : []),
    ...(kinds.has("statement")
      ? ["name resources of a statement by a pattern that they have in common"]
      : []),
    "attach a policy of your own by managedPolicies",
    "split the entry, or have AWS raise the quota and write it under quotas of the account",
  ].join("; or ");
}

function weightText({ kind, origin, characters }: GrantWeight): string {
  return `${pathText(origin.path)} (${kind}, ${characters} characters)`;
}
