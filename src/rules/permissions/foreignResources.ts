import { quote } from "../../diagnostics";
import { openPattern, resourcesOf } from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { below, listed, type Observation, type Rule } from "../rule";

/** Rules about resources that a role's own account does not decide on. */
export const foreignResourceRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G17",
    severity: "info",
    title: "a resource of another account",
    why: "unless that account allows it too, access is denied all the same",
    remedy: "have the other account allow this role, in the policy of the resource and of its key",
    role: (role) => [
      ...role.access.foreignGrants.map(({ arn, origin }) => allowThere([arn], origin, role)),
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
    return foreign.length === 0 ? [] : [allowThere(foreign, below(origin, "Resource"), role)];
  });
}

function allowThere(
  resources: readonly string[],
  origin: Observation["origin"] & object,
  { access: { arn } }: JudgedRole,
): Observation {
  const belong = resources.length === 1 ? "belongs" : "belong";
  const message = `${listed(resources.map(quote))} ${belong} to another account; that account must allow ${arn ?? "this role"} too`;
  return { message, origin };
}

function isForeign(resource: string, own: string): boolean {
  const [, , , , account = ""] = openPattern(resource).split(":");
  return /^[0-9]{12}$/.test(account) && account !== own;
}
