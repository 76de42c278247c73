import { quote, type Origin } from "../diagnostics";
import type { Manifest, ManifestInstallation } from "../manifest";
import type { Installation } from "../model/accessModel";
import { classicIssuerProblem, isSharedIssuer, type IssuerProblem } from "../model/issuer";
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
  const open = openIssuers(manifest);
  const byIssuer = new Map<string, Installation>();
  for (const [name, source] of sortedEntries(manifest.installations)) {
    const origin: Origin = { file, path: ["installations", name] };
    const issuer = issuerOf(source);
    const trouble = hostProblem(source.host) ?? classicIssuerProblem(issuer);
    if (trouble !== null) {
      const at = below(origin, source.issuer === undefined ? "host" : "issuer");
      const found =
        source.issuer === undefined ? `host ${quote(source.host ?? "")}` : `issuer ${quote(issuer)}`;
      problems.add("M04", at, `the ${found} ${trouble.problem}`, trouble.remedy);
      continue;
    }
    const shared = isSharedIssuer(issuer);
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
      openSignup: shared || open.has(issuer),
      identityProvider: source.identityProvider ?? "create",
      otherAudiences: [...new Set(source.otherAudiences ?? [])].sort(),
      ...resolveSubject(source, origin, problems),
    };
    checkTwin(byIssuer.get(issuer), installation, problems);
    byIssuer.set(issuer, installation);
    installations.set(name, installation);
  }
  return installations;
}

function issuerOf({ issuer, host }: ManifestInstallation): string {
  return issuer ?? `https://api.${host ?? ""}/idp`;
}

/** A host with the first label of its issuer: the issuer would have it twice. */
function hostProblem(host: string | undefined): IssuerProblem | null {
  const [, label, rest = ""] = /^(api|services)\.(.+)$/.exec(host ?? "") ?? [];
  if (label === undefined) return null;
  return {
    problem: "is where the tokens come from, not the host that people open",
    remedy:
      label === "api" ? `write host: ${rest}` : `write issuer: https://services.${rest}/idp instead of host`,
  };
}

/** Issuers of which any installation says that anybody can get a workspace: their tokens cannot be told apart. */
function openIssuers(manifest: Manifest): ReadonlySet<string> {
  return new Set(
    Object.values(manifest.installations)
      .filter((i) => i.openSignup === true)
      .map(issuerOf),
  );
}

function checkTwin(twin: Installation | undefined, installation: Installation, problems: Problems): void {
  if (!twin || twin.identityProvider === installation.identityProvider) return;
  problems.add(
    "R08",
    below(installation.origin, "identityProvider"),
    `installations ${quote(twin.name)} and ${quote(installation.name)} share an issuer, and so one identity provider, ` +
      `but one says ${twin.identityProvider} and the other ${installation.identityProvider}`,
    `write the same identityProvider for both; where one account differs, write identityProviders: { ${installation.name}: ${installation.identityProvider} } there`,
  );
}

/** What subjects are made of: a list of claims is checked here, so that no later stage meets one that means nothing. */
function resolveSubject(
  source: ManifestInstallation,
  origin: Origin,
  problems: Problems,
): Pick<Installation, "subject" | "organizationId"> {
  const subject = source.subject === undefined || source.subject === "context" ? null : source.subject;
  const organizationId = source.organizationId ?? null;
  const at = below(origin, "subject");
  if (subject !== null && new Set(subject).size < subject.length) {
    problems.add("M04", at, "a claim stands in the list twice", "write the list as Gitpod has configured it");
  }
  if (subject !== null && !subject.includes("repository") && !subject.includes("context")) {
    problems.add(
      "R08",
      at,
      "without repository or context, the subject is the same for every repository",
      "have Gitpod configure org_id,repository, and write subject: [org_id, repository]",
    );
  }
  const needsId = subject?.includes("org_id") ?? false;
  if (needsId && organizationId === null) {
    problems.add(
      "R08",
      at,
      "org_id needs the organization's UUID",
      "add organizationId: copy org_id from gp idp token --audience sts.amazonaws.com --decode",
    );
  }
  if (!needsId && organizationId !== null) {
    problems.add(
      "R08",
      below(origin, "organizationId"),
      "the subject does not hold org_id, so that the organization's UUID limits nothing",
      "leave it out, or write subject: [org_id, repository] if Gitpod has configured that",
      "key",
    );
  }
  return { subject, organizationId };
}
