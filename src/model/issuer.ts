import type { Installation, Issuer } from "./accessModel";
import type { Correction } from "./correction";

/** All issuers that an installation's roles trust: its own first, then the former ones. */
export function issuersOf(installation: Installation): readonly Issuer[] {
  return [installation, ...installation.formerIssuers];
}

/**
 * Why IAM or a token could not use an issuer; null for one that is fine. IAM compares it byte for byte with `iss`.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function issuerProblem(issuer: string): Correction | null {
  const copy = "copy it from gp idp token --audience sts.amazonaws.com --decode, where it stands as iss";
  if (!issuer.startsWith("https://") || !URL.canParse(issuer))
    return { problem: "is not an https URL", remedy: copy };
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

const copyIssuer = "copy iss from gp idp token --audience sts.amazonaws.com --decode";

/** The issuer of Ona, whatever address its users open. */
export const onaIssuer = "https://app.gitpod.io";

/** Which kind of installation an address is no issuer of. */
type Shape = readonly [kinds: "any" | "classic" | "ona", RegExp, (url: URL) => Correction];

/** What addresses look like that somebody may take for an installation's issuer. */
const otherShapes: readonly Shape[] = Object.freeze<Shape[]>([
  [
    "any",
    /\/\.well-known\//,
    ({ href }) => ({
      problem: "is the address of a discovery document, not of an issuer",
      remedy: `write ${href.replace(/\/\.well-known\/.*$/, "")}`,
    }),
  ],
  [
    "classic",
    /^https:\/\/(api\.|services\.)?app\.(gitpod\.io|ona\.com)(\/|$)/,
    () => ({
      problem: "is the issuer of Ona, whose tokens name a project and no repository",
      remedy: "write kind: ona and organizationId in an installation of its own, and project in its entries",
    }),
  ],
  [
    "ona",
    /^https:\/\/([^/]*\.)?ona\.com(\/|$)/,
    () => ({ problem: "is where people open Ona", remedy: `leave issuer out: tokens say ${onaIssuer}` }),
  ],
  [
    "ona",
    /^https:\/\/[^/]+\/idp$/,
    () => ({
      problem: "is the issuer of a Gitpod Classic installation",
      remedy: "declare it as an installation of its own, without kind; an entry may name both",
    }),
  ],
  [
    "any",
    /^https:\/\/token\.actions\.githubusercontent\.com(\/|$)/,
    () => ({ problem: "is the issuer of GitHub Actions, not of Gitpod", remedy: copyIssuer }),
  ],
  [
    "any",
    /^https:\/\/(gitlab|github)\.com(\/|$)|^https:\/\/bitbucket\.org(\/|$)/,
    () => ({ problem: "is a source control host, not Gitpod", remedy: copyIssuer }),
  ],
  [
    "classic",
    /^https:\/\/[^/]+$/,
    ({ host }) => ({
      problem: "lacks the path /idp, with which the issuer of every Gitpod Classic installation ends",
      remedy: /^((api|services)\.|gitpod\.io$)/.test(host)
        ? `write https://${host.replace(/^gitpod/, "api.gitpod")}/idp`
        : `${copyIssuer}: most likely https://services.${host}/idp`,
    }),
  ],
  [
    "classic",
    /^https:\/\/[^/]+\/(?!idp$)/,
    ({ host }) => ({
      problem: "has another path than the issuers of Gitpod Classic, which are https://HOST/idp",
      remedy: `write https://${host}/idp, if this is an installation; else ${copyIssuer}`,
    }),
  ],
]);

/**
 * Why an issuer is none of an installation of this kind; null for one that may be. Those of Gitpod Classic are
 * `https://HOST/idp`, and nothing else.
 */
export function kindProblem(issuer: string, kind: "classic" | "ona"): Correction | null {
  const shape = otherShapes.find(([kinds, form]) => (kinds === "any" || kinds === kind) && form.test(issuer));
  return shape !== undefined && URL.canParse(issuer) ? shape[2](new URL(issuer)) : issuerProblem(issuer);
}

/** Is this an issuer of gitpod.io, where anybody can get a workspace? */
export function isSharedIssuer(issuer: string): boolean {
  const host = new URL(issuer).hostname.toLowerCase();
  return host === "gitpod.io" || host.endsWith(".gitpod.io");
}
