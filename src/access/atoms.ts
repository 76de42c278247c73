import type { Statement } from "../model/policyDocument";
import {
  coversPattern,
  isWithinCidrs,
  many,
  operatorParts,
  patternOf,
  patternsMeet,
  spelled,
  type Pattern,
} from "../policy";
import type { Subjects } from "./accessRole";

/*
 * Policies are compared by atoms: one principal, action, resource and subject each, with the conditions of its
 * statement. An atom that no single atom of the other side covers counts as a difference. Where nobody can tell, it
 * counts as one, too: a gain is never overlooked.
 */

/** A pattern of a policy, or a text that no pattern says. */
export interface Term {
  readonly text: string;
  /** Are `*` and `?` in it wildcards? */
  readonly wildcards: boolean;
  /** Null where it holds a variable, or is none: it equals itself alone. */
  readonly pattern: Pattern | null;
}

/** One comparison of a condition. */
export interface Test {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Atom {
  readonly effect: Statement["Effect"];
  /** Null in permission policies. */
  readonly principal: Term | null;
  /** The subject of a web identity; null where the statement names none. */
  readonly subject: Term | null;
  readonly action: Term;
  /** Null in trust policies. */
  readonly resource: Term | null;
  readonly tests: readonly Test[];
  /** The statement for this action and resource alone. */
  readonly statement: Statement;
}

const everything: Term = Object.freeze({ text: "*", wildcards: true, pattern: ["many" as const] });

/** What in a statement depends on the role that acts, and not on what it does. */
const ofCaller = /aws:(principal|user(id|name)\b)/i;

/**
 * What statements say, atom by atom.
 * @param caller - of the role, what a policy may speak of: its ARN and tags
 */
export function atomsOf(statements: readonly Statement[], caller: string): readonly Atom[] {
  return statements.flatMap((statement) => {
    const { Effect: effect, Action, NotAction, Resource, NotResource } = statement;
    const actions = NotAction === undefined ? many(Action).map(actionTerm) : [except(NotAction, "action")];
    const resources =
      NotResource !== undefined
        ? [except(NotResource, "resource")]
        : Resource === undefined
          ? [null]
          : many(Resource).map((text) => term(text, true));
    const callerTest: Test = { operator: "caller", key: "caller", values: [caller] };
    const isOfCaller = ofCaller.test(JSON.stringify(statement));
    return subjectsIn([...testsOf(statement), ...(isOfCaller ? [callerTest] : [])]).flatMap(
      ({ subject, tests }) =>
        principalsOf(statement).flatMap((principal) =>
          actions.flatMap((action) =>
            resources.map((resource): Atom => {
              const own = { ...statement, ...(NotAction === undefined ? { Action: action.text } : {}) };
              const one = NotResource === undefined && resource ? { ...own, Resource: resource.text } : own;
              return { effect, principal, subject, action, resource, tests, statement: one };
            }),
          ),
        ),
    );
  });
}

function term(text: string, wildcards: boolean): Term {
  return { text, wildcards, pattern: patternOf(text, wildcards) };
}

function actionTerm(text: string): Term {
  return { text, wildcards: true, pattern: patternOf(text.toLowerCase(), true) };
}

/** Everything but some, which is compared as a whole. */
function except(items: Statement["NotAction"], what: string): Term {
  return { text: `every ${what} but ${[...many(items)].sort().join(", ")}`, wildcards: false, pattern: null };
}

function principalsOf({ Principal, NotPrincipal }: Statement): readonly (Term | null)[] {
  if (NotPrincipal !== undefined)
    return [{ text: `everybody but ${JSON.stringify(NotPrincipal)}`, wildcards: false, pattern: null }];
  if (Principal === undefined) return [null];
  if (Principal === "*") return [everything];
  return Object.entries(Principal).flatMap(([type, names]) =>
    many(names).map((name) => (name === "*" ? everything : term(`${type} ${name}`, false))),
  );
}

function testsOf({ Condition = {} }: Statement): readonly Test[] {
  return Object.entries(Condition).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => ({
      operator: operator.toLowerCase(),
      key: key.toLowerCase(),
      values: many(values),
    })),
  );
}

/**
 * A statement's tests for each subject that they admit. What else they say of the same key is left out where it holds
 * of the subject whatever it is, and a subject that it always refuses is none.
 */
function subjectsIn(
  tests: readonly Test[],
): readonly { readonly subject: Term | null; readonly tests: readonly Test[] }[] {
  const naming = tests.find(({ operator, key }) => key.endsWith(":sub") && isText(operator));
  if (naming === undefined) return [{ subject: null, tests }];
  return naming.values.flatMap((value) => {
    const { operator, key } = naming;
    const subject = term(value, operator === "stringlike");
    const others = tests.filter(
      (test) => test !== naming && !(test.key === key && alwaysHolds(test, subject)),
    );
    const own: Test = { operator, key, values: [value] };
    return others.some((test) => test.key === key && neverHolds(test, subject))
      ? []
      : [{ subject, tests: [own, ...others] }];
  });
}

/** Operators that compare a key's only value, and fail without it. */
function isText(operator: string): boolean {
  return operator === "stringequals" || operator === "stringlike";
}

/** `StringNotLike` and `StringNotEquals`: which values they compare with as patterns. */
function refusedBy({ operator, values }: Test): readonly (Pattern | null)[] | null {
  if (operator !== "stringnotlike" && operator !== "stringnotequals") return null;
  return values.map((value) => patternOf(value, operator === "stringnotlike"));
}

function alwaysHolds(test: Test, { pattern }: Term): boolean {
  return (
    pattern !== null &&
    (refusedBy(test)?.every((refused) => refused !== null && !patternsMeet(refused, pattern)) ?? false)
  );
}

function neverHolds(test: Test, { pattern }: Term): boolean {
  return (
    pattern !== null &&
    (refusedBy(test)?.some((refused) => refused !== null && coversPattern(refused, pattern)) ?? false)
  );
}

/** Does one atom certainly say all that the other of the same effect does? */
export function coversAtom(wide: Atom, narrow: Atom): boolean {
  return (
    coversTerm(wide.principal, narrow.principal) &&
    coversTerm(wide.action, narrow.action) &&
    coversTerm(wide.resource, narrow.resource) &&
    wide.tests.every((test) => isImplied(test, narrow.tests))
  );
}

/** Does one term match all that the other does? False where nobody can tell. */
export function coversTerm(wide: Term | null, narrow: Term | null): boolean {
  if (wide === null || narrow === null) return wide === narrow;
  if (wide.pattern?.length === 1 && wide.pattern[0] === "many") return true;
  if (wide.pattern === null || narrow.pattern === null)
    return wide.text === narrow.text && wide.wildcards === narrow.wildcards;
  return coversPattern(wide.pattern, narrow.pattern);
}

/** The atoms that no atom of the others covers. */
export function uncovered(atoms: readonly Atom[], others: readonly Atom[]): readonly Atom[] {
  return atoms.filter((atom) => !others.some((other) => coversAtom(other, atom)));
}

/** Does a test hold wherever these do? */
function isImplied(test: Test, tests: readonly Test[]): boolean {
  return tests.some((other) => other.key === test.key && implies(other, test));
}

function implies(narrow: Test, wide: Test): boolean {
  const isAmong = (value: string, values: readonly string[]) => values.includes(value);
  if (isText(narrow.operator) && isText(wide.operator))
    return narrow.values.every((value) =>
      wide.values.some((other) =>
        coversTerm(
          term(other, wide.operator === "stringlike"),
          term(value, narrow.operator === "stringlike"),
        ),
      ),
    );
  if (isText(narrow.operator) && refusedBy(wide) !== null)
    return narrow.values.every((value) => alwaysHolds(wide, term(value, narrow.operator === "stringlike")));
  if (narrow.operator !== wide.operator) return false;
  const { base, negated, set } = operatorParts(narrow.operator);
  if (negated) return wide.values.every((value) => isAmong(value, narrow.values));
  if (base === "ipaddress" && set === null)
    return narrow.values.every((value) => isAmong(value, wide.values) || isWithinCidrs(value, wide.values));
  return narrow.values.every((value) => isAmong(value, wide.values));
}

/** The subjects of atoms, each once: whole ones without escapes, patterns as they are written. */
export function subjectsOf(atoms: readonly Atom[]): Subjects {
  const texts = atoms.map(({ subject }) =>
    subject === null ? { exact: false, text: "*" } : subjectText(subject),
  );
  const sorted = (exact: boolean) =>
    [...new Set(texts.filter((t) => t.exact === exact).map((t) => t.text))].sort();
  return { exact: sorted(true), like: sorted(false) };
}

/** A subject as policies compare it. */
function subjectText({ text, pattern }: Term): { readonly exact: boolean; readonly text: string } {
  const exact = pattern?.every((token) => typeof token === "object") ?? false;
  return { exact, text: exact && pattern !== null ? spelled(pattern, "", "") : text };
}
