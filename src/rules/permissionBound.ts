import { partitions } from "../model/partitions";
import type { Statement } from "../model/policyDocument";
import { matchesPattern, namesEvery, requiredValues, textOnly } from "../policy";
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
  return requiredValues(Condition, key).some(
    (values) => values.length > 0 && !values.some((value) => namesEvery(value, policyArn) || isOfAll(value)),
  );
}

function isOfAll(value: string): boolean {
  return administrators.some((arn) => matchesPattern(value, arn, textOnly));
}
