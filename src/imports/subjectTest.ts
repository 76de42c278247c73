import type { Condition, Statement } from "../model/policyDocument";
import { evaluateTrust, literalStart, many, operatorParts, patternOf } from "../policy";

/**
 * Items by what every text that they fit begins with: the returned function gives those that a text may fit, and takes
 * as long for many as for few.
 */
export function startIndex<T>(
  items: readonly T[],
  startOf: (item: T) => string,
): (text: string) => readonly T[] {
  const byStart = new Map<string, T[]>();
  for (const item of items) {
    const start = startOf(item);
    const others = byStart.get(start);
    if (others === undefined) byStart.set(start, [item]);
    else others.push(item);
  }
  const lengths = [...new Set([...byStart.keys()].map((start) => start.length))];
  return (text) =>
    lengths.flatMap((length) => (length > text.length ? [] : (byStart.get(text.slice(0, length)) ?? [])));
}

/** Does a statement for an identity provider admit a subject, all its other conditions aside? The evaluator decides. */
export function subjectTest(
  statement: Statement,
  federated: string,
  providerName: string,
): (subject: string) => boolean {
  const key = `${providerName}:sub`.toLowerCase();
  const blocks = Object.entries(statement.Condition ?? {}).map(
    ([operator, block]) =>
      [
        operator,
        Object.entries(block)
          .filter(([own]) => own.toLowerCase() === key)
          .map(([own, values]) => [own, valuesFor(operator, many(values))] as const),
      ] as const,
  );
  return (subject) => {
    const condition: Condition = Object.fromEntries(
      blocks.map(([operator, block]) => [
        operator,
        Object.fromEntries(block.map(([own, valuesOf]) => [own, valuesOf(subject)])),
      ]),
    );
    // Without a value there is nothing that the subject could equal.
    if (Object.values(condition).some((block) => Object.values(block).some((v) => v.length === 0)))
      return false;
    return evaluateTrust(
      { Version: "2012-10-17", Statement: [{ ...statement, Condition: condition }] },
      { federated, context: new Map([[key, [subject]]]) },
    ).allowed;
  };
}

/** The values of an operator that can make a difference for a subject. */
function valuesFor(operator: string, values: readonly string[]): (subject: string) => readonly string[] {
  const { base, negated } = operatorParts(operator);
  if (negated || (base !== "stringlike" && base !== "stringequals")) return () => values;
  // A policy variable may stand for anything.
  return startIndex(values, (value) => literalStart(patternOf(value, base === "stringlike") ?? []));
}
