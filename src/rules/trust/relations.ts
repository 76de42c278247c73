import { assumeAction, many } from "../../policy";
import type { TrustCondition, TrustStatement, TrustView } from "../judgedRole";
import { listed, type Rule } from "../rule";
import { outcome, refusesAll } from "./outcomes";
import { boundBy, isAbout, isApart, isBinding, isComparable, isPositive, isWithin } from "./trustView";

/** Does `wide` let in everybody whom `narrow` lets in? False where nobody can tell. */
function isCovered(narrow: TrustStatement, wide: TrustStatement): boolean {
  const names = new Set(wide.issuers.map((i) => i.principal));
  if (!narrow.issuers.every((i) => names.has(i.principal))) return false;
  const actions = new Set(many(wide.statement.Action).map((a) => a.toLowerCase()));
  if (!many(narrow.statement.Action).every((a) => actions.has(a.toLowerCase()))) return false;
  return wide.conditions.every((w) => narrow.conditions.some((n) => implies(n, w)));
}

/** Does the first condition hold only where the second holds? */
function implies(narrow: TrustCondition, wide: TrustCondition): boolean {
  if (narrow.key.toLowerCase() !== wide.key.toLowerCase()) return false;
  if (isBinding(narrow) && isPositive(wide) && isComparable(narrow) && isComparable(wide))
    return isWithin(narrow, wide);
  if (narrow.operator.toLowerCase() !== wide.operator.toLowerCase()) return false;
  // What is excluded by the wide one must be excluded by the narrow one.
  const [few, many] = narrow.negated ? [wide, narrow] : [narrow, wide];
  return few.values.every((v) => many.values.includes(v));
}

/** Why a Deny never applies to what the document allows; null where it may. */
function neverApplies(deny: TrustStatement, view: TrustView): string | null {
  const allows = view.statements.filter((s) => s.statement.Effect === "Allow");
  // What other principals do, or other actions, is not followed.
  if (!allows.every(isPlainLogin)) return null;
  const about = allows.filter((allow) => allow.issuers.some((i) => isAbout(deny.statement, i.principal)));
  if (about.length === 0) return allows.length === 0 ? null : "no login has its principals and actions";
  const idle = deny.conditions.find((c) =>
    about.every((allow) => outcome(c, allow, view) === "never" || misses(c, allow)),
  );
  return idle === undefined ? null : `${idle.operator} on ${idle.key} never holds for what is allowed`;
}

function isPlainLogin({ issuers, statement }: TrustStatement): boolean {
  return issuers.length > 0 && many(statement.Action).join().toLowerCase() === assumeAction.toLowerCase();
}

/** Does no token that a statement lets in meet a condition of a Deny? */
function misses(condition: TrustCondition, allow: TrustStatement): boolean {
  if (condition.prefix === null || !isBinding(condition) || !isComparable(condition)) return false;
  if (!allow.issuers.some((i) => i.providerName.toLowerCase() === condition.prefix)) return true;
  return boundBy(allow, condition.key).some((bound) => isApart(bound, condition));
}

/** Rules about what the statements of a trust policy are to each other. */
export const relationRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T36",
    severity: "info",
    title: "a statement that a wider one covers",
    why: "narrowing it does not narrow the role",
    remedy: "remove it, or the wider one",
    trust: ({ logins }) =>
      logins.flatMap((narrow, i) => {
        const wide = logins.find(
          (other, j) => j !== i && isCovered(narrow, other) && (j < i || !isCovered(other, narrow)),
        );
        return wide === undefined
          ? []
          : [{ message: `${narrow.name} admits nobody whom ${wide.name} does not`, origin: narrow.origin }];
      }),
  },
  {
    id: "T37",
    severity: "info",
    title: "a Deny that never applies",
    why: "it looks as if it kept somebody out, and it does not",
    remedy: "fix its keys and values, or remove it",
    trust: (view) =>
      view.statements
        .filter((s) => s.statement.Effect === "Deny")
        .flatMap((deny) => {
          const why = neverApplies(deny, view);
          return why === null
            ? []
            : [{ message: `${deny.name} denies nothing: ${why}`, origin: deny.origin }];
        }),
  },
  {
    id: "T42",
    severity: "error",
    title: "a Deny that refuses everybody",
    why: "a Deny outranks every Allow: nobody can log in",
    remedy: "remove it, or add a condition on whom it is meant to refuse",
    trust: (view) =>
      view.statements.flatMap((deny) => {
        const refused = view.logins.filter((login) => refusesAll(deny, login, view));
        if (refused.length === 0) return [];
        const whom =
          refused.length === view.logins.length
            ? "everybody: nobody can log in"
            : `everybody whom ${listed(refused.map(({ name }) => name))} would let in`;
        return [{ message: `${deny.name} refuses ${whom}`, origin: deny.origin }];
      }),
  },
]);
