import { posix } from "node:path";
import { below, quote, type Origin } from "../diagnostics";
import type { Manifest, ManifestAccount } from "../manifest";
import type { Account, Backend, Management } from "../model/accessModel";
import { parseArn } from "../model/names";
import { partitionOf, type Partition } from "../model/partitions";
import { shardBackend, stackName } from "../model/shards";
import { defaultQuotas, quotaTable, type Quotas } from "../model/quotas";
import type { Problems } from "./problems";
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
  file: string,
  problems: Problems,
): ReadonlyMap<string, AccountSettings> {
  const accounts = new Map<string, AccountSettings>();
  const byId = new Map<string, string>();
  for (const [name, source] of sortedEntries(manifest.accounts)) {
    const origin: Origin = { file, path: ["accounts", name] };
    const twin = byId.get(source.id);
    if (twin !== undefined) {
      problems.add(
        "R08",
        below(origin, "id"),
        `accounts ${quote(twin)} and ${quote(name)} have one id: their stacks would fight over its roles`,
        "keep one of them, and use its name in the entries of both",
      );
    }
    byId.set(source.id, name);
    for (const installation of Object.keys(source.identityProviders ?? {})) {
      if (Object.hasOwn(manifest.installations, installation)) continue;
      const at = below(origin, "identityProviders", installation);
      problems.unknownName(at, "installation", installation, Object.keys(manifest.installations));
    }
    const account = resolveAccount(name, source, origin, problems);
    if (account) accounts.set(name, account);
  }
  checkStacks(accounts, problems);
  return accounts;
}

/** No two stacks of one name or in one state: each would overwrite or destroy what the other made. */
function checkStacks(accounts: ReadonlyMap<string, AccountSettings>, problems: Problems): void {
  const seen = new Map<string, string>();
  for (const { name, shards, backend, origin } of accounts.values())
    for (let shard = 1; shard <= shards; shard++) {
      const stack = stackName(name, shard);
      if (shard > 1 && accounts.has(stack))
        problems.add(
          "R08",
          below(origin, "shards"),
          `a stack of account ${quote(name)} would have the name of the account ${quote(stack)}`,
          "rename one of the accounts, with its state, or write fewer shards",
        );
      const state = stateOf(shardBackend(backend, shard));
      if (state === null) continue;
      const twin = seen.get(state) ?? stack;
      if (twin !== stack)
        problems.add(
          "R08",
          below(origin, "backend"),
          `the stacks ${quote(twin)} and ${quote(stack)} would share one Terraform state`,
          "give each account a path, key or workspace of its own; those of shards end in -2, -3 and so on",
        );
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

function resolveAccount(
  name: string,
  source: ManifestAccount,
  origin: Origin,
  problems: Problems,
): AccountSettings | null {
  checkRegion(source.region, below(origin, "region"), problems);
  const partition = partitionOf(source.region);
  if (partition === null) return null;
  if (source.partition !== undefined && source.partition !== partition) {
    problems.add(
      "R08",
      below(origin, "partition"),
      `the region ${source.region} is in the partition ${partition}, not ${source.partition}`,
      "leave partition out: the region says it",
    );
  }
  const owner = { id: source.id, partition };
  checkPolicyOwner(source.permissionsBoundary, owner, below(origin, "permissionsBoundary"), problems);
  checkPartition(source.deployRole, partition, below(origin, "deployRole"), problems);
  const deployAccount = source.deployRole === undefined ? source.id : parseArn(source.deployRole)?.account;
  if (deployAccount !== source.id) {
    problems.add(
      "R08",
      below(origin, "deployRole"),
      `the role is in account ${deployAccount ?? "?"}, but this account is ${source.id}`,
      "name a role of this account that ops may assume",
    );
  }
  if (source.deployExternalId !== undefined && source.deployRole === undefined) {
    problems.add(
      "R08",
      below(origin, "deployExternalId"),
      "an external id is for the role that Terraform assumes, and there is none",
      "add deployRole, or leave deployExternalId out",
      "key",
    );
  }
  return {
    name,
    origin,
    id: source.id,
    partition,
    region: source.region,
    shards: source.shards ?? 1,
    backend: resolveBackend(name, source.backend, below(origin, "backend"), problems),
    deployRole: source.deployRole ?? null,
    deployExternalId: source.deployExternalId ?? null,
    deployProfile: source.deployProfile ?? null,
    permissionsBoundary: source.permissionsBoundary ?? null,
    requireBoundary: source.requireBoundary ?? false,
    quotas: resolveQuotas(source.quotas ?? {}, below(origin, "quotas"), problems),
    rolePath: source.path ?? null,
    tags: source.tags ?? {},
    exclusive: source.exclusive ?? false,
    managements: source.identityProviders ?? {},
  };
}

/** An ARN of another partition than its account's can never work there. */
export function checkPartition(
  arn: string | undefined,
  partition: Partition,
  origin: Origin,
  problems: Problems,
): void {
  const found = arn === undefined ? partition : parseArn(arn)?.partition;
  if (found === partition) return;
  problems.add(
    "R08",
    origin,
    `the ARN is of the partition ${quote(found ?? "")}, but the account is in ${partition}`,
    `write the ARN with arn:${partition}:`,
  );
}

/** IAM attaches, and takes as a boundary, policies of the role's own account and AWS's own. */
export function checkPolicyOwner(
  arn: string | undefined,
  account: Pick<Account, "id" | "partition">,
  origin: Origin,
  problems: Problems,
): void {
  checkPartition(arn, account.partition, origin, problems);
  const owner = arn === undefined ? "aws" : parseArn(arn)?.account;
  if (owner === "aws" || owner === account.id) return;
  problems.add(
    "R08",
    origin,
    `the policy is of account ${owner ?? "?"}, and the role of ${account.id}: IAM attaches policies of its own account, or AWS's own`,
    `name a policy of account ${account.id}; where each account has its own, split the entry by account`,
  );
}

function resolveBackend(
  name: string,
  source: ManifestAccount["backend"],
  origin: Origin,
  problems: Problems,
): Backend {
  if (source?.s3) {
    checkRegion(source.s3.region, below(origin, "s3", "region"), problems);
    const partition = partitionOf(source.s3.region);
    if (partition !== null)
      checkPartition(source.s3.roleArn, partition, below(origin, "s3", "roleArn"), problems);
    return {
      kind: "s3",
      bucket: source.s3.bucket,
      region: source.s3.region,
      key: source.s3.key ?? `gitpod-aws-oidc/${name}.tfstate`,
      kmsKeyId: source.s3.kmsKeyId ?? null,
      useLockfile: source.s3.useLockfile ?? true,
      roleArn: source.s3.roleArn ?? null,
      profile: source.s3.profile ?? null,
    };
  }
  if (source?.cloud) {
    return {
      kind: "cloud",
      organization: source.cloud.organization,
      workspace: source.cloud.workspace,
      hostname: source.cloud.hostname ?? "app.terraform.io",
    };
  }
  if (source?.partial) return { kind: "partial", type: source.partial };
  return { kind: "local", path: source?.local?.path ?? `terraform.${name}.tfstate` };
}

function resolveQuotas(
  source: { readonly [K in keyof Quotas]?: number | undefined },
  origin: Origin,
  problems: Problems,
): Quotas {
  const quotas: Record<keyof Quotas, number> = { ...defaultQuotas };
  for (const key of Object.keys(quotaTable) as (keyof Quotas)[]) {
    const value = source[key];
    if (value === undefined) continue;
    if (value > quotaTable[key].max) {
      problems.add(
        "M04",
        below(origin, key),
        `${value} is more than AWS raises this quota to: ${quotaTable[key].max}`,
        "write the quota that the Service Quotas console shows for this account",
      );
    }
    quotas[key] = value;
  }
  return quotas;
}

/** Entries of a map in the order of their keys, so that the order of writing never matters. */
export function sortedEntries<T>(map: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
