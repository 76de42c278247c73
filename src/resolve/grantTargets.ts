import { below, quote, type Origin } from "../diagnostics";
import type { ManifestGrant } from "../manifest";
import { partitionOf } from "../model/partitions";
import { isRegional, nameInArn, readGrantArn, type GrantKind, type GrantTarget } from "../policy";
import type { AccountSettings } from "./accounts";
import type { Scope } from "./entries";
import type { Problems } from "./problems";
import { checkRegion } from "./regions";

/** A grant where it is written, grant sets opened. */
export interface WrittenGrant {
  readonly grant: ManifestGrant;
  readonly origin: Origin;
}

/** What a grant names; `arn` where the manifest gives one. */
export interface Found {
  readonly target: GrantTarget;
  readonly arn: string | null;
}

/** Reads a grant that calls its resource by name. */
export function targetOfName(
  kind: GrantKind,
  text: string,
  written: WrittenGrant,
  account: AccountSettings,
  scope: Scope,
): Found | null {
  const owner = ownerOf(written, account, scope);
  if (owner === null) return null;
  const region = regionOf(kind, written, owner, scope.problems);
  if (region === null) return null;
  const name = nameInArn(kind, text);
  return { target: { partition: account.partition, region, account: owner.id, name }, arn: null };
}

/** The account of a grant's resource, and where its resources are by default. */
type Owner = Pick<AccountSettings, "id" | "partition" | "region">;

/** The account that a grant names, or else the role's own. One that is given by its id is where the role is. */
function ownerOf(written: WrittenGrant, account: AccountSettings, scope: Scope): Owner | null {
  const { grant } = written;
  if (grant.account === undefined) return account;
  const named = scope.accounts.get(grant.account);
  const at = below(written.origin, "account");
  if (named === undefined) {
    if (/^[0-9]{12}$/.test(grant.account)) return { ...account, id: grant.account };
    const declared = Object.keys(scope.manifest.accounts).sort();
    if (!declared.includes(grant.account)) scope.problems.unknownName(at, "account", grant.account, declared);
    return null;
  }
  if (named.partition === account.partition) return named;
  scope.problems.add(
    "R08",
    at,
    `account ${named.name} is in the partition ${named.partition}, and the role in ${account.partition}: no role reaches over there`,
    "name an account of this partition, or split the entry by account",
  );
  return null;
}

/** Where a grant's resource is; of a bucket, which has no region in its ARN, where its key is. */
function regionOf(kind: GrantKind, written: WrittenGrant, owner: Owner, problems: Problems): string | null {
  const { grant } = written;
  if (grant.region === undefined) return owner.region;
  const at = below(written.origin, "region");
  if (!isRegional(kind) && !(kind === "s3" && grant.kmsKey !== undefined)) {
    const what = kind === "s3" ? "bucket" : kind;
    problems.add("R08", at, `the ARN of a ${what} has no region`, "leave region out", "key");
    return null;
  }
  if (!checkRegion(grant.region, at, problems)) return null;
  if (partitionOf(grant.region) === owner.partition) return grant.region;
  problems.add(
    "M04",
    at,
    `${quote(grant.region)} is not a region of the partition ${owner.partition}`,
    "leave region out, or name the one where the resource is",
  );
  return null;
}

/** Reads a grant that gives its resource's ARN. */
export function targetOfArn(
  kind: GrantKind,
  text: string,
  written: WrittenGrant,
  account: AccountSettings,
  problems: Problems,
): Found | null {
  const { grant, origin } = written;
  const at = below(origin, kind);
  const near = { partition: account.partition, region: account.region, account: account.id };
  const read = readGrantArn(kind, text, near);
  if (!read.ok) {
    problems.add("M04", at, `${quote(text)} ${read.problem}`, read.remedy);
    return null;
  }
  const { target, arn } = read;
  if (target.partition !== account.partition) {
    problems.add(
      "R08",
      at,
      `the ARN is of the partition ${quote(target.partition)}, but account ${account.name} is in ${account.partition}`,
      "name a resource of this partition, or split the entry by account",
    );
    return null;
  }
  if (grant.account !== undefined || (grant.region !== undefined && isRegional(kind))) {
    problems.add(
      "R08",
      origin,
      "an ARN says account and region itself",
      "leave account and region out, or write the name",
    );
    return null;
  }
  const region = target.region === "" ? regionOf(kind, written, account, problems) : target.region;
  if (region === null || (target.region !== "" && !checkRegion(region, at, problems))) return null;
  const owner = target.account === "" ? account.id : target.account;
  return { target: { ...target, region, account: owner }, arn };
}
