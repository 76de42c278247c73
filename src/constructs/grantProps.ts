import { Token } from "cdktf";
import type { Correction } from "../model/correction";
import { partitionOf } from "../model/partitions";
import type {
  AccessLevel,
  EncryptionKey,
  GrantKind,
  GrantTarget,
  Place,
  ResolvedGrant,
} from "../model/grant";
import {
  accessLevels,
  grantKinds,
  grantNameProblem,
  grantTable,
  isRegional,
  nameInArn,
  readGrantArn,
  readKmsKey,
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
   * The KMS key that encrypts the resource, where the kind of grant takes one: its ARN, or its id where the props give a
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
  const kinds = grantKinds.filter((k) => k in grant);
  const [kind] = kinds;
  const text = kind && (grant as Partial<Record<GrantKind, unknown>>)[kind];
  if (kind === undefined || kinds.length > 1 || typeof text !== "string")
    throw new RangeError(`a grant has exactly one of ${grantKinds.join(", ")}, a string`);
  const levels = accessLevels(kind);
  const { access = levels[0] ?? "read" } = grant;
  if (!levels.includes(access))
    throw new RangeError(`a grant of ${kind} has no access ${JSON.stringify(access)}`);
  const { target, arn } = targetOf(kind, text, placeOf(location));
  // What is said of a name without a location fills in nothing of its own.
  if (location === undefined && arn === null && kind !== "s3")
    throw new RangeError(
      `${kind} ${JSON.stringify(text)} is a name: give its ARN, or the location of what grants name`,
    );
  return { kind, access, arn, target, kmsKey: keyOf(grant, kind, target, location) };
}

/** An error that says why a text cannot stand where it does. */
export function refusalOf(text: unknown, { problem, remedy }: Correction, prop = ""): RangeError {
  return new RangeError(`${prop}${JSON.stringify(text)} ${problem}; ${remedy}`);
}

/** Where names are completed; without a location only what an ARN of S3 says, which has neither region nor account. */
function placeOf(
  { region, accountId: account }: GrantLocation = { region: "us-east-1", accountId: "" },
): Place {
  const partition = partitionOf(region);
  if (partition === null) throw new RangeError(`${JSON.stringify(region)} is no region of a known partition`);
  return { partition, region, account };
}

/**
 * What a text names. A token stands for a whole ARN, or for a bucket. What it will be is not known here; around it, what
 * a manifest refuses is refused too: a wildcard stands in keys of S3 and paths of parameters only.
 */
function targetOf(kind: GrantKind, text: string, place: Place) {
  const isToken = Token.isUnresolved(text);
  if (isToken && kind === "codeartifact")
    throw new RangeError("a grant of codeartifact takes no token: write domain/repository");
  if (isToken && kind !== "s3") {
    if ((kind === "parameter" ? /^\/?\*|:parameter\/?\*|\?/ : /[*?]/).test(aroundTokens(text)))
      throw refusalOf(text, {
        problem: `is no ${kind} to grant: it holds a wildcard`,
        remedy: "name each resource by itself",
      });
    return { target: { ...place, name: "" }, arn: text };
  }
  const read = !isToken && text.startsWith("arn:") ? readGrantArn(kind, text, place) : null;
  if (read?.ok === false) throw refusalOf(text, read);
  const name = isToken ? text.replace(`arn:${place.partition}:s3:::`, "") : nameInArn(kind, text);
  const target = read?.target ?? { ...place, name };
  const trouble = grantNameProblem(kind, aroundTokens(target.name));
  if (trouble !== null)
    throw refusalOf(text, { ...trouble, problem: `is no ${kind} to grant: ${trouble.problem}` });
  return { target: { ...target, region: target.region || place.region }, arn: read?.arn ?? null };
}

/** The key of a grant. KMS is asked by the resource's service, in the region where the resource is. */
function keyOf(
  { kmsKey }: WorkspaceGrant,
  kind: GrantKind,
  target: GrantTarget,
  location: GrantLocation | undefined,
): EncryptionKey | null {
  if (kmsKey === undefined) return null;
  if (grantTable[kind].encryption === undefined)
    throw new RangeError(`a grant of ${kind} takes no kmsKey: grant the key by itself, as kms`);
  const isToken = Token.isUnresolved(kmsKey);
  const known = location !== undefined || (isRegional(kind) && target.name !== "");
  if (isToken ? !known : location === undefined && !kmsKey.startsWith("arn:"))
    throw new RangeError(
      "kmsKey is a token or an id: give the key's ARN, or the location of what grants name",
    );
  const { partition, region } = target;
  if (isToken) return { arn: kmsKey, partition, region };
  const key = readKmsKey(kmsKey, target, known ? region : null);
  if (!key.ok) throw refusalOf(kmsKey, key, "kmsKey ");
  return { arn: key.arn, partition, region: key.target.region };
}
