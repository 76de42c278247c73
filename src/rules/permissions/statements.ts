import { below } from "../../diagnostics";
import type { Statement } from "../../model/policyDocument";
import {
  coversText,
  isAtLarge,
  isEverything,
  many,
  matchedActions,
  matchesAction,
  namesEvery,
  namesEveryAction,
  openPattern,
  resourceBound,
  resourcesOf,
  textsMeet,
  typesWhere,
  type ActionFacts,
  type ServiceReference,
} from "../../policy";
import type { Denials, JudgedRole, PlacedStatement } from "../judgedRole";
import type { Observation, Rule } from "../rule";

/** What a rule says of one statement. */
export interface Remark extends Omit<Observation, "origin"> {
  /** From the statement to the place. @default - its Action */
  readonly path?: readonly string[];
  /** The item of the list at that place that it is about. @default - all of it */
  readonly item?: string;
}

/** A statement that somebody wrote, with what rules ask of it. */
export interface JudgedStatement {
  readonly statement: Statement;
  readonly reference: ServiceReference;
  /** See {@link resourcesOf}. */
  readonly resources: readonly string[];
  /** See {@link resourceBound}. */
  readonly bound: ReturnType<typeof resourceBound>;
  /** The actions of the reference that each element of Action matches; not of a `*` for everything. */
  readonly matched: ReadonlyMap<string, readonly ActionFacts[]>;
  /** Of those, what the statement allows and nothing denies, by name and each once. */
  readonly allowed: readonly ActionFacts[];
  /** Is an action allowed on resources of any name? */
  readonly isAtLarge: (action: ActionFacts) => boolean;
  /** Do other statements of the role deny an action, or all that a pattern names, on everything that this one is about? */
  readonly isDenied: (action: string) => boolean;
}

/** A judge of written statements one by one. */
export function eachStatement(
  judge: (statement: JudgedStatement) => readonly Remark[],
): NonNullable<Rule["role"]> {
  return (role) =>
    role.statements.flatMap((placed): readonly Observation[] =>
      remembered(role, judge, placed.text, () => judge(judgedStatement(role, placed))).map(
        ({ path = ["Action"], item, ...seen }) => ({
          ...seen,
          origin: below(placed.origin, ...path, ...itemIndex(placed, path, item)),
        }),
      ),
    );
}

function judgedStatement(role: JudgedRole, { statement, text }: PlacedStatement): JudgedStatement {
  return remembered(role, judgedStatement, text, () => {
    const { reference, denials } = role;
    const resources = resourcesOf(statement);
    const patterns = many(statement.Action).filter((pattern) => !namesEveryAction(pattern));
    const matched = new Map(patterns.map((pattern) => [pattern, matchedActions(pattern, reference)]));
    const isDeniedHere = (action: string): boolean =>
      resources.length > 0 && isDenied(denials, action, resources);
    // A role has no user name: what stands behind it is out of its reach.
    const isAllow = statement.Effect === "Allow" && !resources.every(isOfUsersOnly);
    const facts = new Map([...matched.values()].flat().map((action) => [action.name, action]));
    const allowed = (isAllow ? [...facts.values()] : [])
      .filter(({ name }) => !isDeniedHere(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const open = typesWhere(allowed, (type) => resources.some((pattern) => namesEvery(pattern, type)));
    return {
      ...{ statement, reference, resources, matched, allowed },
      bound: resourceBound(statement.Condition),
      isAtLarge: (action) => isAtLarge(action, open),
      isDenied: isDeniedHere,
    };
  });
}

/** The answer of a function about a statement's text, under these denials; asked for once in a run. */
export function remembered<Answer>(
  { memo, denials }: Pick<JudgedRole, "memo" | "denials">,
  by: (...given: never[]) => unknown,
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

/** What statements deny whatever the request says. The account is the role's own; null: not known. */
export function denialsOf(statements: readonly PlacedStatement[], account: string | null): Denials {
  const lists = statements.flatMap(({ statement }): Denials["lists"] => {
    const { Effect, Action, NotAction, Resource, Condition } = statement;
    const actions = many(NotAction ?? Action).map((action) => action.toLowerCase());
    const resources = many(Resource).map((pattern) => ofAccount(pattern, account));
    // IAM takes no empty list: it says nothing.
    const isDeny = Effect === "Deny" && Object.keys(Condition ?? {}).length === 0 && actions.length > 0;
    return isDeny ? [{ actions, except: NotAction !== undefined, resources }] : [];
  });
  return { lists, text: JSON.stringify(lists) };
}

/** A pattern with the account's id where it names the caller's account. */
export function ofAccount(pattern: string, account: string | null): string {
  return account === null ? pattern : pattern.replace(/\$\{\s*aws:PrincipalAccount\s*\}/gi, account);
}

/** Is an action, or all that a pattern names, denied on each of these resources, patterns among them? */
export function isDenied({ lists }: Denials, action: string, resources: readonly string[]): boolean {
  const name = action.toLowerCase();
  const [meets, covers] = /[*?]/.test(name) ? [textsMeet, coversText] : [matchesAction, matchesAction];
  const denying = lists.filter(({ actions, except }) =>
    except ? !actions.some((a) => meets(a, name)) : actions.some((a) => covers(a, name)),
  );
  return (
    denying.length > 0 &&
    resources.every((resource) =>
      denying.some((list) =>
        list.resources.some((r) => isEverything(r) || coversText(r, openPattern(resource))),
      ),
    )
  );
}

/** Does a statement allow an action, on whatever it says? */
export function allows({ Effect, Action, NotAction }: Statement, action: string): boolean {
  const isNamed = many(NotAction ?? Action).some((pattern) => matchesAction(pattern, action));
  return Effect === "Allow" && isNamed === (NotAction === undefined);
}

/** Is a resource only there for users, whom a role is none of? */
export function isOfUsersOnly(resource: string): boolean {
  return /\$\{\s*aws:username\s*\}/i.test(resource);
}
