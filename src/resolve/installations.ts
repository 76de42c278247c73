import type { Manifest, ManifestInstallation } from "../manifest";
import type { FormerIssuer, Installation } from "../model/accessModel";
import { isSharedIssuer, kindProblem, onaIssuer } from "../model/issuer";
import type { Correction } from "../model/correction";
import { providerName } from "../model/names";
import { sortedEntries } from "./accounts";
import { checkManagements } from "./identityProviders";
import { about, type ManifestPlace } from "./problems";

const defaultAudience = "sts.amazonaws.com";

/** What the subjects of an installation are made of. */
type SubjectSettings = Pick<Installation, "subject" | "ona" | "organizationId">;

/** Resolves every installation, sorted by name. Those with problems are left out, and the problems say why. */
export function resolveInstallations(
  manifest: Manifest,
  whole: ManifestPlace,
): ReadonlyMap<string, Installation> {
  const installations = new Map<string, Installation>();
  const open = openIssuers(manifest);
  const isOpen = (issuer: string) => isSharedIssuer(issuer) || open.has(issuer);
  for (const [name, source] of sortedEntries(manifest.installations)) {
    const place = whole.below("installations", name);
    const issuer = issuerOf(source);
    const { kind = "classic", host = "", audience = defaultAudience, identityProvider = "create" } = source;
    const trouble = hostProblem(host) ?? kindProblem(issuer, kind);
    if (trouble !== null) {
      const [key, found] = source.issuer === undefined ? ["host", host] : ["issuer", issuer];
      const { problem, remedy } = about(found, trouble);
      place.below(key).refuse("M04", { problem: `the ${key} ${problem}`, remedy });
      continue;
    }
    const subject = kind === "ona" ? resolveOna(source, place) : resolveSubject(source, place);
    const formerIssuers = resolveFormerIssuers(source, subject, place).map((former) => ({
      ...former,
      openSignup: isOpen(former.issuer),
    }));
    const isShared = [issuer, ...formerIssuers.map((f) => f.issuer)].some(isSharedIssuer);
    if (subject.ona === null && source.openSignup === false && isShared)
      place.below("openSignup").refuse("R08", {
        problem: "on gitpod.io anybody can get a workspace: openSignup cannot be false",
        remedy: "leave openSignup out",
      });
    installations.set(name, {
      ...{ name, origin: place.origin, issuer, audience, identityProvider, formerIssuers },
      providerName: providerName(issuer),
      openSignup: isOpen(issuer),
      otherAudiences: [...new Set(source.otherAudiences)].sort(),
      ...subject,
    });
  }
  checkManagements(installations.values(), whole.problems);
  return installations;
}

/** The issuers that are on their way out, or in: each one that could be the installation's own, and is not. */
function resolveFormerIssuers(
  source: ManifestInstallation,
  { subject, ona, organizationId }: SubjectSettings,
  place: ManifestPlace,
): readonly Omit<FormerIssuer, "openSignup">[] {
  const seen = new Set([issuerOf(source)]);
  return formersOf(source).flatMap((former, i) => {
    const { issuer } = former;
    const item = place.below("formerIssuers", i);
    const trouble = seen.has(issuer)
      ? { problem: "stands there already: roles trust it once", remedy: "take it off formerIssuers" }
      : kindProblem(issuer, ona === null ? "classic" : "ona");
    seen.add(issuer);
    if (trouble !== null) {
      const { problem, remedy } = about(issuer, trouble);
      const at = typeof source.formerIssuers?.[i] === "string" ? item : item.below("issuer");
      at.refuse("M04", { problem: `the issuer ${problem}`, remedy });
      return [];
    }
    if (former.organizationId !== undefined && ona === null && !subject?.includes("org_id"))
      item.below("organizationId").refuse("R08", needlessId);
    return [
      {
        issuer,
        providerName: providerName(issuer),
        organizationId: former.organizationId ?? organizationId,
        identityProvider: former.identityProvider ?? null,
      },
    ];
  });
}

function issuerOf({ kind, issuer, host }: ManifestInstallation): string {
  return issuer ?? (kind === "ona" ? onaIssuer : `https://api.${host ?? ""}/idp`);
}

/** The former issuers, each as an object, however it is written. */
function formersOf({ formerIssuers = [] }: ManifestInstallation) {
  return formerIssuers.map((item) => (typeof item === "string" ? { issuer: item } : item));
}

/** A host with the first label of its issuer: the issuer would have it twice. */
function hostProblem(host: string): Correction | null {
  const [, label, rest = ""] = /^(api|services)\.(.+)$/.exec(host) ?? [];
  if (label === undefined) return null;
  return {
    problem: "is where the tokens come from, not the host that people open",
    remedy:
      label === "api" ? `write host: ${rest}` : `write issuer: https://services.${rest}/idp instead of host`,
  };
}

/** Issuers of which any installation says that anybody can get a workspace: their tokens cannot be told apart. */
function openIssuers(manifest: Manifest): ReadonlySet<string> {
  const open = Object.values(manifest.installations).filter((i) => i.openSignup === true);
  return new Set(open.flatMap((i) => [issuerOf(i), ...formersOf(i).map((former) => former.issuer)]));
}

/** What is wrong with an organization's UUID that no subject holds, and what to write. */
const needlessId = Object.freeze({
  problem: "the subject does not hold org_id, so that the organization's UUID limits nothing",
  remedy: "leave it out, or write subject: [org_id, repository] if Gitpod has configured that",
  at: "key",
} as const);

/** What subjects are made of: a list of claims is checked here, so that no later stage meets one that means nothing. */
function resolveSubject(source: ManifestInstallation, place: ManifestPlace): SubjectSettings {
  const subject = typeof source.subject === "object" ? source.subject : null;
  const organizationId = source.organizationId ?? null;
  const at = place.below("subject");
  if (typeof source.subject === "string" && source.subject !== "context")
    at.refuse("R08", {
      problem: `${source.subject} is a version of Ona's subjects`,
      remedy: "add kind: ona, or leave subject out",
    });
  if (new Set(subject).size < (subject?.length ?? 0))
    at.refuse("M04", {
      problem: "a claim stands in the list twice",
      remedy: "write the list as Gitpod has configured it",
    });
  if (subject !== null && !subject.includes("repository") && !subject.includes("context"))
    at.refuse("R08", {
      problem: "without repository or context, the subject is the same for every repository",
      remedy: "have Gitpod configure org_id,repository, and write subject: [org_id, repository]",
    });
  const needsId = subject?.includes("org_id") ?? false;
  if (needsId && organizationId === null)
    at.refuse("R08", {
      problem: "org_id needs the organization's UUID",
      remedy: "add organizationId: copy org_id from gp idp token --audience sts.amazonaws.com --decode",
    });
  if (!needsId && organizationId !== null) place.below("organizationId").refuse("R08", needlessId);
  return { subject, ona: null, organizationId };
}

/** The organization and the versions of its subjects. */
function resolveOna(source: ManifestInstallation, place: ManifestPlace): SubjectSettings {
  const { subject = "v3", organizationId = null, audience = defaultAudience } = source;
  const isVersion = subject === "v3" || subject === "v2" || subject === "both";
  const refuse = (key: string, problem: string, remedy = "leave it out") =>
    place.below(key).refuse("R08", { problem, remedy, at: "key" });
  if (source.host !== undefined) refuse("host", "Ona has one issuer for everybody, and no host");
  if (source.openSignup !== undefined)
    refuse("openSignup", "every subject of Ona names the organization: who may sign up does not matter");
  if (audience !== defaultAudience)
    refuse("audience", "ona idp login aws asks for the audience sts.amazonaws.com, and for no other");
  if (!isVersion)
    refuse(
      "subject",
      "subjects of Ona are of version 3 or 2",
      "write v3, or both while the organization changes",
    );
  if (organizationId === null)
    place.below("kind").refuse("R08", {
      problem: "kind: ona needs the organization's UUID",
      remedy:
        "add organizationId: copy organization_id from ona idp token --audience sts.amazonaws.com --decode",
    });
  const versions = subject === "both" || !isVersion ? (["v2", "v3"] as const) : [subject];
  return { subject: null, ona: versions, organizationId };
}
