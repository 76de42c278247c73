import { nearest, quote } from "../../diagnostics";
import type { Pattern } from "../../policy";
import type { TrustCondition, TrustStatement, TrustView } from "../judgedRole";
import type { Observation, Rule } from "../rule";
import { claimsOfEveryIssuer, isMissing, outcome } from "./outcomes";
import {
  demands,
  hasWildcard,
  isApart,
  isBinding,
  isComparable,
  isDemanded,
  isOwn,
  on,
  patternIn,
  isWithin,
} from "./trustView";

/** What a statement by which tokens log in has to be told. */
export type LoginJudge = (login: TrustStatement, view: TrustView) => readonly Observation[];
/** What one condition of such a statement has to be told; null: nothing. */
export type ConditionJudge = (
  condition: TrustCondition,
  login: TrustStatement,
  view: TrustView,
) => string | null;

/** Judges each statement by which tokens log in. */
export function eachLogin(judge: LoginJudge): NonNullable<Rule["trust"]> {
  return (view) => view.logins.flatMap((login) => judge(login, view));
}

/** Judges each of them that lets somebody in: what else a statement would let in that admits nobody is no news. */
export function eachOpenLogin(judge: LoginJudge): NonNullable<Rule["trust"]> {
  return (view) => view.open.flatMap((login) => judge(login, view));
}

/** Judges each condition of such a statement. */
function eachCondition(judge: ConditionJudge, each = eachLogin): NonNullable<Rule["trust"]> {
  return each((login, view) =>
    login.conditions.flatMap((condition) => {
      const message = judge(condition, login, view);
      return message === null ? [] : [{ message: `${login.name}: ${message}`, origin: condition.origin }];
    }),
  );
}

const isIdentity = ({ claim }: TrustCondition): boolean => claim === "sub" || claim === "aud";

/** Claims with several values: whoever asks for all of them asks for nothing where there is none, which may be meant. */
const multiValued: ReadonlySet<string> = new Set([
  ...["amr", "oaud", "aws:calledvia", "aws:tagkeys", "sts:transitivetagkeys"],
  ...["aws:principalorgpaths", "aws:resourceorgpaths", "aws:principalservicenameslist"],
]);

/** Is it nothing but wildcards, a `*` among them? */
export function isEverything(pattern: Pattern | null): boolean {
  return pattern?.includes("many") === true && pattern.every((token) => typeof token === "string");
}

/** The issuers of a statement, for a message. */
export function issuersOf({ issuers }: TrustStatement): string {
  return [...new Set(issuers.map((i) => quote(i.providerName)))].join(", ");
}

/** Does the condition read the value as more than one text? True also where it holds a policy variable. */
export function isPatternValue(condition: TrustCondition, value: string): boolean {
  return patternIn(condition, value)?.some((token) => typeof token === "string") ?? true;
}

/** Wildcards under operators that take them literally. */
const uselessWildcard =
  (operators: RegExp): ConditionJudge =>
  (c, login) => {
    const value = c.values.find(hasWildcard);
    if (value === undefined || !isIdentity(c) || !isOwn(login, c) || !operators.test(c.base)) return null;
    const effect = c.negated ? "never excludes anything" : "never matches";
    return `${c.operator} takes * and ? literally, so ${quote(value)} ${effect}`;
  };

const needlessLike: ConditionJudge = (c, login) => {
  if (!isIdentity(c) || !isOwn(login, c) || c.base !== "stringlike") return null;
  if (c.values.length === 0 || c.values.some((value) => isPatternValue(c, value))) return null;
  return `${c.operator} on ${c.claim} has no wildcard: StringEquals means the same, and stays exact whatever is added`;
};

const unescaped: ConditionJudge = (c, login) => {
  if (!isOwn(login, c) || !c.base.endsWith("like") || c.negated) return null;
  if (login.issuers.every((i) => i.foreign !== null)) return null;
  for (const value of c.values) {
    const pattern = patternIn(c, value);
    if (pattern === null || isEverything(pattern)) continue;
    if (c.claim === "aud" && pattern.some((t) => typeof t === "string"))
      return `the audience ${quote(value)} is a pattern that other audiences match`;
    // Before the repository's end another rule says what it admits.
    if (c.claim === "sub" && /\?[A-Za-z_]+=/.test(value.replace(/\$\{[*?$]\}/g, "")))
      return `the ? in ${quote(value)} matches any single character; it does not begin a query`;
  }
  return null;
};

const allValues: ConditionJudge = (c, login) => {
  if (c.set !== "forallvalues" || multiValued.has(c.claim) || multiValued.has(c.key.toLowerCase()))
    return null;
  if (isDemanded(login, c.key)) return null;
  return `${c.operator} is true where ${quote(c.key)} is missing, and this key never has several values`;
};

const ifExists: ConditionJudge = (c, login) => {
  if (!c.ifExists || !isIdentity(c) || !isOwn(login, c) || isDemanded(login, c.key)) return null;
  return `${c.operator} is true where ${quote(c.key)} is missing`;
};

const onlyNegative: LoginJudge = (login, view) => {
  const own = on(login, "sub").filter((c) => c.base !== "null");
  const [first] = own;
  if (first === undefined || own.some((c) => !c.negated) || demands(view, login, "sub").length > 0) return [];
  return [
    {
      message: `${login.name} only says which subjects are refused: every other one gets in, and so does a token without sub`,
      origin: first.origin,
    },
  ];
};

const cancelled: ConditionJudge = (c, login) => {
  if (c.base !== "null" || !c.values.some((v) => v.toLowerCase() === "true")) return null;
  if (c.values.some((v) => v.toLowerCase() === "false")) return null;
  const others = login.conditions.some((o) => o !== c && o.key.toLowerCase() === c.key.toLowerCase());
  if (!others && !(isIdentity(c) && isOwn(login, c))) return null;
  return `Null requires ${quote(c.key)} to be missing: other conditions on the key then hold for no token, or for all`;
};

const wrongKeys: LoginJudge = (login) => {
  // Held against a misspelt issuer, the keys that are right would be wrong.
  if (login.issuers.some(({ problem }) => problem !== null)) return [];
  const known = [...new Set(login.issuers.map((i) => i.providerName))];
  const wrong = login.conditions.filter((c) => c.prefix !== null && !isOwn(login, c));
  const observed = wrong.map((c) => ({
    message: `${login.name} uses the key ${quote(c.key)}, which no token of ${issuersOf(login)} has`,
    origin: c.origin,
    remedy: `write ${known.map((name) => quote(`${name}:${c.claim}`)).join(" or ")}`,
  }));
  const bound = login.conditions.filter((c) => isOwn(login, c) && isBinding(c));
  const prefixes = new Set(bound.map((c) => c.prefix));
  const [first] = bound;
  if (prefixes.size < 2 || first === undefined) return observed;
  return [
    ...observed,
    {
      message: `${login.name} requires keys of two issuers at once, and a token has only one issuer`,
      origin: first.origin,
      remedy: "write a statement for each issuer",
    },
  ];
};

const hiddenClaim: ConditionJudge = (c, login, view) =>
  isOwn(login, c) && !claimsOfEveryIssuer.includes(c.claim) && isMissing(c, login, view)
    ? `AWS has no key ${quote(c.key)} for this issuer: ${effectOf(c, login, view)}`
    : null;

/** What a condition on a key that is never there comes to. */
function effectOf(c: TrustCondition, login: TrustStatement, view: TrustView): string {
  return outcome(c, login, view) === "never" ? "nobody can log in" : "the condition limits nothing";
}

const keyOfNoLogin: LoginJudge = (login, view) =>
  login.conditions
    .filter((c) => (c.prefix === null || (isOwn(login, c) && c.claim === "amr")) && isMissing(c, login, view))
    .map((c) => {
      const near = nearest(c.key, view.loginKeys);
      return {
        message: `${login.name}: no login has the key ${quote(c.key)}, so ${effectOf(c, login, view)}`,
        origin: c.origin,
        remedy: near === undefined ? undefined : `did you mean ${near}?`,
      };
    });

const emptyList: ConditionJudge = (c, login) =>
  isIdentity(c) && isOwn(login, c) && c.base !== "null" && c.values.length === 0
    ? `the list of values on ${c.claim} is empty, and AWS does not say whether nobody or everybody meets it`
    : null;

/** Values of one condition that another one of the same statement refuses. */
const contradictions: LoginJudge = (login) => {
  const own = on(login, "sub").filter(isComparable);
  return own.filter(isBinding).flatMap((c) => {
    const dead = c.values.filter(
      (value) =>
        (c.base === "stringlike" || !hasWildcard(value)) &&
        own.some((other) => other !== c && refuses(other, { ...c, values: [value] }, c)),
    );
    const [value] = dead;
    if (value === undefined) return [];
    const what = dead.length === c.values.length ? "no subject" : `nothing that matches ${quote(value)}`;
    const message = `${login.name}: ${what} meets all conditions on sub: they must all hold at once`;
    return [{ message, origin: c.origin }];
  });
};

/** Can nothing of one value of a condition meet another condition, too? */
function refuses(other: TrustCondition, value: TrustCondition, own: TrustCondition): boolean {
  if (other.set !== null || other.ifExists) return false;
  if (other.negated) return isWithin(value, other);
  // Two lists of exact values that differ in part are a choice; a pattern beside them is a mistake.
  if (other.base === own.base && own.base !== "stringlike")
    return !own.values.some((v) => other.values.includes(v));
  return isApart(value, other);
}

const variables: ConditionJudge = (c, login) => {
  if (c.claim !== "sub" || !isOwn(login, c)) return null;
  const value = c.values.find((v) => /\$\{(?![*?$]\})[^}]*\}/.test(v));
  return value === undefined
    ? null
    : `${quote(value)} contains a policy variable: each request, not this document, decides what it admits`;
};

/** Rules about the conditions of a trust policy, whoever issues the tokens. */
export const conditionRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T25",
    severity: "error",
    title: "a wildcard under StringEquals",
    why: "it is taken literally and never matches: every login is denied, or nothing is excluded",
    remedy: "write StringLike, with the guard against dot segments beside it, or name each value",
    trust: eachCondition(uselessWildcard(/^string(not)?equals$/)),
  },
  {
    id: "T26",
    severity: "info",
    title: "StringLike without a wildcard",
    why: "if somebody adds a * later, it becomes a pattern without a change of the operator",
    remedy: "write StringEquals",
    trust: eachCondition(needlessLike),
  },
  {
    id: "T27",
    severity: "warning",
    title: "a wildcard where a literal character seems to be meant",
    why: "more values match than were meant",
    remedy: "write ${?} for a question mark and ${*} for an asterisk, or StringEquals",
    trust: eachCondition(unescaped),
  },
  {
    id: "T28",
    severity: "error",
    title: "ForAllValues on a key with one value",
    why: "it is true where the key is missing",
    remedy: "write the operator without ForAllValues",
    trust: eachCondition(allValues, eachOpenLogin),
  },
  {
    id: "T29",
    severity: "error",
    title: "IfExists on sub or aud",
    why: "it is true where the key is missing",
    remedy: "write the operator without IfExists",
    trust: eachCondition(ifExists, eachOpenLogin),
  },
  {
    id: "T30",
    severity: "error",
    title: "only negative operators on sub",
    why: "every subject that is not listed gets in, and so does a token without the claim",
    remedy: "name who gets in with StringEquals or StringLike, and keep the negative operator beside it",
    trust: eachOpenLogin(onlyNegative),
  },
  {
    id: "T31",
    severity: "error",
    title: "Null cancels a condition",
    why: "a key that must be missing cannot be compared: nobody gets in, or everybody does",
    remedy: "remove Null, or write it with false",
    trust: eachCondition(cancelled),
  },
  {
    id: "T32",
    severity: "error",
    title: "a condition key of another issuer",
    why: "no token of this issuer has it: every login is denied, or the condition limits nothing",
    remedy: "begin the key with the issuer as in the principal's ARN: without https://, with its path",
    trust: eachLogin(wrongKeys),
  },
  {
    id: "T33",
    severity: "error",
    title: "a claim that AWS does not expose",
    why: "of most issuers' tokens only aud, sub, amr, email and oaud become condition keys",
    remedy: "have the issuer put the claim into sub, and compare sub",
    trust: eachCondition(hiddenClaim),
  },
  {
    id: "T34",
    severity: "error",
    title: "conditions on sub that exclude each other",
    why: "all conditions of a statement must hold at once: such a subject never gets in",
    remedy: "write all values in one StringLike list, or a statement for each operator",
    trust: eachLogin(contradictions),
  },
  {
    id: "T35",
    severity: "warning",
    title: "a pattern under an operator that ignores case",
    why: "wildcards are taken literally and never match",
    remedy: "write StringLike with the letter case that the host shows, or name each value",
    trust: eachCondition(uselessWildcard(/ignorecase$/)),
  },
  {
    id: "T38",
    severity: "error",
    title: "a policy variable in sub",
    why: "the request then decides what sub is compared with",
    remedy: "write the value, and a dollar sign as ${$}",
    trust: eachCondition(variables),
  },
  {
    id: "T39",
    severity: "error",
    title: "an empty list of values on sub or aud",
    why: "what AWS makes of it is not documented: everybody may get in",
    remedy: "list who gets in, or remove the statement",
    trust: eachCondition(emptyList),
  },
  {
    id: "T41",
    severity: "error",
    title: "a condition key that no login has",
    why: "the condition holds for nobody, or for everybody: a token brings its issuer's keys, and the request its time and source address, but no AWS principal, no MFA and no external id",
    remedy: "remove it; a condition on sub says who gets in",
    trust: eachLogin(keyOfNoLogin),
  },
]);
