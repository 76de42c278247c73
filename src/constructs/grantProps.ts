import { Token } from "cdktf";
import { partitionOf, type Partition } from "../model/partitions";
import {
  accessLevels,
  grantKinds,
  grantNameProblem,
  grantTable,
  isRegional,
  nameInArn,
  readGrantArn,
  readKmsKey,
  type AccessLevel,
  type EncryptionKey,
  type GrantKind,
  type GrantTarget,
  type NameProblem,
  type ResolvedGrant,
} from "../policy";

/** A grant: what is granted, and how much of it. */
export type WorkspaceGrant = { readonly [K in GrantKind]: GrantOf<K> }[GrantKind];

/**
 * A grant of one kind. Each takes an ARN, or a name where the props give a `location`; `s3` takes `bucket/key`, where
 * the key may hold `*`, and `codeartifact` no token. The bucket may be a token, and so may an ARN.
 */
type GrantOf<K extends GrantKind> = { readonly [P in K]: string } & {
  /** @default - the kind's least */
  readonly access?: AccessLevel;
  /**
   * The KMS key that encrypts a secret, parameter, bucket or queue: its ARN, or its id where the props give a
   * `location`. @default - AWS's own key
   */
  readonly kmsKey?: string;
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
  const [least] = accessLevels(kind);
  const access = grant.access ?? least ?? "read";
  if (row.access[access] === undefined)
    throw new RangeError(`a grant of ${kind} has no access ${JSON.stringify(access)}`);
  const place = placeOf(location);
  const { target, arn } = targetOf(kind, text, place);
  // What is said of a name without a location fills in nothing of its own.
  if (location === undefined && arn === null && kind !== "s3") {
    throw new RangeError(
      `${kind} ${JSON.stringify(text)} is a name: give its ARN, or the location of what grants name`,
    );
  }
  return { kind, access, arn, target, kmsKey: keyOf(grant, kind, target, location) };
}

/** Where names are completed; without a location only what an ARN of S3 says, which has neither region nor account. */
function placeOf(location: GrantLocation | undefined) {
  const region = location?.region ?? "us-east-1";
  const partition = partitionOf(region);
  if (partition === null) throw new RangeError(`${JSON.stringify(region)} is no region of a known partition`);
  return { partition, region, account: location?.accountId ?? "" };
}

function kindOf(grant: WorkspaceGrant): readonly [GrantKind, string] {
  const kinds = grantKinds.filter((k) => k in grant);
  const [kind] = kinds;
  const value: unknown =
    kind === undefined ? undefined : (grant as Partial<Record<GrantKind, unknown>>)[kind];
  if (kind === undefined || kinds.length > 1 || typeof value !== "string") {
    throw new RangeError(`a grant has exactly one of ${grantKinds.join(", ")}, a string`);
  }
  return [kind, value];
}

interface Found {
  readonly target: GrantTarget & { readonly partition: Partition };
  readonly arn: string | null;
}

function targetOf(kind: GrantKind, text: string, place: ReturnType<typeof placeOf>): Found {
  const tokens = Token.isUnresolved(text);
  // A token stands for a whole ARN, or for a bucket; what it will be is not known here.
  if (tokens && kind === "codeartifact")
    throw new RangeError("a grant of codeartifact takes no token: write domain/repository");
  if (tokens) refuseWildcards(kind, text);
  if (tokens && kind !== "s3") return { target: { ...place, name: "" }, arn: text };
  if (!tokens && text.startsWith("arn:")) {
    const read = readGrantArn(kind, text, place);
    if (!read.ok) throw new RangeError(`${JSON.stringify(text)} ${read.problem}; ${read.remedy}`);
    return checkedName(kind, text, false, {
      target: { ...read.target, region: read.target.region || place.region },
      arn: read.arn,
    });
  }
  const name = nameInArn(kind, text);
  return checkedName(kind, text, tokens, { target: { ...place, name }, arn: null });
}

function checkedName(kind: GrantKind, text: string, tokens: boolean, found: Found): Found {
  // Of a name with tokens, only what stands around them is known.
  const { name } = found.target;
  const trouble = tokens ? bareBucket(name) : grantNameProblem(kind, name);
  if (trouble === null) return found;
  throw new RangeError(
    `${JSON.stringify(text)} is no ${kind} to grant: ${trouble.problem}; ${trouble.remedy}`,
  );
}

/** What a manifest refuses is refused around tokens, too: a wildcard stands in keys of S3 and paths of parameters only. */
function refuseWildcards(kind: GrantKind, text: string): void {
  const around = text.replace(/\$\{TfToken\[[^\]]*\]\}/g, "token");
  const open =
    kind === "parameter"
      ? /^\/?\*|:parameter\/?\*/.test(around)
      : (kind === "s3" ? (around.split("/")[0] ?? "") : around).includes("*");
  if (open || around.includes("?"))
    throw new RangeError(
      `${JSON.stringify(text)} is no ${kind} to grant: it holds a wildcard; name each resource by itself`,
    );
}

function bareBucket(name: string): NameProblem | null {
  return /^[^/]+\/./.test(name) ? null : grantNameProblem("s3", "bucket");
}

/** The key of a grant. KMS is asked by the resource's service, in the region where the resource is. */
function keyOf(
  { kmsKey }: WorkspaceGrant,
  kind: GrantKind,
  target: Found["target"],
  location: GrantLocation | undefined,
): EncryptionKey | null {
  if (kmsKey === undefined) return null;
  if (grantTable[kind].encryption === null)
    throw new RangeError(`a grant of ${kind} takes no kmsKey: grant the key by itself, as kms`);
  const known = location !== undefined || (isRegional(kind) && target.name !== "");
  const { partition } = target;
  if (Token.isUnresolved(kmsKey)) {
    if (!known) throw new RangeError("kmsKey is a token: give the location of what grants name");
    return { arn: kmsKey, partition, region: target.region };
  }
  if (location === undefined && !kmsKey.startsWith("arn:"))
    throw new RangeError("kmsKey is an id: give the key's ARN, or the location of what grants name");
  const key = readKmsKey(kmsKey, target, known ? target.region : null);
  if (!key.ok) throw new RangeError(`kmsKey ${JSON.stringify(kmsKey)} ${key.problem}; ${key.remedy}`);
  return { arn: key.arn, partition, region: key.region };
}
