import { dnsSuffixes, type Partition } from "../model/partitions";
import type { Condition, PermissionPolicy, Statement } from "../model/policyDocument";
import { canonicalStatement, merged, oneOrMany, sortedDocument } from "./canonical";
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

/** What one grant allows, in canonical statements. */
export function grantStatements(grant: ResolvedGrant): readonly Statement[] {
  const { kind, access, target } = grant;
  const wildcard = target.name.includes("*");
  const arn = grant.arn ?? resourceArn(kind, target);
  const statements: Statement[] = [];
  for (const part of grantTable[kind].access[access] ?? []) {
    if (part.when !== undefined && (part.when === "wildcard") !== wildcard) continue;
    const Action = oneOrMany(part.actions);
    const Resource = fillTemplate(part.resource, target, arn);
    const Condition = conditionOf(part, target);
    statements.push(
      Condition === null
        ? { Effect: "Allow", Action, Resource }
        : { Effect: "Allow", Action, Resource, Condition },
    );
  }
  if (grant.kmsKey !== null) statements.push(...keyStatements(grant, grant.kmsKey));
  return statements;
}

/** What a grant needs of its key, and only while the resource's own service asks for it. */
function keyStatements({ kind, access }: ResolvedGrant, kmsKey: EncryptionKey): readonly Statement[] {
  const { encryption, arn } = grantTable[kind];
  const actions = encryption?.[access];
  if (actions === undefined) return [];
  const service = arn.split(":")[2] ?? "";
  const via = dnsSuffixes(kmsKey.partition).map((suffix) => `${service}.${kmsKey.region}.${suffix}`);
  const Condition = { StringEquals: { "kms:ViaService": oneOrMany(via) } };
  return [{ Effect: "Allow", Action: oneOrMany(actions), Resource: kmsKey.arn, Condition }];
}

/** The condition of a part; none where it would admit every value, but not a request that has none. */
function conditionOf({ condition }: GrantPart, target: GrantTarget): Condition | null {
  if (condition === undefined) return null;
  const filled = fillCondition(condition, target);
  const bounds = Object.values(filled).some((block) => Object.values(block).some((value) => value !== "*"));
  return bounds ? filled : null;
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
  const granted: Statement[] = [];
  for (const grant of source.grants) granted.push(...grantStatements(grant));
  const statements = [...merged(granted)];
  for (const statement of source.statements) statements.push(canonicalStatement(statement));
  if (source.expires !== null) statements.push(denyFrom(source.expires));
  return statements.length === 0 ? null : sortedDocument(statements);
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
