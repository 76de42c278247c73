import type { PolicyDocument } from "../model/policyDocument";
import { many } from "./canonical";
import type { ActionFacts, ServiceReference } from "./serviceReference";
import { matchesPattern, textOnly } from "./wildcard";

/** Takes an element of Action or NotAction apart at its colon, in lower case; the prefix is null where there is none. */
export function parseActionPattern(pattern: string) {
  const text = pattern.toLowerCase();
  const colon = text.indexOf(":");
  return { prefix: colon < 0 ? null : text.slice(0, colon), name: text.slice(colon + 1) };
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
  const patterns = documents
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Action, NotAction }) => [...many(Action), ...many(NotAction)]);
  return [...new Set(patterns.flatMap((pattern) => parseActionPattern(pattern).prefix ?? []))].sort();
}
