import type { GrantWeight, Role, RoleDocuments } from "../model/accessModel";
import { policyArn, policyName } from "../model/names";
import type { Statement, TrustPolicy } from "../model/policyDocument";
import { grantStatements, lengthOf, permissionPolicy, splitPolicy, trustPolicy } from "../policy";
import type { AccountSettings } from "./accounts";
import type { PlacedGrant } from "./grants";

/** What a role's documents are made of. */
interface DocumentSource extends Pick<Role, "name" | "path" | "expires" | "statements" | "managedPolicies"> {
  readonly account: AccountSettings;
  readonly trusts: Readonly<Parameters<typeof trustPolicy>>;
  readonly grants: readonly PlacedGrant[];
}

/** A role's documents, each made when first asked for. A class, since V8 sees other objects with accessors as all different. */
export class LazyDocuments implements RoleDocuments {
  readonly #source: DocumentSource;
  #trustPolicy: TrustPolicy | undefined;
  #permissions: ReturnType<typeof resolvePermissions> | undefined;

  constructor(source: DocumentSource) {
    this.#source = source;
  }

  get trustPolicy() {
    return (this.#trustPolicy ??= trustPolicy(...this.#source.trusts));
  }
  get permissionPolicy() {
    return this.#made.permissionPolicy;
  }
  get policies() {
    return this.#made.policies;
  }
  get grantWeights() {
    return this.#made.grantWeights;
  }
  get #made() {
    return (this.#permissions ??= resolvePermissions(this.#source));
  }
}

/** What a role may do, as a whole and as AWS takes it. */
function resolvePermissions(source: DocumentSource) {
  const { expires, managedPolicies, account, name, path } = source;
  const { quotas, partition, id } = account;
  const whole = permissionPolicy({
    grants: source.grants.map((g) => g.grant),
    statements: source.statements.map((s) => s.statement),
    expires,
  });
  const { inline, managed } = splitPolicy(whole, quotas);
  const fits =
    managed.length === 0 ||
    (managed.length + managedPolicies.length <= quotas.managedPoliciesPerRole &&
      managed.every((p) => lengthOf(p) <= quotas.managedPolicyLength));
  const named = managed.map((document, i) => {
    const own = policyName(name, i + 1);
    return { name: own, arn: policyArn(partition, id, path, own), document };
  });
  return {
    permissionPolicy: whole,
    policies: { inline, managed: named },
    grantWeights: fits ? [] : heaviestGrants(source),
  };
}

/** How many grants and statements are worth naming. */
const heaviest = 5;

/** What takes most room among a role's grants and raw statements, the most first. */
function heaviestGrants({ grants, statements }: DocumentSource): readonly GrantWeight[] {
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
