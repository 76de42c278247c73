import { below, quote, type Origin } from "../../diagnostics";
import { openPattern, resourcesOf } from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { listed, type Observation, type Rule } from "../rule";

/** Rules about resources that a role's own account does not decide on. */
export const foreignResourceRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G17",
    severity: "info",
    title: "a resource of another account",
    why: "unless that account allows it too, access is denied all the same",
    remedy: "have the other account allow this role, in the policy of the resource and of its key",
    role: (role) => [
      ...role.access.foreignGrants.flatMap(({ arn, origin }) => allowThere([arn], origin, role)),
      ...ofStatements(role),
    ],
  },
]);

function ofStatements(role: JudgedRole): readonly Observation[] {
  const { account } = role.access;
  if (account === null) return [];
  return role.statements.flatMap(({ statement, origin }) => {
    if (statement.Effect !== "Allow" || statement.NotResource !== undefined) return [];
    const foreign = resourcesOf(statement).filter((resource) => isForeign(resource, account.id));
    return allowThere(foreign, below(origin, "Resource"), role);
  });
}

function allowThere(
  resources: readonly string[],
  origin: Origin,
  { access: { arn }, accounts }: JudgedRole,
): readonly Observation[] {
  const caller = arn ?? "this role";
  const roles = resources.filter(isRole);
  const others = resources.filter((resource) => !isRole(resource));
  const belong = (names: readonly string[]): string => {
    const known = accounts.find(({ id }) => names.every((name) => accountOf(name) === id));
    const whose = known === undefined ? "another account" : `account ${known.name} of this manifest`;
    return `${listed(names.map(quote))} ${names.length === 1 ? "belongs" : "belong"} to ${whose}`;
  };
  const ofRoles = {
    message: `${belong(roles)}; ${roles.length === 1 ? "its" : "each one's"} trust policy must allow ${caller}`,
    remedy: "have the other account allow sts:AssumeRole to this role, in the trust policy",
    origin,
  };
  const ofOthers = { message: `${belong(others)}; that account must allow ${caller} too`, origin };
  return [...(roles.length === 0 ? [] : [ofRoles]), ...(others.length === 0 ? [] : [ofOthers])];
}

function isRole(resource: string): boolean {
  return /^arn:[^:]*:iam::[^:]*:role\//.test(resource);
}

function isForeign(resource: string, own: string): boolean {
  const account = accountOf(resource);
  return /^[0-9]{12}$/.test(account) && account !== own;
}

function accountOf(resource: string): string {
  return openPattern(resource).split(":")[4] ?? "";
}
