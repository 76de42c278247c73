import { assumeAction, many, matchesPattern, valueProblem, type ServiceReference } from "../../policy";
import type { TrustCondition, TrustStatement, TrustView } from "../judgedRole";
import { listed, observed, type Rule } from "../rule";
import {
  hasWildcard,
  isAbout,
  isApart,
  isBinding,
  isComparable,
  isIdentity,
  isOwn,
  isPositive,
  isWithin,
  deniesAll,
  sameKey,
} from "./trustView";

/** The claims that become condition keys whoever issues the token. */
export const claimsOfEveryIssuer: readonly string[] = Object.freeze("amr aud email oaud sub".split(" "));

/** The keys that a web identity login may have, as AWS publishes them; empty where they were not loaded. */
export function loginKeys(reference: ServiceReference): readonly string[] {
  const login = reference.actions.get("sts")?.get("assumerolewithwebidentity");
  if (login === undefined) return [];
  const ofRole = login.resources.flatMap((resource) => resource.conditionKeys);
  const ofRequest = reference.globalConditionKeys.filter(
    (key) => key.startsWith("aws:") && !ofOthers.test(key),
  );
  return [...login.conditionKeys, ...ofRole, ...ofRequest, "sts:durationseconds"];
}

/** Keys of callers that have AWS credentials already, of services that call on somebody's behalf, and of instances. */
const ofOthers =
  /^aws:(principal|multifactorauth|user(id|name)$|tokenissuetime|federatedprovider|assumedroot|source(account|arn|owner|org|identity)|chatbotsourcearn|ec2instance|calledvia)/;

/** Keys that a token fills only with claims that Gitpod and Ona do not put into theirs. */
const ofOtherIssuers = /^(aws:requesttag\/.*|aws:tagkeys|sts:(transitivetagkeys|sourceidentity))$/;

/** Has no login by a statement this key, whatever the token? */
export function isMissing(condition: TrustCondition, login: TrustStatement, view: TrustView): boolean {
  const { prefix, claim } = condition;
  const isGitpods = login.issuers.every((issuer) => issuer.foreign === null);
  const key = condition.key.toLowerCase();
  const isPublished =
    view.loginKeys.length === 0 || view.loginKeys.some((one) => matchesPattern(one, key, () => undefined));
  if (prefix === null) return (isGitpods && ofOtherIssuers.test(key)) || !isPublished;
  if (!isOwn(login, condition)) return true;
  if (claimsOfEveryIssuer.includes(claim)) return isGitpods && claim === "amr";
  return isGitpods || !isPublished;
}

/** The reason that T25 gives. */
export const literally = "is taken literally";

/** Why a value never equals what a request holds; null where it may. */
export function neverEquals(condition: TrustCondition, value: string): string | null {
  const { base, key, prefix } = condition;
  const isText = /^string(not)?equals/.test(base) && isIdentity(condition) && prefix !== null;
  return valueProblem(base, key, value) ?? (isText && hasWildcard(value) ? literally : null);
}

/** Does a condition hold for every login by a statement, or for none? Null: it depends on the login. */
export function outcome(
  condition: TrustCondition,
  login: TrustStatement,
  view: TrustView,
): "always" | "never" | null {
  const { base, set, ifExists, negated, values } = condition;
  const missing = isMissing(condition, login, view);
  if (base === "null") {
    if (set === "forallvalues") return "always";
    const wanted = new Set(values.map((value) => value.toLowerCase() === "true"));
    const present = isOwn(login, condition) && isIdentity(condition);
    if (wanted.size !== 1 || (!missing && !present)) return null;
    return wanted.has(missing) ? "always" : "never";
  }
  if (missing) return ifExists || set === "forallvalues" || (negated && set === null) ? "always" : "never";
  if (set !== null || values.length === 0 || values.some((v) => neverEquals(condition, v) === null))
    return null;
  if (negated) return "always";
  return ifExists ? null : "never";
}

/** The same for a condition of a Deny, held against what a statement demands of its logins, too. */
function outcomeOfDeny(condition: TrustCondition, login: TrustStatement, view: TrustView) {
  const known = outcome(condition, login, view);
  if (known !== null || !isComparable(condition)) return known;
  const bounds = login.conditions.filter(
    (c) => sameKey(c, condition) && isBinding(c) && isComparable(c) && c.values.length > 0,
  );
  const isAlways = isPositive(condition) ? isWithin : isApart;
  if (condition.set === null && bounds.some((bound) => isAlways(bound, condition))) return "always";
  return isBinding(condition) && bounds.some((bound) => isApart(bound, condition)) ? "never" : null;
}

/** Does a Deny refuse whoever would log in by a statement? */
function refusesAll(deny: TrustStatement, login: TrustStatement, view: TrustView): boolean {
  return (
    deny.statement.Effect === "Deny" &&
    deniesAll(deny, login) &&
    deny.conditions.every((c) => outcomeOfDeny(c, login, view) === "always")
  );
}

/** Can nobody log in by a statement? What it would let in is then not worth a word: the reason has a finding. */
export function isClosed(login: TrustStatement, view: TrustView): boolean {
  return (
    login.issuers.every((issuer) => issuer.problem !== null) ||
    login.conditions.some((c) => outcome(c, login, view) === "never") ||
    view.statements.some((deny) => refusesAll(deny, login, view))
  );
}

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
  if (isBinding(narrow) && isPositive(wide) && isComparable(narrow) && isComparable(wide))
    return isWithin(narrow, wide);
  if (narrow.operator.toLowerCase() !== wide.operator.toLowerCase()) return false;
  // What is excluded by the wide one must be excluded by the narrow one.
  const [few, more] = narrow.negated ? [wide, narrow] : [narrow, wide];
  return few.values.every((v) => more.values.includes(v));
}

/** Why a Deny never applies to what the document allows; null where it may. */
function neverApplies(deny: TrustStatement, view: TrustView): string | null {
  const allows = view.statements.filter((s) => s.statement.Effect === "Allow");
  // What other principals do, or other actions, is not followed.
  if (allows.length === 0 || !allows.every(isPlainLogin)) return null;
  const about = allows.filter((allow) => allow.issuers.some((i) => isAbout(deny.statement, i.principal)));
  if (about.length === 0) return "no login has its principals and actions";
  const idle = deny.conditions.find((c) => about.every((allow) => outcomeOfDeny(c, allow, view) === "never"));
  return idle === undefined ? null : `${idle.operator} on ${idle.key} never holds for what is allowed`;
}

function isPlainLogin({ issuers, statement }: TrustStatement): boolean {
  return issuers.length > 0 && many(statement.Action).join().toLowerCase() === assumeAction.toLowerCase();
}

/** Judges each Deny. */
function eachDeny(
  judge: (deny: TrustStatement, view: TrustView) => string | null,
): NonNullable<Rule["trust"]> {
  return (view) =>
    view.statements
      .filter(({ statement }) => statement.Effect === "Deny")
      .flatMap((deny) => observed(judge(deny, view), deny.origin));
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
        if (wide === undefined) return [];
        return [
          { message: `${narrow.name} admits nobody whom ${wide.name} does not`, origin: narrow.origin },
        ];
      }),
  },
  {
    id: "T37",
    severity: "info",
    title: "a Deny that never applies",
    why: "it looks as if it kept somebody out, and it does not",
    remedy: "fix its keys and values, or remove it",
    trust: eachDeny((deny, view) => {
      const why = neverApplies(deny, view);
      return why === null ? null : `${deny.name} denies nothing: ${why}`;
    }),
  },
  {
    id: "T42",
    severity: "error",
    title: "a Deny that refuses everybody",
    why: "a Deny outranks every Allow: nobody can log in",
    remedy: "remove it, or add a condition on whom it is meant to refuse",
    trust: eachDeny((deny, view) => {
      const refused = view.logins.filter((login) => refusesAll(deny, login, view));
      if (refused.length === 0) return null;
      return refused.length === view.logins.length
        ? `${deny.name} refuses everybody: nobody can log in`
        : `${deny.name} refuses everybody whom ${listed(refused.map(({ name }) => name))} would let in`;
    }),
  },
]);
