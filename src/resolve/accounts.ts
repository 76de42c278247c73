import { posix } from "node:path";
import { quote } from "../diagnostics";
import type { Manifest, ManifestAccount } from "../manifest";
import type { Account, Backend, Management } from "../model/accessModel";
import { parseArn } from "../model/names";
import { partitionOf, type Partition } from "../model/partitions";
import { shardBackend, stackName } from "../model/shards";
import { defaultQuotas, quotaTable, type Quotas } from "../model/quotas";
import type { ManifestPlace, Problems } from "./problems";
import { checkRegion } from "./regions";

/** An account before its roles are known, with the settings that its roles inherit. */
export interface AccountSettings extends Omit<Account, "identityProviders" | "roles"> {
  readonly rolePath: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly exclusive: boolean;
  /** By installation: its identity provider here, where the account itself says whose it is. */
  readonly managements: Readonly<Record<string, Management>>;
}

/** Resolves every account, sorted by name. Accounts with problems are left out, and the problems say why. */
export function resolveAccounts(
  manifest: Manifest,
  whole: ManifestPlace,
): ReadonlyMap<string, AccountSettings> {
  const accounts = new Map<string, AccountSettings>();
  const byId = new Map<string, string>();
  for (const [name, source] of sortedEntries(manifest.accounts)) {
    const place = whole.below("accounts", name);
    const twin = byId.get(source.id);
    if (twin !== undefined)
      place.below("id").refuse("R08", {
        problem: `accounts ${quote(twin)} and ${quote(name)} have one id: their stacks would fight over its roles`,
        remedy: "keep one of them, and use its name in the entries of both",
      });
    byId.set(source.id, name);
    const known = Object.keys(manifest.installations);
    for (const installation of Object.keys(source.identityProviders ?? {}))
      if (!known.includes(installation))
        place.below("identityProviders", installation).unknownName("installation", installation, known);
    const account = resolveAccount(name, source, place);
    if (account) accounts.set(name, account);
  }
  checkStacks(accounts, whole.problems);
  return accounts;
}

/** No two stacks of one name or in one state: each would overwrite or destroy what the other made. */
function checkStacks(accounts: ReadonlyMap<string, AccountSettings>, problems: Problems): void {
  const seen = new Map<string, string>();
  for (const { name, shards, backend, origin } of accounts.values())
    for (let shard = 1; shard <= shards; shard++) {
      const place = problems.at(origin);
      const stack = stackName(name, shard);
      if (shard > 1 && accounts.has(stack))
        place.below("shards").refuse("R08", {
          problem: `a stack of account ${quote(name)} would have the name of the account ${quote(stack)}`,
          remedy: "rename one of the accounts, with its state, or write fewer shards",
        });
      const state = stateOf(shardBackend(backend, shard));
      if (state === null) continue;
      const twin = seen.get(state) ?? stack;
      if (twin !== stack)
        place.below("backend").refuse("R08", {
          problem: `the stacks ${quote(twin)} and ${quote(stack)} would share one Terraform state`,
          remedy:
            "give each account a path, key or workspace of its own; those of shards end in -2, -3 and so on",
        });
      seen.set(state, stack);
    }
}

/** What tells a state from others; how it is reached, encrypted and locked does not. Null: nobody knows. */
function stateOf(backend: Backend): string | null {
  switch (backend.kind) {
    case "local":
      return `local ${posix.normalize(backend.path)}`;
    case "s3":
      return `s3 ${backend.bucket} ${backend.region} ${backend.key}`;
    case "cloud":
      return `cloud ${backend.hostname} ${backend.organization} ${backend.workspace}`;
    case "partial":
      return null;
  }
}

function resolveAccount(name: string, source: ManifestAccount, place: ManifestPlace): AccountSettings | null {
  const { id, region, deployRole = null, deployExternalId = null, permissionsBoundary = null } = source;
  checkRegion(region, place.below("region"));
  const partition = partitionOf(region);
  if (partition === null) return null;
  if (source.partition !== undefined && source.partition !== partition)
    place.below("partition").refuse("R08", {
      problem: `the region ${region} is in the partition ${partition}, not ${source.partition}`,
      remedy: "leave partition out: the region says it",
    });
  checkPolicyOwner(permissionsBoundary, { id, partition }, place.below("permissionsBoundary"));
  checkPartition(deployRole, partition, place.below("deployRole"));
  const deployAccount = deployRole === null ? id : parseArn(deployRole)?.account;
  if (deployAccount !== id)
    place.below("deployRole").refuse("R08", {
      problem: `the role is in account ${deployAccount ?? "?"}, but this account is ${id}`,
      remedy: "name a role of this account that ops may assume",
    });
  if (deployExternalId !== null && deployRole === null)
    place.below("deployExternalId").refuse("R08", {
      problem: "an external id is for the role that Terraform assumes, and there is none",
      remedy: "add deployRole, or leave deployExternalId out",
      at: "key",
    });
  return {
    ...{
      name,
      origin: place.origin,
      id,
      partition,
      region,
      deployRole,
      deployExternalId,
      permissionsBoundary,
    },
    shards: source.shards ?? 1,
    backend: resolveBackend(name, source.backend ?? {}, place.below("backend")),
    deployProfile: source.deployProfile ?? null,
    requireBoundary: source.requireBoundary ?? false,
    quotas: resolveQuotas(source.quotas ?? {}, place.below("quotas")),
    rolePath: source.path ?? null,
    tags: source.tags ?? {},
    exclusive: source.exclusive ?? false,
    managements: source.identityProviders ?? {},
  };
}

/** An ARN of another partition than its account's can never work there. */
export function checkPartition(arn: string | null, partition: Partition, place: ManifestPlace): void {
  const found = arn === null ? partition : parseArn(arn)?.partition;
  if (found !== partition)
    place.refuse("R08", {
      problem: `the ARN is of the partition ${quote(found ?? "")}, but the account is in ${partition}`,
      remedy: `write the ARN with arn:${partition}:`,
    });
}

/** IAM attaches, and takes as a boundary, policies of the role's own account and AWS's own. */
export function checkPolicyOwner(
  arn: string | null,
  { id, partition }: Pick<Account, "id" | "partition">,
  place: ManifestPlace,
): void {
  checkPartition(arn, partition, place);
  const owner = arn === null ? "aws" : parseArn(arn)?.account;
  if (owner !== "aws" && owner !== id)
    place.refuse("R08", {
      problem: `the policy is of account ${owner ?? "?"}, and the role of ${id}: IAM attaches policies of its own account, or AWS's own`,
      remedy: `name a policy of account ${id}; where each account has its own, split the entry by account`,
    });
}

function resolveBackend(
  name: string,
  { s3, cloud, partial, local }: NonNullable<ManifestAccount["backend"]>,
  place: ManifestPlace,
): Backend {
  if (s3) {
    const { bucket, region, kmsKeyId = null, useLockfile = true, roleArn = null, profile = null } = s3;
    const key = s3.key ?? `gitpod-aws-oidc/${name}.tfstate`;
    checkRegion(region, place.below("s3", "region"));
    const partition = partitionOf(region);
    if (partition !== null) checkPartition(roleArn, partition, place.below("s3", "roleArn"));
    return { kind: "s3", bucket, region, key, kmsKeyId, useLockfile, roleArn, profile };
  }
  if (cloud) {
    const { organization, workspace, hostname = "app.terraform.io" } = cloud;
    return { kind: "cloud", organization, workspace, hostname };
  }
  if (partial) return { kind: "partial", type: partial };
  return { kind: "local", path: local?.path ?? `terraform.${name}.tfstate` };
}

function resolveQuotas(
  source: { readonly [K in keyof Quotas]?: number | undefined },
  place: ManifestPlace,
): Quotas {
  const quotas: Record<keyof Quotas, number> = { ...defaultQuotas };
  for (const key of Object.keys(quotaTable) as (keyof Quotas)[]) {
    quotas[key] = source[key] ?? quotas[key];
    if (quotas[key] > quotaTable[key].max)
      place.below(key).refuse("M04", {
        problem: `${quotas[key]} is more than AWS raises this quota to: ${quotaTable[key].max}`,
        remedy: "write the quota that the Service Quotas console shows for this account",
      });
  }
  return quotas;
}

/** Entries of a map in the order of their keys, so that the order of writing never matters. */
export function sortedEntries<T>(map: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
