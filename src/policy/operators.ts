import { isPrivateCidr, isWithinCidrs, parseCidr } from "./cidrs";
import { expandVariables, matchesPattern, type Variables } from "./wildcard";

/** Does one value of a policy match one value of the request? */
export type Match = (expected: string, actual: string, variables: Variables) => boolean;

/** A condition operator without its set prefix and `IfExists`. */
export interface Operator {
  readonly match: Match;
  /** True for the `Not…` operators: they hold where no value matches, and where the key is missing. */
  readonly negated: boolean;
  /** What a value has to look like: IAM compares no other one. Null where any text will do. */
  readonly form: ValueForm | null;
}

/** Values that an operator can read, of those that do not take any text. */
export interface ValueForm {
  readonly reads: (value: string) => boolean;
  /** E.g. `a date`. */
  readonly noun: string;
  readonly example: string;
}

const equals: Match = (expected, actual, variables) => expandVariables(expected, variables) === actual;

const equalsIgnoreCase: Match = (expected, actual, variables) =>
  expandVariables(expected, variables)?.toLowerCase() === actual.toLowerCase();

const bool: Match = (expected, actual) =>
  /^(true|false)$/i.test(expected) && expected.toLowerCase() === actual.toLowerCase();

/** ARNs are compared field by field: `*` and `?` do not cross the first five colons. */
const arnLike: Match = (expected, actual, variables) => {
  const patterns = arnFields(expected);
  const fields = arnFields(actual);
  return (
    patterns.length === 6 &&
    fields.length === 6 &&
    patterns.every((p, i) => matchesPattern(p, fields[i] ?? "", variables))
  );
};

/** A colon inside of a variable, as in `${aws:PrincipalAccount}`, ends no field. */
export function arnFields(arn: string): readonly string[] {
  const fields = [""];
  for (const [part] of arn.matchAll(/\$\{[^}]*\}|:|[^:$]+|\$/g)) {
    if (part === ":") fields.push("");
    else fields.push((fields.pop() ?? "") + part);
  }
  return fields.length < 6 ? fields : [...fields.slice(0, 5), fields.slice(5).join(":")];
}

function compared(
  toNumber: (s: string) => number,
  holds: (actual: number, expected: number) => boolean,
): Match {
  return (expected, actual) => {
    const [a, e] = [toNumber(actual), toNumber(expected)];
    return !Number.isNaN(a) && !Number.isNaN(e) && holds(a, e);
  };
}

/** A date, or date and time with zone, in ISO 8601: `Date.parse` also reads forms that depend on where it runs. */
const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds since 1970 of an ISO 8601 date or of a number of seconds; NaN for anything else. */
function dateValue(s: string): number {
  if (isoDate.test(s)) return Date.parse(s);
  return /^-?[0-9]+$/.test(s) ? Number(s) * 1000 : NaN;
}

function numberValue(s: string): number {
  return /^[+-]?[0-9]+(\.[0-9]+)?$/.test(s) ? Number(s) : NaN;
}

const form = (noun: string, example: string, reads: ValueForm["reads"]): ValueForm => ({
  ...{ noun, example, reads },
});
const dates = form("a date", "2027-01-31T00:00:00Z", (value) => !Number.isNaN(dateValue(value)));
const numbers = form("a number", "3600", (value) => !Number.isNaN(numberValue(value)));
const booleans = form("a truth value", "true or false", (value) => /^(true|false)$/i.test(value));
const isBlock = (text: string) => parseCidr(text).ok || /^(0\.0\.0\.0|::)\/0$/.test(text);
const addresses = form("an address or a CIDR block", "203.0.113.0/24", isBlock);
const isArn = (text: string) => text === "*" || arnFields(text).length === 6;
const arns = form("an ARN of six fields", "arn:aws:iam::123456789012:role/app", isArn);

/** Operators that compare alike, by their names; `Not` in a name negates. */
type Row = readonly [names: string, match: Match, form?: ValueForm];

const comparisons = (prefix: string, toNumber: (s: string) => number, values: ValueForm): readonly Row[] => [
  [`${prefix}Equals ${prefix}NotEquals`, compared(toNumber, (a, e) => a === e), values],
  [`${prefix}LessThan`, compared(toNumber, (a, e) => a < e), values],
  [`${prefix}LessThanEquals`, compared(toNumber, (a, e) => a <= e), values],
  [`${prefix}GreaterThan`, compared(toNumber, (a, e) => a > e), values],
  [`${prefix}GreaterThanEquals`, compared(toNumber, (a, e) => a >= e), values],
];

const rows: readonly Row[] = Object.freeze<Row[]>([
  ["StringEquals StringNotEquals", equals],
  ["StringEqualsIgnoreCase StringNotEqualsIgnoreCase", equalsIgnoreCase],
  ["StringLike StringNotLike", matchesPattern],
  ["Bool", bool, booleans],
  ["BinaryEquals", (expected, actual) => expected === actual],
  ["IpAddress NotIpAddress", (expected, actual) => isWithinCidrs(actual, [expected]), addresses],
  ["ArnEquals ArnLike ArnNotEquals ArnNotLike", arnLike, arns],
  ...comparisons("Numeric", numberValue, numbers),
  ...comparisons("Date", dateValue, dates),
]);

/** The names of the condition operators in AWS's capitals, without set prefix and `IfExists`. */
export const operatorNames: readonly string[] = Object.freeze([
  ...rows.flatMap(([names]) => names.split(" ")),
  "Null",
]);

/**
 * The condition operators, by their name in lower case. `Null` is no comparison and stands apart.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const operators: ReadonlyMap<string, Operator> = new Map(
  rows.flatMap(([names, match, values]) =>
    names
      .split(" ")
      .map((name) => [name.toLowerCase(), { match, negated: name.includes("Not"), form: values ?? null }]),
  ),
);

/** By the type that AWS publishes: what a value of it is, and what compares it. ARNs can be compared as texts, too. */
const comparedBy: Readonly<Record<string, { noun: string; by: string; fits: RegExp }>> = Object.freeze({
  Bool: { noun: "true or false", by: "Bool", fits: /^(bool$|string)/ },
  Date: { noun: "a date", by: "DateLessThan or the like", fits: /^(date|numeric)/ },
  IPAddress: { noun: "an address", by: "IpAddress", fits: /ipaddress$/ },
  Numeric: { noun: "a number", by: "NumericEquals or the like", fits: /^(numeric|string)/ },
});

/** Why a value never equals what a request holds under its key, and what to write where that is known. */
export type ValueProblem = Readonly<{ problem: string; remedy?: string | undefined }>;

/** Null for a value that may. @param type - that AWS publishes for the key, e.g. `Date` or `ArrayOfString` */
export function valueProblem(base: string, key: string, value: string, type = ""): ValueProblem | null {
  const operator = operators.get(base);
  const isTruth = base === "null" || (type === "Bool" && base.startsWith("string") && !/[*?$]/.test(value));
  const form = isTruth ? booleans : operator?.form;
  if (form?.reads(value) === false)
    return { problem: `is not ${form.noun}`, remedy: `write it like ${form.example}` };
  const kind = operator && comparedBy[type.replace(/^ArrayOf/, "")];
  if (kind?.fits.test(base) === false)
    return { problem: `is held against ${kind.noun}`, remedy: `write ${kind.by}` };
  const isPrivate = key.toLowerCase() === "aws:sourceip" && isPrivateCidr(value);
  return isPrivate ? { problem: "is private, and AWS sees public addresses only" } : null;
}

/** A condition operator taken apart. */
export type OperatorParts = Readonly<ReturnType<typeof operatorParts>>;

/** Reads a condition operator as IAM does, without case: its base has neither set prefix nor `IfExists`. */
export function operatorParts(name: string) {
  const [, set, base = "", ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/s.exec(name.toLowerCase()) ?? [];
  const operator = operators.get(base);
  return {
    base,
    set: (set ?? null) as "forallvalues" | "foranyvalue" | null,
    ifExists: ifExists !== undefined,
    negated: operator?.negated ?? false,
    known: operator !== undefined || (base === "null" && ifExists === undefined),
  };
}
