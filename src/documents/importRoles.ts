import { quote } from "../diagnostics";
import { roleFacts, type ExistingAccess, type ExistingRole, type RoleFact } from "../model/existing";
import { parseArn } from "../model/names";
import { partitionOf, partitions, type Partition } from "../model/partitions";
import type { Statement } from "../model/policyDocument";
import { many, permissionPolicy } from "../policy";
import { parseEntryUrl, scmHosts } from "../subject";
import { atomsOf, recogniseGrants, type Recognition } from "./importGrants";
import {
  readTrust,
  recogniseTrust,
  settleHosts,
  statementsOf,
  type ReadTrust,
  type RecognisedTrust,
  type SettledHosts,
} from "./importTrust";

/** The account of imported roles. */
export interface ImportedAccount {
  readonly id: string;
  readonly partition: Partition;
  /** Those that the ARNs of its roles name, the most frequent first. */
  readonly regions: readonly string[];
}

/** A role, as an entry of a manifest. */
export interface ImportedRole {
  /** Without the tags that AWS keeps itself. */
  readonly role: ExistingRole;
  readonly account: ImportedAccount;
  /** Of a role of Ona as its description says it, since no subject does. */
  readonly url: string;
  readonly trust: RecognisedTrust;
  readonly permissions: Recognition;
  /** Everything that its policies say, for a comparison with what the entry comes to. */
  readonly statements: readonly Statement[];
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

/** A role without its grants, which depend on the region of all; its account has the regions that its own ARNs name. */
type Half = Omit<ImportedRole, "permissions">;

/** Says existing roles as entries of a manifest. No entry admits anybody that its role does not, other spellings aside. */
export function importRoles({ roles }: ExistingAccess): Imported {
  const read = roles.map((role) => ({ role, trust: readTrust(role) }));
  const hosts = settleHosts(read.flatMap(({ trust }) => (typeof trust === "string" ? [] : [trust])));
  const skipped: SkippedRole[] = [];
  const halves = read.flatMap(({ role, trust }) => {
    const half = typeof trust === "string" ? trust : halfOf(role, trust, hosts);
    if (typeof half !== "string") return [half];
    skipped.push({ role, problem: half });
    return [];
  });
  const named = new Map(halves.map(({ account }) => [account.id, [] as string[]]));
  for (const { account } of halves) named.get(account.id)?.push(...account.regions);
  const regions = new Map([...named].map(([id, all]) => [id, mostFrequentFirst(all)]));
  const imported = halves.map((half) => {
    const account = { ...half.account, regions: regions.get(half.account.id) ?? [] };
    const place = { partition: account.partition, account: account.id, region: account.regions[0] ?? "" };
    return { ...half, account, permissions: recogniseGrants(half.statements, place) };
  });
  return { skipped, roles: imported };
}

function mostFrequentFirst(words: readonly string[]): readonly string[] {
  const count = (word: string) => words.filter((w) => w === word).length;
  return [...new Set(words)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
}

/** The role so far, or why there is no entry. */
function halfOf(role: ExistingRole, read: ReadTrust, hosts: SettledHosts): Half | string {
  const trust = recogniseTrust(read, hosts);
  if (trust === null) {
    const literals = read.groups.flatMap((group) => group.literals);
    const subjects = literals.map(({ text, open }) => quote(open ? `${text}*` : text));
    return `its subjects are those of no repository, organization or Ona project: ${[...read.unsaid, ...subjects].slice(0, 5).join("; ")}`;
  }
  const { entry, terms } = trust;
  const federated = parseArn(terms.federated);
  const own = role.arn === null ? federated : parseArn(role.arn);
  const partition = partitions.find((p) => p === federated?.partition);
  if (federated === null || own === null || partition === undefined)
    return "the ARN of its identity provider is none";
  if (own.account !== federated.account || own.partition !== partition)
    return `it trusts an identity provider of another account, ${quote(terms.federated)}`;
  const permissions = permissionsOf(role);
  if (typeof permissions === "string") return permissions;
  const expires = terms.expires && `${terms.expires}T00:00:00Z`;
  const deny = permissionPolicy({ grants: [], statements: [], expires });
  const statements = permissions.filter((s) => atomsOf([s]) !== atomsOf(deny?.Statement ?? []));
  const isDenyNew = deny !== null && statements.length === permissions.length;
  const repository = entry.ona === null ? entry.url.url : repositoryOf(role);
  const tags = Object.entries(role.tags);
  const isAwsTag = ([key]: readonly [string, string]) => /^aws:/i.test(key);
  const regions = statements
    .flatMap((s) => many(s.Resource))
    .map((resource) => parseArn(resource)?.region ?? "")
    .filter((region) => partitionOf(region) === partition);
  return {
    role: { ...role, tags: Object.fromEntries(tags.filter((tag) => !isAwsTag(tag))) },
    ...{ trust, statements, account: { id: federated.account, partition, regions } },
    url: repository ?? entry.url.url,
    notes: [
      ...trust.notes,
      ...(repository === null
        ? ["the trust policy names a project of Ona and no repository: write its url, which the task is for"]
        : []),
      ...(isDenyNew
        ? ["sessions that still run are denied everything from that day on, which no policy of the role did"]
        : []),
      ...tags.filter(isAwsTag).map(([key]) => `the tag ${quote(key)} is left out: AWS keeps it itself`),
      ...(role.name === null
        ? ["the files do not say the role's name: write name and adopt: true to take it over"]
        : []),
      ...unseenNotes(role),
    ],
  };
}

/** The repository that a role's description ends in, as ours do; null where it names none. */
function repositoryOf({ description }: ExistingRole): string | null {
  const [url = ""] = /https:\/\/\S+$/.exec(description ?? "") ?? [];
  return parseEntryUrl(url, "repo", scmHosts({})).ok ? url : null;
}

/** All statements of a role's policies, or why they cannot be kept. */
function permissionsOf(role: ExistingRole): readonly Statement[] | string {
  const read = role.permissions.map((document) => statementsOf(document, "a permission policy of it"));
  const problem = read.find((one) => typeof one === "string");
  if (problem !== undefined) return problem;
  const seen = new Set<string>();
  // Names of statements are unique in one policy, and an entry has one.
  return read
    .flatMap((one) => (typeof one === "string" ? [] : one))
    .map((statement) => {
      const { Sid, ...rest } = statement;
      if (Sid === undefined || Sid === "" || seen.has(Sid)) return rest;
      seen.add(Sid);
      return statement;
    });
}

/** What no file says of a role: an entry that adopts it would take that away. */
function unseenNotes({ name, arn, shown, permissions, managedPolicies }: ExistingRole): readonly string[] {
  // A name that no shell reads as something else.
  const word = /^[\w+=,.@-]+$/.test(name ?? "") ? name : "NAME";
  const unseen = (Object.keys(roleFacts) as RoleFact[])
    .filter((fact) => !shown.has(fact) && fact !== "policies" && !(fact === "path" && arn !== null))
    .map((fact) => `its ${roleFacts[fact]}`);
  const notes: string[] = [];
  if (unseen.length > 0)
    notes.push(
      `the files do not show ${unseen.join(", ")}: adopted as it stands here, the role would lose what it has;` +
        ` pass what aws iam get-role --role-name ${word} prints, too`,
    );
  if (permissions.length === 0 && managedPolicies.length === 0 && !shown.has("policies"))
    notes.push(
      "the files show no policy of it: what it may do is missing here, and exclusive: true would take it away;" +
        ` pass what aws iam list-attached-role-policies --role-name ${word} prints, and aws iam get-role-policy` +
        ` for each name of aws iam list-role-policies --role-name ${word}`,
    );
  return notes;
}
