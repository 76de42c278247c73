import { pathText } from "../../diagnostics";
import type { GrantWeight } from "../../model/accessModel";
import type { ExistingDocument } from "../../model/existing";
import type { Statement } from "../../model/policyDocument";
import { quotaTable } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import { lengthOf } from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { overQuota, type Observation, type Rule } from "../rule";

/** Rules about the room that permissions take. */
export const policySizeRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G12",
    severity: "error",
    title: "the permissions are larger than the account's quotas",
    why: "IAM refuses the policy, or the last attachment",
    remedy:
      "attach a policy of your own by managedPolicies, grant a path of parameters or objects instead of each of them, or split the entry",
    policyRemedy: "divide it into several managed policies, or name several resources by one pattern",
    role: (role) => (role.access.policies === null ? writtenSizes(role) : madeSizes(role.access)),
  },
]);

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

/** Of policies that exist. */
function writtenSizes({
  access: { documents, quotas },
  documents: judged,
}: JudgedRole): readonly Observation[] {
  const [first] = documents;
  if (first !== undefined && judged.length === 0) {
    const message = `the role's permissions have ${charactersOf(documents)} characters; all policies of a role can hold ${longestJudged}, so these were not judged`;
    return [{ message, origin: first.origin }];
  }
  const { inlinePolicyLength: inline, managedPolicyLength: managed } = quotas;
  return judged.flatMap(({ origin, value, ofAws }) => {
    if (ofAws === true) return [];
    const length = lengthOf(value as Statement);
    const message = `the document has ${length} characters without white space; the account allows ${inline} inline, and ${managed} in a managed policy`;
    return length <= Math.max(inline, managed) ? [] : [{ message, origin }];
  });
}

/** Of policies that are made for the role. */
function madeSizes({ policies, quotas, permissionPolicy, ...access }: RoleAccess): readonly Observation[] {
  const { inline = null, managed = [] } = policies ?? {};
  const tooLong = (what: string, document: NonNullable<typeof inline>, quota: number) =>
    overQuota(`${what} has ${lengthOf(document)} characters without white space`, lengthOf(document), quota);
  const count = managed.length + access.managedPolicies.length;
  const made =
    managed.length === 0 || permissionPolicy === null
      ? ""
      : ` (${managed.length} for the ${lengthOf(permissionPolicy)} characters of grants and statements, ${access.managedPolicies.length} attached)`;
  const found = [
    ...(inline === null ? [] : tooLong("the inline policy", inline, quotas.inlinePolicyLength)),
    ...managed.flatMap(({ name, document }) =>
      tooLong(`the managed policy ${name}`, document, quotas.managedPolicyLength),
    ),
    ...overQuota(`${count} managed policies${made}`, count, quotas.managedPoliciesPerRole),
  ];
  const heaviest = access.grantWeights.map(weightText).join(", ");
  if (heaviest === "")
    return found.map((seen) => ({ ...seen, remedy: "attach fewer: combine policies of your own into one" }));
  const remedy = smallerBy(new Set(access.grantWeights.map(({ kind }) => kind)));
  return found.map((seen) => ({ ...seen, message: `${seen.message}; the largest are ${heaviest}`, remedy }));
}

/** What makes grants of these kinds smaller. Only names with a path have something in common that a grant can name. */
function smallerBy(kinds: ReadonlySet<string>): string {
  return [
    ...(kinds.has("parameter") ? ["grant a path of parameters that ends in /*"] : []),
    ...(kinds.has("s3") ? ["grant a folder of the bucket that ends in /*"] : []),
    ...(kinds.has("secret") ? ["keep several values in one JSON secret, and export each with key"] : []),
    ...(kinds.has("statement") ? ["name several resources of a statement by one pattern"] : []),
    "attach a policy of your own by managedPolicies",
    "split the entry, or have AWS raise the quota and write it under quotas of the account",
  ].join("; or ");
}

function weightText({ kind, origin, characters }: GrantWeight): string {
  return `${pathText(origin.path)} (${kind}, ${characters} characters)`;
}
