import { Token } from "cdktf";
import { parseArn } from "../model/names";
import { partitionOf } from "../model/partitions";
import {
  grantNameProblem,
  grantTable,
  type AccessLevel,
  type GrantKind,
  type NameProblem,
  type ResolvedGrant,
} from "../policy";

/** A grant: what is granted, and how much of it. */
export type WorkspaceGrant = { readonly [K in GrantKind]: GrantOf<K> }[GrantKind];

/**
 * A grant of one kind. `secret` and `parameter` take an ARN, or a name where the props give a `location`; `s3` takes
 * `bucket/key`, where the key may hold `*`. The bucket may be a token, and so may an ARN.
 */
type GrantOf<K extends GrantKind> = { readonly [P in K]: string } & {
  /** @default - the kind's least */
  readonly access?: AccessLevel;
};

/** Where resources are that grants call by name. */
export interface GrantLocation {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

/**
 * A grant with everything filled in.
 * @throws RangeError - for a name that the kind does not take, or one without a location
 */
export function resolvedGrant(grant: WorkspaceGrant, location: GrantLocation | undefined): ResolvedGrant {
  const [kind, text] = kindOf(grant);
  const row = grantTable[kind];
  const [least] = Object.keys(row.access) as AccessLevel[];
  const access = grant.access ?? least ?? "read";
  if (row.access[access] === undefined)
    throw new RangeError(`a grant of ${kind} has no access ${JSON.stringify(access)}`);
  const { name, arn } = nameOf(kind, text);
  if (location === undefined && arn === null && kind !== "s3") {
    throw new RangeError(
      `${kind} ${JSON.stringify(text)} is a name: give its ARN, or the location of what grants name`,
    );
  }
  const region = location?.region ?? "us-east-1";
  const partition = partitionOf(region);
  if (partition === null) throw new RangeError(`${JSON.stringify(region)} is no region of a known partition`);
  return { kind, access, arn, target: { partition, region, account: location?.accountId ?? "", name } };
}

function kindOf(grant: WorkspaceGrant): readonly [GrantKind, string] {
  const kinds = (Object.keys(grantTable) as GrantKind[]).filter((k) => k in grant);
  const [kind] = kinds;
  const value: unknown =
    kind === undefined ? undefined : (grant as Partial<Record<GrantKind, unknown>>)[kind];
  if (kind === undefined || kinds.length > 1 || typeof value !== "string") {
    throw new RangeError(`a grant has exactly one of ${Object.keys(grantTable).join(", ")}, a string`);
  }
  return [kind, value];
}

function nameOf(kind: GrantKind, text: string): { readonly name: string; readonly arn: string | null } {
  const row = grantTable[kind];
  const tokens = Token.isUnresolved(text);
  // A token stands for a whole ARN, or for a bucket; what it will be is not known here.
  if (tokens && kind !== "s3") return { name: "", arn: text };
  const arn = text.startsWith("arn:") ? parseArn(text) : null;
  if (arn !== null && (arn.service !== row.service || !arn.resource.startsWith(row.resourcePrefix))) {
    throw new RangeError(`${JSON.stringify(text)} is not the ARN of a ${kind}`);
  }
  if (kind === "s3" && arn !== null && (arn.region !== "" || arn.account !== "")) {
    throw new RangeError(`${JSON.stringify(text)} is an access point or the like: grant it with statements`);
  }
  const name =
    arn === null
      ? text.replace(kind === "parameter" ? /^\// : /^(?!)/, "")
      : arn.resource.slice(row.resourcePrefix.length);
  // Of a name with tokens, only what stands around them is known.
  const trouble = tokens ? bareBucket(name) : grantNameProblem(kind, name);
  if (trouble !== null) {
    throw new RangeError(
      `${JSON.stringify(text)} is no ${kind} to grant: ${trouble.problem}; ${trouble.remedy}`,
    );
  }
  return { name, arn: arn === null ? null : text };
}

function bareBucket(name: string): NameProblem | null {
  return /^[^/]+\/./.test(name) ? null : grantNameProblem("s3", "bucket");
}
