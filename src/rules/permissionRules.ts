import { policyLength } from "../policy";
import { nothing, type Rule } from "./rule";
import { tooLong, tooMany } from "./size";

/** Rules about what a role may do. */
export const permissionRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G12",
    severity: "error",
    waivableError: false,
    title: "the permissions are larger than the account's quotas",
    why: "IAM refuses the policy, or the last attachment",
    remedy: "grant paths instead of single names, or move part of it to managedPolicies",
    role: ({ role, account }) => [
      ...(role.permissionPolicy === null
        ? nothing
        : tooLong(
            "the inline policy",
            policyLength(role.permissionPolicy),
            account.quotas.inlinePolicyLength,
          )),
      ...tooMany("managed policies", role.managedPolicies.length, account.quotas.managedPoliciesPerRole),
    ],
  },
  {
    id: "G14",
    severity: "error",
    waivableError: false,
    title: "no permissions boundary where the account demands one",
    why: "nothing but its own policies bounds what the role may do",
    remedy: "write permissionsBoundary on the account, under defaults, or on the entry",
    role: ({ role, account }) =>
      account.requireBoundary && role.permissionsBoundary === null
        ? [{ message: `account ${account.name} demands a permissions boundary, and this role has none` }]
        : nothing,
  },
  {
    id: "G17",
    severity: "info",
    waivableError: false,
    title: "a resource of another account",
    why: "without a resource or key policy over there, access is denied all the same",
    remedy: "have the other account allow this role in the policy of the resource, and of its key",
    role: ({ role }) =>
      role.foreignResources.map(({ arn, origin }) => ({
        message: `${arn} is of another account: it also needs a resource policy there that allows ${role.arn}`,
        origin,
      })),
  },
]);
