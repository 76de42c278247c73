import type { OneOrMany, Statement } from "../../model/policyDocument";
import { coversPattern, many, matchesPattern, patternsMeet } from "../../policy";
import type { TrustCondition, TrustStatement, TrustView } from "../judgedRole";
import { listed, type Rule } from "../rule";
import { isMissing, missingKey, outcome, refusesAll } from "./outcomes";
import { isBinding, isComparable, isPositive, patternIn } from "./trustView";

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
  if (isBinding(narrow) && isPositive(wide) && isComparable(narrow) && isComparable(wide)) {
    const patterns = wide.values.map((v) => patternIn(wide, v));
    return narrow.values.every((v) => {
      const pattern = patternIn(narrow, v);
      return pattern !== null && patterns.some((p) => p !== null && coversPattern(p, pattern));
    });
  }
  if (narrow.operator.toLowerCase() !== wide.operator.toLowerCase()) return false;
  // What is excluded by the wide one must be excluded by the narrow one.
  return narrow.negated
    ? wide.values.every((v) => narrow.values.includes(v))
    : narrow.values.every((v) => wide.values.includes(v));
}

/** Why a Deny never applies to what the document allows; null where it may. */
function neverApplies(deny: TrustStatement, view: TrustView): string | null {
  const allows = view.statements.filter((s) => s.statement.Effect === "Allow");
  if (allows.length === 0) return null;
  if (!allows.some((allow) => actionsMeet(deny.statement, allow.statement)))
    return "no statement allows its actions";
  const about = allows.filter((allow) => principalsMeet(deny.statement, allow.statement));
  if (about.length === 0) return "no statement allows its principals";
  if (!about.every((allow) => allow.issuers.length > 0)) return null;
  for (const condition of deny.conditions) {
    if (about.every((allow) => outcome(condition, allow, view) === "never"))
      return about.every((allow) => isMissing(condition, allow, view))
        ? missingKey(condition)
        : `${condition.operator} on ${condition.key} never holds`;
    if (!isBinding(condition)) continue;
    const why = about.every((allow) => misses(condition, allow)) ? reasonOf(condition) : null;
    if (why !== null) return why;
  }
  return null;
}

function reasonOf({ key, claim }: TrustCondition): string {
  return `nothing that is allowed matches this ${claim === "sub" || claim === "aud" ? claim : key}`;
}

/** Does no token that a statement lets in meet a condition of a Deny? */
function misses(condition: TrustCondition, allow: TrustStatement): boolean {
  if (condition.prefix === null || !isComparable(condition)) return false;
  const issuer = allow.issuers.find((i) => i.providerName.toLowerCase() === condition.prefix);
  if (!issuer) return true;
  const denied = condition.values.map((v) => patternIn(condition, v));
  const bound = allow.conditions.filter(
    (c) => c.key.toLowerCase() === condition.key.toLowerCase() && isBinding(c) && isComparable(c),
  );
  return bound.some((c) =>
    c.values.every((v) => {
      const pattern = patternIn(c, v);
      return pattern !== null && denied.every((p) => p !== null && !patternsMeet(p, pattern));
    }),
  );
}

function actionsMeet(deny: Statement, allow: Statement): boolean {
  const allowed = allow.NotAction === undefined ? many(allow.Action) : ["sts:*"];
  const meets = (patterns: OneOrMany) =>
    many(patterns).some((p) =>
      allowed.some((a) => {
        const [left, right] = [p.toLowerCase(), a.toLowerCase()];
        return matchesPattern(left, right, () => undefined) || matchesPattern(right, left, () => undefined);
      }),
    );
  if (deny.NotAction === undefined) return deny.Action !== undefined && meets(deny.Action);
  const spared = many(deny.NotAction).map((p) => p.toLowerCase());
  return !allowed.every((a) => spared.some((p) => matchesPattern(p, a.toLowerCase(), () => undefined)));
}

function principalsMeet(deny: Statement, allow: Statement): boolean {
  if (deny.Principal === undefined || allow.Principal === undefined) return true;
  if (deny.Principal === "*" || allow.Principal === "*") return true;
  const allowed = allow.Principal;
  return Object.entries(deny.Principal).some(([type, names]) =>
    many(names).some((name) => name === "*" || many(allowed[type]).some((other) => related(name, other))),
  );
}

/** Names of one account may be each other's: the account's own stands for all of its roles and users. */
function related(a: string, b: string): boolean {
  if (a === b || b === "*") return true;
  const account = /^(?:arn:[^:]*:(?:iam|sts)::)?([0-9]{12})(?:$|:)/;
  return (
    !/oidc-provider|saml-provider/.test(a + b) &&
    account.exec(a)?.[1] !== undefined &&
    account.exec(a)?.[1] === account.exec(b)?.[1]
  );
}

/** Rules about what the statements of a trust policy are to each other. */
export const relationRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T36",
    severity: "info",
    title: "a statement that a wider one covers",
    why: "narrowing it does not narrow the role",
    remedy: "remove it, or the wider one",
    trust: ({ logins, endless }) =>
      (endless ? [] : logins).flatMap((narrow, i) => {
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
      (view.endless ? [] : view.statements)
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
