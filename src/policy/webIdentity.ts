import type { RequestContext } from "./evaluate";

/** The claims of a token that AWS looks at. */
export interface Claims {
  readonly sub?: string | undefined;
  /** Gitpod always sends a list. */
  readonly aud?: string | readonly string[] | undefined;
  readonly azp?: string | undefined;
  readonly email?: string | undefined;
}

/** The circumstances of a login. */
export interface Circumstances {
  /** ISO 8601. */
  readonly now: string;
  /** IPv4 or IPv6 address of the caller; null where nobody knows it. */
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
  circumstances: Circumstances,
): RequestContext {
  const audiences = typeof claims.aud === "string" ? [claims.aud] : (claims.aud ?? []);
  const entries: [string, readonly string[]][] = [
    ["sub", claims.sub === undefined ? [] : [claims.sub]],
    ["aud", claims.azp === undefined ? audiences.slice(0, 1) : [claims.azp]],
    ["oaud", claims.azp === undefined ? [] : audiences],
    ["email", claims.email === undefined ? [] : [claims.email]],
  ];
  return new Map<string, readonly string[]>([
    ...entries
      .filter(([, values]) => values.length > 0)
      .map(([claim, values]) => [`${providerName}:${claim}`.toLowerCase(), values] as const),
    ["aws:currenttime", [circumstances.now]],
    ["aws:epochtime", [String(Math.floor(Date.parse(circumstances.now) / 1000))]],
    ["aws:securetransport", ["true"]],
    ...(circumstances.sourceIp === null ? [] : [["aws:sourceip", [circumstances.sourceIp]] as const]),
  ]);
}
