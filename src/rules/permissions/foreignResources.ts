import { below, quote, type Origin } from "../../diagnostics";
import { many, openPattern, resourcesOf } from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { listed, type Observation, type Rule } from "../rule";
import { allows } from "./statements";

/** Rules about resources that a role's own account does not decide on, and about roles that it assumes. */
export const foreignResourceRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G17",
    severity: "info",
    title: "a resource of another account",
    why: "unless that account allows it too, access is denied all the same",
    remedy:
      "have the other account allow this role: in the policy of the resource and of its key, or in the trust policy of a role",
    role: (role) => [
      ...role.access.foreignGrants.flatMap(({ arn, origin }) => allowThere([arn], origin, role)),
      ...role.statements.flatMap(({ statement, origin }) => {
        const own = role.access.account?.id;
        if (own === undefined || statement.Effect !== "Allow" || statement.NotResource !== undefined)
          return [];
        const foreign = resourcesOf(statement).filter(
          (resource) => /^[0-9]{12}$/.test(accountOf(resource)) && accountOf(resource) !== own,
        );
        return allowThere(foreign, below(origin, "Resource"), role);
      }),
    ],
  },
  {
    id: "G22",
    severity: "info",
    title: "a long session, and a role that it can assume for an hour only",
    why: "AWS ends the session of a role that another role's session assumed after one hour, and refuses a longer one",
    remedy:
      "use a profile with role_arn and source_profile, by which AWS CLI and SDKs assume the role again; or give it an entry of its own",
    role: ({ access: { permissionPolicy, maxSessionDuration } }) => {
      if ((maxSessionDuration ?? 0) <= 3600) return [];
      const assumed = (permissionPolicy?.Statement ?? [])
        .filter((statement) => statement.Action !== undefined && allows(statement, "sts:AssumeRole"))
        .flatMap(({ Resource }) => many(Resource));
      const names = listed([...new Set(assumed)].sort().map(quote));
      const message = `a session of ${names} that this role assumes ends after 1 h, sooner than its own`;
      return assumed.length === 0 ? [] : [{ message }];
    },
  },
]);

/** One finding for roles, and one for what has a policy of its own. */
function allowThere(all: readonly string[], origin: Origin, role: JudgedRole): readonly Observation[] {
  const { access, accounts } = role;
  const isRole = (resource: string): boolean => /^arn:[^:]*:iam::[^:]*:role\//.test(resource);
  return [true, false].flatMap((ofRoles) => {
    const names = all.filter((resource) => isRole(resource) === ofRoles);
    const known = accounts.find(({ id }) => names.every((name) => accountOf(name) === id));
    const whose = known === undefined ? "another account" : `account ${known.name} of this manifest`;
    const [belong, its] = names.length === 1 ? ["belongs", "its"] : ["belong", "each one's"];
    const must = ofRoles ? `${its} trust policy must allow` : "that account must allow";
    const message = `${listed(names.map(quote))} ${belong} to ${whose}; ${must} ${access.arn ?? "this role"}${ofRoles ? "" : " too"}`;
    return names.length === 0 ? [] : [{ message, origin }];
  });
}

function accountOf(resource: string): string {
  return openPattern(resource).split(":")[4] ?? "";
}
