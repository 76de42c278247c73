import { quote } from "../../diagnostics";
import { providerName } from "../../model/names";
import { coversPattern, literalStart, patternOf } from "../../policy";
import type { TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import { rulesOf, type Observation, type Rule } from "../rule";
import {
  demands,
  eachLogin,
  eachOpenLogin,
  isEverything,
  isOpen,
  isPatternValue,
  issuerNames,
  namedSubjects,
  on,
  patternIn,
} from "./trustView";

const audience = "sts.amazonaws.com";

/** The conditions on a claim that a statement makes, be it with a key that is wrong, or a Deny of everybody else. */
function saidOf(login: TrustStatement, claim: string, view: TrustView): readonly TrustCondition[] {
  const own = login.conditions.filter((c) => c.claim === claim && c.prefix !== null);
  return [...own, ...demands(view, login, claim)];
}

/** What the identity provider registers, where the files show it; one of another account is another one. */
function registeredBy({ principal, providerName: name }: TrustedIssuer, view: TrustView): readonly string[] {
  return view.surroundings.identityProviders
    .filter(({ url, arn }) => providerName(url) === name && (arn === null || arn === principal))
    .flatMap(({ audiences }) => audiences);
}

function audiencesOf({ installations, principal }: TrustedIssuer): readonly string[] {
  if (installations.length > 0) return installations.map((i) => i.audience);
  return principal.startsWith("arn:aws-cn:") ? [audience, `${audience}.cn`] : [audience];
}

/** Does the statement, or a Deny of everybody else, demand something that only named callers of this issuer have? */
function tellsApart(login: TrustStatement, issuer: TrustedIssuer, view: TrustView): boolean {
  const prefix = issuer.providerName.toLowerCase();
  return [...login.conditions, ...demands(view, login, "sub")].some(
    (c) => c.prefix === prefix && namesCallers(c, issuer),
  );
}

/** Is this a condition that only a named caller or customer of the issuer meets? */
function namesCallers(condition: TrustCondition, issuer: TrustedIssuer): boolean {
  const { claim, values } = condition;
  if (!condition.binding || values.length === 0) return false;
  if (claim === "sub") return values.every((value) => isNamedSubject(condition, value, issuer));
  // Where anybody signs up, nobody has verified the address.
  if (claim === "email" && !issuer.openSignup)
    return values.every((value) => /^[*?]*[^*?$]*@[^*?@$]+$/.test(value));
  if (issuer.foreign?.naming.includes(claim) !== true) return false;
  // Whole values name somebody; of patterns, those that a `/` closes before the first wildcard.
  return values.every((value) => {
    const pattern = patternIn(condition, value);
    return pattern !== null && /^[^/]+\//.test(isOpen(pattern) ? literalStart(pattern) : `${value}/`);
  });
}

function isNamedSubject(condition: TrustCondition, value: string, { foreign }: TrustedIssuer): boolean {
  const pattern = patternIn(condition, value);
  // A policy variable is for T38 to say.
  if (pattern === null) return true;
  if (value === "") return false;
  const every = patternOf(foreign?.every ?? "*", true);
  if (isOpen(pattern) && every !== null && coversPattern(pattern, every)) return false;
  return foreign?.customer?.test(isOpen(pattern) ? literalStart(pattern) : `${value}:`) ?? true;
}

/** What to add so that one caller is named. */
function namingRemedy({ providerName: name, foreign, isOna }: TrustedIssuer): string {
  if (foreign !== null)
    return `add a condition on ${quote(`${name}:${foreign.naming[0] ?? "sub"}`)} that only your own callers meet`;
  const project = '"organization_id:ORGANIZATION:project_id:PROJECT"';
  const subjects = isOna ? project : '["https://HOST/OWNER/REPOSITORY", "….git", "…/"]';
  return `add "StringEquals": {${quote(`${name}:sub`)}: ${subjects}}`;
}

/** Rules about which tokens a statement lets in at all. */
export const loginRules: readonly Rule[] = rulesOf({
  T20: {
    severity: "error",
    title: "a login without a Condition",
    remedy: "require aud and sub with StringEquals",
    trust: eachOpenLogin((login, view) =>
      login.conditions.length > 0 || demands(view, login, "sub").length > 0
        ? null
        : `${login.name} has no Condition: every token of ${issuerNames(login)} gets the role`,
    ),
  },
  T21: {
    severity: "error",
    title: "a login without a condition on aud",
    remedy: 'add "StringEquals": {"ISSUER:aud": "sts.amazonaws.com"}',
    trust: eachOpenLogin((login, view) => {
      if (login.conditions.length === 0 || login.issuers.some((i) => i.foreign?.audience === "none"))
        return null;
      const own = on(login, "aud");
      // Of a pool, a pattern lets in what somebody else has named so.
      const pool = login.issuers.some((i) => i.foreign?.audience === "pool");
      const isAnybodys = (c: TrustCondition, value: string): boolean =>
        isEverything(patternIn(c, value)) || (pool && isPatternValue(c, value));
      const everything = own.find((c) => c.positive && c.values.some((value) => isAnybodys(c, value)));
      const isNamed = saidOf(login, "aud", view).some((c) => !c.negated && c.base !== "null");
      if (everything === undefined && isNamed) return null;
      const [issuer] = login.issuers;
      const named =
        issuer && `${quote(`${issuer.providerName}:aud`)}: ${quote(audiencesOf(issuer)[0] ?? audience)}`;
      return {
        message: `${login.name} has no condition that names an audience: tokens made for other services can log in too`,
        origin: (everything ?? own[0] ?? login).origin,
        remedy: issuer && (pool ? namingRemedy(issuer) : `add "StringEquals": {${named}}`),
      };
    }),
  },
  T22: {
    severity: "error",
    title: "an audience that the provider does not register, or the workspace does not ask for",
    why: "every login is denied, or tokens for something else get in",
    remedy: "write the installation's audience: sts.amazonaws.com unless it has its own",
    trust: eachLogin((login, view) =>
      on(login, "aud")
        .filter((c) => c.positive)
        .flatMap((c) => {
          const issuers = login.issuers.filter((i) => i.providerName.toLowerCase() === c.prefix);
          const registered = issuers.flatMap((issuer) => registeredBy(issuer, view));
          const asked = issuers.filter((i) => i.foreign === null).flatMap(audiencesOf);
          const isDeclared = issuers.some((i) => i.installations.length > 0);
          return c.values.flatMap((value): readonly Observation[] => {
            const isAskedFor = registered.length === 0 || (isDeclared && registered.includes(value));
            const known = isAskedFor ? asked : registered;
            if (isPatternValue(c, value) || known.length === 0 || known.includes(value)) return [];
            const wanted = [...new Set(known)].map(quote).join(" or ");
            const message = `${login.name} requires the audience ${quote(value)}, and logins have ${wanted}`;
            return [{ message, origin: c.origin }];
          });
        }),
    ),
  },
  T23: {
    severity: "error",
    title: "a login without a condition on sub",
    remedy: 'add "StringEquals": {"ISSUER:sub": ["https://HOST/OWNER/REPOSITORY", "….git", "…/"]}',
    trust: eachOpenLogin((login, view) => {
      // Null with false demands that the claim is there, and nothing more of it.
      const isSaid = ({ base, values }: TrustCondition): boolean =>
        base !== "null" || values.some((v) => v.toLowerCase() === "true");
      if (login.conditions.length === 0 || saidOf(login, "sub", view).some(isSaid)) return null;
      // Of a pool T21 says that it is not named.
      const unnamed = login.issuers.find(
        (i) => i.foreign?.audience !== "pool" && !tellsApart(login, i, view),
      );
      if (unnamed === undefined) return null;
      const whose = unnamed.isOna ? ": environments, users and service accounts of any organization" : "";
      const message = `${login.name} does not say whose token: every one of ${issuerNames(login)} gets the role${whose}`;
      return { message, remedy: namingRemedy(unnamed) };
    }),
  },
  T24: {
    severity: "error",
    title: "a condition on sub that every subject meets",
    remedy: "name the repository: https://HOST/OWNER/REPOSITORY",
    trust: eachOpenLogin((login, view) =>
      login.issuers.flatMap((issuer) => {
        const isTold = issuer.foreign === null || tellsApart(login, issuer, view);
        const named = namedSubjects(view, login).filter(
          (c) => c.prefix === issuer.providerName.toLowerCase(),
        );
        return named.flatMap((condition) =>
          condition.values.flatMap((value): readonly Observation[] => {
            const isAll = isEverything(patternIn(condition, value));
            if (!isAll && (isTold || isNamedSubject(condition, value, issuer))) return [];
            const message = isAll
              ? `${login.name}: every token of the issuer matches ${quote(value)}`
              : `${login.name}: ${quote(value)} names no particular caller of ${quote(issuer.providerName)}: strangers get the role too`;
            return [{ message, origin: condition.origin, remedy: namingRemedy(issuer) }];
          }),
        );
      }),
    ),
  },
});
