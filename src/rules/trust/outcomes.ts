import { matchesPattern, valueProblem, type ServiceReference } from "../../policy";
import type { TrustCondition, TrustStatement, TrustView } from "../judgedRole";
import {
  boundBy,
  deniesAll,
  hasWildcard,
  isApart,
  isComparable,
  isOwn,
  isPositive,
  isWithin,
} from "./trustView";

/** The claims that become condition keys whoever issues the token. */
export const claimsOfEveryIssuer: readonly string[] = Object.freeze(["amr", "aud", "email", "oaud", "sub"]);

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
  const gitpod = login.issuers.every((issuer) => issuer.foreign === null);
  const key = condition.key.toLowerCase();
  if (prefix !== null) {
    if (!isOwn(login, condition)) return true;
    if (claimsOfEveryIssuer.includes(claim)) return gitpod && claim === "amr";
    return gitpod || !isPublished(key, view);
  }
  return (gitpod && ofOtherIssuers.test(key)) || !isPublished(key, view);
}

function isPublished(key: string, { loginKeys: keys }: TrustView): boolean {
  return keys.length === 0 || keys.some((pattern) => matchesPattern(pattern, key, () => undefined));
}

/** The reason that T25 gives. */
export const literally = "is taken literally";

/** Why a value never equals what a request holds; null where it may. */
export function neverEquals(condition: TrustCondition, value: string): string | null {
  const { base, claim, key } = condition;
  const problem = valueProblem(base, key, value);
  if (problem !== null) return problem;
  const isText = /^string(not)?equals/.test(base) && /^(sub|aud)$/.test(claim) && condition.prefix !== null;
  return isText && hasWildcard(value) ? literally : null;
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
    const present = isOwn(login, condition) && /^(sub|aud)$/.test(condition.claim);
    if (wanted.size !== 1 || (!missing && !present)) return null;
    return wanted.has(missing) ? "always" : "never";
  }
  if (missing) return ifExists || set === "forallvalues" || (negated && set === null) ? "always" : "never";
  if (set !== null || values.length === 0 || !values.every((v) => neverEquals(condition, v) !== null))
    return null;
  if (negated) return "always";
  return ifExists ? null : "never";
}

/** Does a Deny refuse whoever would log in by a statement? */
export function refusesAll(deny: TrustStatement, login: TrustStatement, view: TrustView): boolean {
  return (
    deny.statement.Effect === "Deny" &&
    deniesAll(deny, login) &&
    deny.conditions.every((c) => outcome(c, login, view) === "always" || holdsFor(c, login))
  );
}

/** Does a condition of a Deny hold for everything that a statement demands of its logins? */
function holdsFor(condition: TrustCondition, login: TrustStatement): boolean {
  if (condition.set !== null || !isComparable(condition)) return false;
  const compare = isPositive(condition) ? isWithin : isApart;
  return boundBy(login, condition.key).some((bound) => compare(bound, condition));
}

/** Can nobody log in by a statement? What it would let in is then not worth a word: the reason has a finding. */
export function isClosed(login: TrustStatement, view: TrustView): boolean {
  return (
    login.issuers.every((issuer) => issuer.problem !== null) ||
    login.conditions.some((c) => outcome(c, login, view) === "never") ||
    view.statements.some((deny) => refusesAll(deny, login, view))
  );
}
