import { quote } from "../../diagnostics";
import { onaIssuer } from "../../model/issuer";
import { coversPattern, literalStart, patternOf } from "../../policy";
import type { TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import { demands, isBinding, isOwn, namedSubjects, patternIn } from "./trustView";

/** Is this a condition that only a named caller or customer of the issuer meets? */
function namesCallers(condition: TrustCondition, issuer: TrustedIssuer): boolean {
  const { claim, values } = condition;
  if (!isBinding(condition) || values.length === 0) return false;
  if (claim === "sub") return values.every((value) => isNamedSubject(condition, value, issuer));
  // Where anybody signs up, nobody has verified the address.
  if (claim === "email" && !issuer.openSignup)
    return values.every((value) => /^[*?]*[^*?$]*@[^*?@$]+$/.test(value));
  return issuer.foreign?.naming.includes(claim) === true && values.every((v) => isNamedClaim(condition, v));
}

function isNamedSubject(condition: TrustCondition, value: string, { foreign }: TrustedIssuer): boolean {
  const pattern = patternIn(condition, value);
  // A policy variable is for T38 to say.
  if (pattern === null) return true;
  if (value === "") return false;
  const open = pattern.some((token) => typeof token === "string");
  const every = patternOf(foreign?.every ?? "*", true);
  if (open && every !== null && coversPattern(pattern, every)) return false;
  return foreign?.customer?.test(open ? literalStart(pattern) : `${value}:`) ?? true;
}

/** Whole values name somebody; of patterns, those that a `/` closes before the first wildcard. */
function isNamedClaim(condition: TrustCondition, value: string): boolean {
  const pattern = patternIn(condition, value);
  if (pattern === null) return false;
  const open = pattern.some((token) => typeof token === "string");
  return /^[^/]+\//.test(open ? literalStart(pattern) : `${value}/`);
}

/** Does the statement, or a Deny of everybody else, demand something that only named callers of this issuer have? */
export function tellsApart(login: TrustStatement, issuer: TrustedIssuer, view: TrustView): boolean {
  const prefix = issuer.providerName.toLowerCase();
  return [...login.conditions.filter((c) => isOwn(login, c)), ...demands(view, login, "sub")].some(
    (c) => c.prefix === prefix && namesCallers(c, issuer),
  );
}

/** Values on `sub` that callers of other customers of a foreign issuer meet, too, with what would name one. */
export function strangersLetIn(
  login: TrustStatement,
  view: TrustView,
): readonly { readonly condition: TrustCondition; readonly value: string; readonly issuer: TrustedIssuer }[] {
  return login.issuers.flatMap((issuer) => {
    if (issuer.foreign === null || tellsApart(login, issuer, view)) return [];
    const prefix = issuer.providerName.toLowerCase();
    return namedSubjects(view, login)
      .filter((condition) => condition.prefix === prefix)
      .flatMap((condition) =>
        condition.values
          .filter((value) => !isNamedSubject(condition, value, issuer))
          .map((value) => ({ condition, value, issuer })),
      );
  });
}

/** Is this the issuer of Ona, whose subjects name an organization and a project? */
export function isOnas({ providerName, installations }: TrustedIssuer): boolean {
  return `https://${providerName}` === onaIssuer || installations.some((i) => i.ona !== null);
}

/** What to add so that one caller is named: an example of the issuer's own. */
export function namingRemedy(issuer: TrustedIssuer): string {
  const { providerName, foreign } = issuer;
  if (foreign === null && !isOnas(issuer))
    return `add "StringEquals": {${quote(`${providerName}:sub`)}: ["https://HOST/OWNER/REPOSITORY", "….git", "…/"]}`;
  const example = foreign?.example ?? "sub: organization_id:ORGANIZATION:project_id:PROJECT";
  const at = example.indexOf(": ");
  const [claim, value] = [example.slice(0, at), example.slice(at + 2)];
  const operator = value.includes("*") ? "StringLike" : "StringEquals";
  return `add "${operator}": {${quote(`${providerName}:${claim}`)}: ${quote(value)}}, with names in place of what is in capitals`;
}
