import { safeParse } from "zod";
import type { z } from "zod";
import type { Path, Problem } from "../diagnostics/diagnostic";
import { pathText, quote } from "../diagnostics/quote";
import type { ExaminedFile } from "./examinedFile";
import { allowedBy, foundText, remedyFor, spelling } from "./issueText";
import { meantKey, meantValue, valueAt } from "./meant";
import { descriptionAt, keysAt, kindOf, schemasAt } from "./schemaShape";
import { unknownKey } from "./unknownKeys";
import type { YamlNode } from "./yamlTree";

type Issue = z.core.$ZodIssue;

/** Turns what zod found into problems: the same facts, in words and with a remedy. */
export function problemsOf(issues: readonly Issue[], examined: ExaminedFile): readonly Problem[] {
  return relevant(issues, examined).flatMap((issue) => issueProblems(issue, [], examined));
}

/**
 * Leaves out what is said of a map as a whole where one of its keys is unknown, and of a key that is missing where an
 * unknown one is meant for it.
 */
function relevant(issues: readonly Issue[], examined: ExaminedFile): readonly Issue[] {
  const where = (path: Issue["path"]) => JSON.stringify(path);
  const unknown = new Set<string>();
  const meant = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const path = issue.path.filter((segment) => typeof segment !== "symbol");
    unknown.add(where(path));
    const allowed = keysAt(examined.schema, path);
    for (const key of issue.keys)
      meant.add(where([...path, meantKey(key, path, allowed, examined)?.key ?? key]));
  }
  if (unknown.size === 0) return issues;
  return issues.filter(
    (i) => !meant.has(where(i.path)) && (i.code !== "custom" || !unknown.has(where(i.path))),
  );
}

function issueProblems(issue: Issue, above: Path, examined: ExaminedFile): readonly Problem[] {
  const path = [...above, ...issue.path.filter((segment) => typeof segment !== "symbol")];
  const value = valueAt(examined.value, path);
  const origin = { file: examined.file, path };
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, examined));
  if (issue.code === "invalid_key") return [badKey(issue, origin)];
  if (value === undefined) return [missingKey(issue, origin, examined)];
  if (issue.code === "invalid_union") {
    const branch = fittingBranch(issue.errors, value);
    return (
      branch?.flatMap((inner) => issueProblems(inner, path, examined)) ?? [noBranch(origin, value, examined)]
    );
  }
  return [badValue(issue, origin, value, examined)];
}

type Place = Problem["origin"];

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

function noBranch(origin: Place, value: unknown, examined: ExaminedFile): Problem {
  const { schema, source } = examined;
  const node = source.node(origin.path);
  const allowed = schemasAt(schema, origin.path).map(kindOf).join(", or ");
  return {
    code: typeof value === "number" ? "M06" : "M02",
    origin,
    message: `${label(origin.path)}found ${foundText(value, node)}; allowed: ${allowed}`,
    remedy:
      meantValue(value, origin.path, examined) ??
      (isRightInQuotes(value, origin.path, schema, node)
        ? remedyFor({ value, node, inQuotes: true })
        : `write ${allowed}`),
  };
}

function missingKey(issue: Issue, origin: Place, examined: ExaminedFile): Problem {
  const { path } = origin;
  const description = descriptionAt(examined.schema, path);
  const { allowed, remedy, values } = allowedBy(issue);
  // Words that are to be written as they are keep their case.
  const what =
    values?.join(" or ") ?? description?.replace(/^[A-Z](?=[a-z ])/, (c) => c.toLowerCase()) ?? allowed;
  return {
    code: "M03",
    origin: { ...origin, path: path.slice(0, -1) },
    at: "key",
    message: `${label(path.slice(0, -1))}missing key ${quote(String(path.at(-1)))}`,
    remedy: strayItem(path, examined) ?? remedy ?? `add ${String(path.at(-1))}: ${what}`,
  };
}

/** An entry without a URL below another is part of that one, behind a dash too many. */
function strayItem([list, index, key]: Path, { value }: ExaminedFile): string | undefined {
  if (key !== "url" || typeof index !== "number" || list === undefined) return undefined;
  const before = valueAt(value, [list, index - 1, "url"]);
  if (typeof before !== "string") return undefined;
  return `add url; where this belongs to the entry of ${quote(before)}, take the dash out and indent it as far as that url`;
}

function badKey(issue: Extract<Issue, { code: "invalid_key" }>, origin: Place): Problem {
  const { allowed, remedy } =
    issue.issues[0] === undefined ? { allowed: "text" } : allowedBy(issue.issues[0]);
  return {
    code: "M04",
    origin,
    at: "key",
    message: `${label(origin.path.slice(0, -1))}found the key ${quote(String(origin.path.at(-1)))}; allowed: ${allowed}`,
    remedy: remedy ?? "choose another key",
  };
}

function badValue(
  issue: Exclude<Issue, { code: "invalid_union" }>,
  origin: Place,
  value: unknown,
  examined: ExaminedFile,
): Problem {
  const node = examined.source.node(origin.path);
  const { allowed, remedy, values } = allowedBy(issue);
  const expectsText = issue.code === "invalid_type" && issue.expected === "string";
  const isStatement = issue.code === "custom" && typeof value === "object";
  const found = isStatement ? allowed : `found ${foundText(value, node)}; allowed: ${allowed}`;
  const inQuotes = isRightInQuotes(value, origin.path, examined.schema, node);
  const ownRemedy = value === null || inQuotes ? undefined : remedy;
  return {
    code: codeOf(issue, value, expectsText),
    origin,
    message: `${label(origin.path)}${found}`,
    remedy:
      meantValue(value, origin.path, examined) ??
      ownRemedy ??
      remedyFor({ value, node, inQuotes, issue, values }),
  };
}

/** True where only the quotes are missing: what is written would fit as text. */
function isRightInQuotes(
  value: unknown,
  path: Path,
  schema: z.core.$ZodType,
  node: YamlNode | undefined,
): boolean {
  if (typeof value !== "number" && typeof value !== "boolean") return false;
  const text = spelling(value, node);
  return schemasAt(schema, path).some((expected) => safeParse(expected, text).success);
}

function codeOf(issue: Issue, value: unknown, expectsText: boolean): Problem["code"] {
  if (issue.code === "invalid_type") return expectsText && typeof value === "number" ? "M06" : "M02";
  return issue.code === "too_small" && Array.isArray(value) && value.length === 0 ? "M05" : "M04";
}

/** `repos[0].url: `; nothing for the file itself. */
function label(path: Path): string {
  return path.length === 0 ? "" : `${pathText(path)}: `;
}
