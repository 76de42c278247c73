import { below, nearest, pathText, quote } from "../../diagnostics";
import type { Statement } from "../../model/policyDocument";
import { many, statementMistakes } from "../../policy";
import type { ReadPolicy, TrustStatement } from "../judgedRole";
import type { Observation, Rule } from "../rule";
import { isWritable } from "./subjectValues";
import { federatedOf } from "./trustView";

/** A judge of each statement of a trust policy. */
export const each =
  (judge: (statement: TrustStatement) => readonly Observation[]): NonNullable<Rule["trust"]> =>
  (view) =>
    view.statements.flatMap(judge);

/** A judge of each permission policy of a role that exists already. */
export const documents =
  (judge: (policy: ReadPolicy) => readonly Observation[]): NonNullable<Rule["role"]> =>
  (role) =>
    role.documents.flatMap(judge);

/** What keeps a document from being a policy. */
function shape({ read, origin }: ReadPolicy): readonly Observation[] {
  return read.problems.map(({ path, message }) => ({
    message: `${path.length === 0 ? "the document" : `"${pathText(path)}"`}: ${message}`,
    origin: below(origin, ...path),
  }));
}

/** A permission policy given as a trust policy, or the other way round. */
function otherKind(
  { read: { policy, paths }, origin }: ReadPolicy,
  isTrust: boolean,
): readonly Observation[] {
  const named = policy.Statement.findIndex((s) => s.Principal !== undefined || s.NotPrincipal !== undefined);
  const at = below(origin, ...(paths[named] ?? []));
  if (!isTrust && named >= 0)
    return [
      {
        message: `the document names a principal: it is a trust policy, or the policy of a resource, not a permission policy`,
        origin: at,
        remedy: "pass a role's trust policy with --trust-policy",
      },
    ];
  if (!isTrust || named >= 0 || !policy.Statement.some((s) => s.Resource ?? s.NotResource)) return [];
  const message =
    "the document names resources and no principal: it is a permission policy, not a trust policy";
  return [{ message, origin, remedy: "pass it with --permission-policy" }];
}

/** Operators that IAM does not have, in a trust policy. */
function strangeOperators({ conditions, name }: TrustStatement): readonly Observation[] {
  return conditions
    .filter((c) => !c.known)
    .map(({ operator, origin }) => ({
      message: `${name}: ${quote(operator)} is not an IAM condition operator`,
      origin,
    }));
}

/**
 * What IAM refuses, or can never match, in the statements of a permission policy. In a manifest the same is a
 * diagnostic.
 */
export function mistakes(
  of: "T01" | "T08",
  { read: { policy, paths }, origin }: ReadPolicy,
): readonly Observation[] {
  return policy.Statement.flatMap((statement, i) =>
    statementMistakes(statement)
      .filter(({ kind, found }) => found !== "" && (kind === "account") === (of === "T08"))
      .map(({ path, found, problem, remedy, words }) => {
        const near = nearest(found, words);
        const place = [...(paths[i] ?? []), ...path];
        return {
          message: `${pathText(place)}: ${quote(found)} ${problem}`,
          origin: below(origin, ...place),
          remedy: near === undefined ? remedy : `did you mean ${near}?`,
        };
      }),
  );
}

const pairs = Object.freeze([
  ["Action", "NotAction"],
  ["Resource", "NotResource"],
] as const);

/** Elements of a permission policy that are missing, empty, or both of a pair. */
function elements({ read: { policy, paths }, origin }: ReadPolicy): readonly Observation[] {
  return policy.Statement.flatMap((statement, i) => {
    // A policy of another kind: `otherKind` says so.
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) return [];
    const path = paths[i] ?? [];
    const say = (at: readonly string[], problem: string, remedy: string): Observation => ({
      origin: below(origin, ...path, ...at),
      message: `${pathText([...path, ...at])} ${problem}: IAM refuses the document`,
      remedy,
    });
    return pairs.flatMap(([one, other]): readonly Observation[] => {
      const present = [one, other].filter((element) => statement[element] !== undefined);
      if (present.length === 2) return [say([], `has ${one} and ${other}`, `keep ${one}`)];
      const [element] = present;
      if (element === undefined) return [say([], `has no ${one}`, `write ${one}`)];
      const empty = many(statement[element]).filter((item) => item !== "").length === 0;
      return empty
        ? [say([element], "is empty", `name something under ${element}, or remove the statement`)]
        : [];
    });
  });
}

/** A Version in which `${…}` is literal text. */
function version(
  { read: { version: found, policy }, origin }: ReadPolicy,
  isTrust: boolean,
): readonly Observation[] {
  const isKnown = found === null || /^20(12|08)-10-17$/.test(found);
  // Without a variable, a document means the same in either version; who trusts an issuer may add one any day.
  const mayDiffer = policy.Statement.some((s) => hasVariable(s) || (isTrust && federatedOf(s).length > 0));
  if (found === "2012-10-17" || (isKnown && !mayDiffer)) return [];
  const what = found === null ? "the document has no Version" : `the Version is ${quote(found)}`;
  const effect = isKnown ? "variables, and ${*} and ${?}, are then literal text" : "IAM does not have it";
  return [{ message: `${what}: ${effect}`, origin: found === null ? origin : below(origin, "Version") }];
}

function hasVariable({ Resource, NotResource, Condition }: Statement): boolean {
  const values = Object.values(Condition ?? {}).flatMap((block) => Object.values(block).flatMap(many));
  return [...many(Resource), ...many(NotResource), ...values].some((value) => value.includes("${"));
}

/** Sids that IAM refuses. */
function sids({ read: { policy, paths }, origin }: ReadPolicy): readonly Observation[] {
  const seen = new Set<string>();
  return policy.Statement.flatMap(({ Sid }, i) => {
    if (Sid === undefined || Sid === "") return [];
    const isTwin = seen.has(Sid);
    seen.add(Sid);
    if (!isTwin && /^[A-Za-z0-9]+$/.test(Sid)) return [];
    const path = [...(paths[i] ?? []), "Sid"];
    const problem = isTwin ? "is another statement's too" : "has other characters than A-Z, a-z and 0-9";
    return [{ message: `${pathText(path)}: ${quote(Sid)} ${problem}`, origin: below(origin, ...path) }];
  });
}

/** Texts of a trust policy with characters that IAM refuses. */
function foreignCharacters({ statement, name, origin }: TrustStatement): readonly Observation[] {
  const found = textsOf(statement, []).find(([text]) => !isWritable(text));
  if (found === undefined) return [];
  const [text, path] = found;
  const message = `${name}: IAM refuses a character in ${quote(text)}`;
  return [{ message, origin: below(origin, ...path) }];
}

/** Every text of a value, keys included, each with where it stands. */
function textsOf(value: unknown, path: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  if (typeof value === "string") return [[value, path]];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsOf(item, path));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [key, path] as const,
    ...textsOf(item, [...path, key]),
  ]);
}

/** Resources, which no trust policy has. */
function resources({ statement, origin, name }: TrustStatement): readonly Observation[] {
  return (["Resource", "NotResource"] as const)
    .filter((element) => statement[element] !== undefined)
    .map((element) => ({
      message: `${name} has a ${element}: a trust policy is about its own role, and IAM refuses it with one`,
      origin: below(origin, element),
    }));
}

/** Rules about the shape of a policy that exists already, and about whom a trust policy names. */
export const structureRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T01",
    severity: "error",
    title: "not a policy that IAM reads",
    why: "IAM refuses the document; if a key stands twice, it keeps one of the two and does not say which",
    remedy: "write each element once, as the policy grammar has it",
    trust: (view) => [...shape(view), ...view.statements.flatMap(strangeOperators), ...otherKind(view, true)],
    role: documents((policy) => [
      ...shape(policy),
      ...otherKind(policy, false),
      ...mistakes("T01", policy),
      ...elements(policy),
    ]),
  },
  {
    id: "T02",
    severity: "error",
    title: "Version is missing or not 2012-10-17",
    why: "escapes like ${*} and variables are then literal text: conditions mean something else",
    remedy: 'write "Version": "2012-10-17"',
    trust: (view) => version(view, true),
    role: documents((policy) => version(policy, false)),
  },
  {
    id: "T03",
    severity: "error",
    title: "a Sid that IAM refuses",
    why: "IAM refuses the document",
    remedy: "give each statement its own Sid of letters and digits, or none",
    trust: sids,
    role: documents(sids),
  },
  {
    id: "T05",
    severity: "error",
    title: "Resource in a trust policy",
    why: "IAM refuses the document",
    remedy: "remove it",
    trust: each(resources),
  },
  {
    id: "T65",
    severity: "error",
    title: "characters that IAM refuses",
    why: "IAM takes U+0020 to U+00FF, TAB, LF and CR only, and refuses the document",
    remedy: "write the text percent-encoded, as the URL has it",
    trust: each(foreignCharacters),
  },
]);
