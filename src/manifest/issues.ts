import { safeParse } from "zod";
import type * as z from "zod";
import { nearest, pathText, quote, type Origin, type Path, type Problem } from "../diagnostics";
import type { SourceText } from "./locator";
import { didYouMean, meantKey, meantValue, ownerOf, valueAt } from "./meant";
import { manifestSchema } from "./schema";
import { descriptionAt, keysAt, kindOf, kinds, schemasAt } from "./schemaShape";
import type { YamlNode } from "./yamlTree";

type Issue = z.core.$ZodIssue;

/** A file whose value did not fit its schema. */
export interface ExaminedFile {
  readonly file: string;
  readonly value: unknown;
  readonly schema: z.core.$ZodType;
  readonly source: SourceText;
  /** Included files may hold less than the main manifest. */
  readonly included: boolean;
}

/** Turns what zod found into problems: the same facts, in words and with a remedy. */
export function problemsOf(issues: readonly Issue[], examined: ExaminedFile): readonly Problem[] {
  return relevant(issues, examined).flatMap((issue) => issueProblems(issue, [], examined));
}

/**
 * Leaves out what is said of a map as a whole where one of its keys is unknown, and of a key that is missing where an
 * unknown one is meant for it.
 */
function relevant(issues: readonly Issue[], { schema, value }: ExaminedFile): readonly Issue[] {
  const where = (path: readonly PropertyKey[]) => JSON.stringify(path);
  const unknown = new Set<string>();
  const meant = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const path = pathOf(issue);
    unknown.add(where(path));
    const allowed = keysAt(schema, path);
    for (const key of issue.keys)
      meant.add(where([...path, meantKey(key, path, allowed, value)?.key ?? key]));
  }
  if (unknown.size === 0) return issues;
  return issues.filter(
    (i) => !meant.has(where(i.path)) && (i.code !== "custom" || !unknown.has(where(i.path))),
  );
}

function pathOf(issue: Issue): Path {
  return issue.path.filter((segment) => typeof segment !== "symbol");
}

function issueProblems(issue: Issue, above: Path, examined: ExaminedFile): readonly Problem[] {
  const path = [...above, ...pathOf(issue)];
  const value = valueAt(examined.value, path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, examined));
  const branch = issue.code === "invalid_union" ? fittingBranch(issue.errors, value) : undefined;
  if (branch !== undefined && value !== undefined)
    return branch.flatMap((inner) => issueProblems(inner, path, examined));
  const origin = { file: examined.file, path };
  if (issue.code === "invalid_key") return [badKey(issue, origin)];
  return [
    value === undefined ? missingKey(issue, origin, examined) : badValue(issue, origin, value, examined),
  ];
}

/** The issues of the branch of a union that the value was meant for: the one whose kind of value it is. */
function fittingBranch(
  branches: readonly (readonly Issue[])[],
  value: unknown,
): readonly Issue[] | undefined {
  const isOtherKind = (issue: Issue) =>
    issue.path.length === 0 &&
    (issue.code === "invalid_type" || (issue.code === "invalid_value" && typeof value !== "string"));
  const fitting = branches.filter((issues) => !issues.some(isOtherKind));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function unknownKey(key: string, path: Path, { file, schema, included, value }: ExaminedFile): Problem {
  const name = quote(key);
  const place = { origin: { file, path: [...path, key] }, at: "key" } as const;
  if (included && keysAt(manifestSchema, path).includes(key))
    return {
      ...place,
      code: "M08",
      message: `${label(path)}${name} belongs to the main manifest: included files are other teams'`,
      remedy: `${path.length === 0 ? "move it" : "take it out, or move the entry"} to the main manifest`,
    };
  const allowed = keysAt(schema, path);
  const meant = meantKey(key, path, allowed, value);
  const [, , owner, remedy = "take it out"] = (meant === undefined && ownerOf(key, path)) || [];
  const message = owner === undefined ? `allowed: ${allowed.join(", ")}` : `it belongs to ${owner}`;
  return {
    ...place,
    code: "M01",
    message: `${label(path)}unknown key ${name}; ${message}`,
    remedy: meant === undefined ? remedy : didYouMean(meant.yaml),
  };
}

function missingKey(issue: Issue, { file, path }: Origin, { schema, value }: ExaminedFile): Problem {
  const [key, map] = [String(path.at(-1)), path.slice(0, -1)];
  const { allowed, remedy, values } = allowedBy(issue);
  // Words that are to be written as they are keep their case.
  const what =
    values?.join(" or ") ??
    descriptionAt(schema, path)?.replace(/^[A-Z](?=[a-z ])/, (c) => c.toLowerCase()) ??
    allowed;
  return {
    code: "M03",
    origin: { file, path: map },
    at: "key",
    message: `${label(map)}missing key ${quote(key)}`,
    remedy: strayItem(path, value) ?? remedy ?? `add ${key}: ${what}`,
  };
}

/** An entry without a URL below another is part of that one, behind a dash too many. */
function strayItem([list, index, key]: Path, root: unknown): string | undefined {
  if (key !== "url" || typeof index !== "number" || list === undefined) return undefined;
  const before = valueAt(root, [list, index - 1, "url"]);
  if (typeof before !== "string") return undefined;
  return `add url; where this belongs to the entry of ${quote(before)}, take the dash out and indent it as far as that url`;
}

function badKey(issue: Extract<Issue, { code: "invalid_key" }>, origin: Origin): Problem {
  const [inner] = issue.issues;
  const { allowed, remedy = "choose another key" } = inner ? allowedBy(inner) : { allowed: "text" };
  const message = `${label(origin.path.slice(0, -1))}found the key ${quote(String(origin.path.at(-1)))}; allowed: ${allowed}`;
  return { code: "M04", origin, at: "key", message, remedy };
}

function badValue(
  issue: Issue,
  origin: Origin,
  value: unknown,
  { schema, source, ...file }: ExaminedFile,
): Problem {
  const { path } = origin;
  const node = source.node(path);
  const schemas = schemasAt(schema, path);
  const by: Allowed =
    issue.code === "invalid_union" ? { allowed: schemas.map(kindOf).join(", or ") } : allowedBy(issue);
  const isStatement = issue.code === "custom" && typeof value === "object";
  return {
    code: codeOf(issue, value),
    origin,
    message: `${label(path)}${isStatement ? by.allowed : `found ${foundText(value, node)}; allowed: ${by.allowed}`}`,
    remedy:
      meantValue(value, path, file.value) ??
      (value === null ? "write a value, or take the key out" : undefined) ??
      missingQuotes(value, schemas, node) ??
      by.remedy ??
      remedyFor(issue, value, by),
  };
}

/** The remedy where what is written would fit as text. */
function missingQuotes(
  value: unknown,
  schemas: readonly z.core.$ZodType[],
  node: YamlNode | undefined,
): string | undefined {
  if (typeof value !== "number" && typeof value !== "boolean") return undefined;
  const text = spelling(value, node);
  return schemas.some((schema) => safeParse(schema, text).success) ? `quote it: ${quote(text)}` : undefined;
}

function codeOf(issue: Issue, value: unknown): Problem["code"] {
  if (issue.code === "invalid_union") return typeof value === "number" ? "M06" : "M02";
  if (issue.code === "invalid_type")
    return issue.expected === "string" && typeof value === "number" ? "M06" : "M02";
  return issue.code === "too_small" && Array.isArray(value) && value.length === 0 ? "M05" : "M04";
}

/** `repos[0].url: `; nothing for the file itself. */
function label(path: Path): string {
  return path.length === 0 ? "" : `${pathText(path)}: `;
}

/** What a schema allows, and how to get there where the schema itself says so. */
interface Allowed {
  readonly allowed: string;
  readonly remedy?: string;
  /** The only values that are allowed, where they can be counted. */
  readonly values?: readonly string[];
}

/** What would have been allowed where zod found an issue. */
function allowedBy(issue: Issue): Allowed {
  // Two lines are from `expects`: zod's own messages have one.
  const [allowed = "", remedy] = issue.message.split("\n");
  if (remedy !== undefined) return { allowed, remedy };
  if (issue.code === "invalid_type") return { allowed: kinds[issue.expected]?.words ?? "another value" };
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    return { allowed: values.join(", "), values };
  }
  if (issue.code === "too_big") return { allowed: `at most ${counted(issue.maximum, issue.origin)}` };
  if (issue.code === "too_small") return { allowed: `at least ${counted(issue.minimum, issue.origin)}` };
  return { allowed: "another value" };
}

function counted(count: number | bigint, origin: string): string {
  const unit = origin === "string" ? " character" : origin === "array" ? " item" : "";
  return `${count}${unit}${unit !== "" && count !== 1 ? "s" : ""}`;
}

/** What stands there, as the user wrote it: numbers in their own spelling, which YAML has lost. */
function foundText(value: unknown, node: YamlNode | undefined): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string")
    return value.length > 80 ? `text of ${value.length} characters` : quote(value);
  if (typeof value === "number") return `the number ${spelling(value, node)}`;
  return typeof value === "boolean" ? spelling(value, node) : "a map";
}

/** A number or truth value as it is written, where that is short. */
function spelling(value: number | boolean, node: YamlNode | undefined): string {
  const plain = node?.kind === "scalar" ? node.plain : undefined;
  return plain !== undefined && plain.length <= 80 ? plain : String(value);
}

/** What to do about a value that has no remedy of its own. */
function remedyFor(issue: Issue, value: unknown, { allowed, values }: Allowed): string {
  if (values !== undefined) {
    const near = typeof value === "string" ? nearest(value, values) : undefined;
    if (near !== undefined) return didYouMean(near);
    return values.length === 1 ? `write ${allowed}` : "write one of these words";
  }
  if (issue.code === "too_small" && Array.isArray(value))
    return "write at least one item, or take the key out";
  return (issue.code === "invalid_type" ? kinds[issue.expected]?.remedy : undefined) ?? `write ${allowed}`;
}
