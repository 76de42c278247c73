import { below, quote } from "../../diagnostics";
import { many, openPattern, resourcesOf } from "../../policy";
import { listed, rulesOf, type Rule } from "../rule";
import { allows } from "./statements";

/** Rules about resources that a role's own account does not decide on, and about roles that it assumes. */
export const foreignResourceRules: readonly Rule[] = rulesOf({
  G17: {
    severity: "info",
    title: "a resource of another account",
    remedy: "have that account allow this role, by the resource's policy and its key's, or the trust policy",
    role: (role) => {
      const own = role.access.account?.id;
      const written = role.statements.flatMap(({ statement, origin }) => {
        if (own === undefined || statement.Effect !== "Allow" || statement.NotResource !== undefined)
          return [];
        return resourcesOf(statement)
          .filter((arn) => /^[0-9]{12}$/.test(accountOf(arn)) && accountOf(arn) !== own)
          .map((arn) => ({ arn, origin: below(origin, "Resource") }));
      });
      return [...role.access.foreignGrants, ...written].map(({ arn, origin }) => {
        const known = role.accounts.find(({ id }) => id === accountOf(arn));
        const whose = known === undefined ? "another account" : `account ${known.name} of this manifest`;
        const who = /^arn:[^:]*:iam::[^:]*:role\//.test(arn) ? "its trust policy" : "that account";
        const message = `${quote(arn)} belongs to ${whose}; ${who} must allow ${role.access.arn ?? "this role"} too`;
        return { message, origin };
      });
    },
  },
  G22: {
    severity: "info",
    title: "a long session, and a role that it can assume for an hour only",
    remedy: "use a profile with role_arn and source_profile, which assumes it again, or write it an entry",
    role: ({ access: { made, maxSessionDuration }, statements }) => {
      if ((maxSessionDuration ?? 0) <= 3600) return [];
      const assumed = (made?.permissionPolicy?.Statement ?? statements.map(({ statement }) => statement))
        .filter((statement) => statement.Action !== undefined && allows(statement, "sts:AssumeRole"))
        .flatMap(({ Resource }) => many(Resource));
      const names = listed([...new Set(assumed)].sort().map(quote));
      const message = `a session of ${names} that this role assumes ends after 1 h, sooner than its own`;
      return assumed.length === 0 ? [] : [{ message }];
    },
  },
});

function accountOf(resource: string): string {
  return openPattern(resource).split(":")[4] ?? "";
}
