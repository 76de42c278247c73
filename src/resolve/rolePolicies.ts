import type { GrantWeight, RolePolicies, WrittenStatement } from "../model/accessModel";
import { policyArn, policyName } from "../model/names";
import type { Statement } from "../model/policyDocument";
import type { Quotas } from "../model/quotas";
import { grantStatements, lengthOf, permissionPolicy, splitPolicy, type SplitPolicy } from "../policy";
import type { AccountSettings } from "./accounts";
import type { PlacedGrant } from "./grants";

/** What an entry says about permissions, in one account. */
interface WrittenPermissions {
  readonly grants: readonly PlacedGrant[];
  readonly statements: readonly WrittenStatement[];
  readonly managedPolicies: readonly string[];
}

/**
 * What the roles of an entry may do in an account, as a whole and as AWS takes it; `weights` are empty where all is
 * within the account's quotas.
 * @param expires - first moment without access; null: never
 */
export function resolvePermissions(written: WrittenPermissions, expires: string | null, quotas: Quotas) {
  const whole = permissionPolicy({
    grants: written.grants.map((g) => g.grant),
    statements: written.statements.map((s) => s.statement),
    expires,
  });
  const split = splitPolicy(whole, quotas);
  const fits =
    split.managed.length === 0 ||
    (split.managed.length + written.managedPolicies.length <= quotas.managedPoliciesPerRole &&
      split.managed.every((p) => lengthOf(p) <= quotas.managedPolicyLength));
  return { whole, split, weights: fits ? [] : heaviestGrants(written) };
}

/** A role's policies with the names that they have in AWS. */
export function namedPolicies(
  { inline, managed }: SplitPolicy,
  role: string,
  path: string,
  account: AccountSettings,
): RolePolicies {
  const named = managed.map((document, i) => {
    const name = policyName(role, i + 1);
    return { name, arn: policyArn(account.partition, account.id, path, name), document };
  });
  return { inline, managed: named };
}

/** How many grants and statements are worth naming. */
const heaviest = 5;

/** What takes most room among a role's grants and raw statements, the most first. */
function heaviestGrants({ grants, statements }: WrittenPermissions): readonly GrantWeight[] {
  const size = (parts: readonly Statement[]) => parts.reduce((sum, s) => sum + lengthOf(s), 0);
  const weights: GrantWeight[] = [
    ...grants.map(({ grant, origin }) => ({
      kind: grant.kind,
      origin,
      characters: size(grantStatements(grant)),
    })),
    ...statements.map(({ statement, origin }) => ({
      kind: "statement",
      origin,
      characters: size([statement]),
    })),
  ];
  const place = ({ origin }: GrantWeight) => JSON.stringify([origin.file, origin.path]);
  return weights
    .sort((a, b) => b.characters - a.characters || (place(a) < place(b) ? -1 : 1))
    .slice(0, heaviest);
}
