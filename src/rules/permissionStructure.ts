import { pathText, quote, type Origin } from "../diagnostics";
import type { ExistingDocument } from "../model/existing";
import type { Statement } from "../model/policyDocument";
import { quotaTable, type Quotas } from "../model/quotas";
import { lengthOf, many, type ReadDocument } from "../policy";
import { below, type Observation } from "./rule";

/** Something about the shape of a permission document that exists already. */
export interface StructureMistake extends Observation {
  readonly rule: "T01" | "T02" | "T03" | "G12";
  readonly origin: Origin;
}

/** A path inside of a document. */
type Path = readonly (string | number)[];

/** The most that the policies of one role can hold, whatever AWS has raised. */
export const judgedLength: number =
  quotaTable.inlinePolicyLength.max +
  quotaTable.managedPoliciesPerRole.max * quotaTable.managedPolicyLength.max;

/** The characters of permission documents, as AWS counts them. */
export function lengthOfAll(documents: readonly ExistingDocument[]): number {
  return documents.reduce((sum, { value }) => sum + lengthOf(value as Statement), 0);
}

/** What keeps IAM from taking a permission document, or from reading it as it is meant. */
export function structureMistakes(
  read: ReadDocument,
  { origin, value }: ExistingDocument,
  quotas: Quotas,
): readonly StructureMistake[] {
  const length = lengthOf(value as Statement);
  const { inlinePolicyLength: inline, managedPolicyLength: managed } = quotas;
  const tooLong: readonly StructureMistake[] =
    length <= Math.max(inline, managed)
      ? []
      : [
          {
            rule: "G12",
            origin,
            message: `the document has ${length} characters without white space; the account allows ${inline} inline, and ${managed} in a managed policy`,
            remedy: "divide it into several managed policies, or name resources by a pattern in common",
          },
        ];
  return [
    ...tooLong,
    ...unreadVariables(read, origin),
    ...elementMistakes(read, origin),
    ...sids(read, origin),
  ];
}

/** In a Version before 2012-10-17, variables are text: nothing is called like that. */
function unreadVariables(
  { policy, paths, version }: ReadDocument,
  origin: Origin,
): readonly StructureMistake[] {
  const first = version === "2012-10-17" ? -1 : policy.Statement.findIndex(hasVariable);
  if (first < 0) return [];
  const found = version === null ? "the document has no Version" : `the Version is ${quote(version)}`;
  const message = `${found}: the variable in ${pathText(paths[first] ?? [])} is then literal text`;
  return [{ rule: "T02", origin: version === null ? origin : below(origin, "Version"), message }];
}

function hasVariable({ Resource, NotResource, Condition }: Statement): boolean {
  const values = Object.values(Condition ?? {}).flatMap((block) => Object.values(block).flatMap(many));
  return [...many(Resource), ...many(NotResource), ...values].some((value) => value.includes("${"));
}

const pairs = Object.freeze([
  ["Action", "NotAction"],
  ["Resource", "NotResource"],
] as const);

/** Elements that are missing, empty, or both of a pair. */
function elementMistakes({ policy, paths }: ReadDocument, origin: Origin): readonly StructureMistake[] {
  return policy.Statement.flatMap((statement, i) => {
    // A policy of another kind, of which more is said elsewhere.
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) return [];
    const path = paths[i] ?? [];
    const say = (at: Path, problem: string, remedy: string): StructureMistake => ({
      rule: "T01",
      origin: below(origin, ...path, ...at),
      message: `${pathText([...path, ...at])} ${problem}: IAM refuses the document`,
      remedy,
    });
    return pairs.flatMap(([one, other]): readonly StructureMistake[] => {
      const given = [one, other].filter((element) => statement[element] !== undefined);
      if (given.length === 2) return [say([], `has ${one} and ${other}`, `keep ${one}`)];
      const [element] = given;
      if (element === undefined) return [say([], `has no ${one}`, `write ${one}`)];
      const empty = many(statement[element]).filter((item) => item !== "").length === 0;
      return empty
        ? [say([element], "is empty", `name something under ${element}, or remove the statement`)]
        : [];
    });
  });
}

function sids({ policy, paths }: ReadDocument, origin: Origin): readonly StructureMistake[] {
  const seen = new Set<string>();
  return policy.Statement.flatMap(({ Sid }, i): readonly StructureMistake[] => {
    if (Sid === undefined || Sid === "") return [];
    const twice = seen.has(Sid);
    seen.add(Sid);
    const path: Path = [...(paths[i] ?? []), "Sid"];
    const problem = twice
      ? "stands in another statement, too"
      : /^[A-Za-z0-9]+$/.test(Sid)
        ? null
        : "holds other characters than A-Z, a-z and 0-9";
    if (problem === null) return [];
    return [
      { rule: "T03", origin: below(origin, ...path), message: `${pathText(path)}: ${quote(Sid)} ${problem}` },
    ];
  });
}
