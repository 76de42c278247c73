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
import type { AccessRole, Subjects } from "./accessRole";

/*
 * Policies are compared by atoms: one principal, action, resource and subject each, with the conditions of its
 * statement. An atom that no single atom of the other side covers counts as a difference. Where nobody can tell, it
 * counts as one, too: a gain is never overlooked.
 */

/** A pattern of a policy, or a text that no pattern says. */
interface Term {
  readonly text: string;
  /** Are `*` and `?` in it wildcards? */
  readonly wildcards: boolean;
  /** Null where it holds a variable, or is none: it equals itself alone. */
  readonly pattern: Pattern | null;
}

/** One comparison of a condition, in lower case but for its values. */
export interface Test {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Atom {
  /** `Federated ARN` and the like, or `*`. */
  readonly principal: Term;
  /** Of a web identity. */
  readonly subject: Term;
  readonly action: Term;
  readonly resource: Term;
  readonly tests: readonly Test[];
  /** The statement for this action and resource alone. */
  readonly statement: Statement;
}

const everything: Term = Object.freeze({ text: "*", wildcards: true, pattern: ["many" as const] });

/**
 * What statements say, atom by atom.
 * @param caller - what a policy may say of the role that acts; null where that does not count
 */
export function atomsOf(
  statements: readonly Statement[],
  caller: Pick<AccessRole, "arn" | "tags"> | null,
): readonly Atom[] {
  return statements.flatMap((statement) => {
    const { Action, NotAction, Resource, NotResource } = statement;
    const actions =
      NotAction === undefined
        ? many(Action).map((text) => term(text, true, text.toLowerCase()))
        : [except(NotAction, "action")];
    const resources =
      NotResource === undefined
        ? many(Resource ?? "*").map((text) => term(text, true))
        : [except(NotResource, "resource")];
    const own = caller === null ? [] : callerIn([statement], caller);
    const callerTests = own.map((text): Test => ({ operator: "caller", key: "caller", values: [text] }));
    return subjectsIn([...testsOf(statement), ...callerTests]).flatMap(({ subject, tests }) =>
      principalsOf(statement).flatMap((principal) =>
        actions.flatMap((action) =>
          resources.map((resource): Atom => {
            const one = {
              ...statement,
              ...(NotAction === undefined ? { Action: action.text } : {}),
              ...(NotResource === undefined ? { Resource: resource.text } : {}),
            };
            return { principal, subject, action, resource, tests, statement: one };
          }),
        ),
      ),
    );
  });
}

/** The role that acts, where statements depend on who that is. */
export function callerIn(
  statements: readonly Statement[],
  { arn, tags }: Pick<AccessRole, "arn" | "tags">,
): readonly string[] {
  if (!/aws:(principal|user(id|name)\b)/i.test(JSON.stringify(statements))) return [];
  return [JSON.stringify([arn, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))])];
}

function term(text: string, wildcards: boolean, compared = text): Term {
  return { text, wildcards, pattern: patternOf(compared, wildcards) };
}

/** Everything but some, which is compared as a whole. */
function except(items: Statement["NotAction"], what: string): Term {
  return { text: `every ${what} but ${[...many(items)].sort().join(", ")}`, wildcards: false, pattern: null };
}

function principalsOf({ Principal = "*", NotPrincipal }: Statement): readonly Term[] {
  if (NotPrincipal !== undefined)
    return [{ text: `everybody but ${JSON.stringify(NotPrincipal)}`, wildcards: false, pattern: null }];
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
function subjectsIn(tests: readonly Test[]): readonly Pick<Atom, "subject" | "tests">[] {
  const naming = tests.find(({ operator, key }) => key.endsWith(":sub") && isText(operator));
  if (naming === undefined) return [{ subject: everything, tests }];
  return termsOf(naming).flatMap((subject) => {
    const holding = (test: Test) => (test.key === naming.key ? holds(test, subject) : null);
    const others = tests.filter((test) => test !== naming && holding(test) !== true);
    if (others.some((test) => holding(test) === false)) return [];
    return [{ subject, tests: [{ ...naming, values: [subject.text] }, ...others] }];
  });
}

/** Operators that compare a key's only value, and fail without it. */
function isText(operator: string): boolean {
  return operator === "stringequals" || operator === "stringlike";
}

function termsOf({ operator, values }: Test): readonly Term[] {
  return values.map((value) => term(value, operator.endsWith("like")));
}

/** Is `StringNotLike` or `StringNotEquals` true of all that a term matches, or of nothing of it? Null: nobody can tell. */
function holds(test: Test, { pattern }: Term): boolean | null {
  if ((test.operator !== "stringnotlike" && test.operator !== "stringnotequals") || pattern === null)
    return null;
  const refused = termsOf(test).map((value) => value.pattern);
  if (refused.some((one) => one !== null && coversPattern(one, pattern))) return false;
  return refused.every((one) => one !== null && !patternsMeet(one, pattern)) ? true : null;
}

/** The atoms that no atom of the others covers. */
export function uncovered(atoms: readonly Atom[], others: readonly Atom[]): readonly Atom[] {
  return atoms.filter((atom) => !others.some((other) => coversAtom(other, atom)));
}

/** Does one atom certainly say all that the other of the same effect does? */
function coversAtom(wide: Atom, narrow: Atom): boolean {
  return (
    coversTerm(wide.principal, narrow.principal) &&
    coversTerm(wide.action, narrow.action) &&
    coversTerm(wide.resource, narrow.resource) &&
    wide.tests.every((test) => narrow.tests.some((other) => implies(other, test)))
  );
}

/** Does one term match all that the other does? False where nobody can tell. */
export function coversTerm(wide: Term, narrow: Term): boolean {
  if (wide.pattern?.length === 1 && wide.pattern[0] === "many") return true;
  if (wide.pattern === null || narrow.pattern === null)
    return wide.text === narrow.text && wide.wildcards === narrow.wildcards;
  return coversPattern(wide.pattern, narrow.pattern);
}

/** Does the second of two tests hold wherever the first does? */
function implies(narrow: Test, wide: Test): boolean {
  if (narrow.key !== wide.key) return false;
  if (isText(narrow.operator))
    return termsOf(narrow).every((value) =>
      isText(wide.operator)
        ? termsOf(wide).some((other) => coversTerm(other, value))
        : holds(wide, value) === true,
    );
  if (narrow.operator !== wide.operator) return false;
  const { base, negated, set } = operatorParts(narrow.operator);
  const [some, all] = negated ? [wide.values, narrow.values] : [narrow.values, wide.values];
  const isBlock = base === "ipaddress" && set === null;
  return some.every((value) => all.includes(value) || (isBlock && isWithinCidrs(value, all)));
}

/** For which audiences the tokens of an atom are. */
export function audiencesOf({ tests }: Atom): readonly string[] {
  const audiences = tests.filter(({ key }) => key.endsWith(":aud")).flatMap(({ values }) => values);
  return audiences.length === 0 ? ["any audience"] : audiences;
}

/** The subjects of atoms, each once: whole ones without escapes, patterns as they are written. */
export function subjectsOf(atoms: readonly Atom[]): Subjects {
  const [exact, like] = [new Set<string>(), new Set<string>()];
  for (const { subject } of atoms) {
    const { text, pattern } = subject;
    if (pattern?.every((token) => typeof token === "object") === true) exact.add(spelled(pattern, "", ""));
    else like.add(text);
  }
  return { exact: [...exact].sort(), like: [...like].sort() };
}
