import { pathText } from "../../diagnostics";
import type { ExistingDocument } from "../../model/existing";
import type { Statement } from "../../model/policyDocument";
import { quotaTable } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import { lengthOf } from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { overQuota, type Observation, rulesOf, type Rule } from "../rule";

/** Rules about the room that permissions take. */
export const policySizeRules: readonly Rule[] = rulesOf({
  G12: {
    severity: "error",
    title: "the permissions are larger than the account's quotas",
    remedy: "grant a path ending in /*, keep values in one JSON secret, split the entry, or raise the quotas",
    policyRemedy: "divide it into several managed policies, or name several resources by one pattern",
    role: (role) =>
      role.access.made === null ? writtenSizes(role) : madeSizes(role.access, role.access.made),
  },
});

/** The most that the policies of one role can hold, whatever AWS has raised. */
const longestJudged: number =
  quotaTable.inlinePolicyLength.max +
  quotaTable.managedPoliciesPerRole.max * quotaTable.managedPolicyLength.max;

function charactersOf(documents: readonly ExistingDocument[]): number {
  return documents.reduce((sum, { value }) => sum + lengthOf(value as Statement), 0);
}

/** Can a role hold as much? What it cannot hold is not judged: that would take minutes. */
export function isJudged(documents: readonly ExistingDocument[]): boolean {
  return charactersOf(documents) <= longestJudged;
}

function writtenSizes({ access, documents: judged }: JudgedRole): readonly Observation[] {
  const [first] = access.documents;
  if (first !== undefined && judged.length === 0) {
    const message = `the role's permissions have ${charactersOf(access.documents)} characters; all policies of a role can hold ${longestJudged}, so these were not judged`;
    return [{ message, origin: first.origin }];
  }
  const { inlinePolicyLength: inline, managedPolicyLength: managed } = access.quotas;
  return judged
    .filter(({ ofAws }) => ofAws !== true)
    .map(({ origin, value }) => ({ origin, length: lengthOf(value as Statement) }))
    .filter(({ length }) => length > Math.max(inline, managed))
    .map(({ origin, length }) => ({
      message: `the document has ${length} characters without white space; the account allows ${inline} inline, and ${managed} in a managed policy`,
      origin,
    }));
}

/** Of policies that are made for the role: an inline one is within its quota, or there would be managed ones. */
function madeSizes(
  { quotas, managedPolicies: { length: attached } }: RoleAccess,
  { permissionPolicy, policies: { managed }, grantWeights }: NonNullable<RoleAccess["made"]>,
): readonly Observation[] {
  const made =
    managed.length === 0 || permissionPolicy === null
      ? ""
      : ` (${managed.length} for the ${lengthOf(permissionPolicy)} characters of grants and statements, ${attached} attached)`;
  const heaviest = grantWeights.map(
    ({ kind, origin, characters }) => `${pathText(origin.path)} (${kind}, ${characters} characters)`,
  );
  const largest = heaviest.length === 0 ? "" : `; the largest are ${heaviest.join(", ")}`;
  const count = managed.length + attached;
  return [
    ...managed.flatMap(({ name, document }) => {
      const length = lengthOf(document);
      const what = `the managed policy ${name} has ${length} characters without white space`;
      return overQuota(what, length, quotas.managedPolicyLength);
    }),
    ...overQuota(`${count} managed policies${made}`, count, quotas.managedPoliciesPerRole),
  ].map((seen) => ({ ...seen, message: `${seen.message}${largest}` }));
}
