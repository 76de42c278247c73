import type { PermissionPolicy, Statement } from "../model/policyDocument";
import { canonicalDocument, merged } from "./canonical";
import {
  fillTemplate,
  grantTable,
  type AccessLevel,
  type GrantKind,
  type GrantPart,
  type GrantTarget,
} from "./grantTable";

/** A grant with everything filled in. */
export interface ResolvedGrant {
  readonly kind: GrantKind;
  readonly access: AccessLevel;
  readonly target: GrantTarget;
  /** The resource's ARN where the manifest gives one: it is used as it is, in place of the row's template. */
  readonly arn: string | null;
}

/** What one grant allows. */
export function grantStatements(grant: ResolvedGrant): readonly Statement[] {
  const wildcard = grant.target.name.includes("*");
  const parts = grantTable[grant.kind].access[grant.access] ?? [];
  return parts
    .filter((part) => part.when === undefined || (part.when === "wildcard") === wildcard)
    .map((part) => ({
      Effect: "Allow",
      Action: part.actions,
      Resource:
        grant.arn !== null && grant.kind !== "s3" ? grant.arn : fillTemplate(part.resource, grant.target),
      ...conditionOf(part, grant.target),
    }));
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
