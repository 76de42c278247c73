import type { RequestContext } from "./evaluate";

/** The claims of a token that AWS looks at. */
export interface Claims {
  readonly sub?: string | undefined;
  /** Gitpod always sends a list. */
  readonly aud?: string | readonly string[] | undefined;
  readonly azp?: string | undefined;
  readonly email?: string | undefined;
}

/** The moment of a login, ISO 8601, and the caller's IPv4 or IPv6 address; null where nobody knows it. */
interface Circumstances {
  readonly now: string;
  readonly sourceIp: string | null;
}

/**
 * The condition keys that AWS fills for a token of a provider that it has no special treatment for. `:aud` is the
 * token's `azp` where it has one, and `:oaud` then its `aud`; of several audiences Gitpod makes the first the `azp`, so
 * that the others never count. Other claims reach no condition key.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function webIdentityContext(
  providerName: string,
  claims: Claims,
  { now, sourceIp }: Circumstances,
): RequestContext {
  const audiences = [claims.aud ?? []].flat();
  const ofToken: Readonly<Record<string, readonly string[]>> = {
    sub: [claims.sub ?? []].flat(),
    aud: claims.azp === undefined ? audiences.slice(0, 1) : [claims.azp],
    oaud: claims.azp === undefined ? [] : audiences,
    email: [claims.email ?? []].flat(),
  };
  const entries: readonly (readonly [string, readonly string[]])[] = [
    ...Object.entries(ofToken).map(
      ([claim, values]) => [`${providerName}:${claim}`.toLowerCase(), values] as const,
    ),
    ["aws:currenttime", [now]],
    ["aws:epochtime", [String(Math.floor(Date.parse(now) / 1000))]],
    ["aws:securetransport", ["true"]],
    ["aws:sourceip", [sourceIp ?? []].flat()],
  ];
  return new Map(entries.filter(([, values]) => values.length > 0));
}
