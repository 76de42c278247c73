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
  type ResolvedGrant,
} from "../policy";
import { aroundTokens } from "./tokens";

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
  const [least = "read"] = accessLevels(kind);
  const { access = least } = grant;
  if (grantTable[kind].access[access] === undefined)
    throw new RangeError(`a grant of ${kind} has no access ${JSON.stringify(access)}`);
  const { target, arn } = (Token.isUnresolved(text) ? targetOfToken : targetOf)(
    kind,
    text,
    placeOf(location),
  );
  // What is said of a name without a location fills in nothing of its own.
  if (location === undefined && arn === null && kind !== "s3") {
    throw new RangeError(
      `${kind} ${JSON.stringify(text)} is a name: give its ARN, or the location of what grants name`,
    );
  }
  return { kind, access, arn, target, kmsKey: keyOf(grant, kind, target, location) };
}

/** Where names are completed; without a location only what an ARN of S3 says, which has neither region nor account. */
function placeOf(location: GrantLocation | undefined): Found["target"] {
  const region = location?.region ?? "us-east-1";
  const partition = partitionOf(region);
  if (partition === null) throw new RangeError(`${JSON.stringify(region)} is no region of a known partition`);
  return { partition, region, account: location?.accountId ?? "", name: "" };
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

function targetOf(kind: GrantKind, text: string, place: Found["target"]): Found {
  if (!text.startsWith("arn:")) {
    const target = { ...place, name: nameInArn(kind, text) };
    checkName(kind, text, target.name);
    return { target, arn: null };
  }
  const read = readGrantArn(kind, text, place);
  if (!read.ok) throw new RangeError(`${JSON.stringify(text)} ${read.problem}; ${read.remedy}`);
  checkName(kind, text, read.target.name);
  return { target: { ...read.target, region: read.target.region || place.region }, arn: read.arn };
}

/**
 * A token stands for a whole ARN, or for a bucket. What it will be is not known here; around it, what a manifest refuses
 * is refused too: a wildcard stands in keys of S3 and paths of parameters only.
 */
function targetOfToken(kind: GrantKind, text: string, place: Found["target"]): Found {
  if (kind === "codeartifact")
    throw new RangeError("a grant of codeartifact takes no token: write domain/repository");
  if (kind === "s3") {
    const name = text.replace(`arn:${place.partition}:s3:::`, "");
    checkName(kind, text, aroundTokens(name));
    return { target: { ...place, name }, arn: null };
  }
  const around = aroundTokens(text);
  if ((kind === "parameter" ? /^\/?\*|:parameter\/?\*|\?/ : /[*?]/).test(around))
    throw new RangeError(
      `${JSON.stringify(text)} is no ${kind} to grant: it holds a wildcard; name each resource by itself`,
    );
  return { target: place, arn: text };
}

function checkName(kind: GrantKind, text: string, name: string): void {
  const trouble = grantNameProblem(kind, name);
  if (trouble === null) return;
  throw new RangeError(
    `${JSON.stringify(text)} is no ${kind} to grant: ${trouble.problem}; ${trouble.remedy}`,
  );
}

/** The key of a grant. KMS is asked by the resource's service, in the region where the resource is. */
function keyOf(
  { kmsKey }: WorkspaceGrant,
  kind: GrantKind,
  target: Found["target"],
  location: GrantLocation | undefined,
): EncryptionKey | null {
  if (kmsKey === undefined) return null;
  if (grantTable[kind].encryption === undefined)
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
  return { arn: key.arn, partition, region: key.target.region };
}
