/** Why an issuer cannot be one, and what to write. Neither is quoted. */
export interface IssuerProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Why IAM or a token could not use an issuer; null for one that is fine. IAM compares it byte for byte with `iss`.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function issuerProblem(issuer: string): IssuerProblem | null {
  const copy = "copy it from gp idp token --audience sts.amazonaws.com --decode, where it stands as iss";
  if (!issuer.startsWith("https://") || !URL.canParse(issuer))
    return { problem: "is no https URL", remedy: copy };
  const url = new URL(issuer);
  if (url.port !== "")
    return { problem: "has a port: IAM accepts none", remedy: "serve the issuer on port 443" };
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return { problem: "has more than a host and a path", remedy: copy };
  }
  if (issuer.endsWith("/"))
    return { problem: "ends in a slash", remedy: `write ${url.href.replace(/\/+$/, "")}` };
  const normal = url.pathname === "/" ? url.href.slice(0, -1) : url.href;
  if (issuer !== normal) return { problem: "is not in its normal form", remedy: `write ${normal}` };
  if (issuer.length > 255 || !/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(\/[A-Za-z0-9._~-]+)*$/.test(issuer)) {
    return {
      problem: "is longer than 255 characters, or holds some that no Gitpod issuer has",
      remedy: copy,
    };
  }
  return null;
}

/** Is this an issuer of gitpod.io, where anybody can get a workspace? */
export function isSharedIssuer(issuer: string): boolean {
  const host = new URL(issuer).hostname.toLowerCase();
  return host === "gitpod.io" || host.endsWith(".gitpod.io");
}
