import { nearest, quote } from "../diagnostics";
import type { ManifestGrant } from "../manifest";
import type { Export, ForeignResource, ManifestOrigin } from "../model/accessModel";
import { partitionOf } from "../model/partitions";
import type { AccessLevel, GrantKind, GrantTarget, ResolvedGrant } from "../model/grant";
import {
  accessLevels,
  grantKinds,
  grantNameProblem,
  grantTable,
  isGrantKind,
  isRegional,
  nameInArn,
  readGrantArn,
  readKmsKey,
  resourceArn,
  withoutRandomEnding,
} from "../policy";
import type { AccountSettings } from "./accounts";
import type { EffectiveEntry, Scope } from "./entries";
import { envProblem } from "./env";
import { about, type ManifestPlace } from "./problems";
import { checkRegion } from "./regions";

export interface PlacedGrant {
  readonly grant: ResolvedGrant;
  readonly origin: ManifestOrigin;
}

/** A grant where it is written, grant sets opened. */
interface WrittenGrant {
  readonly grant: ManifestGrant;
  readonly place: ManifestPlace;
}

/** What an entry's grants come to in one account. */
export function resolveGrants(entry: EffectiveEntry, account: AccountSettings, scope: Scope) {
  const grants: PlacedGrant[] = [];
  const exports: Export[] = [];
  const foreignResources: ForeignResource[] = [];
  for (const written of openSets(entry, scope)) {
    const resolved = resolveGrant(written, account, scope);
    if (!resolved) continue;
    grants.push({ grant: resolved.grant, origin: written.place.origin });
    foreignResources.push(...resolved.foreign);
    const exported = resolveExport(written, resolved.grant, account);
    if (exported) exports.push(exported);
  }
  exports.sort((a, b) => (a.variable < b.variable ? -1 : 1));
  foreignResources.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  return { grants, exports, foreignResources };
}

/** More grants than the policies of a role have room for, whatever they are. */
const mostGrants = 2_000;

/** The grants of an entry, its sets opened: a set that is named again adds nothing. */
function openSets({ entry, settings }: EffectiveEntry, scope: Scope): readonly WrittenGrant[] {
  const grants = settings.place("grants");
  const isOthers = !entry.mainManifest && grants.origin.file !== scope.file;
  const sets = scope.manifest.grantSets ?? {};
  const opened = new Set<string>();
  let count = 0;
  return (settings.get("grants") ?? []).flatMap((grant, i): readonly WrittenGrant[] => {
    const place = grants.below(i);
    const { set: name } = grant;
    if (name === undefined) return [{ grant, place }];
    const refuse = (at: ManifestPlace, problem: string, remedy: string, code: "R08" | "M08" = "R08") => {
      at.refuse(code, { problem, remedy });
      return [];
    };
    if (Object.keys(grant).length > 1)
      return refuse(place, "a set takes no options: its grants have their own", "write set alone");
    const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
    if (set === undefined) {
      place.below("set").unknownName("grant set", name, Object.keys(sets).sort());
      return [];
    }
    if (isOthers && set.some((member) => member.role !== undefined))
      return refuse(
        place.below("set"),
        `the set "${name}" grants a role, which belongs to the main manifest: included files are other teams'`,
        "name a set without role grants, or move the entry to the main manifest",
        "M08",
      );
    if (opened.has(name) || count > mostGrants) return [];
    opened.add(name);
    count += set.length;
    if (count > mostGrants)
      return refuse(
        place,
        `with this set, the grants are more than ${mostGrants}`,
        "name fewer sets here: no role has room for so many grants",
      );
    const setPlace = scope.problems.at({ file: scope.file, path: ["grantSets", name] });
    return set.flatMap((member, j) =>
      member.set === undefined
        ? [{ grant: member, place: setPlace.below(j) }]
        : refuse(setPlace.below(j), "a grant set cannot hold a set", "write the other set's grants here"),
    );
  });
}

function resolveGrant(written: WrittenGrant, account: AccountSettings, scope: Scope) {
  const { grant, place } = written;
  const kind = Object.keys(grant).find(isGrantKind);
  const text = kind && grant[kind];
  if (kind === undefined || text === undefined) return null;
  const at = () => place.below(kind);
  const found = text.startsWith("arn:")
    ? targetOfArn(kind, text, written, account)
    : targetOfName(kind, text, written, account, scope);
  if (!found) return null;
  const { target, arn } = found;
  const trouble = grantNameProblem(kind, target.name);
  if (trouble !== null)
    return at().refuse("M04", {
      ...trouble,
      problem: `${quote(text)} cannot be granted: ${trouble.problem}`,
    });
  const secretName = kind === "secret" && arn === null ? withoutRandomEnding(text) : undefined;
  if (secretName !== undefined)
    return at().refuse("M04", {
      problem: `${quote(text)} seems to end in the random characters of the secret's ARN: its name has none`,
      remedy: `did you mean ${quote(secretName)}? if the name ends so indeed, write the secret's ARN`,
    });
  const access = resolveAccess(kind, grant.access, place);
  if (access === null) return null;
  const key = grant.kmsKey === undefined ? null : resolveKmsKey(kind, target, grant, account, place);
  if (key === "wrong") return null;
  const foreign: ForeignResource[] = [];
  if (target.account !== account.id)
    foreign.push({ arn: arn ?? resourceArn(kind, target), origin: place.origin });
  if (key !== null && key.target.account !== account.id)
    foreign.push({ arn: key.arn, origin: place.below("kmsKey").origin });
  const kmsKey = key && { arn: key.arn, partition: account.partition, region: key.target.region };
  return { grant: { kind, access, target, arn, kmsKey }, foreign };
}

/** What a grant names; `arn` where the manifest gives one. */
interface Found {
  readonly target: GrantTarget;
  readonly arn: string | null;
}

/** Reads a grant that calls its resource by name. */
function targetOfName(
  kind: GrantKind,
  text: string,
  written: WrittenGrant,
  account: AccountSettings,
  scope: Scope,
): Found | null {
  const owner = ownerOf(written, account, scope);
  const region = owner && regionOf(kind, written, owner);
  if (owner === null || region === null) return null;
  const { partition } = account;
  return { target: { partition, region, account: owner.id, name: nameInArn(kind, text) }, arn: null };
}

/** The account of a grant's resource, and where its resources are by default. */
type Owner = Pick<AccountSettings, "id" | "partition" | "region">;

/** The account that a grant names, or else the role's own. One that is given by its id is where the role is. */
function ownerOf({ grant, place }: WrittenGrant, account: AccountSettings, scope: Scope): Owner | null {
  if (grant.account === undefined) return account;
  const named = scope.accounts.get(grant.account);
  const at = place.below("account");
  if (named === undefined) {
    if (/^[0-9]{12}$/.test(grant.account)) return { ...account, id: grant.account };
    const declared = Object.keys(scope.manifest.accounts).sort();
    return declared.includes(grant.account) ? null : at.unknownName("account", grant.account, declared);
  }
  if (named.partition === account.partition) return named;
  return at.refuse("R08", {
    problem: `account ${named.name} is in the partition ${named.partition}, and the role in ${account.partition}: no role reaches over there`,
    remedy: "name an account of this partition, or split the entry by account",
  });
}

/** Where a grant's resource is; of a bucket, which has no region in its ARN, where its key is. */
function regionOf(kind: GrantKind, { grant, place }: WrittenGrant, owner: Owner): string | null {
  const { region, kmsKey } = grant;
  if (region === undefined) return owner.region;
  const at = place.below("region");
  if (!isRegional(kind) && !(kind === "s3" && kmsKey !== undefined))
    return at.refuse("R08", {
      problem: `the ARN of a ${kind === "s3" ? "bucket" : kind} has no region`,
      remedy: "leave region out",
      at: "key",
    });
  if (!checkRegion(region, at)) return null;
  if (partitionOf(region) === owner.partition) return region;
  return at.refuse("M04", {
    problem: `${quote(region)} is not a region of the partition ${owner.partition}`,
    remedy: "leave region out, or name the one where the resource is",
  });
}

/** Reads a grant that gives its resource's ARN. */
function targetOfArn(
  kind: GrantKind,
  text: string,
  written: WrittenGrant,
  account: AccountSettings,
): Found | null {
  const { grant, place } = written;
  const { partition } = account;
  const at = place.below(kind);
  const read = readGrantArn(kind, text, { partition, region: account.region, account: account.id });
  if (!read.ok) return at.refuse("M04", about(text, read));
  const { target, arn } = read;
  if (target.partition !== partition)
    return at.refuse("R08", {
      problem: `the ARN is of the partition ${quote(target.partition)}, but account ${account.name} is in ${partition}`,
      remedy: "name a resource of this partition, or split the entry by account",
    });
  if (grant.account !== undefined || (grant.region !== undefined && isRegional(kind)))
    return place.refuse("R08", {
      problem: "an ARN says account and region itself",
      remedy: "leave account and region out, or write the name",
    });
  const region = target.region === "" ? regionOf(kind, written, account) : target.region;
  if (region === null || (target.region !== "" && !checkRegion(region, at))) return null;
  return { target: { ...target, region, account: target.account || account.id }, arn };
}

/** The key that encrypts a grant's resource. */
function resolveKmsKey(
  kind: GrantKind,
  target: GrantTarget,
  { kmsKey = "", region }: ManifestGrant,
  { partition }: AccountSettings,
  place: ManifestPlace,
) {
  const at = place.below("kmsKey");
  if (grantTable[kind].encryption === undefined) {
    const able = grantKinds.filter((k) => grantTable[k].encryption !== undefined).join(", ");
    at.refuse("R08", {
      problem: `a grant of ${kind} takes no kmsKey; those of ${able} do`,
      remedy: "leave kmsKey out, and grant the key by itself, as kms, where it is needed",
      at: "key",
    });
    return "wrong";
  }
  // A bucket's ARN does not say where the bucket is; its key's ARN does.
  const known = kind !== "s3" || region !== undefined || !kmsKey.startsWith("arn:");
  const near = { partition, region: target.region, account: target.account };
  const key = readKmsKey(kmsKey, near, known ? target.region : null);
  if (key.ok) return key;
  at.refuse("M04", about(kmsKey, key));
  return "wrong";
}

function resolveAccess(
  kind: GrantKind,
  access: string | undefined,
  place: ManifestPlace,
): AccessLevel | null {
  const levels = accessLevels(kind);
  if (access === undefined) return levels[0] ?? null;
  const level = levels.find((l) => l === access);
  if (level !== undefined) return level;
  // `readwrite`, `read, write` and the like: an item has one access.
  const wanted = /^(rw|wr|all|full|\*)$/i.test(access)
    ? levels
    : levels.filter((l) => access.toLowerCase().includes(l));
  const near = nearest(access, levels);
  return place.below("access").refuse("R08", {
    problem: `${kind} has no access ${quote(access)}; it has ${levels.join(", ")}`,
    remedy:
      wanted.length > 1
        ? `write an item for each: one with ${wanted.map((l) => `access: ${l}`).join(", one with ")}`
        : near === undefined
          ? "name one of these"
          : `did you mean ${near}?`,
  });
}

function resolveExport(
  { grant, place }: WrittenGrant,
  { kind, target, arn }: ResolvedGrant,
  account: AccountSettings,
): Export | null {
  const { env: variable, key = null } = grant;
  const refuse = (at: "env" | "key", problem: string, remedy: string): null =>
    place.below(at).refuse("R08", { problem, remedy });
  if (key !== null && (variable === undefined || kind !== "secret"))
    return refuse("key", "key takes one field of a JSON secret for env", "write it beside secret and env");
  if (variable === undefined) return null;
  if (!grantTable[kind].exports)
    return refuse("env", `a grant of ${kind} has no value to export`, "leave env out");
  if (target.name.includes("*")) return refuse("env", "a wildcard has no single value", "name one parameter");
  const trouble = envProblem(variable);
  if (trouble !== null)
    return refuse("env", `${quote(variable)} is not allowed: ${trouble}`, "choose another name");
  // A parameter with a path is called by its full name, which begins with a slash.
  const own = kind === "parameter" && target.name.includes("/") ? `/${target.name}` : (grant[kind] ?? "");
  // Of another account by its ARN, for a secret without the random ending.
  const foreign = () => resourceArn(kind, target).replace(/-\?{6}$/, "");
  return {
    variable,
    key,
    region: target.region,
    source: kind === "secret" ? "secret" : "parameter",
    id: arn ?? (target.account === account.id ? own : foreign()),
  };
}
