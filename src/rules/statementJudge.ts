import type { ItemOrder } from "../model/accessModel";
import type { Statement } from "../model/policyDocument";
import {
  many,
  matchedActions,
  matchesAction,
  namesEveryAction,
  resourceBound,
  resourcesOf,
  type ActionFacts,
  type ServiceReference,
} from "../policy";
import { below, type Observation, type PermissionSubject, type WrittenPolicy } from "./rule";

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

/** The text of a statement: thousands of roles have those of `defaults`. */
const texts = new WeakMap<Statement, string>();

/** A text that is equal for equal statements. */
export function statementText(statement: Statement): string {
  const text = texts.get(statement) ?? JSON.stringify(statement);
  texts.set(statement, text);
  return text;
}

/** What a judge has said before, under the same denials. */
interface Judged {
  readonly byText: Map<string, readonly Remark[]>;
  readonly byPolicy: WeakMap<WrittenPolicy, readonly Observation[]>;
}

/**
 * A judge of written statements one by one. Equal statements are judged once for each reference, and a list that roles
 * share once: thousands of roles have those of `defaults`.
 */
export function eachStatement(judge: StatementJudge): (subject: PermissionSubject) => readonly Observation[] {
  // Denials that are equal are one object, of one reference.
  const judged = new WeakMap<Denials, Judged>();
  return (subject) => {
    const { reference } = subject;
    const denials = denialsOf(subject);
    const known: Judged = judged.get(denials) ?? { byText: new Map(), byPolicy: new WeakMap() };
    judged.set(denials, known);
    const remarksOf = (statement: Statement): readonly Remark[] => {
      const text = statementText(statement);
      const before = known.byText.get(text);
      if (before !== undefined) return before;
      const remarks = judge(statement, { reference, denied: (action) => isDenied(denials, action) });
      known.byText.set(text, remarks);
      return remarks;
    };
    return subject.written.flatMap((written) => {
      const before = known.byPolicy.get(written);
      if (before !== undefined) return before;
      const seen = placed(written, remarksOf);
      known.byPolicy.set(written, seen);
      return seen;
    });
  };
}

/** What is said of the statements of a policy, each at its place. */
function placed(
  { policy, origins, items }: WrittenPolicy,
  remarksOf: (statement: Statement) => readonly Remark[],
): readonly Observation[] {
  return policy.Statement.flatMap((statement, i) => {
    const origin = origins[i];
    if (origin === undefined) throw new Error("a statement without origin");
    return remarksOf(statement).map(({ path, item, ...seen }) => ({
      ...seen,
      origin: below(origin, ...path, ...itemIndex(statement, items?.[i], path, item)),
    }));
  });
}

/** Where an item stands in its list; nothing for one that stands alone. */
function itemIndex(
  statement: Statement,
  order: ItemOrder | undefined,
  [element]: readonly string[],
  item: string | undefined,
): readonly number[] {
  if (item === undefined || (element !== "Action" && element !== "NotAction")) return [];
  const list = order?.[element] ?? many(statement[element]);
  return list.length < 2 ? [] : [list.indexOf(item)];
}

/** What statements deny whatever the resource and the request. */
export interface Denials {
  /** Patterns of what is denied, or of all but what. */
  readonly lists: readonly { readonly actions: readonly string[]; readonly except: boolean }[];
  /** What has been asked of them. */
  readonly known: Map<string, boolean>;
}

const denialsBefore = new WeakMap<PermissionSubject, Denials>();
/** By the reference of a run, then by text. */
const sameDenials = new WeakMap<ServiceReference, Map<string, Denials>>();

/** The denials of a role that nothing bounds; the same object for the same ones. */
export function denialsOf(subject: PermissionSubject): Denials {
  const before = denialsBefore.get(subject);
  if (before !== undefined) return before;
  const lists = new Map<string, Denials["lists"][number]>();
  for (const { policy } of subject.written)
    for (const statement of policy.Statement.filter(deniesAnywhere)) {
      const except = statement.NotAction !== undefined;
      const actions = many(except ? statement.NotAction : statement.Action);
      // IAM takes no empty list: it says nothing.
      if (actions.length > 0) lists.set(JSON.stringify([except, actions]), { actions, except });
    }
  const same = sameDenials.get(subject.reference) ?? new Map<string, Denials>();
  sameDenials.set(subject.reference, same);
  const text = [...lists.keys()].sort().join();
  const denials = same.get(text) ?? { lists: [...lists.values()], known: new Map<string, boolean>() };
  same.set(text, denials);
  denialsBefore.set(subject, denials);
  return denials;
}

function deniesAnywhere(statement: Statement): boolean {
  return (
    statement.Effect === "Deny" &&
    Object.keys(statement.Condition ?? {}).length === 0 &&
    many(statement.Resource).some((resource) => /^[*?]*\*[*?]*$/.test(resource))
  );
}

/** Is an action denied, whatever it is called on? */
export function isDenied({ lists, known }: Denials, action: string): boolean {
  const before = known.get(action);
  if (before !== undefined) return before;
  const denied = lists.some(
    ({ actions, except }) => actions.some((a) => matchesAction(a, action)) !== except,
  );
  known.set(action, denied);
  return denied;
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
  return [...actions.values()].filter(({ name }) => !scope.denied(name)).sort(byName);
}

/** A role has no user name: what stands behind `${aws:username}` is out of its reach. */
export function isOfUsersOnly(resource: string): boolean {
  return /\$\{\s*aws:username\s*\}/i.test(resource);
}

function byName(a: ActionFacts, b: ActionFacts): number {
  return a.name < b.name ? -1 : 1;
}

/** Is what a statement may be called on left open by its condition? Whose the resources are may be said. */
export function isUnbounded(statement: Statement): boolean {
  return resourceBound(statement.Condition) !== "some";
}

/** The first names of a list, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4);
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more` : (shown.pop() ?? "");
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}
