/*
 * A second evaluator of trust policies, written from AWS's documentation alone and as plainly as it can be said. It
 * shares nothing with src/policy, so that a mistake would have to be made twice to stay unseen.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */

type Json = string | readonly string[];

/** A statement of any trust policy. */
export interface NaiveStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, Json>>;
  readonly NotPrincipal?: "*" | Readonly<Record<string, Json>>;
  readonly Action?: Json | undefined;
  readonly NotAction?: Json | undefined;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Json>>>> | undefined;
}

/** What a web identity brings: its identity provider, and condition keys in any case. */
export interface NaiveRequest {
  readonly federated: string;
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** May this web identity assume the role that has this trust policy? */
export function naiveAdmits(
  policy: { readonly Statement: readonly NaiveStatement[] },
  request: NaiveRequest,
): boolean {
  let allowed = false;
  for (const statement of policy.Statement) {
    if (!concerns(statement, request.federated) || !conditionsHold(statement, request.context)) continue;
    if (statement.Effect === "Deny") return false;
    allowed = true;
  }
  return allowed;
}

function listOf(json: Json | undefined): readonly string[] {
  if (json === undefined) return [];
  return typeof json === "string" ? [json] : json;
}

function concerns(statement: NaiveStatement, federated: string): boolean {
  const isIn = (principal: "*" | Readonly<Record<string, Json>>): boolean => {
    if (principal === "*") return true;
    if (listOf(principal["AWS"]).includes("*")) return true;
    return listOf(principal["Federated"]).includes(federated) || listOf(principal["Federated"]).includes("*");
  };
  const asked = "sts:assumerolewithwebidentity";
  const isOne = (patterns: Json): boolean =>
    listOf(patterns).some((pattern) => like(pattern.toLowerCase(), asked, new Map()));
  if (statement.NotPrincipal === undefined && statement.Principal === undefined) return false;
  if (statement.NotPrincipal !== undefined && isIn(statement.NotPrincipal)) return false;
  if (statement.NotPrincipal === undefined && !isIn(statement.Principal ?? {})) return false;
  if (statement.NotAction !== undefined) return !isOne(statement.NotAction);
  return statement.Action !== undefined && isOne(statement.Action);
}

function conditionsHold(statement: NaiveStatement, context: ReadonlyMap<string, readonly string[]>): boolean {
  const lower = new Map([...context].map(([key, values]) => [key.toLowerCase(), values]));
  for (const operator of Object.keys(statement.Condition ?? {})) {
    const block = statement.Condition?.[operator] ?? {};
    for (const key of Object.keys(block)) {
      const present = lower.get(key.toLowerCase()) ?? [];
      if (!conditionHolds(operator.toLowerCase(), listOf(block[key]), present, lower)) return false;
    }
  }
  return true;
}

type Context = ReadonlyMap<string, readonly string[]>;
type Test = (expected: string, actual: string, context: Context) => boolean;

function conditionHolds(
  operator: string,
  expected: readonly string[],
  actual: readonly string[],
  context: Context,
): boolean {
  if (operator === "null") {
    if (expected.length === 0) return false;
    return actual.length === 0
      ? expected.some((e) => e.toLowerCase() === "true")
      : expected.some((e) => e.toLowerCase() !== "true");
  }
  let name = operator;
  const all = name.startsWith("forallvalues:");
  const any = name.startsWith("foranyvalue:");
  if (all || any) name = name.slice(name.indexOf(":") + 1);
  const optional = name.endsWith("ifexists");
  if (optional) name = name.slice(0, -"ifexists".length);

  const positive = positiveOf.get(name) ?? name;
  const negative = positiveOf.has(name);
  const test = tests.get(positive);
  if (test === undefined) return false;
  if (actual.length === 0) {
    if (optional || all) return true;
    return negative && !any;
  }
  let holding = 0;
  for (const value of actual) {
    const matched = expected.some((e) => test(e, value, context));
    if (matched !== negative) holding += 1;
  }
  // A plain operator on several values is not what AWS recommends: the reading here refuses rather than admits.
  const every = all || (negative && !any);
  return every ? holding === actual.length : holding > 0;
}

/** The negated operators, with what each negates. */
const positiveOf: ReadonlyMap<string, string> = new Map([
  ["stringnotequals", "stringequals"],
  ["stringnotequalsignorecase", "stringequalsignorecase"],
  ["stringnotlike", "stringlike"],
  ["numericnotequals", "numericequals"],
  ["datenotequals", "dateequals"],
  ["notipaddress", "ipaddress"],
  ["arnnotequals", "arnequals"],
  ["arnnotlike", "arnlike"],
]);

const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["stringequals", (e, a, context) => substituted(e, context) === a],
  ["stringequalsignorecase", (e, a, context) => substituted(e, context)?.toLowerCase() === a.toLowerCase()],
  ["stringlike", (e, a, context) => like(e, a, context)],
  ["binaryequals", (e, a) => e === a],
  ["bool", (e, a) => ["true", "false"].includes(e.toLowerCase()) && e.toLowerCase() === a.toLowerCase()],
  ["ipaddress", inBlock],
  ["arnequals", arn],
  ["arnlike", arn],
  ...numberTests("numeric", decimal),
  ...numberTests("date", seconds),
]);

function numberTests(prefix: string, read: (s: string) => number | null): (readonly [string, Test])[] {
  const by = (holds: (a: number, e: number) => boolean): Test => {
    return (expected, actual) => {
      const [e, a] = [read(expected), read(actual)];
      return e !== null && a !== null && holds(a, e);
    };
  };
  return [
    [`${prefix}equals`, by((a, e) => a === e)],
    [`${prefix}lessthan`, by((a, e) => a < e)],
    [`${prefix}lessthanequals`, by((a, e) => a <= e)],
    [`${prefix}greaterthan`, by((a, e) => a > e)],
    [`${prefix}greaterthanequals`, by((a, e) => a >= e)],
  ];
}

function decimal(s: string): number | null {
  return /^[+-]?[0-9]+(\.[0-9]+)?$/.test(s) ? parseFloat(s) : null;
}

/** Seconds since 1970 of a date in one of the W3C's forms of ISO 8601, or of such a number itself. */
function seconds(s: string): number | null {
  if (/^-?[0-9]+$/.test(s)) return parseInt(s, 10);
  const m =
    /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]+)?))?(Z|[+-][0-9]{2}:[0-9]{2}))?$/.exec(
      s,
    );
  if (m === null) return null;
  const n = (i: number): number => parseFloat(m[i] ?? "0");
  const local = Date.UTC(n(1), n(2) - 1, n(3), n(4), n(5)) / 1000 + n(6);
  const zone = m[7] ?? "Z";
  if (zone === "Z") return local;
  const offset = parseInt(zone.slice(1, 3), 10) * 3600 + parseInt(zone.slice(4), 10) * 60;
  return zone.startsWith("-") ? local + offset : local - offset;
}

/** The six fields of an ARN, the last with all further colons; null for what is none. A variable is not cut. */
function arnFields(s: string): readonly string[] | null {
  const fields = [""];
  let inVariable = false;
  for (const c of s) {
    if (c === "{" && (fields.at(-1) ?? "").endsWith("$")) inVariable = true;
    if (c === "}") inVariable = false;
    if (c === ":" && !inVariable && fields.length < 6) fields.push("");
    else fields.push((fields.pop() ?? "") + c);
  }
  return fields.length === 6 ? fields : null;
}

function arn(expected: string, actual: string, context: Context): boolean {
  const e = arnFields(expected);
  const a = arnFields(actual);
  return e !== null && a !== null && e.every((field, i) => like(field, a[i] ?? "", context));
}

/** An address as a text of 32 or 128 zeros and ones; null for what is none. */
function bitsOf(address: string): string | null {
  const v4 = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(address);
  const binary = (n: number, width: number): string => n.toString(2).padStart(width, "0");
  if (v4 !== null) {
    const bytes = v4.slice(1).map(Number);
    return bytes.every((b) => b < 256) ? bytes.map((b) => binary(b, 8)).join("") : null;
  }
  const halves = address.split("::");
  if (!address.includes(":") || halves.length > 2) return null;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - groups.flat().length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const zeros = Array.from({ length: missing }, () => "0");
  const whole = [...(groups[0] ?? []), ...zeros, ...(groups[1] ?? [])];
  if (!whole.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return whole.map((group) => binary(parseInt(group, 16), 16)).join("");
}

function inBlock(expected: string, actual: string): boolean {
  const [network = "", written, more] = expected.split("/");
  const [block, address] = [bitsOf(network), bitsOf(actual)];
  if (block === null || address === null || block.length !== address.length || more !== undefined)
    return false;
  if (written !== undefined && !/^[0-9]{1,3}$/.test(written)) return false;
  const length = written === undefined ? block.length : Number(written);
  return length <= block.length && address.slice(0, length) === block.slice(0, length);
}

/** A letter of a pattern: a wildcard, or text with no meaning but itself. */
type Letter = { readonly any: "one" | "many" } | { readonly text: string };

/** The pattern letter by letter; null where a variable has no value in this request. */
function letters(pattern: string, context: Context): readonly Letter[] | null {
  const result: Letter[] = [];
  let rest = pattern;
  while (rest !== "") {
    const close = rest.startsWith("${") ? rest.indexOf("}") : -1;
    if (close > 0) {
      const value = variable(rest.slice(2, close), context);
      if (value === null) return null;
      result.push(...Array.from(value, (text) => ({ text })));
      rest = rest.slice(close + 1);
      continue;
    }
    const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (letter === "*") result.push({ any: "many" });
    else if (letter === "?") result.push({ any: "one" });
    else result.push({ text: letter });
    rest = rest.slice(letter.length);
  }
  return result;
}

function variable(expression: string, context: Context): string | null {
  if (["*", "?", "$"].includes(expression)) return expression;
  const comma = expression.indexOf(",");
  const name = (comma < 0 ? expression : expression.slice(0, comma)).trim().toLowerCase();
  const values = context.get(name) ?? [];
  const [only] = values;
  if (only !== undefined && values.length === 1) return only;
  const fallback = /^'([^']*)'$/.exec(comma < 0 ? "" : expression.slice(comma + 1).trim());
  return fallback?.[1] ?? null;
}

/** The value with its variables replaced, `*` and `?` left as they are. */
function substituted(value: string, context: Context): string | null {
  const read = letters(value, context);
  if (read === null) return null;
  return read.map((l) => ("text" in l ? l.text : l.any === "many" ? "*" : "?")).join("");
}

/** Does the whole text match? Keeps the set of all places in the text that the pattern so far can have reached. */
function like(pattern: string, text: string, context: Context): boolean {
  const read = letters(pattern, context);
  if (read === null) return false;
  const characters = Array.from(text);
  let reached = new Set([0]);
  for (const letter of read) {
    const next = new Set<number>();
    for (const at of reached) {
      if ("text" in letter) {
        if (characters[at] === letter.text) next.add(at + 1);
      } else if (letter.any === "one") {
        if (at < characters.length) next.add(at + 1);
      } else {
        for (let i = at; i <= characters.length; i += 1) next.add(i);
      }
    }
    reached = next;
  }
  return reached.has(characters.length);
}
