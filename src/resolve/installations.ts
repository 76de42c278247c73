import { quote, type Origin } from "../diagnostics";
import type { Manifest } from "../manifest";
import type { Installation } from "../model/accessModel";
import { providerName } from "../model/names";
import { sortedEntries } from "./accounts";
import { below, type Problems } from "./problems";

const defaultAudience = "sts.amazonaws.com";

/** Resolves every installation, sorted by name. Those with problems are left out, and the problems say why. */
export function resolveInstallations(
  manifest: Manifest,
  file: string,
  problems: Problems,
): ReadonlyMap<string, Installation> {
  const installations = new Map<string, Installation>();
  const byIssuer = new Map<string, Installation>();
  for (const [name, source] of sortedEntries(manifest.installations)) {
    const origin: Origin = { file, path: ["installations", name] };
    const issuer = source.issuer ?? `https://api.${source.host ?? ""}/idp`;
    const trouble = issuerProblem(issuer);
    if (trouble !== null) {
      const at = below(origin, source.issuer === undefined ? "host" : "issuer");
      problems.add("M04", at, `the issuer ${quote(issuer)} ${trouble.problem}`, trouble.remedy);
      continue;
    }
    const shared = isShared(issuer);
    if (shared && source.openSignup === false) {
      problems.add(
        "R08",
        below(origin, "openSignup"),
        "on gitpod.io anybody can get a workspace: openSignup cannot be false",
        "leave openSignup out",
      );
    }
    const installation: Installation = {
      name,
      origin,
      issuer,
      providerName: providerName(issuer),
      audience: source.audience ?? defaultAudience,
      openSignup: shared || (source.openSignup ?? false),
      identityProvider: source.identityProvider ?? "create",
    };
    checkTwin(byIssuer.get(issuer), installation, problems);
    byIssuer.set(issuer, installation);
    installations.set(name, installation);
  }
  return installations;
}

function checkTwin(twin: Installation | undefined, installation: Installation, problems: Problems): void {
  if (!twin || twin.identityProvider === installation.identityProvider) return;
  problems.add(
    "R08",
    below(installation.origin, "identityProvider"),
    `installations ${quote(twin.name)} and ${quote(installation.name)} share an issuer, and so one identity provider, ` +
      `but one says ${twin.identityProvider} and the other ${installation.identityProvider}`,
    "write the same identityProvider for both",
  );
}

/** Is this the issuer of gitpod.io, where anybody can get a workspace? */
function isShared(issuer: string): boolean {
  const host = new URL(issuer).hostname.toLowerCase();
  return host === "gitpod.io" || host.endsWith(".gitpod.io");
}

/**
 * Why IAM or a token could not use an issuer; null for one that is fine.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
function issuerProblem(issuer: string): { readonly problem: string; readonly remedy: string } | null {
  const copy = "copy it from gp idp token --audience sts.amazonaws.com --decode, where it stands as iss";
  if (!issuer.startsWith("https://") || !URL.canParse(issuer))
    return { problem: "is no https URL", remedy: copy };
  const url = new URL(issuer);
  if (url.port !== "")
    return { problem: "has a port: IAM accepts none", remedy: "serve the issuer on port 443" };
  if (issuer.endsWith("/"))
    return { problem: "ends in a slash", remedy: `write ${issuer.replace(/\/+$/, "")}` };
  const normal = url.pathname === "/" ? url.href.slice(0, -1) : url.href;
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return { problem: "has more than a host and a path", remedy: copy };
  }
  if (issuer !== normal) return { problem: "is not in its normal form", remedy: `write ${normal}` };
  if (!/^[a-z0-9.-]+(\/[A-Za-z0-9._~-]+)*$/.test(issuer.slice("https://".length))) {
    return { problem: "holds characters that no Gitpod issuer has", remedy: copy };
  }
  return null;
}
