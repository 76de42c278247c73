import { createHash } from "node:crypto";
import type { Account, Backend } from "./accessModel";

/** One Terraform stack: an account, or one of the shards that it is split into. */
export interface Stack {
  /** The account's name; of the second shard and later ones, with `-2` and so on behind it. */
  readonly name: string;
  /** Counts from 1. The first has the identity providers; the roles of the others trust them by ARN. */
  readonly shard: number;
  /** The account with this stack's state, identity providers and roles, and no others. */
  readonly account: Account;
}

/** The stacks of an account, the first one first. */
export function stacksOf(account: Account): readonly Stack[] {
  const { name, shards, backend } = account;
  if (shards === 1) return [{ name, shard: 1, account }];
  const roles = Array.from({ length: shards }, (): Account["roles"][number][] => []);
  for (const role of account.roles) roles[shardOf(role.name, shards) - 1]?.push(role);
  return roles.map((own, i) => {
    const shard = i + 1;
    const identityProviders = shard === 1 ? account.identityProviders : [];
    const part = { ...account, backend: shardBackend(backend, shard), identityProviders, roles: own };
    return { name: stackName(name, shard), shard, account: part };
  });
}

/**
 * The shard that a role belongs to, from 1 to `shards`: the one whose number gives the highest SHA-256 together with
 * the role's name. Other entries never move it, and one shard more takes its share of the roles from all others, and moves none between those.
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export function shardOf(roleName: string, shards: number): number {
  let best = { shard: 1, score: "" };
  for (let shard = 1; shard <= shards; shard++) {
    const score = createHash("sha256").update(`${shard}/${roleName}`, "utf8").digest("hex");
    if (score > best.score) best = { shard, score };
  }
  return best.shard;
}

/** Name of the stack that is an account's shard of this number. */
export function stackName(account: string, shard: number): string {
  return `${account}${suffix(shard)}`;
}

/** Could this be the name of a later shard of the account, whatever the number of its shards is now? */
export function isShardName(stack: string, account: string): boolean {
  return stack.startsWith(`${account}-`) && /^([2-9]|[1-4][0-9]|50)$/.test(stack.slice(account.length + 1));
}

/**
 * Where the state of an account's shard is: the account's own place, numbered before the extension of its file. Of a
 * partial backend nobody knows it.
 */
export function shardBackend(backend: Backend, shard: number): Backend {
  switch (backend.kind) {
    case "local":
      return { ...backend, path: numbered(backend.path, shard) };
    case "s3":
      return { ...backend, key: numbered(backend.key, shard) };
    case "cloud":
      return { ...backend, workspace: `${backend.workspace}${suffix(shard)}` };
    case "partial":
      return backend;
  }
}

function numbered(path: string, shard: number): string {
  const [, stem = path, extension = ""] = /^(.*[^/\\])(\.[^./\\]*)$/s.exec(path) ?? [];
  return `${stem}${suffix(shard)}${extension}`;
}

function suffix(shard: number): string {
  return shard === 1 ? "" : `-${shard}`;
}
