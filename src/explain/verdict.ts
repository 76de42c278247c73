import type { AccessModel, Account, IdentityProvider, Installation, Role } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import { evaluateTrust, nearestFailures, webIdentityContext, type Claims, type Failure } from "../policy";
import type { TokenFacts } from "./input";

/** A login that somebody tries, at a moment, ISO 8601. */
export type LoginAttempt = TokenFacts & { readonly now: string };

/** May the workspace assume this role? */
export interface RoleVerdict {
  readonly role: Role;
  readonly account: Account;
  readonly installation: Installation;
  readonly admitted: boolean;
  /** True where only what is not known decides. */
  readonly undecided: boolean;
  /** The conditions that fail, of the statement that comes nearest: the subject's first, then the audience's. */
  readonly failures: readonly Failure[];
  /** The conditions that hang on what is not known. */
  readonly unknown: readonly Failure[];
}

/** AWS accepts a token for five minutes past its end. */
const leewaySeconds = 300;

/**
 * Which roles of the installations with a token's issuer admit it. The installation is the one that admits it, or else
 * the one whose audience the token has, or else the first; null where none has the issuer. The roles are of all of them.
 * @param named - the only installation to look at. @default - all of them
 */
export function judge(model: AccessModel, attempt: LoginAttempt, named?: Installation) {
  const audience = audienceOf(attempt.claims);
  const installations = model.installations.filter(
    (i) =>
      (named === undefined || i === named) && issuersOf(i).some((known) => known.issuer === attempt.issuer),
  );
  const roles = installations.flatMap((installation) => judgeRoles(model, installation, attempt));
  const installation =
    roles.find((r) => r.admitted)?.installation ??
    installations.find((i) => i.audience === audience) ??
    installations[0] ??
    null;
  return { installation, roles };
}

/** The audience that AWS compares: `azp`, or the first of `aud`. */
export function audienceOf(claims: Claims): string | null {
  const first = typeof claims.aud === "string" ? claims.aud : claims.aud?.[0];
  return claims.azp ?? first ?? null;
}

function judgeRoles(
  model: AccessModel,
  installation: Installation,
  attempt: LoginAttempt,
): readonly RoleVerdict[] {
  const stale = tokenFailures(attempt);
  return model.accounts.flatMap((account) => {
    const provider = account.identityProviders.find((p) => p.issuer === attempt.issuer);
    if (provider === undefined) return [];
    return account.roles
      .filter((role) => role.installation === installation.name)
      .map((role): RoleVerdict => {
        const request = requestOf(role, installation, provider, attempt);
        const trusted = evaluateTrust(role.made.trustPolicy, request).allowed;
        const failures = trusted ? [] : tellingFirst(nearestFailures(role.made.trustPolicy, request));
        const holds = trusted && stale.length === 0;
        const unknown = unknownConditions(role, installation.audience, provider, attempt);
        return {
          ...{ role, account, installation, unknown, failures: [...failures, ...stale] },
          ...{ admitted: holds && unknown.length === 0, undecided: holds && unknown.length > 0 },
        };
      });
  });
}

/** The request that the login makes; what is not known of it is as the role wants it. */
function requestOf(
  { sourceCidrs: [network] }: Role,
  { audience }: Installation,
  { arn, providerName }: IdentityProvider,
  { claims, audienceKnown, now, sourceIp }: LoginAttempt,
) {
  const known = audienceKnown ? claims : { ...claims, azp: audience };
  const address = sourceIp ?? network?.replace(/\/.*$/, "") ?? null;
  return { federated: arn, context: webIdentityContext(providerName, known, { now, sourceIp: address }) };
}

function unknownConditions(
  { sourceCidrs }: Role,
  audience: string,
  { providerName }: IdentityProvider,
  { audienceKnown, sourceIp }: LoginAttempt,
): readonly Failure[] {
  const aud = { operator: "StringEquals", key: `${providerName}:aud`, expected: [audience], actual: null };
  const ip = { operator: "IpAddress", key: "aws:SourceIp", expected: sourceCidrs, actual: null };
  return [...(audienceKnown ? [] : [aud]), ...(sourceIp === null && sourceCidrs.length > 0 ? [ip] : [])];
}

function tellingFirst(failures: readonly Failure[]): readonly Failure[] {
  const rank = ({ key }: Failure): number => (key.endsWith(":sub") ? 0 : key.endsWith(":aud") ? 1 : 2);
  return [...failures].sort((a, b) => rank(a) - rank(b));
}

/** What STS refuses before it looks at any policy: a token that has ended, or has not begun. */
function tokenFailures({ expires, issued, now }: LoginAttempt): readonly Failure[] {
  const seconds = Math.floor(Date.parse(now) / 1000);
  const failure = (operator: string, key: string, moment: number): Failure => ({
    ...{ operator, key, expected: [now], actual: new Date(moment * 1000).toISOString() },
  });
  return [
    ...(expires !== null && expires + leewaySeconds <= seconds
      ? [failure("DateGreaterThan", "exp", expires)]
      : []),
    ...(issued !== null && issued - leewaySeconds > seconds
      ? [failure("DateLessThanEquals", "iat", issued)]
      : []),
  ];
}
