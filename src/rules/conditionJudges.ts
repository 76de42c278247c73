import { quote } from "../diagnostics";
import { coversPattern, patternsMeet, type Pattern } from "../policy";
import { nothing, type Observation } from "./rule";
import { isComparable } from "./trustRelations";
import {
  demands,
  hasWildcard,
  isBinding,
  isDemanded,
  isOwn,
  isPositive,
  on,
  patternIn,
  type TrustCondition,
  type TrustStatement,
  type TrustView,
} from "./trustView";

/** What a statement by which tokens log in has to be told. */
export type LoginJudge = (login: TrustStatement, view: TrustView) => readonly Observation[];
/** What one condition of such a statement has to be told; null: nothing. */
export type ConditionJudge = (condition: TrustCondition, login: TrustStatement) => string | null;

const isIdentity = ({ claim }: TrustCondition): boolean => claim === "sub" || claim === "aud";

/** Claims with several values: whoever asks for all of them asks for nothing where there is none, which may be meant. */
const multiValued: ReadonlySet<string> = new Set([
  ...["amr", "oaud", "aws:calledvia", "aws:tagkeys", "sts:transitivetagkeys"],
  ...["aws:principalorgpaths", "aws:resourceorgpaths", "aws:principalservicenameslist"],
]);

/** What AWS makes of a token of an issuer that it has no special treatment for. */
const exposedClaims: ReadonlySet<string> = new Set(["amr", "aud", "email", "oaud", "sub"]);

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

export const uselessWildcard: ConditionJudge = (c, login) => {
  if (!isIdentity(c) || !isOwn(login, c) || !/^string(not)?equals$/.test(c.base)) return null;
  const value = c.values.find(hasWildcard);
  if (value === undefined) return null;
  const effect = c.negated ? "nothing is ever excluded" : "nothing ever matches";
  return `${c.operator} takes * and ? literally, so that by ${quote(value)} ${effect}`;
};

export const needlessLike: ConditionJudge = (c, login) => {
  if (!isIdentity(c) || !isOwn(login, c) || c.base !== "stringlike") return null;
  if (c.values.length === 0 || c.values.some((value) => isPatternValue(c, value))) return null;
  return `${c.operator} on ${c.claim} has no wildcard: StringEquals says the same, and no later edit opens it by mistake`;
};

export const unescaped: ConditionJudge = (c, login) => {
  if (!isOwn(login, c) || !c.base.endsWith("like") || c.negated) return null;
  if (login.issuers.every((i) => i.foreign !== null)) return null;
  for (const value of c.values) {
    const pattern = patternIn(c, value);
    if (pattern === null || isEverything(pattern)) continue;
    if (c.claim === "aud" && pattern.some((t) => typeof t === "string"))
      return `the audience ${quote(value)} is a pattern, and other audiences match it`;
    // Before the repository's end another rule says what it admits.
    if (c.claim === "sub" && /\?[A-Za-z_]+=/.test(value.replace(/\$\{[*?$]\}/g, "")))
      return `the ? in ${quote(value)} stands for any one character, not for the beginning of a query`;
  }
  return null;
};

export const allValues: ConditionJudge = (c, login) => {
  if (c.set !== "forallvalues" || multiValued.has(c.claim) || multiValued.has(c.key.toLowerCase()))
    return null;
  if (isDemanded(login, c.key)) return null;
  return `${c.operator} is true where ${quote(c.key)} is missing, and the key has one value at most`;
};

export const ifExists: ConditionJudge = (c, login) => {
  if (!c.ifExists || !isIdentity(c) || !isOwn(login, c) || isDemanded(login, c.key)) return null;
  return `${c.operator} is true where ${quote(c.key)} is missing`;
};

export const onlyNegative: LoginJudge = (login, view) => {
  const own = on(login, "sub").filter((c) => c.base !== "null");
  const [first] = own;
  if (first === undefined || own.some((c) => !c.negated) || demands(view, login, "sub").length > 0)
    return nothing;
  return [
    {
      message: `${login.name} says only which subjects are not let in: every other one is, and so is a token without sub`,
      origin: first.origin,
    },
  ];
};

export const cancelled: ConditionJudge = (c, login) => {
  if (c.base !== "null" || !c.values.some((v) => v.toLowerCase() === "true")) return null;
  if (c.values.some((v) => v.toLowerCase() === "false")) return null;
  const others = login.conditions.some((o) => o !== c && o.key.toLowerCase() === c.key.toLowerCase());
  if (!others && !(isIdentity(c) && isOwn(login, c))) return null;
  return `Null demands that ${quote(c.key)} is missing: what else is said of the key then holds for no token, or for all`;
};

export const wrongKeys: LoginJudge = (login) => {
  const known = [...new Set(login.issuers.map((i) => i.providerName))];
  const wrong = login.conditions.filter((c) => c.prefix !== null && !isOwn(login, c));
  const observed = wrong.map((c) => ({
    message: `${login.name} has the key ${quote(c.key)}, which AWS fills for no token of ${issuersOf(login)}`,
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
      message: `${login.name} demands keys of two issuers at once, and every token has one`,
      origin: first.origin,
      remedy: "write a statement for each issuer",
    },
  ];
};

export const hiddenClaim: ConditionJudge = (c, login) => {
  if (!isOwn(login, c) || exposedClaims.has(c.claim)) return null;
  const issuer = login.issuers.find((i) => i.providerName.toLowerCase() === c.prefix);
  if (!issuer || issuer.foreign?.ownClaims) return null;
  const effect = isBinding(c) ? "nobody can log in" : "the condition limits nothing";
  return `AWS has no key ${quote(c.key)} for this issuer, only ${[...exposedClaims].join(", ")}: ${effect}`;
};

/** Values of one condition that another one of the same statement refuses. */
export const contradictions: LoginJudge = (login, view) => {
  if (view.endless) return nothing;
  const own = on(login, "sub");
  const bound = own.filter((c) => isBinding(c) && isComparable(c));
  return bound.flatMap((c) => {
    const dead = c.values.filter((value) => {
      const pattern = patternIn(c, value);
      if (pattern === null || (c.base !== "stringlike" && hasWildcard(value))) return false;
      return own.some((other) => other !== c && refuses(other, pattern, c));
    });
    const [value] = dead;
    if (value === undefined) return [];
    return [
      {
        message: `${login.name}: ${dead.length === c.values.length ? "no subject" : `nothing that is ${quote(value)}`} meets all conditions on sub: what stands in one statement is demanded together`,
        origin: c.origin,
      },
    ];
  });
};

/** Can nothing of a pattern meet another condition, too? */
function refuses(other: TrustCondition, pattern: Pattern, own: TrustCondition): boolean {
  if (other.base === "null" || !isComparable(other) || other.set !== null || other.ifExists) return false;
  const patterns = other.values.map((v) => patternIn(other, v));
  if (other.negated) return patterns.some((p) => p !== null && coversPattern(p, pattern));
  // Two lists of exact values that differ in part are a choice; a pattern beside them is a mistake.
  if (isPositive(other) && other.base === own.base && own.base !== "stringlike")
    return !own.values.some((v) => other.values.includes(v));
  return !patterns.some((p) => p === null || patternsMeet(p, pattern));
}

export const ignoresCase: ConditionJudge = (c, login) => {
  if (c.claim !== "sub" || !isOwn(login, c) || !c.base.endsWith("ignorecase")) return null;
  const value = c.values.find(hasWildcard);
  return value === undefined
    ? null
    : `${c.operator} takes * and ? literally: ${quote(value)} ${c.negated ? "excludes" : "matches"} nothing`;
};

export const variables: ConditionJudge = (c, login) => {
  if (c.claim !== "sub" || !isOwn(login, c)) return null;
  const value = c.values.find((v) => /\$\{(?![*?$]\})[^}]*\}/.test(v));
  return value === undefined
    ? null
    : `${quote(value)} holds a policy variable: what it admits is for each request to say, not for this document`;
};
