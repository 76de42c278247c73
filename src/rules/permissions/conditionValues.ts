import { quote } from "../../diagnostics";
import { keyType, many, operatorParts, valueProblem, type OperatorParts } from "../../policy";
import type { WrittenCondition } from "../judgedRole";
import { rulesOf, type Rule } from "../rule";
import { conditionsOf, idleValue, isDemanded } from "../trust/trustView";
import { eachStatement, type Remark } from "./statements";

/** Rules about what conditions compare. */
export const conditionValueRules: readonly Rule[] = rulesOf({
  G19: {
    severity: "warning",
    title: "a condition or variable that does not do what it says",
    why: "IAM takes it, and it holds always or never: a limit is none, or what was meant is not allowed",
    remedy: "write the value and the operator as AWS documents them for the key",
    role: eachStatement(({ statement, reference }) => {
      const all = conditionsOf(statement.Condition).map((c) => ({ ...operatorParts(c.operator), ...c }));
      const isDeny = statement.Effect === "Deny";
      const ofConditions = all.flatMap((comparison) => {
        const problem = problemOf(comparison, all, keyType(comparison.key, reference), isDeny);
        return problem === null
          ? []
          : [{ path: ["Condition", comparison.operator, comparison.key], ...problem }];
      });
      const ofResources = (["Resource", "NotResource"] as const).flatMap((element) =>
        brokenVariables(many(statement[element])).map((problem) => ({ path: [element], ...problem })),
      );
      return [...ofConditions, ...ofResources];
    }),
  },
});

type Comparison = WrittenCondition & OperatorParts;

/** The first problem of a comparison: one condition, one story. A type is e.g. `Date` or `ArrayOfString`. */
function problemOf(
  comparison: Comparison,
  all: readonly Comparison[],
  type: string | undefined,
  isDeny: boolean,
): Remark | null {
  const { operator, key, values, base, set, known } = comparison;
  // T01 says so.
  if (!known) return null;
  const name = quote(key);
  const isKey = (other: Comparison): boolean => other.key.toLowerCase() === key.toLowerCase();
  const twin = all.find((other) => other.operator === operator && other.key < key && isKey(other))?.key;
  if (twin !== undefined)
    return {
      message: `${quote(twin)} and ${name} are one key, since letter case does not count`,
      remedy: "write all its values in one list",
    };
  if (values.length === 0)
    return { message: `${name} has no value`, remedy: "write a value, or remove the key" };
  const [broken] = brokenVariables(values);
  if (broken !== undefined) return broken;
  if (base === "null" && set === "forallvalues")
    return { message: `${operator} holds for every request`, remedy: "write Null, without ForAllValues" };
  const isList = type?.startsWith("ArrayOf");
  // EventBridge's keys are lists of one, and AWS's own policies compare them as one value.
  if (isList === true && set === null && base !== "null" && !/^events:/i.test(key))
    return {
      message: `${name} has several values, and ${operator} compares one`,
      remedy: `write ForAnyValue:${operator}, or ForAllValues:${operator} with Null beside it`,
    };
  // In a Deny, or beside a condition that demands the key, what is true of a missing key lets nobody in.
  if (isList === false && set === "forallvalues" && !isDeny && !isDemanded(all, comparison))
    return {
      message: `${operator} is true where ${name} is missing, and this key never has several values`,
      remedy: `write ${operator.slice(operator.indexOf(":") + 1)}`,
    };
  const isLiteral = /^string(not)?equals/.test(base);
  for (const value of values) {
    const literal = isLiteral && value.replaceAll("${*}", "").includes("*");
    const wildcard = literal ? { problem: "is compared without wildcards" } : null;
    const problem = valueProblem(base, key, value, type) ?? wildcard;
    if (problem !== null) return idleValue(comparison, value, problem);
  }
  return base === "bool" && values.length > 1
    ? { message: `${operator} compares one value, and there are ${values.length}`, remedy: "write one" }
    : null;
}

/** Policy variables that do not end, have no name, or a default without its second quote. */
function brokenVariables(values: readonly string[]): readonly Remark[] {
  return values
    .filter((value) => /\$\{(?:[^}]*$|\s*[,}]|[^'}]*'[^'}]*\})/.test(value))
    .map((value) => ({
      message: `${quote(value)} holds a policy variable that is not complete`,
      remedy: "write it like ${aws:PrincipalTag/team} or ${aws:PrincipalTag/team, 'none'}",
    }));
}
