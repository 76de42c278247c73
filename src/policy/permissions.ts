import { dnsSuffixes, type Partition } from "../model/partitions";
import type { PermissionPolicy, Statement } from "../model/policyDocument";
import { canonicalDocument, merged, oneOrMany } from "./canonical";
import {
  fillTemplate,
  grantTable,
  resourceArn,
  type AccessLevel,
  type GrantKind,
  type GrantPart,
  type GrantTarget,
} from "./grantTable";

/** The key that encrypts what a grant names. */
export interface EncryptionKey {
  readonly arn: string;
  readonly partition: Partition;
  /** Where the service that uses it is: the key's own region. */
  readonly region: string;
}

/** A grant with everything filled in. */
export interface ResolvedGrant {
  readonly kind: GrantKind;
  readonly access: AccessLevel;
  readonly target: GrantTarget;
  /** The resource's ARN where the manifest gives one: it is used as it is, in place of the row's template. */
  readonly arn: string | null;
  /** Null where no key is named. */
  readonly kmsKey: EncryptionKey | null;
}

/** What one grant allows. */
export function grantStatements(grant: ResolvedGrant): readonly Statement[] {
  const wildcard = grant.target.name.includes("*");
  const row = grantTable[grant.kind];
  const fields = { ...grant.target, arn: grant.arn ?? resourceArn(grant.kind, grant.target) };
  const own = (row.access[grant.access] ?? [])
    .filter((part) => part.when === undefined || (part.when === "wildcard") === wildcard)
    .map((part): Statement => ({
      Effect: "Allow",
      Action: part.actions,
      Resource: fillTemplate(part.resource, fields),
      ...conditionOf(part, grant.target),
    }));
  return [...own, ...keyStatements(grant)];
}

/** What a grant needs of its key, and only while the resource's own service asks for it. */
function keyStatements({ kind, access, kmsKey }: ResolvedGrant): readonly Statement[] {
  const { encryption, arn } = grantTable[kind];
  const actions = encryption?.[access];
  if (kmsKey === null || actions === undefined) return [];
  const service = arn.split(":")[2] ?? "";
  const via = dnsSuffixes(kmsKey.partition).map((suffix) => `${service}.${kmsKey.region}.${suffix}`);
  const Condition = { StringEquals: { "kms:ViaService": oneOrMany(via) } };
  return [{ Effect: "Allow", Action: actions, Resource: kmsKey.arn, Condition }];
}

/** The condition of a part; none where it would admit every value, but not a request that has none. */
function conditionOf({ condition }: GrantPart, target: GrantTarget): Pick<Statement, "Condition"> {
  if (condition === undefined) return {};
  const filled = fillCondition(condition, target);
  const bounds = Object.values(filled).some((block) => Object.values(block).some((value) => value !== "*"));
  return bounds ? { Condition: filled } : {};
}

/** What a role's permissions depend on. */
export interface PermissionSource {
  readonly grants: readonly ResolvedGrant[];
  /** Raw statements: kept one by one, not merged. */
  readonly statements: readonly Statement[];
  /** First moment without access, ISO 8601 in UTC; null: never. */
  readonly expires: string | null;
}

/**
 * The permission policy of a role: its grants merged, its raw statements as they are, and, where it expires, a Deny
 * of everything from then on, which also ends sessions that still run. Null where there is nothing to say.
 */
export function permissionPolicy(source: PermissionSource): PermissionPolicy | null {
  const statements = [...merged(source.grants.flatMap(grantStatements)), ...source.statements];
  if (source.expires !== null) statements.push(denyFrom(source.expires));
  return statements.length === 0 ? null : canonicalDocument(statements);
}

function denyFrom(moment: string): Statement {
  return {
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: { DateGreaterThanEquals: { "aws:CurrentTime": moment } },
  };
}

function fillCondition(
  condition: Readonly<Record<string, Readonly<Record<string, string>>>>,
  target: GrantTarget,
): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(condition).map(([operator, block]) => [
      operator,
      Object.fromEntries(Object.entries(block).map(([key, value]) => [key, fillTemplate(value, target)])),
    ]),
  );
}
