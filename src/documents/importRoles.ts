import { quote } from "../diagnostics";
import type { ExistingAccess, ExistingRole, RoleFact } from "../model/existing";
import { parseArn } from "../model/names";
import { partitionOf, partitions, type Partition } from "../model/partitions";
import { fixedLimits } from "../model/quotas";
import type { Statement } from "../model/policyDocument";
import { many, permissionPolicy, readDocument } from "../policy";
import { parseEntryUrl, scmHosts, type ClaimList, type OnaProjects } from "../subject";
import { atomsOf, recogniseGrants, type Recognition } from "./importGrants";
import {
  readTrust,
  recogniseTrust,
  settleHosts,
  type ReadTrust,
  type RecognisedTrust,
  type SettledHosts,
} from "./importTrust";

/** The account of imported roles. */
export interface ImportedAccount {
  readonly id: string;
  readonly partition: Partition;
  /** The region that the ARNs of its roles name most; null: none does. */
  readonly region: string | null;
  /** Further regions that they name. */
  readonly otherRegions: readonly string[];
}

/** The issuer of the tokens that a role trusts, with what its subjects are made of. */
export interface ImportedInstallation {
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ClaimList | null;
  /** Null for Gitpod Classic. */
  readonly ona: Omit<OnaProjects, "projects"> | null;
  /** Sorted. `organizationId` is null where it is that of `claims`. */
  readonly formerIssuers: readonly { readonly issuer: string; readonly organizationId: string | null }[];
}

/** A role, as an entry of a manifest. */
export interface ImportedRole {
  readonly role: ExistingRole;
  readonly account: ImportedAccount;
  readonly installation: ImportedInstallation;
  readonly trust: RecognisedTrust;
  readonly permissions: Recognition;
  /** Everything that its policies say, for a comparison with what the entry comes to. */
  readonly statements: readonly Statement[];
  /** Seconds. */
  readonly sessionDuration: number | null;
  /** Sorted, without repetitions. */
  readonly managedPolicies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** What the entry cannot say, or says beyond the role. */
  readonly notes: readonly string[];
}

/** A role of which there is no entry, and why. */
export interface SkippedRole {
  readonly role: ExistingRole;
  readonly problem: string;
}

export interface Imported {
  readonly roles: readonly ImportedRole[];
  readonly skipped: readonly SkippedRole[];
}

/** A role with everything but its grants, which depend on the region of all. */
type Half = Omit<ImportedRole, "account" | "permissions"> & {
  readonly place: Pick<ImportedAccount, "id" | "partition">;
};

/** Says existing roles as entries of a manifest. No entry admits anybody that its role does not, other spellings aside. */
export function importRoles({ roles }: ExistingAccess): Imported {
  const skipped: SkippedRole[] = [];
  const readable = roles.flatMap((role) => {
    const read = readTrust(role);
    if (typeof read === "string") skipped.push({ role, problem: read });
    return typeof read === "string" ? [] : [{ role, trust: read }];
  });
  const hosts = settleHosts(readable.map(({ trust }) => trust));
  const halves = readable.flatMap(({ role, trust }) => {
    const half = halfOf(role, trust, hosts);
    if (typeof half === "string") skipped.push({ role, problem: half });
    return typeof half === "string" ? [] : [half];
  });
  const accounts = new Map<string, ImportedAccount>();
  const done = halves.map(({ place, ...half }): ImportedRole => {
    const { id, partition } = place;
    const account =
      accounts.get(id) ??
      accountOf(
        place,
        halves.filter((other) => other.place.id === id),
      );
    accounts.set(id, account);
    const near = { partition, account: id, region: account.region ?? "" };
    return { ...half, account, permissions: recogniseGrants(half.statements, near) };
  });
  return { roles: done, skipped };
}

/** The role so far, or why there is no entry. */
function halfOf(role: ExistingRole, read: ReadTrust, hosts: SettledHosts): Half | string {
  const trust = recogniseTrust(read, hosts);
  if (trust === null) {
    return `its subjects are those of no repository, organization or Ona project: ${[...read.unsaid, ...literalsOf(read)].slice(0, 5).join("; ")}`;
  }
  const federated = parseArn(trust.terms.federated);
  const own = role.arn === null ? federated : parseArn(role.arn);
  const partition = partitions.find((p) => p === federated?.partition);
  if (federated === null || own === null || partition === undefined)
    return "the ARN of its identity provider is none";
  if (own.account !== federated.account || own.partition !== partition)
    return `it trusts an identity provider of another account, ${quote(trust.terms.federated)}`;
  const permissions = permissionsOf(role);
  if (typeof permissions === "string") return permissions;
  const { expires } = trust.terms;
  const { statements, notes } = withoutExpiry(permissions, expires);
  const tags = Object.entries(role.tags).filter(([key]) => !/^aws:/i.test(key));
  const aws = Object.keys(role.tags).filter((key) => /^aws:/i.test(key));
  return {
    ...{ role, trust, statements, place: { id: federated.account, partition } },
    installation: installationOf(trust),
    sessionDuration: role.maxSessionDuration === fixedLimits.minRoleSession ? null : role.maxSessionDuration,
    managedPolicies: [...new Set(role.managedPolicies.map(({ arn }) => arn))].sort(),
    tags: Object.fromEntries(tags),
    notes: [
      ...trust.notes,
      ...(trust.entry.ona !== null && repositoryOf(role) === null
        ? ["the trust policy names a project of Ona and no repository: write its url, which the task is for"]
        : []),
      ...notes,
      ...aws.map((key) => `the tag ${quote(key)} is left out: AWS keeps it itself`),
      ...(role.name === null
        ? ["the files do not say the role's name: write name and adopt: true to take it over"]
        : []),
      ...unseenNotes(role),
    ],
  };
}

function installationOf({ terms, entry, formers }: RecognisedTrust): ImportedInstallation {
  const { claims, ona } = entry;
  const organizationOf = (other: typeof entry) =>
    other.ona?.organizationId ?? other.claims?.organizationId ?? null;
  const formerIssuers = formers.map((former) => {
    const organizationId = organizationOf(former.entry);
    return {
      issuer: `https://${former.terms.providerName}`,
      organizationId: organizationId === organizationOf(entry) ? null : organizationId,
    };
  });
  return {
    ...{ issuer: `https://${terms.providerName}`, audience: terms.audience, claims, formerIssuers },
    ona: ona === null ? null : { organizationId: ona.organizationId, versions: ona.versions },
  };
}

/** The repository that a role's description ends in, as ours do; null where it names none. */
export function repositoryOf({ description }: Pick<ExistingRole, "description">): string | null {
  const [url = ""] = /https:\/\/\S+$/.exec(description ?? "") ?? [];
  return parseEntryUrl(url, "repo", scmHosts({})).ok ? url : null;
}

function literalsOf({ groups }: ReadTrust): readonly string[] {
  return groups
    .flatMap((group) => group.flatMap((s) => s.literals))
    .map(({ text, open }) => quote(open ? `${text}*` : text));
}

/** All statements of a role's policies, or why they cannot be kept. */
function permissionsOf(role: ExistingRole): readonly Statement[] | string {
  const statements: Statement[] = [];
  for (const document of role.permissions) {
    const { policy, problems, version } = readDocument(document.value);
    const [problem] = problems;
    if (problem !== undefined) return `a permission policy of it is not one: ${problem.message}`;
    if (version !== "2012-10-17" && JSON.stringify(policy).includes("${"))
      return "a permission policy of it has a Version before 2012-10-17, in which ${…} is text";
    statements.push(...policy.Statement);
  }
  const seen = new Set<string>();
  // Names of statements are unique in one policy, and an entry has one.
  return statements.map((statement) => {
    const { Sid, ...rest } = statement;
    if (Sid === undefined || Sid === "" || seen.has(Sid)) return rest;
    seen.add(Sid);
    return statement;
  });
}

/** Without the Deny that `expires` brings along; where a role has none, the entry adds it. */
function withoutExpiry(
  statements: readonly Statement[],
  expires: string | null,
): { readonly statements: readonly Statement[]; readonly notes: readonly string[] } {
  if (expires === null) return { statements, notes: [] };
  const deny =
    permissionPolicy({ grants: [], statements: [], expires: `${expires}T00:00:00Z` })?.Statement ?? [];
  const left = statements.filter((s) => atomsOf([s]) !== atomsOf(deny));
  const added =
    "sessions that still run are denied everything from that day on, which no policy of the role did";
  return { statements: left, notes: left.length < statements.length ? [] : [added] };
}

/** An account, with the regions that the ARNs of its roles name, the most frequent first. */
function accountOf(place: Half["place"], roles: readonly Half[]): ImportedAccount {
  const counts = new Map<string, number>();
  for (const resource of roles.flatMap(({ statements }) => statements.flatMap((s) => many(s.Resource)))) {
    const region = parseArn(resource)?.region ?? "";
    if (partitionOf(region) === place.partition) counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  const [region = null, ...otherRegions] = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([name]) => name);
  return { ...place, region, otherRegions };
}

/** What an entry says of a role by saying nothing, in words. */
const factWords: Readonly<Record<Exclude<RoleFact, "policies">, string>> = Object.freeze({
  path: "its path",
  description: "its description",
  maxSessionDuration: "its longest session",
  permissionsBoundary: "its permissions boundary",
  tags: "its tags",
});

/** What no file says of a role: an entry that adopts it would take that away. */
function unseenNotes(role: ExistingRole): readonly string[] {
  const { shown, permissions, managedPolicies } = role;
  // A name that no shell reads as something else.
  const name = /^[\w+=,.@-]+$/.test(role.name ?? "") ? (role.name ?? "") : "NAME";
  const unseen = Object.entries(factWords)
    .filter(([fact]) => !shown.has(fact as RoleFact) && !(fact === "path" && role.arn !== null))
    .map(([, what]) => what);
  const notes: string[] = [];
  if (unseen.length > 0)
    notes.push(
      `the files do not show ${unseen.join(", ")}: adopted as it stands here, the role would lose what it has;` +
        ` pass what aws iam get-role --role-name ${name} prints, too`,
    );
  if (permissions.length === 0 && managedPolicies.length === 0 && !shown.has("policies"))
    notes.push(
      "the files show no policy of it: what it may do is missing here, and exclusive: true would take it away;" +
        ` pass what aws iam list-attached-role-policies --role-name ${name} prints, and aws iam get-role-policy` +
        ` for each name of aws iam list-role-policies --role-name ${name}`,
    );
  return notes;
}
