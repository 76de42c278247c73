import { below, nearest, pathText, quote } from "../../diagnostics";
import type { Statement } from "../../model/policyDocument";
import { many, statementMistakes } from "../../policy";
import type { ReadPolicy } from "../judgedRole";
import { rulesOf, type Observation, type Rule } from "../rule";
import { isWritable } from "./subjects";
import { each, federatedOf } from "./trustView";

/** Judges each permission policy of a role that exists already. */
export const documents =
  (judge: (policy: ReadPolicy) => readonly Observation[]): NonNullable<Rule["role"]> =>
  (role) =>
    role.documents.flatMap(judge);

function shape({ read, origin }: ReadPolicy): readonly Observation[] {
  return read.problems.map(({ path, message }) => ({
    message: `${path.length === 0 ? "the document" : `"${pathText(path)}"`}: ${message}`,
    origin: below(origin, ...path),
  }));
}

const hasPrincipal = ({ Principal, NotPrincipal }: Statement): boolean =>
  Principal !== undefined || NotPrincipal !== undefined;

/** A permission policy given as a trust policy. */
function isPermissions({ read: { policy }, origin }: ReadPolicy): readonly Observation[] {
  if (policy.Statement.some(hasPrincipal) || !policy.Statement.some((s) => s.Resource ?? s.NotResource))
    return [];
  const message =
    "the document names resources and no principal: it is a permission policy, not a trust policy";
  return [{ message, origin, remedy: "pass it with --permission-policy" }];
}

/** A trust policy given as a permission policy. */
function isTrust(policy: ReadPolicy): readonly Observation[] {
  const named = policy.read.statements.find(({ statement }) => hasPrincipal(statement));
  if (named === undefined) return [];
  const message =
    "the document names a principal: it is a trust policy, or the policy of a resource, not a permission policy";
  const remedy = "pass a role's trust policy with --trust-policy";
  return [{ message, origin: below(policy.origin, ...named.path), remedy }];
}

/** What IAM refuses, or can never match, in a permission policy. In a manifest the same is a diagnostic. */
export const mistakes = (of: "T01" | "T08"): NonNullable<Rule["role"]> =>
  documents((policy) =>
    policy.read.statements.flatMap(({ statement, path }) =>
      statementMistakes(statement)
        .filter(({ kind, found }) => found !== "" && (kind === "account") === (of === "T08"))
        .map(({ found, problem, remedy, words, ...mistake }) => {
          const near = nearest(found, words);
          const place = [...path, ...mistake.path];
          return {
            message: `${pathText(place)}: ${quote(found)} ${problem}`,
            origin: below(policy.origin, ...place),
            remedy: near === undefined ? remedy : `did you mean ${near}?`,
          };
        }),
    ),
  );

/** Elements of a permission policy that are missing, empty, or both of a pair. */
function elements(policy: ReadPolicy): readonly Observation[] {
  // A policy of another kind: `isTrust` says so.
  const own = policy.read.statements.filter(({ statement }) => !hasPrincipal(statement));
  return own.flatMap(({ statement, path }) => {
    const say = (at: readonly string[], problem: string, remedy: string): Observation => ({
      origin: below(policy.origin, ...path, ...at),
      message: `${pathText([...path, ...at])} ${problem}: IAM refuses the document`,
      remedy,
    });
    return (["Action", "Resource"] as const).flatMap((one): readonly Observation[] => {
      const [element, both] = [one, `Not${one}` as const].filter((name) => statement[name] !== undefined);
      if (both !== undefined) return [say([], `has ${one} and ${both}`, `keep ${one}`)];
      if (element === undefined) return [say([], `has no ${one}`, `write ${one}`)];
      if (many(statement[element]).some((item) => item !== "")) return [];
      return [say([element], "is empty", `name something under ${element}, or remove the statement`)];
    });
  });
}

/** A Version in which `${…}` is literal text. */
function version({ read: { version: found, policy }, origin }: ReadPolicy): readonly Observation[] {
  const isKnown = found === null || /^20(12|08)-10-17$/.test(found);
  // Without a variable, a document means the same in either version; who trusts an issuer may add one any day.
  const mayDiffer = policy.Statement.some((s) => hasVariable(s) || federatedOf(s).length > 0);
  if (found === "2012-10-17" || (isKnown && !mayDiffer)) return [];
  const what = found === null ? "the document has no Version" : `the Version is ${quote(found)}`;
  const effect = isKnown ? "variables, and ${*} and ${?}, are then literal text" : "IAM does not have it";
  return [{ message: `${what}: ${effect}`, origin: found === null ? origin : below(origin, "Version") }];
}

function hasVariable({ Resource, NotResource, Condition }: Statement): boolean {
  return JSON.stringify([Resource, NotResource, Condition]).includes("${");
}

function sids({ read: { statements }, origin }: ReadPolicy): readonly Observation[] {
  const seen = new Set<string>();
  return statements.flatMap(({ statement: { Sid }, path }) => {
    if (Sid === undefined || Sid === "") return [];
    const isTwin = seen.has(Sid);
    seen.add(Sid);
    if (!isTwin && /^[A-Za-z0-9]+$/.test(Sid)) return [];
    const place = [...path, "Sid"];
    const problem = isTwin ? "is another statement's too" : "has other characters than A-Z, a-z and 0-9";
    const message = `${pathText(place)}: ${quote(Sid)} ${problem}`;
    return [{ message, origin: below(origin, ...place) }];
  });
}

/** Rules about the shape of a policy that exists already, and about whom a trust policy names. */
export const structureRules: readonly Rule[] = rulesOf({
  T01: {
    severity: "error",
    title: "not a policy that IAM reads",
    why: "IAM refuses the document; if a key stands twice, it keeps one of the two and does not say which",
    remedy: "write each element once, as the policy grammar has it",
    trust: (view) => [
      ...shape(view),
      ...view.statements.flatMap(({ conditions, name }) =>
        conditions
          .filter((c) => !c.known)
          .map(({ operator, origin }) => ({
            message: `${name}: ${quote(operator)} is not an IAM condition operator`,
            origin,
          })),
      ),
      ...isPermissions(view),
    ],
    role: (role) => [
      ...role.documents.flatMap((policy) => [...shape(policy), ...isTrust(policy), ...elements(policy)]),
      ...mistakes("T01")(role),
    ],
  },
  T02: {
    severity: "error",
    title: "Version is missing or not 2012-10-17",
    remedy: 'write "Version": "2012-10-17"',
    trust: version,
    role: documents(version),
  },
  T03: {
    severity: "error",
    title: "a Sid that IAM refuses",
    remedy: "give each statement its own Sid of letters and digits, or none",
    trust: sids,
    role: documents(sids),
  },
  T05: {
    severity: "error",
    title: "Resource in a trust policy",
    remedy: "remove it",
    trust: each(({ statement, origin, name }) =>
      (["Resource", "NotResource"] as const)
        .filter((element) => statement[element] !== undefined)
        .map((element) => ({
          message: `${name} has a ${element}: a trust policy is about its own role, and IAM refuses it with one`,
          origin: below(origin, element),
        })),
    ),
  },
  T65: {
    severity: "error",
    title: "characters that IAM refuses",
    why: "IAM takes U+0020 to U+00FF, TAB, LF and CR only, and refuses the document",
    remedy: "write the text percent-encoded, as the URL has it",
    trust: each(({ statement, principals, conditions, name, origin: at }) => {
      const { Action, NotAction, NotPrincipal } = statement;
      const texts = [
        ...principals,
        ...many(Action).map((text) => ({ text, origin: below(at, "Action") })),
        ...many(NotAction).map((text) => ({ text, origin: below(at, "NotAction") })),
        ...(NotPrincipal === undefined
          ? []
          : [{ text: JSON.stringify(NotPrincipal), origin: below(at, "NotPrincipal") }]),
        ...conditions.flatMap(({ key, values, origin }) =>
          [key, ...values].map((text) => ({ text, origin })),
        ),
      ];
      const found = texts.find(({ text }) => !isWritable(text));
      if (found === undefined) return null;
      return { message: `${name}: IAM refuses a character in ${quote(found.text)}`, origin: found.origin };
    }),
  },
});
