import type { Condition, Statement } from "../../model/policyDocument";
import { coversPattern, evaluateTrust, many, patternOf, patternsMeet, type Pattern } from "../../policy";
import { quote } from "../../diagnostics";
import type { TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import { observed, type Rule, type Said } from "../rule";

/** Judges each statement of a trust policy. */
export function each(judge: (statement: TrustStatement) => Said): NonNullable<Rule["trust"]> {
  return (view) => view.statements.flatMap((statement) => observed(judge(statement), statement.origin));
}

/** What a statement by which tokens log in has to be told. */
export type LoginJudge = (login: TrustStatement, view: TrustView) => Said;

/** Judges each statement by which tokens log in. */
export function eachLogin(judge: LoginJudge): NonNullable<Rule["trust"]> {
  return (view) => view.logins.flatMap((login) => observed(judge(login, view), login.origin));
}

/** Judges each of them that lets somebody in: what else a statement would let in that admits nobody is no news. */
export function eachOpenLogin(judge: LoginJudge): NonNullable<Rule["trust"]> {
  return (view) => view.open.flatMap((login) => observed(judge(login, view), login.origin));
}

/** The issuers of a statement, for a message. */
export function issuersOf({ issuers }: TrustStatement): string {
  return [...new Set(issuers.map((i) => quote(i.providerName)))].join(", ");
}

/** Is a statement about logins of this identity provider, whatever its conditions? */
export function isAbout(statement: Statement, federated: string): boolean {
  const bare: Statement = { ...statement, Effect: "Allow", Condition: undefined };
  return evaluateTrust({ Version: "2012-10-17", Statement: [bare] }, { federated, context: new Map() })
    .allowed;
}

/** The conditions of a statement, one by one. */
export function conditionsOf(
  condition: Condition | undefined,
): readonly { readonly operator: string; readonly key: string; readonly values: readonly string[] }[] {
  return Object.entries(condition ?? {}).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => ({ operator, key, values: many(values) })),
  );
}

/** The federated principals of a statement. */
export function federatedOf({ Principal }: Statement): readonly string[] {
  return Principal === undefined || Principal === "*" ? [] : many(Principal["Federated"]);
}

/** What people leave in an ARN that they copied, or put into it: brackets, a scheme, whole words in capitals. */
export function hasPlaceholder(text: string): boolean {
  return /[<>{}[\]$]|:\/\/|(?<![A-Za-z0-9])(YOUR|REPLACE|INSERT|CHANGE|CHANGEME|PLACEHOLDER|TODO|FIXME|ACCOUNT|ISSUER|HOST|X{6,}|x{6,})(?![A-Za-z0-9])/.test(
    text,
  );
}

/** Have two conditions one key? IAM compares keys without letter case. */
export function sameKey(one: Pick<TrustCondition, "key">, other: Pick<TrustCondition, "key">): boolean {
  return one.key.toLowerCase() === other.key.toLowerCase();
}

/** Is this a condition on who the caller is, be it with a key that is wrong? */
export function isIdentity({ claim }: TrustCondition): boolean {
  return claim === "sub" || claim === "aud";
}

/** The conditions of a statement on a claim of one of its issuers. */
export function on(view: TrustStatement, claim: string): readonly TrustCondition[] {
  return view.conditions.filter((c) => c.claim === claim && isOwn(view, c));
}

/** Is this a condition on a claim of one of the statement's issuers? */
export function isOwn(view: TrustStatement, { prefix }: TrustCondition): boolean {
  return prefix !== null && view.issuers.some((i) => i.providerName.toLowerCase() === prefix);
}

const stringOperators = /^string(not)?(equals|equalsignorecase|like)$/;

/** Does it name values that are let in, whether or not it also lets others in? */
export function isPositive({ base, negated }: TrustCondition): boolean {
  return !negated && stringOperators.test(base);
}

/** Is this an operator whose values can be compared as patterns: a string operator that looks at case? */
export function isComparable({ base }: TrustCondition): boolean {
  return /^string(not)?(equals|like)$/.test(base);
}

/** Does it name values that are let in, and hold only where the key is there? */
export function isBinding(condition: TrustCondition): boolean {
  return isPositive(condition) && condition.set !== "forallvalues" && !condition.ifExists;
}

type Comparison = Pick<TrustCondition, "base" | "known" | "set" | "key" | "values">;

/** Does the statement demand that the key of a condition is there? What is true of a missing key then does no harm. */
export function isDemanded(
  { conditions }: { readonly conditions: readonly Comparison[] },
  condition: Pick<TrustCondition, "key">,
): boolean {
  return conditions.some(
    (c) =>
      c.base === "null" &&
      c.known &&
      c.set === null &&
      sameKey(c, condition) &&
      c.values.length > 0 &&
      c.values.every((v) => v.toLowerCase() === "false"),
  );
}

/** A value as its operator reads it; null where it holds a policy variable. */
export function patternIn(condition: Pick<TrustCondition, "base">, value: string): Pattern | null {
  return patternOf(value, condition.base.endsWith("like"));
}

/** Has it a wildcard? */
export function isOpen(pattern: Pattern): boolean {
  return pattern.some((token) => typeof token === "string");
}

/** Is it nothing but wildcards, a `*` among them? */
export function isEverything(pattern: Pattern | null): boolean {
  return pattern?.includes("many") === true && pattern.every((token) => typeof token === "string");
}

/** Does the condition read the value as more than one text? True also where it holds a policy variable. */
export function isPatternValue(condition: TrustCondition, value: string): boolean {
  const pattern = patternIn(condition, value);
  return pattern === null || isOpen(pattern);
}

/** Is all that the values of one condition stand for among what those of another do? False where nobody can tell. */
export function isWithin(narrow: ValueList, wide: ValueList): boolean {
  const patterns = wide.values.map((value) => patternIn(wide, value));
  return narrow.values.every((value) => {
    const pattern = patternIn(narrow, value);
    return pattern !== null && patterns.some((p) => p !== null && coversPattern(p, pattern));
  });
}

/** Have the values of two conditions nothing in common? False where nobody can tell. */
export function isApart(one: ValueList, other: ValueList): boolean {
  const patterns = other.values.map((value) => patternIn(other, value));
  return one.values.every((value) => {
    const pattern = patternIn(one, value);
    return pattern !== null && patterns.every((p) => p !== null && !patternsMeet(p, pattern));
  });
}

type ValueList = Pick<TrustCondition, "base" | "values">;

/**
 * Does a value hold what looks like a wildcard? A `?` that begins a query is meant as it is written: URLs of some hosts
 * hold the branch there.
 */
export function hasWildcard(value: string): boolean {
  const bare = value.replace(/\$\{[*?$]\}/g, "");
  return bare.includes("*") || /\?(?![A-Za-z_]+=)/.test(bare);
}

/**
 * What Deny statements let through, said as conditions: to deny whoever is not like a value is to demand it. Only those
 * that apply to everybody else, whatever else the request holds.
 */
export function demands(view: TrustView, login: TrustStatement, claim: string): readonly TrustCondition[] {
  return view.statements.flatMap((deny) => {
    const [only, ...more] = deny.conditions;
    if (deny.statement.Effect !== "Deny" || only === undefined || more.length > 0) return [];
    if (!only.negated || only.set !== null || only.ifExists || only.claim !== claim) return [];
    if (!isOwn(login, only) || !deniesAll(deny, login)) return [];
    return [{ ...only, negated: false, base: only.base.replace("not", "") }];
  });
}

/** Whom a login admits by `sub`: its conditions that name values, and what Deny statements demand. */
export function namedSubjects(view: TrustView, login: TrustStatement): readonly TrustCondition[] {
  return [...on(login, "sub").filter(isPositive), ...demands(view, login, "sub")];
}

/** Is the Deny about every issuer of the login, and about the login? */
export function deniesAll(deny: TrustStatement, login: TrustStatement): boolean {
  return login.issuers.every(({ principal }) => isAbout(deny.statement, principal));
}

/**
 * May a token of the issuer with this `sub` log in by this statement, if everything else about it is as the statement
 * wants it? A Deny counts where it looks at nothing but `sub`.
 */
export function admits(view: TrustView, login: TrustStatement, issuer: TrustedIssuer, sub: string): boolean {
  const key = `${issuer.providerName}:sub`.toLowerCase();
  const { policy } = view.read;
  const denies = view.statements.filter(
    ({ statement, conditions }) =>
      statement.Effect === "Deny" && conditions.every((c) => c.key.toLowerCase() === key),
  );
  const condition = Object.entries(login.statement.Condition ?? {}).map(
    ([operator, block]) =>
      [operator, Object.fromEntries(Object.entries(block).filter(([k]) => k.toLowerCase() === key))] as const,
  );
  const allow: Statement = {
    Effect: "Allow",
    Principal: { Federated: issuer.principal },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: Object.fromEntries(condition),
  };
  return evaluateTrust(
    { ...policy, Statement: [allow, ...denies.map((d) => d.statement)] },
    { federated: issuer.principal, context: new Map([[key, [sub]]]) },
  ).allowed;
}
