import { below, nearest, quote } from "../diagnostics";
import { durationSeconds } from "../manifest";
import type { Export, Installation, Issuer, Role, SubjectSet, WrittenStatement } from "../model/accessModel";
import type { ResolvedGrant } from "../model/grant";
import { identityProviderArn, roleArn, roleName } from "../model/names";
import { fixedLimits } from "../model/quotas";
import {
  canonicalStatement,
  many,
  parseCidr,
  resourceArn,
  sortedOnce,
  statementMistakes,
  type TrustSource,
} from "../policy";
import {
  isGuarded,
  onaSubjects,
  orgClaimSubjects,
  orgSubjects,
  repoClaimSubjects,
  repoSubjects,
} from "../subject";
import { checkPolicyOwner, sortedEntries, type AccountSettings } from "./accounts";
import type { EffectiveEntry, Scope, Settings } from "./entries";
import { resolveGrants } from "./grants";
import { about, type ManifestPlace } from "./problems";
import { LazyPolicies } from "./rolePolicies";

/** A role and what its snippet needs besides. */
export interface ResolvedRole {
  readonly role: Role;
  readonly entry: EffectiveEntry;
  readonly exports: readonly Export[];
}

/** The roles of an entry: one for each of its installations in each of its accounts. */
export function resolveRoles(effective: EffectiveEntry, scope: Scope): readonly ResolvedRole[] {
  const { entry, settings, adopt } = effective;
  const sessionDuration = resolveSession(settings);
  const sourceCidrs = resolveCidrs(settings);
  if (entry.kind === "repo" && entry.contexts.length === 0) return [];
  const until = settings.get("expires");
  const expires = until === undefined ? null : `${until}T00:00:00Z`;
  const place = scope.problems.at(entry.origin).below("url");
  const subjectsOf = (installation: Installation, issuer: Issuer) =>
    resolveSubjects(effective, installation, issuer, place);
  return effective.accounts.flatMap((account) => {
    const inAccount = resolveInAccount(effective, account, scope);
    const { granted, path, statements, managedPolicies } = inAccount;
    const written = { grants: granted.grants, statements, managedPolicies, shared: {} };
    return effective.installations.flatMap((installation): ResolvedRole[] => {
      const subjects = subjectsOf(installation, installation);
      if (subjects === null) return [];
      const isOna = installation.ona !== null;
      const trusted = (issuer: Issuer, own: SubjectSet): TrustSource => ({
        issuer: issuer.issuer,
        audience: installation.audience,
        expires,
        sourceCidrs,
        identityProviderArn: identityProviderArn(account.partition, account.id, issuer.issuer),
        subjects: own,
      });
      const formers = installation.formerIssuers.map((f) =>
        trusted(f, subjectsOf(installation, f) ?? subjects),
      );
      const trusts = [trusted(installation, subjects), ...formers] as const;
      const name = effective.name ?? roleName(installation.name, effective.url.segments.join("/"));
      const role: Role = {
        // Named one by one: tens of thousands of spread objects take twice the memory.
        name,
        path,
        entry,
        sessionDuration,
        subjects,
        expires,
        sourceCidrs,
        adopt,
        statements,
        managedPolicies,
        tags: inAccount.tags,
        permissionsBoundary: inAccount.permissionsBoundary,
        arn: roleArn(account.partition, account.id, path, name),
        description:
          settings.get("description") ??
          `${isOna ? "Ona environments" : "Gitpod workspaces"} of ${entry.url}`,
        account: account.name,
        installation: installation.name,
        projects: isOna ? effective.projects : [],
        maxSessionDuration: Math.max(sessionDuration, fixedLimits.minRoleSession),
        made: new LazyPolicies({ trusts, expires, account, name, path, ...written }),
        grants: sortedOnce(granted.grants.map(({ grant }) => byName(grant))),
        grantsOrigin: settings.origin("grants"),
        managedPoliciesOrigin:
          managedPolicies.length === 0 ? entry.origin : settings.origin("managedPolicies"),
        foreignResources: granted.foreignResources,
        exclusive: settings.get("exclusive") ?? account.exclusive,
      };
      return [{ entry: effective, exports: granted.exports, role }];
    });
  });
}

/** A grant by its name, where its ARN says no more. */
function byName(grant: ResolvedGrant): ResolvedGrant {
  const { arn, kind, target } = grant;
  return arn !== null && arn === resourceArn(kind, target) ? { ...grant, arn: null } : grant;
}

/**
 * The subjects of an entry in tokens of an installation's own issuer, or of a former one; null where it cannot say them,
 * and the problem says why.
 */
function resolveSubjects(
  { entry: { kind, url: written, contexts }, url, projects, settings }: EffectiveEntry,
  { name, subject: keys, ona }: Installation,
  { organizationId }: Issuer,
  place: ManifestPlace,
): SubjectSet | null {
  // Without these, others have said why.
  if (ona !== null)
    return projects.length === 0 || organizationId === null
      ? null
      : onaSubjects(organizationId, projects, ona);
  if (keys !== null && kind === "repo") {
    if (contexts.every((context) => context === "repository"))
      return repoClaimSubjects(url, { keys, organizationId });
    return settings.place("contexts").refuse("R08", {
      problem: `on ${name}, the subject holds ${keys.join(", ")}: it cannot tell these contexts apart`,
      remedy: "leave contexts out: workspaces of the repository are admitted whatever they were opened on",
    });
  }
  const subjects =
    keys !== null
      ? orgClaimSubjects(url, { keys, organizationId })
      : kind === "org"
        ? orgSubjects(url)
        : repoSubjects(url, contexts);
  if (subjects === null)
    return place.refuse("R08", {
      problem: `on ${name}, the subject holds ${keys?.join(", ") ?? ""}: an organization needs repository last, and no context`,
      remedy: "name the repositories under repos, or have Gitpod configure org_id,repository",
    });
  // The guard of patterns would refuse every workspace of a URL that holds what it looks for.
  if (subjects.prefixes.some(isGuarded))
    place.refuse("R08", {
      problem: `${quote(written)} holds .., which is refused wherever a pattern admits a subject: nobody could log in by one`,
      remedy:
        kind === "org"
          ? "name its repositories under repos, with contexts: [repository]"
          : "write contexts: [repository], and name branches one by one, as { branch: main }",
    });
  return subjects;
}

/** What of an entry depends on the account alone. */
function resolveInAccount(effective: EffectiveEntry, account: AccountSettings, scope: Scope) {
  const { settings } = effective;
  const tags = Object.fromEntries(sortedEntries({ ...account.tags, ...settings.tags }));
  const tagKeys = Object.keys(tags);
  if (tagKeys.length > fixedLimits.tagsPerResource)
    settings.place("tags").refuse("R08", {
      problem: `the role would have ${tagKeys.length} tags, with those of defaults and account ${quote(account.name)}; IAM allows ${fixedLimits.tagsPerResource}`,
      remedy: "leave out the tags that nobody reads",
    });
  checkOnce(
    tagKeys.map((key) => key.toLowerCase()),
    "the tag key",
    "letter case aside",
    settings.place("tags"),
  );
  const sids = (settings.get("statements") ?? []).flatMap((s) => s.Sid ?? []);
  checkOnce(sids, "the Sid", "in one policy", settings.place("statements"));
  const managedPolicies = settings.get("managedPolicies") ?? [];
  for (const [i, arn] of managedPolicies.entries())
    checkPolicyOwner(arn, account, settings.place("managedPolicies").below(i));
  return {
    granted: resolveGrants(effective, account, scope),
    tags,
    path: settings.get("path") ?? account.rolePath ?? "/",
    permissionsBoundary: resolveBoundary(settings, account),
    managedPolicies: [...new Set(managedPolicies)].sort(),
    statements: resolveStatements(settings),
  };
}

/** The raw statements of an entry, canonical; what IAM refuses in them is among the problems. */
function resolveStatements(settings: Settings): readonly WrittenStatement[] {
  const origin = settings.origin("statements");
  return (settings.get("statements") ?? []).map((statement, i) => {
    for (const { path, at, found, problem, remedy, words } of statementMistakes(statement)) {
      const near = nearest(found, words);
      const correction = { problem, remedy: near === undefined ? remedy : `did you mean ${near}?` };
      settings
        .place("statements")
        .below(i, ...path)
        .refuse("M04", { ...about(found, correction), at });
    }
    return {
      statement: canonicalStatement(statement),
      origin: below(origin, i),
      itemsOrigin: { Action: many(statement.Action), NotAction: many(statement.NotAction) },
    };
  });
}

/** IAM refuses what stands twice. */
function checkOnce(words: readonly string[], what: string, where: string, place: ManifestPlace): void {
  const twice = words.find((word, i) => words.indexOf(word) < i);
  if (twice !== undefined)
    place.refuse("R08", {
      problem: `${what} ${quote(twice)} stands twice, ${where}`,
      remedy: "keep one of them, or rename it",
    });
}

function resolveBoundary(settings: Settings, account: AccountSettings): string | null {
  const own = settings.get("permissionsBoundary");
  if (own === undefined) return account.permissionsBoundary;
  const place = settings.place("permissionsBoundary");
  checkPolicyOwner(own, account, place);
  if (account.permissionsBoundary !== null && own !== account.permissionsBoundary)
    place.refuse("R05", {
      problem: `account ${quote(account.name)} binds its roles to the boundary ${quote(account.permissionsBoundary)}`,
      remedy: "leave permissionsBoundary out here: an entry may repeat the account's, not replace it",
    });
  return account.permissionsBoundary ?? own;
}

/** Seconds. */
function resolveSession(settings: Settings): number {
  const text = settings.get("sessionDuration") ?? "1h";
  const seconds = durationSeconds(text);
  if (seconds < fixedLimits.minSession || seconds > fixedLimits.maxSession)
    settings.place("sessionDuration").refuse("M04", {
      problem: `${quote(text)} is outside of what AWS allows: 15m to 12h`,
      remedy: "write a duration in these bounds; the shorter, the safer",
    });
  return seconds;
}

function resolveCidrs(settings: Settings): readonly string[] {
  const cidrs = new Set<string>();
  for (const [i, text] of (settings.get("sourceCidrs") ?? []).entries()) {
    const result = parseCidr(text);
    if (result.ok) cidrs.add(result.cidr);
    else settings.place("sourceCidrs").below(i).refuse("M04", about(text, result));
  }
  return [...cidrs].sort();
}
