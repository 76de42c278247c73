import { below, quote, type Origin } from "../diagnostics";
import type { Manifest, ManifestInstallation } from "../manifest";
import type { FormerIssuer, Installation } from "../model/accessModel";
import { isSharedIssuer, kindProblem, onaIssuer } from "../model/issuer";
import type { Correction } from "../model/correction";
import { providerName } from "../model/names";
import { sortedEntries } from "./accounts";
import { checkManagements } from "./identityProviders";
import type { Problems } from "./problems";

const defaultAudience = "sts.amazonaws.com";

/** What the subjects of an installation are made of. */
type SubjectSettings = Pick<Installation, "subject" | "ona" | "organizationId">;

/** Resolves every installation, sorted by name. Those with problems are left out, and the problems say why. */
export function resolveInstallations(
  manifest: Manifest,
  file: string,
  problems: Problems,
): ReadonlyMap<string, Installation> {
  const installations = new Map<string, Installation>();
  const open = openIssuers(manifest);
  const isOpen = (issuer: string) => isSharedIssuer(issuer) || open.has(issuer);
  for (const [name, source] of sortedEntries(manifest.installations)) {
    const origin: Origin = { file, path: ["installations", name] };
    const issuer = issuerOf(source);
    const { kind = "classic" } = source;
    const trouble = hostProblem(source.host) ?? kindProblem(issuer, kind);
    if (trouble !== null) {
      const at = below(origin, source.issuer === undefined ? "host" : "issuer");
      const found =
        source.issuer === undefined ? `host ${quote(source.host ?? "")}` : `issuer ${quote(issuer)}`;
      problems.add("M04", at, `the ${found} ${trouble.problem}`, trouble.remedy);
      continue;
    }
    const subject =
      kind === "ona" ? resolveOna(source, origin, problems) : resolveSubject(source, origin, problems);
    const formerIssuers = resolveFormerIssuers(source, subject, origin, problems).map((former) => ({
      ...former,
      openSignup: isOpen(former.issuer),
    }));
    if (
      subject.ona === null &&
      source.openSignup === false &&
      [issuer, ...formerIssuers.map((f) => f.issuer)].some(isSharedIssuer)
    ) {
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
      openSignup: isOpen(issuer),
      identityProvider: source.identityProvider ?? "create",
      otherAudiences: [...new Set(source.otherAudiences ?? [])].sort(),
      formerIssuers,
      ...subject,
    };
    installations.set(name, installation);
  }
  checkManagements(installations.values(), problems);
  return installations;
}

/** The issuers that are on their way out, or in: each one that could be the installation's own, and is not. */
function resolveFormerIssuers(
  source: ManifestInstallation,
  { subject, ona, organizationId }: SubjectSettings,
  origin: Origin,
  problems: Problems,
): readonly Omit<FormerIssuer, "openSignup">[] {
  const seen = new Set([issuerOf(source)]);
  return formersOf(source).flatMap((former, i) => {
    const isBare = typeof source.formerIssuers?.[i] === "string";
    const at = below(origin, "formerIssuers", i, ...(isBare ? [] : ["issuer"]));
    const trouble = seen.has(former.issuer)
      ? { problem: "stands there already: roles trust it once", remedy: "take it off formerIssuers" }
      : kindProblem(former.issuer, ona === null ? "classic" : "ona");
    seen.add(former.issuer);
    if (trouble !== null) {
      problems.add("M04", at, `the issuer ${quote(former.issuer)} ${trouble.problem}`, trouble.remedy);
      return [];
    }
    if (former.organizationId !== undefined && ona === null && !(subject?.includes("org_id") ?? false))
      problems.add("R08", below(origin, "formerIssuers", i, "organizationId"), ...needlessId, "key");
    return [
      {
        issuer: former.issuer,
        providerName: providerName(former.issuer),
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
function hostProblem(host: string | undefined): Correction | null {
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
      .flatMap((i) => [issuerOf(i), ...formersOf(i).map((former) => former.issuer)]),
  );
}

/** What is wrong with an organization's UUID that no subject holds, and what to write. */
const needlessId = Object.freeze([
  "the subject does not hold org_id, so that the organization's UUID limits nothing",
  "leave it out, or write subject: [org_id, repository] if Gitpod has configured that",
] as const);

/** What subjects are made of: a list of claims is checked here, so that no later stage meets one that means nothing. */
function resolveSubject(source: ManifestInstallation, origin: Origin, problems: Problems): SubjectSettings {
  const subject = typeof source.subject === "object" ? source.subject : null;
  const organizationId = source.organizationId ?? null;
  const at = below(origin, "subject");
  if (typeof source.subject === "string" && source.subject !== "context")
    problems.add(
      "R08",
      at,
      `${source.subject} is a version of Ona's subjects`,
      "add kind: ona, or leave subject out",
    );
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
    problems.add("R08", below(origin, "organizationId"), ...needlessId, "key");
  }
  return { subject, ona: null, organizationId };
}

/** The organization and the versions of its subjects. */
function resolveOna(source: ManifestInstallation, origin: Origin, problems: Problems): SubjectSettings {
  const { subject = "v3", organizationId = null, audience } = source;
  const isVersion = subject === "v3" || subject === "v2" || subject === "both";
  const notOfOna = [
    ["host", source.host !== undefined, "Ona has one issuer for everybody, and no host", "leave it out"],
    [
      "openSignup",
      source.openSignup !== undefined,
      "every subject of Ona names the organization: who may sign up does not matter",
      "leave it out",
    ],
    [
      "audience",
      audience !== undefined && audience !== defaultAudience,
      "ona idp login aws asks for the audience sts.amazonaws.com, and for no other",
      "leave it out",
    ],
    [
      "subject",
      !isVersion,
      "subjects of Ona are of version 3 or 2",
      "write v3, or both while the organization changes",
    ],
  ] as const;
  for (const [key, isWrong, message, remedy] of notOfOna)
    if (isWrong) problems.add("R08", below(origin, key), message, remedy, "key");
  if (organizationId === null)
    problems.add(
      "R08",
      below(origin, "kind"),
      "kind: ona needs the organization's UUID",
      "add organizationId: copy organization_id from ona idp token --audience sts.amazonaws.com --decode",
    );
  const versions = subject === "both" || !isVersion ? (["v2", "v3"] as const) : [subject];
  return { subject: null, ona: versions, organizationId };
}
