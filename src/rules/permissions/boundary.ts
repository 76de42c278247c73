import { partitions } from "../../model/partitions";
import type { Statement } from "../../model/policyDocument";
import { matchesPattern, namesEvery, comparisonsOf, textOnly } from "../../policy";
import type { Rule } from "../rule";
import { administratorPolicies } from "./managedPolicies";

const policyArn = "arn:${Partition}:iam::${Account}:policy/${PolicyName}";

/** The administrators' policies of every partition. */
const administrators: readonly string[] = Object.freeze(
  partitions.flatMap((partition) =>
    administratorPolicies.map((name) => `arn:${partition}:iam::aws:policy/${name}`),
  ),
);

/**
 * Does a condition keep to policies or boundaries of which none is for administrators? A pattern for all policies of an
 * account may hold anything.
 * @param key - in lower case
 */
export function keepsFromAdministrators({ Condition }: Statement, key: string): boolean {
  return comparisonsOf(Condition, key).some(
    ({ values }) =>
      values.length > 0 && !values.some((value) => namesEvery(value, policyArn) || isOfAll(value)),
  );
}

function isOfAll(value: string): boolean {
  return administrators.some((arn) => matchesPattern(value, arn, textOnly));
}

/** Rules about permissions boundaries. */
export const boundaryRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G14",
    severity: "error",
    title: "no permissions boundary where the account wants one",
    why: "nothing but its own policies limits what the role may do",
    remedy: "write permissionsBoundary on the account, under defaults, or on the entry",
    role: ({ access: { boundaryWantedBy: account, permissionsBoundary } }) =>
      account === null || permissionsBoundary !== null
        ? []
        : [{ message: `account ${account} requires a permissions boundary, and this role has none` }],
  },
]);
