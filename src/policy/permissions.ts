import type { EncryptionKey, GrantTarget, ResolvedGrant } from "../model/grant";
import { dnsSuffixes } from "../model/partitions";
import type { PermissionPolicy, Statement } from "../model/policyDocument";
import { canonicalStatement, merged, oneOrMany, sortedDocument } from "./canonical";
import { fillTemplate, grantTable, resourceArn, type GrantPart } from "./grantTable";

/** What one grant allows, in canonical statements. */
export function grantStatements(grant: ResolvedGrant): readonly Statement[] {
  const { kind, access, target } = grant;
  const arn = grant.arn ?? resourceArn(kind, target);
  const parts = grantTable[kind].access[access] ?? [];
  const statements = parts
    .filter((part) => part.wildcard !== true || target.name.includes("*"))
    .map((part) => ({
      Effect: "Allow" as const,
      Action: oneOrMany(part.actions),
      Resource: fillTemplate(part.resource, target, arn),
      ...conditionOf(part, target),
    }));
  return grant.kmsKey === null ? statements : [...statements, ...keyStatements(grant, grant.kmsKey)];
}

/** What a grant needs of its key, and only while the resource's own service asks for it. */
function keyStatements({ kind, access }: ResolvedGrant, kmsKey: EncryptionKey): readonly Statement[] {
  const { encryption, arn } = grantTable[kind];
  const actions = encryption?.[access];
  if (actions === undefined) return [];
  const service = arn.split(":")[2] ?? "";
  const via = dnsSuffixes[kmsKey.partition].map((suffix) => `${service}.${kmsKey.region}.${suffix}`);
  const Condition = { StringEquals: { "kms:ViaService": oneOrMany(via) } };
  return [{ Effect: "Allow", Action: oneOrMany(actions), Resource: kmsKey.arn, Condition }];
}

/** The condition of a part; none where it would admit every value, but not a request that has none. */
function conditionOf({ condition }: GrantPart, target: GrantTarget): Pick<Statement, "Condition"> {
  if (condition === undefined) return {};
  const [operator, key, template] = condition;
  const value = fillTemplate(template, target);
  return value === "*" ? {} : { Condition: { [operator]: { [key]: value } } };
}

/** What a role's permissions depend on; raw statements are kept one by one. */
interface PermissionSource {
  readonly grants: readonly ResolvedGrant[];
  readonly statements: readonly Statement[];
  /** First moment without access, ISO 8601 in UTC; null: never. */
  readonly expires: string | null;
}

/** A role's grants, merged, its raw statements and, where it expires, a Deny of everything; null where it may nothing. */
export function permissionPolicy({ grants, statements, expires }: PermissionSource): PermissionPolicy | null {
  const all = [
    ...merged(grants.flatMap(grantStatements)),
    ...statements.map(canonicalStatement),
    ...(expires !== null ? [denyFrom(expires)] : []),
  ];
  return all.length === 0 ? null : sortedDocument(all);
}

/** From a moment on nothing is allowed, which also ends sessions that still run. */
function denyFrom(moment: string): Statement {
  const Condition = { DateGreaterThanEquals: { "aws:CurrentTime": moment } };
  return { Effect: "Deny", Action: "*", Resource: "*", Condition };
}
