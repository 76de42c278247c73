import type { PolicyDocument, Statement } from "../../model/policyDocument";
import {
  many,
  matchedActions,
  matchesAction,
  namesEveryAction,
  resourceBound,
  resourcesOf,
  type ActionFacts,
  type ServiceReference,
} from "../../policy";
import type { Denials, JudgedRole, PlacedStatement } from "../judgedRole";
import { below, type Observation, type Rule } from "../rule";

/** What a rule says of one statement. */
export interface Remark {
  /** From the statement to the place, e.g. `["Action"]`. */
  readonly path: readonly string[];
  /** The item of the list at that place that it is about. @default - all of it */
  readonly item?: string;
  readonly message: string;
  /** @default - the rule's own remedy */
  readonly remedy?: string;
}

/** What is known around a statement. */
export interface StatementScope {
  readonly reference: ServiceReference;
  /** Do other statements of the role deny this action, whatever it is called on? */
  readonly denied: (action: string) => boolean;
}

type StatementJudge = (statement: Statement, scope: StatementScope) => readonly Remark[];

/** A judge of written statements one by one. */
export function eachStatement(judge: StatementJudge): NonNullable<Rule["role"]> {
  return (role) => {
    const scope = {
      reference: role.reference,
      denied: (action: string) => isDenied(role.denials, action),
    };
    return role.statements.flatMap((placed): readonly Observation[] =>
      remembered(role, judge, placed.text, () => judge(placed.statement, scope)).map(
        ({ path, item, ...seen }) => ({
          ...seen,
          origin: below(placed.origin, ...path, ...itemIndex(placed, path, item)),
        }),
      ),
    );
  };
}

/** The answer of a function about a statement's text, under these denials; asked for once in a run. */
export function remembered<Answer>(
  { memo, denials }: Pick<JudgedRole, "memo" | "denials">,
  by: (...given: never[]) => Answer,
  text: string,
  make: () => Answer,
): Answer {
  const known = memo.get(by) ?? new Map<string, unknown>();
  memo.set(by, known);
  const key = `${denials.text}\n${text}`;
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as Answer;
}

/** Where an item stands in its list; nothing for one that stands alone. */
function itemIndex(
  { statement, items }: PlacedStatement,
  [element]: readonly string[],
  item: string | undefined,
): readonly number[] {
  if (item === undefined || (element !== "Action" && element !== "NotAction")) return [];
  const list = items?.[element] ?? many(statement[element]);
  return list.length < 2 ? [] : [list.indexOf(item)];
}

/** What statements deny that nothing bounds. */
export function denialsOf(statements: readonly PlacedStatement[]): Denials {
  const lists = new Map<string, Denials["lists"][number]>();
  for (const { statement } of statements) {
    if (!deniesAnywhere(statement)) continue;
    const except = statement.NotAction !== undefined;
    const actions = many(except ? statement.NotAction : statement.Action);
    // IAM takes no empty list: it says nothing.
    if (actions.length > 0) lists.set(JSON.stringify([except, actions]), { actions, except });
  }
  return { lists: [...lists.values()], text: [...lists.keys()].sort().join() };
}

function deniesAnywhere(statement: Statement): boolean {
  return (
    statement.Effect === "Deny" &&
    Object.keys(statement.Condition ?? {}).length === 0 &&
    many(statement.Resource).some((resource) => /^[*?]*\*[*?]*$/.test(resource))
  );
}

/** Is an action denied, whatever it is called on? */
export function isDenied({ lists }: Denials, action: string): boolean {
  return lists.some(({ actions, except }) => actions.some((a) => matchesAction(a, action)) !== except);
}

/** A policy without the statements that were written raw: what is left comes from grants. */
export function grantedBeside(
  policy: PolicyDocument,
  written: readonly PlacedStatement[],
): readonly Statement[] {
  const raw = new Set(written.map(({ text }) => text));
  return policy.Statement.filter((statement) => !raw.has(JSON.stringify(statement)));
}

/** Does a statement allow an action, by whatever it says? */
export function allowsAtAll({ Effect, Action, NotAction }: Statement, action: string): boolean {
  if (Effect !== "Allow") return false;
  const matches = (pattern: string): boolean => matchesAction(pattern, action);
  return NotAction === undefined ? many(Action).some(matches) : !many(NotAction).some(matches);
}

/**
 * The actions that a statement allows, by name and each once: those that the reference has, that nothing denies, and
 * that are named by more than a `*` for everything, of which G01 and G03 say all there is to say.
 */
export function allowedActions(statement: Statement, scope: StatementScope): readonly ActionFacts[] {
  if (statement.Effect !== "Allow" || resourcesOf(statement).every(isOfUsersOnly)) return [];
  const named = many(statement.Action).filter((pattern) => !namesEveryAction(pattern));
  const actions = new Map(
    named.flatMap((p) => matchedActions(p, scope.reference)).map((facts) => [facts.name, facts]),
  );
  return [...actions.values()]
    .filter(({ name }) => !scope.denied(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A role has no user name: what stands behind `${aws:username}` is out of its reach. */
export function isOfUsersOnly(resource: string): boolean {
  return /\$\{\s*aws:username\s*\}/i.test(resource);
}

/** Is what a statement may be called on left open by its condition? Whose the resources are may be said. */
export function isUnbounded(statement: Statement): boolean {
  return resourceBound(statement.Condition) !== "some";
}
