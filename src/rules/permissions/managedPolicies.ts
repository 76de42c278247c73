import { quote } from "../../diagnostics";
import type { Rule } from "../rule";

/** AWS's policies that hold everything, or the keys to it. */
export const administratorPolicies: readonly string[] = Object.freeze([
  "AdministratorAccess",
  "IAMFullAccess",
  "PowerUserAccess",
]);

/** The name with path of a managed policy of AWS's; empty for other ARNs. */
export function awsManaged(arn: string): string {
  return /^arn:[^:]*:iam::aws:policy\/(.*)$/s.exec(arn)?.[1] ?? "";
}

/** Rules about attached policies as such. */
export const managedPolicyRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G10",
    severity: "error",
    waivable: true,
    title: "a managed policy for administrators",
    why: "it allows everything, or everything but IAM, or IAM itself, which is the key to the rest",
    remedy: "attach a policy for what the workspace does, or use grants",
    policyRemedy: "attach a policy for what the workspace does",
    role: ({ access }) =>
      access.managedPolicies
        .filter(({ arn }) => administratorPolicies.includes(awsManaged(arn)))
        .map(({ arn, origin }) => ({ message: `the managed policy is ${quote(arn)}`, origin })),
  },
]);
