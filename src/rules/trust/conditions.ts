import { nearest, quote } from "../../diagnostics";
import { coverEverybody, isPrivateCidr, keyType } from "../../policy";
import type { TrustCondition, TrustStatement, TrustView, WrittenCondition } from "../judgedRole";
import { observed, rulesOf, type Observation, type Rule, type Said } from "../rule";
import {
  claimsOfEveryIssuer,
  conditionsOf,
  contradicted,
  demands,
  each,
  eachLogin,
  eachOpenLogin,
  hasPlaceholder,
  hasWildcard,
  idleValue,
  isDemanded,
  isEverything,
  isIdentity,
  isMissing,
  isOpen,
  isOwn,
  isPatternValue,
  issuerNames,
  literally,
  neverEquals,
  on,
  outcome,
  patternIn,
  sameKey,
} from "./trustView";

/** What one condition of a statement by which tokens log in has to be told. */
type ConditionJudge = (condition: TrustCondition, login: TrustStatement, view: TrustView) => Said;

/** Judges each condition of such a statement. */
function eachCondition(judge: ConditionJudge, each = eachLogin): NonNullable<Rule["trust"]> {
  return each((login, view) =>
    login.conditions.flatMap((c) => observed(judge(c, login, view), c.origin, `${login.name}: `)),
  );
}

/** Judges each of them that is on `sub` or `aud` of one of its issuers. */
function eachIdentity(judge: ConditionJudge, each = eachLogin): NonNullable<Rule["trust"]> {
  return eachCondition(
    (c, login, view) => (isIdentity(c) && isOwn(login, c) ? judge(c, login, view) : null),
    each,
  );
}

/** Wildcards under operators that take them literally. */
function uselessWildcard(operators: RegExp): NonNullable<Rule["trust"]> {
  return eachIdentity((c) => {
    const value = c.values.find(hasWildcard);
    if (value === undefined || !operators.test(c.base)) return null;
    const effect = c.negated ? "never excludes anything" : "never matches";
    return `${c.operator} takes * and ? literally, so ${quote(value)} ${effect}`;
  });
}

/** What a condition on a key that is never there comes to. */
function effectOf(c: TrustCondition, login: TrustStatement, view: TrustView): string {
  return outcome(c, login, view) === "never" ? "nobody can log in" : "the condition limits nothing";
}

/** Does a condition limit the addresses of requests? */
function isOnAddress({ operator, key }: WrittenCondition): boolean {
  return /^IpAddress(IfExists)?$/i.test(operator) && /^aws:SourceIp$/i.test(key);
}

function wholeInternet(cidrs: readonly string[], where: string): readonly Observation[] {
  if (!coverEverybody(cidrs)) return [];
  const message = `${where}: ${cidrs.join(", ")} are together every address, and limit nothing`;
  return [{ severity: "warning", message }];
}

/** Rules about the conditions of a trust policy, whoever issues the tokens. */
export const conditionRules: readonly Rule[] = rulesOf({
  T25: {
    severity: "error",
    title: "a wildcard under StringEquals",
    remedy: "write StringLike, with the guard against dot segments beside it, or name each value",
    trust: uselessWildcard(/^string(not)?equals$/),
  },
  T26: {
    severity: "info",
    title: "StringLike without a wildcard",
    remedy: "write StringEquals",
    trust: eachIdentity((c) =>
      c.base !== "stringlike" || c.values.length === 0 || c.values.some((value) => isPatternValue(c, value))
        ? null
        : `${c.operator} on ${c.claim} has no wildcard: StringEquals means the same, and stays exact whatever is added`,
    ),
  },
  T27: {
    severity: "warning",
    title: "a wildcard where a literal character seems to be meant",
    remedy: "write ${?} for a question mark and ${*} for an asterisk, or StringEquals",
    trust: eachIdentity((c, login) => {
      if (!c.base.endsWith("like") || c.negated || login.issuers.every((i) => i.foreign !== null))
        return null;
      for (const value of c.values) {
        const pattern = patternIn(c, value);
        if (pattern === null || isEverything(pattern)) continue;
        if (c.claim === "aud" && isOpen(pattern))
          return `the audience ${quote(value)} is a pattern that other audiences match`;
        // Before the repository's end another rule says what it admits.
        if (c.claim === "sub" && /\?[A-Za-z_]+=/.test(value.replace(/\$\{[*?$]\}/g, "")))
          return `the ? in ${quote(value)} matches any single character; it does not begin a query`;
      }
      return null;
    }),
  },
  T28: {
    severity: "error",
    title: "ForAllValues on a key with one value",
    remedy: "write the operator without ForAllValues",
    trust: eachCondition((c, login, { surroundings }) => {
      // Whoever asks for all of several values asks for nothing where there is none, which may be meant.
      const isList =
        /^(amr|oaud)$/.test(c.claim) || keyType(c.key, surroundings.reference)?.startsWith("ArrayOf");
      return c.set !== "forallvalues" || isList || isDemanded(login.conditions, c)
        ? null
        : `${c.operator} is true where ${quote(c.key)} is missing, and this key never has several values`;
    }, eachOpenLogin),
  },
  T29: {
    severity: "error",
    title: "IfExists on sub or aud",
    remedy: "write the operator without IfExists",
    trust: eachIdentity(
      (c, login) =>
        c.ifExists && !isDemanded(login.conditions, c)
          ? `${c.operator} is true where ${quote(c.key)} is missing`
          : null,
      eachOpenLogin,
    ),
  },
  T30: {
    severity: "error",
    title: "only negative operators on sub",
    remedy: "name who gets in with StringEquals or StringLike, and keep the negative operator beside it",
    trust: eachOpenLogin((login, view) => {
      const own = on(login, "sub").filter((c) => c.base !== "null");
      const [first] = own;
      if (first === undefined || own.some((c) => !c.negated) || demands(view, login, "sub").length > 0)
        return null;
      const message = `${login.name} only says which subjects are refused: every other one gets in, and so does a token without sub`;
      return { message, origin: first.origin };
    }),
  },
  T31: {
    severity: "error",
    title: "Null cancels a condition",
    remedy: "remove Null, or write it with false",
    trust: eachCondition((c, login) => {
      const values = c.values.map((value) => value.toLowerCase());
      if (c.base !== "null" || !values.includes("true") || values.includes("false")) return null;
      const others = login.conditions.some((o) => o !== c && sameKey(o, c));
      if (!others && !(isIdentity(c) && isOwn(login, c))) return null;
      return `Null requires ${quote(c.key)} to be missing: other conditions on the key then hold for no token, or for all`;
    }),
  },
  T32: {
    severity: "error",
    title: "a condition key of another issuer",
    remedy: "begin the key with the issuer as in the principal's ARN: without https://, with its path",
    trust: eachCondition((c, login) => {
      // Held against an issuer that is misspelt, or not filled in, the keys that are right would be wrong.
      const isWrong = login.issuers.some((i) => i.problem !== null || hasPlaceholder(i.providerName));
      if (c.prefix === null || isWrong) return null;
      if (!isOwn(login, c)) {
        const meant = new Set(login.issuers.map((i) => quote(`${i.providerName}:${c.claim}`)));
        const message = `no token of ${issuerNames(login)} has the key ${quote(c.key)}`;
        return { message, remedy: `write ${[...meant].join(" or ")}` };
      }
      const bound = login.conditions.filter((one) => isOwn(login, one) && one.binding);
      if (c !== bound.find((one) => one.prefix !== bound[0]?.prefix)) return null;
      const message = "keys of two issuers are required at once, and a token has only one issuer";
      return { message, remedy: "write a statement for each issuer" };
    }),
  },
  T33: {
    severity: "error",
    title: "a claim that AWS does not expose",
    why: "of most issuers' tokens only aud, sub, amr, email and oaud become condition keys",
    remedy: "have the issuer put the claim into sub, and compare sub",
    trust: eachCondition((c, login, view) => {
      if (!isOwn(login, c) || claimsOfEveryIssuer.includes(c.claim) || !isMissing(c, login, view))
        return null;
      const message = `AWS has no key ${quote(c.key)} for this issuer: ${effectOf(c, login, view)}`;
      if (c.claim !== "iss") return message;
      return { message, remedy: "leave it out: the identity provider in Principal is the issuer already" };
    }),
  },
  T34: {
    severity: "error",
    title: "conditions on sub that exclude each other",
    remedy: "write all values in one StringLike list, or a statement for each operator",
    trust: eachIdentity((c, login) => {
      const dead = contradicted(c, login);
      const [value] = dead;
      if (value === undefined) return null;
      const what = dead.length === c.values.length ? "no subject" : `nothing that matches ${quote(value)}`;
      return `${what} meets all conditions on sub: they must all hold at once`;
    }),
  },
  T35: {
    severity: "warning",
    title: "a pattern under an operator that ignores case",
    remedy: "write StringLike with the letter case that the host shows, or name each value",
    trust: uselessWildcard(/ignorecase$/),
  },
  T38: {
    severity: "error",
    title: "a policy variable in sub",
    remedy: "write the value, and a dollar sign as ${$}",
    trust: eachIdentity((c) => {
      const value = c.values.find((v) => c.claim === "sub" && /\$\{(?![*?$]\})/.test(v));
      return value === undefined
        ? null
        : `${quote(value)} contains a policy variable: each request, not this document, decides what it admits`;
    }),
  },
  T39: {
    severity: "error",
    title: "an empty list of values on sub or aud",
    remedy: "list who gets in, or remove the statement",
    trust: eachIdentity((c) =>
      c.base !== "null" && c.values.length === 0
        ? `the list of values on ${c.claim} is empty, and AWS does not say whether nobody or everybody meets it`
        : null,
    ),
  },
  T40: {
    severity: "error",
    title: "a value that never or always matches",
    why: "AWS sees public addresses only, and compares dates, numbers and addresses only where it can read them: nobody logs in, or a limit is none",
    remedy: "write the public addresses of the workspaces' NAT gateways or proxies, or drop the limit",
    role: ({ access: { trust } }) => {
      if (trust?.kind !== "entry") return [];
      const limits = conditionsOf(trust.policy.Statement[0]?.Condition).filter(isOnAddress);
      const cidrs = limits.flatMap(({ values }) => values);
      const what = "is private, and AWS sees public addresses only: no login ever comes from there";
      return [
        ...cidrs.filter(isPrivateCidr).map((cidr) => ({ message: `sourceCidrs: ${cidr} ${what}` })),
        ...wholeInternet(cidrs, "sourceCidrs"),
      ];
    },
    trust: eachCondition(
      (c, { statement }, view) => [
        ...c.values.flatMap((value) => {
          const problem = neverEquals(c, value, view);
          // T25 and T35 say so of wildcards.
          return problem === null || problem === literally ? [] : [idleValue(c, value, problem)];
        }),
        ...(statement.Effect === "Allow" && isOnAddress(c) ? wholeInternet(c.values, "aws:SourceIp") : []),
      ],
      each,
    ),
  },
  T41: {
    severity: "error",
    title: "a condition key that no login has",
    why: "the condition holds for nobody, or for everybody: a token brings its issuer's keys, and the request its time and source address, but no AWS principal, no MFA and no external id",
    remedy: "remove it; a condition on sub says who gets in",
    trust: eachCondition((c, login, view) => {
      const isCounted = c.prefix === null || (isOwn(login, c) && c.claim === "amr");
      if (!isCounted || !isMissing(c, login, view)) return null;
      const near = nearest(c.key, view.loginKeys);
      const message = `no login has the key ${quote(c.key)}, so ${effectOf(c, login, view)}`;
      return { message, remedy: near && `did you mean ${near}?` };
    }),
  },
});
