import type { PermissionPolicy, Statement } from "../model/policyDocument";
import type { Quotas } from "../model/quotas";
import { canonicalDocument, canonicalStatement, lengthOf, many, oneOrMany } from "./canonical";

/** What a role's permissions are written into: one inline policy, or several managed ones. */
export interface SplitPolicy {
  readonly inline: PermissionPolicy | null;
  /** In an order that is the same for the same permissions; those with a Deny come first. */
  readonly managed: readonly PermissionPolicy[];
}

/** Counts the characters of JSON as AWS counts those of a policy. */
export type Measure = (part: PermissionPolicy | Statement | string) => number;

const emptyDocument = lengthOf({ Version: "2012-10-17", Statement: [] });

/**
 * Writes permissions into policies that AWS takes. Up to the inline quota they are one inline policy. Above it they
 * become managed policies, each within its quota where its statements can be divided so far: the longest statement
 * first, each into the first policy that has room. All of them apply to the role together, so that they allow what
 * the whole allows, and a Deny denies whichever policy it is in.
 * @param measure - @default - the characters of the text; for text that is not known yet, what it may come to
 */
export function splitPolicy(
  whole: PermissionPolicy | null,
  quotas: Pick<Quotas, "inlinePolicyLength" | "managedPolicyLength">,
  measure: Measure = lengthOf,
): SplitPolicy {
  if (whole === null) return { inline: null, managed: [] };
  if (measure(whole) <= quotas.inlinePolicyLength) return { inline: whole, managed: [] };
  const room = quotas.managedPolicyLength - emptyDocument;
  const rank = (s: Statement) => (s.Effect === "Deny" ? 0 : 1);
  const sized = whole.Statement.flatMap((s) => divided(s, room, measure))
    .map((statement) => ({ statement, length: measure(statement) + 1, text: JSON.stringify(statement) }))
    .sort(
      (a, b) => rank(a.statement) - rank(b.statement) || b.length - a.length || (a.text < b.text ? -1 : 1),
    );
  const bins: { length: number; readonly statements: Statement[] }[] = [];
  for (const { statement, length } of sized) {
    // A comma separates statements, so that the first of a policy needs none.
    let bin = bins.find((b) => b.length + length <= room + 1);
    if (bin === undefined) bins.push((bin = { length: 0, statements: [] }));
    bin.length += length;
    bin.statements.push(statement);
  }
  return { inline: null, managed: bins.map((bin) => canonicalDocument(bin.statements)) };
}

/** True for a policy that denies something: those that allow must not be in force without it. */
export function denies(policy: PermissionPolicy): boolean {
  return policy.Statement.some((s) => s.Effect === "Deny");
}

/** A statement as several that fit and say the same together: `NotResource` and `NotAction` cannot be divided so. */
function divided(statement: Statement, room: number, measure: Measure): readonly Statement[] {
  if (measure(statement) <= room) return [statement];
  // Two parts may end in one policy, where no Sid may stand twice.
  const { Sid, ...nameless } = statement;
  const byResource = dividedBy(nameless, "Resource", room, measure);
  return byResource.flatMap((part) =>
    measure(part) <= room ? [part] : dividedBy(part, "Action", room, measure),
  );
}

function dividedBy(
  statement: Statement,
  element: "Action" | "Resource",
  room: number,
  measure: Measure,
): readonly Statement[] {
  const items = many(statement[element]);
  if (items.length < 2) return [statement];
  const bare = measure({ ...statement, [element]: [] });
  const groups: string[][] = [];
  let length = 0;
  for (const item of items) {
    const more = measure(item) + 1;
    const group = groups.at(-1);
    if (group !== undefined && bare + length + more - 1 <= room) {
      group.push(item);
      length += more;
    } else {
      groups.push([item]);
      length = more;
    }
  }
  return groups.map((group) => canonicalStatement({ ...statement, [element]: oneOrMany(group) }));
}
