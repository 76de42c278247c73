import { parseArn, type ArnFields } from "../model/names";
import { partitionOf, partitions, type Partition } from "../model/partitions";
import type { Correction } from "../model/correction";
import { aliasProblem } from "./grantNames";
import { grantKinds, grantTable, resourceArn, type GrantKind, type GrantTarget } from "./grantTable";

/** What an ARN says about what a grant names, or why it is none for this kind of grant. Problems quote nothing. */
export type GrantArn =
  | {
      readonly ok: true;
      /** A field that the kind's ARNs do not have is empty. */
      readonly target: GrantTarget & { readonly partition: Partition };
      /** The ARN as policies write it. */
      readonly arn: string;
    }
  | ({ readonly ok: false } & Correction);

/** Where a role is: what it names without an ARN is there too. */
export interface Place {
  readonly partition: Partition;
  readonly region: string;
  readonly account: string;
}

/** What all ARNs of a kind have in common: the row's template, taken apart. */
interface ArnShape extends ArnFields {
  /** What stands before the name in the resource field. */
  readonly prefix: string;
}

const shapes: ReadonlyMap<GrantKind, ArnShape> = new Map(
  grantKinds.map((kind) => {
    const fields = parseArn(grantTable[kind].arn);
    if (fields === null) throw new Error(`the template of ${kind} is no ARN`);
    return [kind, { ...fields, prefix: fields.resource.slice(0, fields.resource.indexOf("{name}")) }];
  }),
);

/** A name as its ARN has it: a parameter's begins with a slash where it has a path, and the ARN has that already. */
export function nameInArn(kind: GrantKind, text: string): string {
  return kind === "parameter" ? text.replace(/^\//, "") : text;
}

/** Do ARNs of a kind have a region? Those of buckets and roles have none. */
export function isRegional(kind: GrantKind): boolean {
  return shapes.get(kind)?.region !== "";
}

/**
 * Reads the ARN of what a grant names. The name is not judged: see {@link grantNameProblem}.
 * @param near - fills in the example of a remedy
 */
export function readGrantArn(kind: GrantKind, text: string, near: Place): GrantArn {
  const shape = shapes.get(kind);
  if (shape === undefined) throw new Error(`no shape of ${kind}`);
  // As the console, and some of AWS's own answers, write the ARN of a log group.
  const arn = kind === "logs" ? text.replace(/:\*$/, "") : text;
  const fields = parseArn(arn);
  const example = () => resourceArn(kind, { ...near, name: nameInArn(kind, grantTable[kind].examples[0]) });
  const refuse = (problem: string, remedy = `write it like ${example()}`): GrantArn => ({
    ...{ ok: false, problem, remedy },
  });
  if (fields?.service === "kms" && kind === "kms" && fields.resource.startsWith("alias/"))
    return { ok: false, ...aliasProblem };
  if (fields?.service !== shape.service || !fields.resource.startsWith(shape.prefix))
    return refuse(
      `is not the ARN of ${grantTable[kind].noun}`,
      `write it like ${example()}, or the name alone`,
    );
  if (kind === "s3" && (fields.account !== "" || fields.region !== "")) {
    return refuse(
      "is an access point or the like, not objects of a bucket",
      `write it like ${example()}, or grant it with statements`,
    );
  }
  if (kind === "secret" && !/-[A-Za-z0-9]{6}$/.test(fields.resource)) {
    return refuse(
      "lacks the six characters with which the ARN of a secret ends",
      "write the secret's name alone, or its whole ARN",
    );
  }
  // Six lower-case letters are one random ending in 190, and the ends of most names: my-secret.
  if (kind === "secret" && /-[a-z]{6}$/.test(fields.resource)) {
    const written = fields.resource.slice(shape.prefix.length);
    return refuse(
      "seems to end in a word, not in the six random characters with which the ARN of a secret ends",
      `write the secret's name alone, ${written}; or ${written.slice(0, -7)}, if they are random indeed`,
    );
  }
  const { region, account, partition } = fields;
  const known = partitions.find((p) => p === partition);
  if (known === undefined) return refuse("is of no partition that is known");
  if (shape.region === "" ? region !== "" : partitionOf(region) !== known)
    return refuse(shape.region === "" ? "has a region" : "lacks a region of its partition");
  if (shape.account !== "" && !/^[0-9]{12}$/.test(account)) return refuse("lacks an account id of 12 digits");
  const name = fields.resource.slice(shape.prefix.length);
  return { ok: true, arn, target: { partition: known, region, account, name } };
}

/** The ARN of a key that a manifest names, or why it is none. */
export type KeyArn =
  | { readonly ok: true; readonly arn: string; readonly account: string; readonly region: string }
  | ({ readonly ok: false } & Correction);

/**
 * Reads the key that encrypts a resource: its id, or its ARN. KMS keys work in their own region only, so that an ARN
 * must be of the resource's region, where that is known.
 * @param near - where a key is that is given by its id
 * @param region - where the resource is; null: where the key is
 */
export function readKmsKey(text: string, near: Place, region: string | null): KeyArn {
  if (text.startsWith("alias/")) return { ok: false, ...aliasProblem };
  const read: GrantArn = text.startsWith("arn:")
    ? readGrantArn("kms", text, near)
    : { ok: true, arn: "", target: { ...near, name: text } };
  if (!read.ok) return read;
  const { target } = read;
  if (!grantTable.kms.names.test(target.name)) {
    return {
      ok: false,
      problem: `is not a KMS key: allowed is ${grantTable.kms.nameRule}, or a key's ARN`,
      remedy: "copy the key's id or ARN from the KMS console",
    };
  }
  if (target.partition !== near.partition) {
    return {
      ok: false,
      problem: `is of the partition ${target.partition}, and the resource of ${near.partition}`,
      remedy: "name the key that encrypts the resource",
    };
  }
  if (region !== null && target.region !== region) {
    return {
      ok: false,
      problem: `is a key of ${target.region}, and the resource is in ${region}: keys work in their own region`,
      remedy: `name the key of ${region} that encrypts it; of a multi-Region key, the replica there`,
    };
  }
  return { ok: true, arn: resourceArn("kms", target), account: target.account, region: target.region };
}
