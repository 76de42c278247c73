import { quote } from "../../diagnostics";
import { providerName } from "../../model/names";
import type { TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import type { Observation, Rule } from "../rule";
import {
  eachLogin,
  eachOpenLogin,
  isEverything,
  isPatternValue,
  issuersOf,
  type LoginJudge,
} from "./conditions";
import { isOnas, namingRemedy, strangersLetIn, tellsApart } from "./foreignCallers";
import { demands, isPositive, namedSubjects, on, patternIn } from "./trustView";

const audience = "sts.amazonaws.com";

function hasCondition({ statement }: TrustStatement): boolean {
  return Object.values(statement.Condition ?? {}).some((block) => Object.keys(block).length > 0);
}

/** Null with `false` demands that the claim is there, and nothing more of it. */
function isDemand({ base, values }: TrustCondition): boolean {
  return base === "null" && !values.some((v) => v.toLowerCase() === "true");
}

/** Does the statement speak of subjects at all, be it with a key that is wrong? */
function speaksOfSubjects(login: TrustStatement, view: TrustView): boolean {
  return (
    login.conditions.some((c) => c.claim === "sub" && c.prefix !== null && !isDemand(c)) ||
    demands(view, login, "sub").length > 0
  );
}

const noCondition: LoginJudge = (login, view) => {
  if (hasCondition(login) || demands(view, login, "sub").length > 0) return [];
  const message = `${login.name} has no Condition: every token of ${issuersOf(login)} gets the role`;
  return [{ message, origin: login.origin }];
};

const noAudience: LoginJudge = (login, view) => {
  if (!hasCondition(login) || login.issuers.some((i) => i.foreign?.audience === "none")) return [];
  const own = on(login, "aud");
  const pool = login.issuers.some((i) => i.foreign?.audience === "pool");
  const everything = own.find((c) => isPositive(c) && c.values.some((v) => isAnybodys(c, v, pool)));
  const isNamed =
    login.conditions.some((c) => c.claim === "aud" && c.prefix !== null && !c.negated && c.base !== "null") ||
    demands(view, login, "aud").length > 0;
  if (everything === undefined && isNamed) return [];
  return [
    {
      message: `${login.name} has no condition that names an audience: tokens made for other services can log in too`,
      origin: (everything ?? own[0] ?? login).origin,
      remedy: audienceRemedy(login),
    },
  ];
};

/** Of a pool, a pattern lets in what somebody else has named so. */
function isAnybodys(condition: TrustCondition, value: string, pool: boolean): boolean {
  return isEverything(patternIn(condition, value)) || (pool && isPatternValue(condition, value));
}

function audienceRemedy({ issuers }: TrustStatement): string {
  const [issuer] = issuers;
  if (issuer?.foreign?.audience === "pool") return namingRemedy(issuer);
  const [wanted = audience] = issuer === undefined ? [] : audiencesOf(issuer);
  return `add "StringEquals": {${quote(`${issuer?.providerName ?? "ISSUER"}:aud`)}: ${quote(wanted)}}`;
}

const wrongAudience: LoginJudge = (login, view) =>
  on(login, "aud")
    .filter(isPositive)
    .flatMap((c) => {
      const issuers = login.issuers.filter((i) => i.providerName.toLowerCase() === c.prefix);
      const registered = issuers.flatMap((issuer) => registeredBy(issuer, view));
      const asked = issuers.filter((i) => i.foreign === null).flatMap(audiencesOf);
      const isDeclared = issuers.some((i) => i.installations.length > 0);
      return c.values.flatMap((value): readonly Observation[] => {
        const known =
          registered.length > 0 && !(isDeclared && registered.includes(value)) ? registered : asked;
        if (isPatternValue(c, value) || known.length === 0 || known.includes(value)) return [];
        const wanted = [...new Set(known)].map(quote).join(" or ");
        const message = `${login.name} requires the audience ${quote(value)}, and logins have ${wanted}`;
        return [{ message, origin: c.origin }];
      });
    });

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

const noSubject: LoginJudge = (login, view) => {
  if (!hasCondition(login) || speaksOfSubjects(login, view)) return [];
  // Of a pool T21 says that it is not named.
  const unnamed = login.issuers.find((i) => i.foreign?.audience !== "pool" && !tellsApart(login, i, view));
  if (unnamed === undefined) return [];
  const whose = isOnas(unnamed) ? ": environments, users and service accounts of any organization" : "";
  const message = `${login.name} does not say whose token: every one of ${issuersOf(login)} gets the role${whose}`;
  return [{ message, origin: login.origin, remedy: namingRemedy(unnamed) }];
};

const everySubject: LoginJudge = (login, view) => {
  const everything = namedSubjects(view, login).flatMap((c) => {
    const issuer = login.issuers.find((i) => i.providerName.toLowerCase() === c.prefix);
    return c.values
      .filter((value) => isEverything(patternIn(c, value)))
      .map((value) => ({
        message: `${login.name}: every token of the issuer matches ${quote(value)}`,
        origin: c.origin,
        remedy: issuer === undefined ? undefined : namingRemedy(issuer),
      }));
  });
  const strangers = strangersLetIn(login, view)
    .filter(({ condition, value }) => !isEverything(patternIn(condition, value)))
    .map(({ condition, value, issuer }) => ({
      message: `${login.name}: ${quote(value)} names no particular caller of ${quote(issuer.providerName)}: strangers get the role too`,
      origin: condition.origin,
      remedy: namingRemedy(issuer),
    }));
  return [...everything, ...strangers];
};

/** Rules about which tokens a statement lets in at all. */
export const loginRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T20",
    severity: "error",
    title: "a login without a Condition",
    why: "every token of the issuer gets the role, whoever it was made for",
    remedy: "require aud and sub with StringEquals",
    trust: eachOpenLogin(noCondition),
  },
  {
    id: "T21",
    severity: "error",
    title: "a login without a condition on aud",
    why: "a token that was made for another service gets the role too",
    remedy: 'add "StringEquals": {"ISSUER:aud": "sts.amazonaws.com"}',
    trust: eachOpenLogin(noAudience),
  },
  {
    id: "T22",
    severity: "error",
    title: "an audience that the provider does not register, or the workspace does not ask for",
    why: "every login is denied, or tokens for something else get in",
    remedy: "write the installation's audience: sts.amazonaws.com unless it has its own",
    trust: eachLogin(wrongAudience),
  },
  {
    id: "T23",
    severity: "error",
    title: "a login without a condition on sub",
    why: "every workspace of the installation gets the role, whatever repository it was opened on",
    remedy: 'add "StringEquals": {"ISSUER:sub": ["https://HOST/OWNER/REPOSITORY", "….git", "…/"]}',
    trust: eachOpenLogin(noSubject),
  },
  {
    id: "T24",
    severity: "error",
    title: "a condition on sub that every subject meets",
    why: "every workspace of the installation gets the role, those from a snapshot or without a context included; with another issuer than Gitpod, every customer of that issuer",
    remedy: "name the repository: https://HOST/OWNER/REPOSITORY",
    trust: eachOpenLogin(everySubject),
  },
]);
