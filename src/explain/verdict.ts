import type { AccessModel, Account, Installation, Role } from "../model/accessModel";
import {
  evaluateTrust,
  nearestFailures,
  webIdentityContext,
  type Claims,
  type Failure,
  type TrustRequest,
} from "../policy";
import type { TokenFacts } from "./input";

/** A login that somebody tries, at a moment. */
export interface LoginAttempt extends TokenFacts {
  /** ISO 8601. */
  readonly now: string;
}

/** May the workspace assume this role? */
export interface RoleVerdict {
  readonly role: Role;
  readonly account: Account;
  readonly admitted: boolean;
  /** True where it hangs on the source address alone, and nobody knows that. */
  readonly undecided: boolean;
  /** The conditions that fail, of the statement that comes nearest: the subject's first, then the audience's. */
  readonly failures: readonly Failure[];
}

/** What a model says to a login. */
export interface Verdict {
  /** Null where the manifest has no installation with the token's issuer. */
  readonly installation: Installation | null;
  /** All roles of the installation, by account and name. */
  readonly roles: readonly RoleVerdict[];
}

/** AWS accepts a token for five minutes past its end. */
const leewaySeconds = 300;

/**
 * Which roles of a token's installation admit it. Where several installations share the issuer, it is the one that
 * admits it, or else the one whose audience the token has, or else the first.
 * @param named - the only installation to look at. @default - all of them
 */
export function judge(model: AccessModel, attempt: LoginAttempt, named?: Installation): Verdict {
  const audience = audienceOf(attempt.claims);
  const verdicts = model.installations
    .filter((i) => i.issuer === attempt.issuer && (named === undefined || i === named))
    .map((installation) => ({ installation, roles: judgeRoles(model, installation, attempt) }));
  const chosen =
    verdicts.find((v) => v.roles.some((r) => r.admitted)) ??
    verdicts.find((v) => v.installation.audience === audience) ??
    verdicts[0];
  if (!chosen) return { installation: null, roles: [] };
  // No token tells installations of one issuer and audience apart, so that all their roles are this token's.
  const alike = verdicts.filter((v) => v.installation.audience === chosen.installation.audience);
  return { installation: chosen.installation, roles: alike.flatMap((v) => v.roles) };
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
    const provider = account.identityProviders.find((p) => p.issuer === installation.issuer);
    if (provider === undefined) return [];
    const from = (sourceIp: string | null): TrustRequest => ({
      federated: provider.arn,
      context: webIdentityContext(provider.providerName, attempt.claims, { now: attempt.now, sourceIp }),
    });
    const request = from(attempt.sourceIp);
    return account.roles
      .filter((role) => role.installation === installation.name)
      .map((role): RoleVerdict => {
        const [network] = role.sourceCidrs;
        return attempt.sourceIp !== null || network === undefined
          ? { role, account, ...judgement(role, request, stale) }
          : { role, account, ...openJudgement(role, from(network.replace(/\/.*$/, "")), stale) };
      });
  });
}

type Judgement = Pick<RoleVerdict, "admitted" | "undecided" | "failures">;

function judgement(role: Role, request: TrustRequest, stale: readonly Failure[]): Judgement {
  const trusted = evaluateTrust(role.trustPolicy, request).allowed;
  const failures = trusted ? [] : tellingFirst(nearestFailures(role.trustPolicy, request));
  return { admitted: trusted && stale.length === 0, undecided: false, failures: [...failures, ...stale] };
}

/**
 * Where nobody knows the address, and it matters: the other conditions are judged by a request from an allowed one, and
 * what they leave is undecided.
 */
function openJudgement(role: Role, request: TrustRequest, stale: readonly Failure[]): Judgement {
  const { admitted, failures } = judgement(role, request, stale);
  const address: Failure = {
    ...{ operator: "IpAddress", key: "aws:SourceIp", expected: role.sourceCidrs, actual: null },
  };
  return { admitted: false, undecided: admitted, failures: [...failures, address] };
}

function tellingFirst(failures: readonly Failure[]): readonly Failure[] {
  const rank = ({ key }: Failure): number => (key.endsWith(":sub") ? 0 : key.endsWith(":aud") ? 1 : 2);
  return [...failures].sort((a, b) => rank(a) - rank(b));
}

/** What STS refuses before it looks at any policy: a token that has ended, or has not begun. */
function tokenFailures({ expires, issued, now }: LoginAttempt): readonly Failure[] {
  const seconds = Math.floor(Date.parse(now) / 1000);
  const moment = (s: number): string => new Date(s * 1000).toISOString();
  const failures: Failure[] = [];
  if (expires !== null && expires + leewaySeconds <= seconds)
    failures.push({ operator: "DateGreaterThan", key: "exp", expected: [now], actual: moment(expires) });
  if (issued !== null && issued - leewaySeconds > seconds)
    failures.push({ operator: "DateLessThanEquals", key: "iat", expected: [now], actual: moment(issued) });
  return failures;
}
