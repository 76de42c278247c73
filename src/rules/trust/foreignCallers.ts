import { quote } from "../../diagnostics";
import { coversPattern, literalStart, patternOf } from "../../policy";
import type { TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import type { ForeignIssuer } from "./foreignIssuers";
import { demands, isBinding, isOwn, isPositive, on, patternIn } from "./trustView";

/** Is this condition on `sub`, or on a claim beside it, one that only a named caller or customer of the issuer meets? */
function namesCallers(condition: TrustCondition, foreign: ForeignIssuer): boolean {
  if (!isBinding(condition) || condition.values.length === 0) return false;
  if (condition.claim === "sub")
    return condition.values.every((value) => isNamedSubject(condition, value, foreign));
  if (!foreign.naming.includes(condition.claim)) return false;
  return condition.values.every((value) => isNamedClaim(condition, value));
}

function isNamedSubject(condition: TrustCondition, value: string, foreign: ForeignIssuer): boolean {
  const pattern = patternIn(condition, value);
  // A policy variable is for T38 to say.
  if (pattern === null) return true;
  if (pattern.every((token) => typeof token === "object")) return value !== "";
  const every = patternOf(foreign.every ?? "*", true);
  if (every !== null && coversPattern(pattern, every)) return false;
  return foreign.customer?.test(literalStart(pattern)) ?? true;
}

/** Whole values name somebody; of patterns, those that a `/` closes before the first wildcard. */
function isNamedClaim(condition: TrustCondition, value: string): boolean {
  const pattern = patternIn(condition, value);
  if (pattern === null) return false;
  const open = pattern.some((token) => typeof token === "string");
  return /^[^/]+\//.test(open ? literalStart(pattern) : `${value}/`);
}

/** Does the statement, or a Deny of everybody else, demand something that only named callers of this issuer have? */
export function tellsApart(
  login: TrustStatement,
  issuer: TrustedIssuer,
  foreign: ForeignIssuer,
  view: TrustView,
): boolean {
  const prefix = issuer.providerName.toLowerCase();
  return [...login.conditions.filter((c) => isOwn(login, c)), ...demands(view, login, "sub")].some(
    (c) => c.prefix === prefix && namesCallers(c, foreign),
  );
}

/** Values on `sub` that callers of other customers of a foreign issuer meet, too, with what would name one. */
export function strangersLetIn(
  login: TrustStatement,
  view: TrustView,
): readonly { readonly condition: TrustCondition; readonly value: string; readonly issuer: TrustedIssuer }[] {
  return login.issuers.flatMap((issuer) => {
    const { foreign, providerName } = issuer;
    if (foreign === null || tellsApart(login, issuer, foreign, view)) return [];
    const prefix = providerName.toLowerCase();
    return [...on(login, "sub").filter(isPositive), ...demands(view, login, "sub")]
      .filter((condition) => condition.prefix === prefix)
      .flatMap((condition) =>
        condition.values
          .filter((value) => !isNamedSubject(condition, value, foreign))
          .map((value) => ({ condition, value, issuer })),
      );
  });
}

/** What to add so that one caller is named: of a foreign issuer an example of its own. */
export function namingRemedy({ providerName, foreign }: TrustedIssuer): string | undefined {
  if (foreign === null) return undefined;
  const at = foreign.example.indexOf(": ");
  const [claim, value] = [foreign.example.slice(0, at), foreign.example.slice(at + 2)];
  const operator = value.includes("*") ? "StringLike" : "StringEquals";
  return `add "${operator}": {${quote(`${providerName}:${claim}`)}: ${quote(value)}}, with names in place of what is in capitals`;
}
