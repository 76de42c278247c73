import type { PolicyDocument, Statement } from "../model/policyDocument";
import {
  many,
  matchedActions,
  matchesAction,
  namesEvery,
  namesEveryAction,
  resourceBound,
  resourcesOf,
  type ActionFacts,
  type ServiceReference,
} from "../policy";
import { below, type Observation, type PermissionSubject } from "./rule";

/** What a rule says of one statement. */
export interface Remark {
  /** From the statement to the place, e.g. `["Action"]`. */
  readonly path: readonly string[];
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

/**
 * A judge of written statements one by one. Equal statements are judged once for each reference: thousands of roles
 * have those of `defaults`.
 */
export function eachStatement(judge: StatementJudge): (subject: PermissionSubject) => readonly Observation[] {
  const judged = new WeakMap<ServiceReference, Map<string, readonly Remark[]>>();
  return (subject) => {
    const { reference } = subject;
    const known = judged.get(reference) ?? new Map<string, readonly Remark[]>();
    judged.set(reference, known);
    const denials = denialsOf(subject.written.map((w) => w.policy));
    const remarksOf = (statement: Statement): readonly Remark[] => {
      const text = JSON.stringify([statement, denials]);
      const before = known.get(text);
      if (before !== undefined) return before;
      const remarks = judge(statement, { reference, denied: (action) => isDenied(denials, action) });
      known.set(text, remarks);
      return remarks;
    };
    return subject.written.flatMap(({ policy, origins }) =>
      policy.Statement.flatMap((statement, i) => {
        const origin = origins[i];
        if (origin === undefined) throw new Error("a statement without origin");
        return remarksOf(statement).map(({ path, ...seen }) => ({ ...seen, origin: below(origin, ...path) }));
      }),
    );
  };
}

/** Deny statements that hold whatever the resource and the request: patterns of what they deny, or of all but what. */
export type Denials = readonly { readonly actions: readonly string[]; readonly except: boolean }[];

/** The denials of documents that nothing bounds. */
export function denialsOf(documents: readonly PolicyDocument[]): Denials {
  return documents.flatMap(({ Statement }) =>
    Statement.filter(
      (s) =>
        s.Effect === "Deny" &&
        Object.keys(s.Condition ?? {}).length === 0 &&
        many(s.Resource).some((r) => namesEvery(r, everyArn)),
    ).map((s) =>
      s.NotAction === undefined
        ? { actions: many(s.Action), except: false }
        : { actions: many(s.NotAction), except: true },
    ),
  );
}

/** A template without a service: only a pattern for everything matches it. */
const everyArn = "${Everything}";

/** Is an action denied, whatever it is called on? */
export function isDenied(denials: Denials, action: string): boolean {
  return denials.some(({ actions, except }) => actions.some((a) => matchesAction(a, action)) !== except);
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
