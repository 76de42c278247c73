import type { PolicyDocument } from "../model/policyDocument";
import { many } from "./canonical";
import type { ActionFacts, ServiceReference } from "./serviceReference";
import { matchesPattern, textOnly } from "./wildcard";

/** An element of Action or NotAction, taken apart at its colon. */
export interface ActionPattern {
  /** In lower case; null where there is no colon. */
  readonly prefix: string | null;
  /** In lower case. */
  readonly name: string;
}

/** Takes an element of Action or NotAction apart. */
export function parseActionPattern(pattern: string): ActionPattern {
  const colon = pattern.indexOf(":");
  return {
    prefix: colon < 0 ? null : pattern.slice(0, colon).toLowerCase(),
    name: pattern.slice(colon + 1).toLowerCase(),
  };
}

/** Does an element of Action name every action of every service? `*`, and what amounts to it: `**`, `?*`, `*:*`. */
export function namesEveryAction(pattern: string): boolean {
  const { prefix, name } = parseActionPattern(pattern);
  return onlyWildcards(name) && (prefix === null || onlyWildcards(prefix));
}

/** Does an element of Action name every action of one service? `s3:*`, and what amounts to it: `s3:*?`. */
export function namesWholeService(pattern: string): boolean {
  const { prefix, name } = parseActionPattern(pattern);
  return prefix !== null && !onlyWildcards(prefix) && onlyWildcards(name);
}

function onlyWildcards(text: string): boolean {
  return text.includes("*") && /^[*?]+$/.test(text);
}

/** Does an element of Action or NotAction match an action? Letter case counts for nothing. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase(), textOnly);
}

/** The actions of a reference that an element of Action matches; none for a service that the reference lacks. */
export function matchedActions(pattern: string, { actions }: ServiceReference): readonly ActionFacts[] {
  const { prefix, name } = parseActionPattern(pattern);
  const known = actions.get(prefix ?? "");
  if (known === undefined) return [];
  const exact = known.get(name);
  if (exact !== undefined) return [exact];
  return [...known].filter(([key]) => matchesPattern(name, key, textOnly)).map(([, facts]) => facts);
}

/** The service prefixes that documents name in Action and NotAction, in lower case, sorted: not all exist. */
export function servicePrefixes(documents: readonly PolicyDocument[]): readonly string[] {
  const prefixes = new Set<string>();
  for (const { Statement } of documents)
    for (const { Action, NotAction } of Statement)
      for (const pattern of [...many(Action), ...many(NotAction)]) {
        const { prefix } = parseActionPattern(pattern);
        if (prefix !== null) prefixes.add(prefix);
      }
  return [...prefixes].sort();
}
