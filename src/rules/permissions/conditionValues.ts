import { quote } from "../../diagnostics";
import type { Statement } from "../../model/policyDocument";
import { keyType, many, operatorParts, valueForm, valueProblem, type OperatorParts } from "../../policy";
import type { Rule } from "../rule";
import { conditionsOf } from "../trust/trustView";
import { eachStatement, type JudgedStatement, type Remark } from "./statements";

/** Rules about what conditions compare. */
export const conditionValueRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G19",
    severity: "warning",
    title: "a condition or variable that does not do what it says",
    why: "IAM takes it, and it holds always or never: a limit is none, or what was meant is not allowed",
    remedy: "write the value and the operator as AWS documents them for the key",
    role: eachStatement((judged) => [...ofConditions(judged), ...ofResources(judged.statement)]),
  },
]);

type Problem = Omit<Remark, "path">;

/** One key under one operator, with what AWS publishes of the key. */
interface Comparison extends OperatorParts {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** E.g. `Date` or `ArrayOfString`; undefined: not known. */
  readonly type: string | undefined;
  readonly statement: Statement;
}

function ofConditions({ statement, reference }: JudgedStatement): readonly Remark[] {
  return conditionsOf(statement.Condition).flatMap(({ operator, key, values }) => {
    const parts = operatorParts(operator);
    // T01 says so.
    if (!parts.known) return [];
    const comparison = { ...parts, operator, key, values, statement, type: keyType(key, reference) };
    for (const check of checks) {
      const problem = check(comparison);
      if (problem !== null) return [{ path: ["Condition", operator, key], ...problem }];
    }
    return [];
  });
}

function ofResources(statement: Statement): readonly Remark[] {
  return (["Resource", "NotResource"] as const).flatMap((element) =>
    many(statement[element]).flatMap((value) => {
      const problem = brokenVariable(value);
      return problem === null ? [] : [{ path: [element], ...problem }];
    }),
  );
}

/** The first that finds something is told: one condition, one story. */
const checks: readonly ((comparison: Comparison) => Problem | null)[] = [
  ({ operator, key, statement }) => {
    const twin = Object.keys(statement.Condition?.[operator] ?? {}).find(
      (other) => other < key && other.toLowerCase() === key.toLowerCase(),
    );
    if (twin === undefined) return null;
    const message = `${quote(twin)} and ${quote(key)} are one key, since letter case does not count`;
    return { message, remedy: "write all its values in one list" };
  },
  ({ key, values }) =>
    values.length > 0
      ? null
      : { message: `${quote(key)} has no value`, remedy: "write a value, or remove the key" },
  ({ values }) => values.map(brokenVariable).find((problem) => problem !== null) ?? null,
  ({ operator, base, set }) =>
    base === "null" && set === "forallvalues"
      ? { message: `${operator} holds for every request`, remedy: "write Null, without ForAllValues" }
      : null,
  // EventBridge's keys are lists of one, and AWS's own policies compare them as one value.
  ({ operator, key, base, set, type }) =>
    base !== "null" && set === null && type?.startsWith("ArrayOf") === true && !/^events:/i.test(key)
      ? {
          message: `${quote(key)} has several values, and ${operator} compares one`,
          remedy: `write ForAnyValue:${operator}, or ForAllValues:${operator} with Null beside it`,
        }
      : null,
  ({ operator, key, set, type, statement }) =>
    set !== "forallvalues" || type?.startsWith("ArrayOf") !== false || isHarmless(statement, key)
      ? null
      : {
          message: `${operator} is true where ${quote(key)} is missing, and this key never has several values`,
          remedy: `write ${operator.slice(operator.indexOf(":") + 1)}`,
        },
  ({ operator, key, values, base, negated }) => {
    const value = values.find((v) => valueProblem(base, key, v) !== null || isTakenLiterally(base, v));
    if (value === undefined) return null;
    const form = valueForm(base);
    const problem = valueProblem(base, key, value) ?? "is compared as it stands, without wildcards";
    return {
      message: `${quote(value)} ${problem}: ${operator} ${negated ? "excludes nothing" : "never matches"}`,
      ...(form?.reads(value) === false ? { remedy: `write it like ${form.example}` } : {}),
    };
  },
  ({ operator, values, base }) =>
    base === "bool" && values.length > 1
      ? { message: `${operator} compares one value, and there are ${values.length}`, remedy: "write one" }
      : null,
  ({ operator, key, values, base, type }) => {
    const row = comparedBy[type?.replace(/^ArrayOf/, "") ?? ""];
    if (row === undefined || base === "null") return null;
    const is = `${quote(key)} is ${row.noun}`;
    if (!row.fits.test(base))
      return { message: `${is}, and ${operator} compares something else`, remedy: `write ${row.by}` };
    const other = values.find((v) => type === "Bool" && !/^(true|false)$|[*?$]/i.test(v));
    return other === undefined ? null : { message: `${is}, and never ${quote(other)}` };
  },
];

/** In a Deny, or beside a condition that demands the key, what is true of a missing key lets nobody in. */
function isHarmless({ Effect, Condition }: Statement, key: string): boolean {
  return (
    Effect === "Deny" ||
    conditionsOf(Condition).some(
      (c) =>
        c.operator.toLowerCase() === "null" &&
        c.key.toLowerCase() === key.toLowerCase() &&
        c.values.every((value) => value.toLowerCase() === "false"),
    )
  );
}

function isTakenLiterally(base: string, value: string): boolean {
  return /^string(not)?equals/.test(base) && value.replaceAll("${*}", "").includes("*");
}

/** By the type that AWS publishes: what a value of it is, and what compares it. ARNs can be compared as texts, too. */
const comparedBy: Readonly<Record<string, { noun: string; by: string; fits: RegExp }>> = Object.freeze({
  Bool: { noun: "true or false", by: "Bool", fits: /^(bool$|string)/ },
  Date: { noun: "a date", by: "DateLessThan or the like", fits: /^(date|numeric)/ },
  IPAddress: { noun: "an address", by: "IpAddress", fits: /ipaddress$/ },
  Numeric: { noun: "a number", by: "NumericEquals or the like", fits: /^(numeric|string)/ },
});

/** A policy variable that does not end, has no name, or a default without its second quote. */
function brokenVariable(value: string): Problem | null {
  const broken = /\$\{(?:[^}]*$|\s*[,}]|[^'}]*'[^'}]*\})/.test(value);
  return broken
    ? {
        message: `${quote(value)} holds a policy variable that is not complete`,
        remedy: "write it like ${aws:PrincipalTag/team} or ${aws:PrincipalTag/team, 'none'}",
      }
    : null;
}
