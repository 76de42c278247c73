import type { GrantKind, GrantTarget, Place } from "../model/grant";
import { parseArn } from "../model/names";
import { partitionOf, partitions } from "../model/partitions";
import { refuse, type Correction, type Refusal } from "../model/correction";
import { grantTable, resourceArn } from "./grantTable";

/** Why a key cannot be named by an alias, and what to write. */
const aliasProblem = refuse(
  "is an alias: IAM cannot name a key by an alias, which can be pointed to another key",
  "write the key's id or ARN, which aws kms describe-key --key-id alias/… shows",
);

/** What an ARN says about what a grant names, or why it is none for this kind of grant. Problems quote nothing. */
export type GrantArn =
  | { readonly ok: true; readonly target: GrantTarget; /** As policies write it. */ readonly arn: string }
  | Refusal;

/** What all ARNs of a kind have in common: the row's template, taken apart at the name. */
function shapeOf(kind: GrantKind) {
  const [before = ""] = grantTable[kind].arn.split("{name}");
  const [, , service = "", region, account, ...prefix] = before.split(":");
  return { service, region, account, prefix: prefix.join(":") };
}

/** A name as its ARN has it: a parameter's begins with a slash where it has a path, and the ARN has that already. */
export function nameInArn(kind: GrantKind, text: string): string {
  return kind === "parameter" ? text.replace(/^\//, "") : text;
}

/** Do ARNs of a kind have a region? Those of buckets and roles have none. */
export function isRegional(kind: GrantKind): boolean {
  return shapeOf(kind).region !== "";
}

/** Reads the ARN of what a grant names, but for the name: see {@link grantNameProblem}. @param near - for an example */
export function readGrantArn(kind: GrantKind, text: string, near: Place): GrantArn {
  const { noun, examples } = grantTable[kind];
  const shape = shapeOf(kind);
  // As the console, and some of AWS's own answers, write the ARN of a log group.
  const arn = kind === "logs" ? text.replace(/:\*$/, "") : text;
  const fields = parseArn(arn);
  const like = `write it like ${resourceArn(kind, { ...near, name: nameInArn(kind, examples[0]) })}`;
  if (fields?.service === "kms" && kind === "kms" && fields.resource.startsWith("alias/"))
    return aliasProblem;
  if (fields?.service !== shape.service || !fields.resource.startsWith(shape.prefix))
    return refuse(`is not the ARN of ${noun}`, `${like}, or the name alone`);
  const { region, account, resource } = fields;
  const name = resource.slice(shape.prefix.length);
  if (kind === "s3" && (account !== "" || region !== ""))
    return refuse(
      "is an access point or the like, not objects of a bucket",
      `${like}, or grant it with statements`,
    );
  if (kind === "secret" && !/-[A-Za-z0-9]{6}$/.test(name))
    return refuse(
      "lacks the six characters with which the ARN of a secret ends",
      "write the secret's name alone, or its whole ARN",
    );
  // Six lower-case letters are one random ending in 190, and the ends of most names: my-secret.
  if (kind === "secret" && /-[a-z]{6}$/.test(name))
    return refuse(
      "seems to end in a word, not in the six random characters with which the ARN of a secret ends",
      `write the secret's name alone, ${name}; or ${name.slice(0, -7)}, if they are random indeed`,
    );
  const partition = partitions.find((p) => p === fields.partition);
  if (partition === undefined) return refuse("is of no partition that is known", like);
  if (shape.region === "" && region !== "") return refuse("has a region", like);
  if (shape.region !== "" && partitionOf(region) !== partition)
    return refuse("lacks a region of its partition", like);
  if (shape.account !== "" && !/^[0-9]{12}$/.test(account))
    return refuse("lacks an account id of 12 digits", like);
  return { ok: true, arn, target: { partition, region, account, name } };
}

/**
 * Reads the key that encrypts a resource: its id, or its ARN. KMS keys work in their own region only, so that an ARN
 * must be of the resource's region, where that is known.
 * @param near - where a key is that is given by its id
 * @param region - where the resource is; null: where the key is
 */
export function readKmsKey(text: string, near: Place, region: string | null): GrantArn {
  if (text.startsWith("alias/")) return aliasProblem;
  const read = text.startsWith("arn:") ? readGrantArn("kms", text, near) : null;
  if (read?.ok === false) return read;
  const target = read?.target ?? { ...near, name: text };
  if (!grantTable.kms.names.test(target.name))
    return refuse(
      `is not a KMS key: allowed is ${grantTable.kms.nameRule}, or a key's ARN`,
      "copy the key's id or ARN from the KMS console",
    );
  if (target.partition !== near.partition)
    return refuse(
      `is of the partition ${target.partition}, and the resource of ${near.partition}`,
      "name the key that encrypts the resource",
    );
  if (region !== null && target.region !== region)
    return refuse(
      `is a key of ${target.region}, and the resource is in ${region}: keys work in their own region`,
      `name the key of ${region} that encrypts it; of a multi-Region key, the replica there`,
    );
  return { ok: true, arn: resourceArn("kms", target), target };
}

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

/** Why a kind of grant does not take a name, as ARNs have it behind the row's prefix; null for one that it takes. */
export function grantNameProblem(kind: GrantKind, name: string): Correction | null {
  const { noun, wildcard, names, nameRule } = grantTable[kind];
  if (name.includes("://"))
    return refuse("it is a URL", name.startsWith("s3://") ? "leave out s3://" : "write the name alone");
  if (kind === "ecr" && registry.test(name))
    return refuse(
      "it is the address of an image, and begins with its registry",
      "write what stands between the first slash and the tag, e.g. team/app; account and region have their own keys",
    );
  if (kind === "s3" && /^[^/]*\/?$/.test(name))
    return refuse("it names a bucket without a key", "write bucket/* for all of the bucket");
  if (name.includes("*") && wildcard !== true)
    return refuse(`${noun} takes no wildcard`, `name each ${noun.replace(/^an? /, "")} by itself`);
  if (kind === "kms" && name.startsWith("alias/"))
    return { ...aliasProblem, problem: `it ${aliasProblem.problem}` };
  if (!names.test(name)) return refuse(`allowed are ${nameRule}`, "write its name or its ARN, nothing else");
  if (kind === "parameter" && name.startsWith("*"))
    return refuse("it is every parameter of the account", "write the path that is needed, e.g. /app/dev/*");
  return null;
}
