import type { Installation, Issuer } from "./accessModel";
import type { Correction } from "./correction";

/** All issuers that an installation's roles trust: its own first, then the former ones. */
export function issuersOf(installation: Installation): readonly Issuer[] {
  return [installation, ...installation.formerIssuers];
}

const copyIssuer = "copy iss from gp idp token --audience sts.amazonaws.com --decode";

/**
 * Why IAM or a token could not use an issuer; null for one that is fine. IAM compares it byte for byte with `iss`.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function issuerProblem(issuer: string): Correction | null {
  const refuse = (problem: string, remedy = copyIssuer): Correction => ({ problem, remedy });
  if (!issuer.startsWith("https://") || !URL.canParse(issuer)) {
    const [, bare] = /^(?:http:\/\/)?([a-z0-9.-]+\/idp)$/.exec(issuer) ?? [];
    return refuse("is not an https URL", bare && `write https://${bare}`);
  }
  const url = new URL(issuer);
  if (url.port !== "") return refuse("has a port: IAM accepts none", "serve the issuer on port 443");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return refuse("has more than a host and a path");
  if (issuer.endsWith("/")) return refuse("ends in a slash", `write ${url.href.replace(/\/+$/, "")}`);
  const normal = url.pathname === "/" ? url.href.slice(0, -1) : url.href;
  if (issuer !== normal) return refuse("is not in its normal form", `write ${normal}`);
  if (issuer.length > 255 || !/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(\/[A-Za-z0-9._~-]+)*$/.test(issuer))
    return refuse("is longer than 255 characters, or holds some that no Gitpod issuer has");
  return null;
}

/** The issuer of Ona, whatever address its users open. */
export const onaIssuer = "https://app.gitpod.io";

/** What addresses look like that somebody may take for an issuer of an installation, of one kind or any. */
const otherShapes: readonly {
  readonly kind: "any" | "classic" | "ona";
  readonly form: RegExp;
  readonly problem: string;
  readonly remedy: (url: URL) => string;
}[] = Object.freeze([
  {
    ...{ kind: "any", form: /\/\.well-known\// },
    problem: "is the address of a discovery document, not of an issuer",
    remedy: ({ href }: URL) => `write ${href.replace(/\/\.well-known\/.*$/, "")}`,
  },
  {
    ...{ kind: "classic", form: /^https:\/\/(api\.|services\.)?app\.(gitpod\.io|ona\.com)(\/|$)/ },
    problem: "is the issuer of Ona, whose tokens name a project and no repository",
    remedy: () =>
      "write kind: ona and organizationId in an installation of its own, and project in its entries",
  },
  {
    ...{ kind: "ona", form: /^https:\/\/([^/]*\.)?ona\.com(\/|$)/ },
    problem: "is where people open Ona",
    remedy: () => `leave issuer out: tokens say ${onaIssuer}`,
  },
  {
    ...{ kind: "ona", form: /^https:\/\/[^/]+\/idp$/ },
    problem: "is the issuer of a Gitpod Classic installation",
    remedy: () => "declare it as an installation of its own, without kind; an entry may name both",
  },
  {
    ...{
      kind: "any",
      form: /^https:\/\/((api|services)\.)?(gitlab\.com|github\.com|bitbucket\.org|dev\.azure\.com)(\/|$)/,
    },
    problem: "is a source control host, not Gitpod",
    remedy: () => copyIssuer,
  },
  {
    ...{
      kind: "any",
      form: /^https:\/\/([^/]+\.)?(amazonaws|auth0|circleci|githubusercontent|google|okta|terraform|windows)\.(com|io|net)(?!\/idp$)/,
    },
    problem: "is the issuer of another service, such as GitHub Actions, not of Gitpod",
    remedy: () => copyIssuer,
  },
  {
    ...{ kind: "classic", form: /^https:\/\/[^/]+$/ },
    problem: "lacks the path /idp, with which the issuer of every Gitpod Classic installation ends",
    remedy: ({ host }: URL) =>
      /^((api|services)\.|gitpod\.io$)/.test(host)
        ? `write https://${host.replace(/^gitpod/, "api.gitpod")}/idp`
        : `${copyIssuer}: most likely https://services.${host}/idp`,
  },
  {
    ...{ kind: "classic", form: /^https:\/\/[^/]+\/(?!idp$)/ },
    problem: "has another path than the issuers of Gitpod Classic, which are https://HOST/idp",
    remedy: ({ host }: URL) => `write https://${host}/idp, if this is an installation; else ${copyIssuer}`,
  },
] as const);

/**
 * Why an issuer is none of an installation of this kind; null for one that may be. Those of Gitpod Classic are
 * `https://HOST/idp`, and nothing else.
 */
export function kindProblem(issuer: string, kind: "classic" | "ona"): Correction | null {
  const shape = otherShapes.find((s) => (s.kind === "any" || s.kind === kind) && s.form.test(issuer));
  if (shape === undefined || !URL.canParse(issuer)) return issuerProblem(issuer);
  return { problem: shape.problem, remedy: shape.remedy(new URL(issuer)) };
}

/** Is this an issuer of gitpod.io, where anybody can get a workspace? */
export function isSharedIssuer(issuer: string): boolean {
  const host = new URL(issuer).hostname.toLowerCase();
  return host === "gitpod.io" || host.endsWith(".gitpod.io");
}
