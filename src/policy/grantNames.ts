import { grantTable, type GrantKind } from "./grantTable";

/** Why a name cannot be granted, and what to write. Neither quotes the name. */
export interface NameProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** Why a key cannot be named by an alias, and what to write. */
export const aliasProblem: NameProblem = Object.freeze({
  problem: "IAM cannot name a key by an alias, which can be pointed to another key",
  remedy: "write the key's id or ARN, which aws kms describe-key --key-id alias/… shows",
});

/**
 * Why a kind of grant does not take a name; null for one that it takes.
 * @param name - as {@link GrantTarget.name}: what stands in the ARN behind the row's prefix
 */
export function grantNameProblem(kind: GrantKind, name: string): NameProblem | null {
  const row = grantTable[kind];
  if (name.includes("://")) {
    const scheme = name.slice(0, name.indexOf("://") + 3);
    return {
      problem: "it is a URL",
      remedy: scheme === "s3://" ? "leave out s3://" : "write the name alone",
    };
  }
  if (kind === "s3" && /^[^/]*\/?$/.test(name)) {
    return { problem: "it names a bucket without a key", remedy: "write bucket/* for all of the bucket" };
  }
  if (name.includes("*") && !row.wildcard) {
    return { problem: `a ${kind} takes no wildcard`, remedy: `name each ${kind} by itself` };
  }
  if (kind === "kms" && name.startsWith("alias/")) return aliasProblem;
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
