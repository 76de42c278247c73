import { below, quote, type Origin } from "../diagnostics";
import { durationSeconds } from "../manifest";
import type { Export, Installation, Issuer, Role, SubjectSet } from "../model/accessModel";
import { identityProviderArn, roleArn, roleName } from "../model/names";
import { fixedLimits } from "../model/quotas";
import { parseCidr, trustPolicy, type TrustSource } from "../policy";
import {
  isGuarded,
  onaSubjects,
  orgClaimSubjects,
  orgSubjects,
  repoClaimSubjects,
  repoSubjects,
} from "../subject";
import { checkPolicyOwner, sortedEntries, type AccountSettings } from "./accounts";
import type { EffectiveEntry, Scope } from "./entries";
import { resolveGrants } from "./grants";
import type { Problems } from "./problems";
import { namedPolicies, resolvePermissions } from "./rolePolicies";
import { resolveStatements } from "./statements";

/** A role and what its snippet needs besides. */
export interface ResolvedRole {
  readonly role: Role;
  readonly entry: EffectiveEntry;
  readonly exports: readonly Export[];
}

/** The roles of an entry: one for each of its installations in each of its accounts. */
export function resolveRoles(entry: EffectiveEntry, scope: Scope): readonly ResolvedRole[] {
  const session = resolveSession(entry, scope.problems);
  const sourceCidrs = resolveCidrs(entry, scope.problems);
  if (entry.entry.kind === "repo" && entry.entry.contexts.length === 0) return [];
  const until = entry.settings.get("expires");
  const expires = until === undefined ? null : `${until}T00:00:00Z`;
  const roles: ResolvedRole[] = [];
  for (const account of entry.accounts) {
    const inAccount = resolveInAccount(entry, account, scope);
    const { granted, statements, managedPolicies } = inAccount;
    const written = { grants: granted.grants, statements, managedPolicies };
    const permissions = resolvePermissions(written, expires, account.quotas);
    for (const installation of entry.installations) {
      const subjects = resolveSubjects(entry, installation, installation, scope.problems);
      if (subjects === null) continue;
      const trusted = (issuer: Issuer): TrustSource => ({
        identityProviderArn: identityProviderArn(account.partition, account.id, issuer.issuer),
        issuer: issuer.issuer,
        audience: installation.audience,
        subjects: resolveSubjects(entry, installation, issuer, scope.problems) ?? subjects,
        ...{ expires, sourceCidrs },
      });
      const name = entry.name ?? roleName(installation.name, entry.url.segments.join("/"));
      roles.push({
        entry,
        exports: inAccount.granted.exports,
        role: {
          name,
          path: inAccount.path,
          arn: roleArn(account.partition, account.id, inAccount.path, name),
          description:
            entry.settings.get("description") ??
            `${installation.ona === null ? "Gitpod workspaces" : "Ona environments"} of ${entry.entry.url}`,
          account: account.name,
          installation: installation.name,
          entry: entry.entry,
          projects: installation.ona === null ? [] : entry.projects,
          maxSessionDuration: Math.max(session, fixedLimits.minRoleSession),
          sessionDuration: session,
          permissionsBoundary: inAccount.permissionsBoundary,
          tags: inAccount.tags,
          subjects,
          expires,
          sourceCidrs,
          trustPolicy: trustPolicy(trusted(installation), ...installation.formerIssuers.map(trusted)),
          permissionPolicy: permissions.whole,
          policies: namedPolicies(permissions.split, name, inAccount.path, account),
          grantWeights: permissions.weights,
          grantsOrigin: entry.settings.origin("grants"),
          statements: inAccount.statements,
          managedPoliciesOrigin:
            inAccount.managedPolicies.length === 0
              ? entry.entry.origin
              : entry.settings.origin("managedPolicies"),
          managedPolicies: inAccount.managedPolicies,
          foreignResources: inAccount.granted.foreignResources,
          adopt: entry.adopt,
          exclusive: entry.settings.get("exclusive") ?? account.exclusive,
        },
      });
    }
  }
  return roles;
}

/** The guard of patterns would refuse every workspace of a URL that holds what it looks for. */
function checkGuard(entry: EffectiveEntry, subjects: SubjectSet, problems: Problems): void {
  if (!subjects.prefixes.some(isGuarded)) return;
  problems.add(
    "R08",
    below(entry.entry.origin, "url"),
    `${quote(entry.entry.url)} holds .., which is refused wherever a pattern admits a subject: nobody could log in by one`,
    entry.entry.kind === "org"
      ? "name its repositories under repos, with contexts: [repository]"
      : "write contexts: [repository], and name branches one by one, as { branch: main }",
  );
}

/**
 * The subjects of an entry in tokens of an installation's own issuer, or of a former one; null where it cannot say them,
 * and the problem says why.
 */
function resolveSubjects(
  entry: EffectiveEntry,
  installation: Installation,
  { organizationId }: Issuer,
  problems: Problems,
): SubjectSet | null {
  const { kind, contexts } = entry.entry;
  const { subject: keys, ona } = installation;
  // Without these, others have said why.
  if (ona !== null)
    return entry.projects.length === 0 || organizationId === null
      ? null
      : onaSubjects(organizationId, entry.projects, ona);
  if (keys === null) {
    const subjects = kind === "org" ? orgSubjects(entry.url) : repoSubjects(entry.url, contexts);
    checkGuard(entry, subjects, problems);
    return subjects;
  }
  if (kind === "repo") {
    if (contexts.every((context) => context === "repository"))
      return repoClaimSubjects(entry.url, { keys, organizationId });
    problems.add(
      "R08",
      entry.settings.origin("contexts"),
      `on ${installation.name}, the subject holds ${keys.join(", ")}: it cannot tell these contexts apart`,
      "leave contexts out: workspaces of the repository are admitted whatever they were opened on",
    );
    return null;
  }
  const subjects = orgClaimSubjects(entry.url, { keys, organizationId });
  if (subjects !== null) {
    checkGuard(entry, subjects, problems);
    return subjects;
  }
  problems.add(
    "R08",
    below(entry.entry.origin, "url"),
    `on ${installation.name}, the subject holds ${keys.join(", ")}: an organization needs repository last, and no context`,
    "name the repositories under repos, or have Gitpod configure org_id,repository",
  );
  return null;
}

/** What of an entry depends on the account alone. */
function resolveInAccount(entry: EffectiveEntry, account: AccountSettings, scope: Scope) {
  const { settings } = entry;
  const { problems } = scope;
  const tags = Object.fromEntries(sortedEntries({ ...account.tags, ...settings.tags }));
  const tagKeys = Object.keys(tags);
  if (tagKeys.length > fixedLimits.tagsPerResource) {
    problems.add(
      "R08",
      settings.origin("tags"),
      `the role would have ${tagKeys.length} tags, with those of defaults and account ${quote(account.name)}; IAM allows ${fixedLimits.tagsPerResource}`,
      "leave out the tags that nobody reads",
    );
  }
  const keys = tagKeys.map((key) => key.toLowerCase());
  checkOnce(keys, "tag key", "letter case aside", settings.origin("tags"), problems);
  const sids = (settings.get("statements") ?? []).flatMap((s) => s.Sid ?? []);
  checkOnce(sids, "Sid", "in one policy", settings.origin("statements"), problems);
  const managedPolicies = settings.get("managedPolicies") ?? [];
  managedPolicies.forEach((arn, i) => {
    checkPolicyOwner(arn, account, below(settings.origin("managedPolicies"), i), problems);
  });
  return {
    granted: resolveGrants(entry, account, scope),
    tags,
    path: settings.get("path") ?? account.rolePath ?? "/",
    permissionsBoundary: resolveBoundary(entry, account, problems),
    managedPolicies: [...new Set(managedPolicies)].sort(),
    statements: resolveStatements(settings, problems),
  };
}

/** IAM refuses what stands twice. */
function checkOnce(
  words: readonly string[],
  what: string,
  where: string,
  origin: Origin,
  problems: Problems,
): void {
  const twice = words.find((word, i) => words.indexOf(word) < i);
  if (twice === undefined) return;
  problems.add(
    "R08",
    origin,
    `the ${what} ${quote(twice)} stands twice, ${where}`,
    "keep one of them, or rename it",
  );
}

function resolveBoundary(entry: EffectiveEntry, account: AccountSettings, problems: Problems): string | null {
  const own = entry.settings.get("permissionsBoundary");
  if (own === undefined) return account.permissionsBoundary;
  const origin = entry.settings.origin("permissionsBoundary");
  checkPolicyOwner(own, account, origin, problems);
  if (account.permissionsBoundary !== null && own !== account.permissionsBoundary) {
    problems.add(
      "R05",
      origin,
      `account ${quote(account.name)} binds its roles to the boundary ${quote(account.permissionsBoundary)}`,
      "leave permissionsBoundary out here: an entry may repeat the account's, not replace it",
    );
  }
  return account.permissionsBoundary ?? own;
}

/** Seconds. */
const defaultSession = 3600;

function resolveSession(entry: EffectiveEntry, problems: Problems): number {
  const text = entry.settings.get("sessionDuration");
  if (text === undefined) return defaultSession;
  const seconds = durationSeconds(text);
  if (seconds < fixedLimits.minSession || seconds > fixedLimits.maxSession) {
    problems.add(
      "M04",
      entry.settings.origin("sessionDuration"),
      `${quote(text)} is outside of what AWS allows: 15m to 12h`,
      "write a duration in these bounds; the shorter, the safer",
    );
  }
  return seconds;
}

function resolveCidrs(entry: EffectiveEntry, problems: Problems): readonly string[] {
  const written = entry.settings.get("sourceCidrs");
  if (written === undefined) return [];
  const cidrs = new Set<string>();
  written.forEach((text, i) => {
    const result = parseCidr(text);
    if (result.ok) cidrs.add(result.cidr);
    else {
      const origin = below(entry.settings.origin("sourceCidrs"), i);
      problems.add("M04", origin, `${quote(text)} ${result.problem}`, result.remedy);
    }
  });
  return [...cidrs].sort();
}
