import { createHash } from "node:crypto";
import type { TaskFormat } from "./accessModel";
import type { Partition } from "./partitions";
import { fixedLimits } from "./quotas";

/** The first 8 hex digits of a text's SHA-256: tells apart names that had to be shortened. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, 8);
}

/**
 * The name of a role: `<installation>-<path of the URL with / as ->`, a pure function of the entry, so that no
 * other entry can rename it, of 1 to 64 characters of `[A-Za-z0-9+=,.@_-]`. Where a character had to be replaced or the end cut off, the name ends in `-` and 8
 * hex digits of the SHA-256 of the whole text.
 * @param urlPath - path of the entry's canonical URL, without leading slash
 */
export function roleName(installation: string, urlPath: string): string {
  const whole = `${installation}-${urlPath.replaceAll("/", "-")}`;
  const plain = whole.replace(/[^A-Za-z0-9+=,.@_-]/gu, "-");
  const max = fixedLimits.roleNameLength;
  if (plain === whole && whole.length <= max) return whole;
  return `${plain.slice(0, max - 9)}-${shortHash(whole)}`;
}

/**
 * The issuer without its scheme, path kept: it ends the identity provider's ARN and begins every condition key.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export function providerName(issuer: string): string {
  return issuer.replace(/^https:\/\//, "");
}

/** ARN of the identity provider of an issuer in an account. */
export function identityProviderArn(partition: Partition, accountId: string, issuer: string): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${providerName(issuer)}`;
}

/** ARN of a role. `path` begins and ends with `/`. */
export function roleArn(partition: Partition, accountId: string, path: string, name: string): string {
  return `arn:${partition}:iam::${accountId}:role${path}${name}`;
}

/** Name of a role's managed policy, by its number from 1. Two roles never make the same: the number follows the last `-`. */
export function policyName(role: string, number: number): string {
  return `${role}-${number}`;
}

/** ARN of a managed policy. `path` begins and ends with `/`. */
export function policyArn(partition: Partition, accountId: string, path: string, name: string): string {
  return `arn:${partition}:iam::${accountId}:policy${path}${name}`;
}

/** An ARN's fields. */
export type ArnFields = Readonly<Record<"partition" | "service" | "region" | "account" | "resource", string>>;

/** Takes an ARN apart; null for what is none. The resource keeps its colons. */
export function parseArn(arn: string): ArnFields | null {
  const [prefix, partition = "", service = "", region = "", account = "", ...resource] = arn.split(":");
  if (prefix !== "arn" || resource.length === 0) return null;
  return { partition, service, region, account, resource: resource.join(":") };
}

/**
 * Where a snippet is written, below the snippet folder: `<installation>/<host>/<path>.<format>`. Characters that
 * some file system or shell takes amiss are percent-encoded, so that every entry has a safe path of its own.
 */
export function snippetFile(installation: string, url: string, format: TaskFormat): string {
  const encoded = (text: string) => Buffer.from(text).toString("hex").toUpperCase().replace(/../g, "%$&");
  const segments = url
    .replace("https://", "")
    .split("/")
    .filter((s) => s !== "");
  const safe = segments.map((s) => s.replace(/[^A-Za-z0-9._-]|^\.+$/g, encoded));
  return `${[installation, ...safe].join("/")}.${format}`;
}
