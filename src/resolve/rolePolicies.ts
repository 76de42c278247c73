import type { GrantWeight, ManifestOrigin, Role, RoleDocuments } from "../model/accessModel";
import { policyArn, policyName } from "../model/names";
import type { Statement, TrustPolicy } from "../model/policyDocument";
import { grantStatements, lengthOf, permissionPolicy, splitPolicy, trustPolicy } from "../policy";
import type { AccountSettings } from "./accounts";
import type { PlacedGrant } from "./grants";

/** What a role's policies are made of. */
interface PolicySource extends Pick<Role, "name" | "path" | "expires" | "statements" | "managedPolicies"> {
  readonly account: AccountSettings;
  readonly trusts: Readonly<Parameters<typeof trustPolicy>>;
  readonly grants: readonly PlacedGrant[];
  /** What the roles of an entry may do in an account: once one of them has made it, for all. */
  readonly shared: { permissions?: ReturnType<typeof resolvePermissions> };
}

/** A role's policies. A class: objects with accessors of their own look all different to V8, which costs more than it saves. */
export class LazyPolicies implements RoleDocuments {
  readonly #source: PolicySource;
  #trustPolicy: TrustPolicy | undefined;

  constructor(source: PolicySource) {
    this.#source = source;
  }

  get trustPolicy() {
    return (this.#trustPolicy ??= trustPolicy(...this.#source.trusts));
  }
  get permissionPolicy() {
    return this.#permissions.whole;
  }
  get policies() {
    const { name: role, path, account } = this.#source;
    const { inline, managed } = this.#permissions.split;
    const named = managed.map((document, i) => {
      const name = policyName(role, i + 1);
      return { name, arn: policyArn(account.partition, account.id, path, name), document };
    });
    return { inline, managed: named };
  }
  get grantWeights() {
    return this.#permissions.weights;
  }
  get #permissions() {
    return (this.#source.shared.permissions ??= resolvePermissions(this.#source));
  }
  toJSON(): RoleDocuments {
    const { trustPolicy, permissionPolicy, policies, grantWeights } = this;
    return { trustPolicy, permissionPolicy, policies, grantWeights };
  }
}

/** What the roles of an entry may do in an account; `weights` are empty where all is within its quotas. */
function resolvePermissions(source: PolicySource) {
  const { expires, managedPolicies, account } = source;
  const whole = permissionPolicy({
    grants: source.grants.map((g) => g.grant),
    statements: source.statements.map((s) => s.statement),
    expires,
  });
  const split = splitPolicy(whole, account.quotas);
  const fits =
    split.managed.length === 0 ||
    (split.managed.length + managedPolicies.length <= account.quotas.managedPoliciesPerRole &&
      split.managed.every((p) => lengthOf(p) <= account.quotas.managedPolicyLength));
  return { whole, split, weights: fits ? [] : heaviestGrants(source) };
}

/** How many grants and statements are worth naming. */
const heaviest = 5;

/** What takes most room among a role's grants and raw statements, the most first. */
function heaviestGrants({ grants, statements }: PolicySource): readonly GrantWeight[] {
  const weightOf = (kind: string, origin: ManifestOrigin, parts: readonly Statement[]): GrantWeight => {
    return { kind, origin, characters: parts.reduce((sum, s) => sum + lengthOf(s), 0) };
  };
  const weights = [
    ...grants.map(({ grant, origin }) => weightOf(grant.kind, origin, grantStatements(grant))),
    ...statements.map(({ statement, origin }) => weightOf("statement", origin, [statement])),
  ];
  const place = ({ origin }: GrantWeight) => JSON.stringify([origin.file, origin.path]);
  return weights
    .sort((a, b) => b.characters - a.characters || (place(a) < place(b) ? -1 : 1))
    .slice(0, heaviest);
}
