import type { z } from "zod";
import { nearest } from "../diagnostics/nearest";
import { quote } from "../diagnostics/quote";
import type { YamlNode } from "./yamlTree";

type Issue = z.core.$ZodIssue;

/** What a schema allows, and how to get there where the schema itself says so. */
export interface Allowed {
  readonly allowed: string;
  readonly remedy?: string;
  /** The only values that are allowed, where they can be counted. */
  readonly values?: readonly string[];
}

const kinds: Readonly<Record<string, string>> = Object.freeze({
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a map",
  record: "a map",
});

/** What would have been allowed where zod found an issue. */
export function allowedBy(issue: Issue): Allowed {
  // Two lines are from `expects`: zod's own messages have one.
  const [allowed, remedy] = issue.message.split("\n");
  if (allowed !== undefined && remedy !== undefined) return { allowed, remedy };
  switch (issue.code) {
    case "invalid_type":
      return { allowed: kinds[issue.expected] ?? issue.expected };
    case "invalid_value": {
      const values = issue.values.map(String);
      return { allowed: values.join(", "), values };
    }
    case "too_big":
      return { allowed: `at most ${Number(issue.maximum)}${unit(issue.origin, Number(issue.maximum))}` };
    case "too_small":
      return { allowed: `at least ${Number(issue.minimum)}${unit(issue.origin, Number(issue.minimum))}` };
    case "invalid_format":
    case "invalid_key":
    case "invalid_element":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
    case "custom":
      return { allowed: "another value" };
  }
}

function unit(origin: string, count: number): string {
  const word = origin === "string" ? " character" : origin === "array" ? " item" : "";
  return word === "" || count === 1 ? word : `${word}s`;
}

/** What stands there, as the user wrote it: numbers in their own spelling, which YAML has lost. */
export function foundText(value: unknown, node: YamlNode | undefined): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string")
    return value.length > 80 ? `text of ${value.length} characters` : quote(value);
  if (typeof value === "number") return `the number ${spelling(value, node)}`;
  return typeof value === "boolean" ? spelling(value, node) : "a map";
}

/** A number or truth value as it is written, where that is short. */
export function spelling(value: number | boolean, node: YamlNode | undefined): string {
  const plain = node?.kind === "scalar" ? node.plain : undefined;
  return plain !== undefined && plain.length <= 80 ? plain : String(value);
}

/** What to do about a value that has no remedy of its own. */
export function remedyFor(problem: {
  readonly value: unknown;
  readonly node: YamlNode | undefined;
  /** The value would be right in quotes. */
  readonly inQuotes: boolean;
  readonly issue?: Issue;
  readonly values?: readonly string[] | undefined;
}): string {
  const { value, node, inQuotes, issue, values } = problem;
  if (value === null) return "write a value, or take the key out";
  if (inQuotes && (typeof value === "number" || typeof value === "boolean"))
    return `quote it: ${quote(spelling(value, node))}`;
  if (values !== undefined) return choice(value, values);
  if (issue?.code === "too_small" && Array.isArray(value))
    return "write at least one item, or take the key out";
  if (issue?.code === "too_big") return tooBigRemedy(value, Number(issue.maximum));
  if (issue?.code === "invalid_type") return kindRemedy(issue.expected, value);
  return "write what is allowed here";
}

function tooBigRemedy(value: unknown, maximum: number): string {
  if (typeof value === "string") return "shorten it";
  return Array.isArray(value)
    ? `take out items until ${maximum} are left`
    : `write a number of at most ${maximum}`;
}

function choice(value: unknown, values: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, values) : undefined;
  if (near !== undefined) return `did you mean ${near}?`;
  return values.length === 1 ? `write ${values.join()}` : "write one of these words";
}

function kindRemedy(expected: string, value: unknown): string {
  const isScalar = typeof value !== "object";
  if (expected === "array")
    return isScalar ? "write it as a list, in [brackets] or after a dash" : "write one item after each dash";
  if (expected === "boolean") return "write true or false, without quotes";
  if (expected === "object" || expected === "record")
    return "write keys and values here, each after a colon and a space";
  if (expected === "int" || expected === "number") return "write digits, without quotes";
  return "write text here, a single value";
}
