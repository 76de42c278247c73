import { assumeAction, many } from "../../policy";
import type { TrustCondition, TrustStatement } from "../judgedRole";
import { listed, rulesOf, type Rule } from "../rule";
import { each, eachLogin, isAbout, isWithin, outcomeOfDeny, refusesAll, sameKey } from "./trustView";

/** Does `wide` let in everybody whom `narrow` lets in? False where nobody can tell. */
function isCovered(narrow: TrustStatement, wide: TrustStatement): boolean {
  const names = new Set(wide.issuers.map((i) => i.principal));
  const actions = new Set(many(wide.statement.Action).map((a) => a.toLowerCase()));
  return (
    narrow.issuers.every((i) => names.has(i.principal)) &&
    many(narrow.statement.Action).every((a) => actions.has(a.toLowerCase())) &&
    wide.conditions.every((w) => narrow.conditions.some((n) => implies(n, w)))
  );
}

/** Does the first condition hold only where the second holds? */
function implies(narrow: TrustCondition, wide: TrustCondition): boolean {
  if (!sameKey(narrow, wide)) return false;
  if (narrow.binding && wide.positive && narrow.comparable && wide.comparable) return isWithin(narrow, wide);
  if (narrow.operator.toLowerCase() !== wide.operator.toLowerCase()) return false;
  // What is excluded by the wide one must be excluded by the narrow one.
  const [few, more] = narrow.negated ? [wide, narrow] : [narrow, wide];
  return few.values.every((v) => more.values.includes(v));
}

/** Rules about what the statements of a trust policy are to each other. */
export const relationRules: readonly Rule[] = rulesOf({
  T36: {
    severity: "info",
    title: "a statement that a wider one covers",
    why: "narrowing it does not narrow the role",
    remedy: "remove it, or the wider one",
    trust: eachLogin((narrow, { logins }) => {
      const wide = logins.find(
        (other, i) =>
          other !== narrow &&
          isCovered(narrow, other) &&
          (i < logins.indexOf(narrow) || !isCovered(other, narrow)),
      );
      return wide === undefined ? null : `${narrow.name} admits nobody whom ${wide.name} does not`;
    }),
  },
  T37: {
    severity: "info",
    title: "a Deny that never applies",
    remedy: "fix its keys and values, or remove it",
    trust: each(({ statement, conditions, name }, view) => {
      const allows = view.statements.filter((s) => s.statement.Effect === "Allow");
      const isPlainLogin = ({ issuers, statement: { Action } }: TrustStatement): boolean =>
        issuers.length > 0 && many(Action).join().toLowerCase() === assumeAction.toLowerCase();
      // What other principals do, or other actions, is not followed.
      if (statement.Effect === "Allow" || allows.length === 0 || !allows.every(isPlainLogin)) return null;
      const about = allows.filter((allow) => allow.issuers.some((i) => isAbout(statement, i.principal)));
      if (about.length === 0) return `${name} denies nothing: no login has its principals and actions`;
      const idle = conditions.find((c) => about.every((allow) => outcomeOfDeny(c, allow, view) === "never"));
      return idle === undefined
        ? null
        : `${name} denies nothing: ${idle.operator} on ${idle.key} never holds for what is allowed`;
    }),
  },
  T42: {
    severity: "error",
    title: "a Deny that refuses everybody",
    remedy: "remove it, or add a condition on whom it is meant to refuse",
    trust: each((deny, view) => {
      const refused = view.logins.filter((login) => refusesAll(deny, login, view));
      if (refused.length === 0) return null;
      return refused.length === view.logins.length
        ? `${deny.name} refuses everybody: nobody can log in`
        : `${deny.name} refuses everybody whom ${listed(refused.map(({ name }) => name))} would let in`;
    }),
  },
});
