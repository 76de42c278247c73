import type { OneOrMany, PolicyDocument, Statement } from "../model/policyDocument";

/** The values of a list as IAM writes it. */
export function many(value: OneOrMany | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** A sorted list without repetitions, as IAM writes it: a single item stands alone. */
export function oneOrMany(values: readonly string[]): OneOrMany {
  // Most are in order.
  const isSorted = values.every((value, i) => i === 0 || (values[i - 1] ?? "") < value);
  const sorted = isSorted ? values : [...new Set(values)].sort();
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : sorted;
}

/** AWS's usual order. */
const elements = Object.freeze(
  "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" "),
) as readonly (keyof Statement)[];

/** A statement with its elements in AWS's usual order, and every list and object in it sorted. */
export function canonicalStatement(s: Statement): Statement {
  const present = elements.filter((element) => s[element] !== undefined);
  return Object.fromEntries(
    present.map((element) => [element, canonicalValue(s[element])]),
  ) as unknown as Statement;
}

function canonicalValue(value: unknown): unknown {
  if (Array.isArray(value)) return oneOrMany(value as readonly string[]);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonicalValue(inner)]));
}

/** A document that is equal for equal sets of statements: each canonical, sorted, none twice. */
export function canonicalDocument(statements: readonly Statement[]): PolicyDocument {
  return sortedDocument(statements.map(canonicalStatement));
}

/** {@link canonicalDocument} of statements that are canonical already. */
export function sortedDocument(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: sortedOnce(statements) };
}

/** Items in the order of their JSON, each once. */
export function sortedOnce<T>(items: readonly T[]): readonly T[] {
  if (items.length < 2) return [...items];
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/**
 * Merges statements where the meaning stays: those alike but for their actions get the union of the actions, then
 * those alike but for their resources the union of the resources, until nothing is alike. What any of them allows, the
 * result allows, and nothing more: every action still meets only the resources and conditions that it was written with.
 * @param statements - canonical ones; in other spellings, likeness is overlooked
 */
export function merged(statements: readonly Statement[]): readonly Statement[] {
  let before = statements;
  for (;;) {
    if (before.length < 2) return before;
    const after = mergeList(mergeList(before, "Action"), "Resource");
    if (after.length === before.length) return after;
    before = after;
  }
}

function mergeList(statements: readonly Statement[], element: "Action" | "Resource"): readonly Statement[] {
  // Those that are alike begin alike, and most do not.
  const beginnings = new Set(statements.map((s) => many(element === "Action" ? s.Resource : s.Action)[0]));
  if (beginnings.size === statements.length) return statements;
  const groups = new Map<string, Statement[]>();
  for (const statement of statements) {
    // Alike are statements that differ in the items of one element alone, and all have it.
    const alike = JSON.stringify({ ...statement, [element]: statement[element] !== undefined });
    groups.set(alike, [...(groups.get(alike) ?? []), statement]);
  }
  if (groups.size === statements.length) return statements;
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    return [{ ...first, [element]: oneOrMany(group.flatMap((s) => many(s[element]))) }];
  });
}

/** The characters of a document, or of a part of it, as AWS counts them: of compact JSON, without white space. */
export function lengthOf(part: PolicyDocument | Statement | string): number {
  const text = JSON.stringify(part);
  return /\s/.test(text) ? text.replace(/\s/g, "").length : text.length;
}
