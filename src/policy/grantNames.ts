import type { Correction } from "../model/correction";
import { grantTable, type GrantKind } from "./grantTable";

/** Why a key cannot be named by an alias, and what to write. */
export const aliasProblem: Correction = Object.freeze({
  problem: "is an alias: IAM cannot name a key by an alias, which can be pointed to another key",
  remedy: "write the key's id or ARN, which aws kms describe-key --key-id alias/… shows",
});

/**
 * How the addresses of images begin, which a repository's name may look like.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
const registry =
  /^([0-9]+\.dkr[.-]ecr[.-][^/]*|public\.ecr\.aws|[^/]*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|on\.aws))\//;

/**
 * The name of a secret without the random ending of its ARN, where a name seems to have one; undefined for other names.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
export function withoutRandomEnding(name: string): string | undefined {
  const [, before, ending = ""] = /^(.+)-([A-Za-z0-9]{6})$/.exec(name) ?? [];
  const isRandom = /[A-Z].*[0-9]|[0-9].*[A-Z]|[A-Z].*[a-z].*[A-Z]|[a-z].*[A-Z].*[A-Z]/.test(ending);
  return isRandom ? before : undefined;
}

/**
 * Why a kind of grant does not take a name; null for one that it takes.
 * @param name - as {@link GrantTarget.name}: what stands in the ARN behind the row's prefix
 */
export function grantNameProblem(kind: GrantKind, name: string): Correction | null {
  const row = grantTable[kind];
  if (name.includes("://")) {
    const scheme = name.slice(0, name.indexOf("://") + 3);
    return {
      problem: "it is a URL",
      remedy: scheme === "s3://" ? "leave out s3://" : "write the name alone",
    };
  }
  if (kind === "ecr" && registry.test(name)) {
    return {
      problem: "it is the address of an image, and begins with its registry",
      remedy:
        "write what stands between the first slash and the tag, e.g. team/app; account and region have their own keys",
    };
  }
  if (kind === "s3" && /^[^/]*\/?$/.test(name)) {
    return { problem: "it names a bucket without a key", remedy: "write bucket/* for all of the bucket" };
  }
  if (name.includes("*") && !row.wildcard) {
    return {
      problem: `${row.noun} takes no wildcard`,
      remedy: `name each ${row.noun.replace(/^an? /, "")} by itself`,
    };
  }
  if (kind === "kms" && name.startsWith("alias/"))
    return { ...aliasProblem, problem: `it ${aliasProblem.problem}` };
  if (!row.names.test(name)) {
    return { problem: `allowed are ${row.nameRule}`, remedy: "write its name or its ARN, nothing else" };
  }
  if (kind === "parameter" && name.startsWith("*")) {
    return {
      problem: "it is every parameter of the account",
      remedy: "write the path that is needed, e.g. /app/dev/*",
    };
  }
  return null;
}
