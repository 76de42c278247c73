import type { OneOrMany, PolicyDocument, Statement } from "../model/policyDocument";
import { matchesAction } from "./actionPatterns";
import { many } from "./canonical";
import { operatorParts, operators } from "./operators";
import { assumeAction } from "./trust";
import { matchesPattern, textOnly, type Variables } from "./wildcard";

/** What AWS knows of a request, by condition key in lower case. A key that is missing has no entry. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** The condition that a request fails. */
export interface Failure {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** The request's value, several joined by `, `; null where the key is missing. */
  readonly actual: string | null;
}

/** Why a statement does not apply: its condition, or something that comes before its conditions. */
export type Mismatch = Failure | "principal" | "action" | "resource";

export interface Decision {
  readonly allowed: boolean;
  /** True where a Deny decided. */
  readonly denied: boolean;
  /** For each statement in order: null where it applies, else the first thing about it that does not. */
  readonly statements: readonly (Mismatch | null)[];
}

/** A web identity that asks for a role. */
export interface TrustRequest {
  /** ARN of the identity provider that vouches for the token. */
  readonly federated: string;
  readonly context: RequestContext;
}

/** Does a trust policy let a web identity assume its role? Decides as AWS does for AssumeRoleWithWebIdentity. */
export function evaluateTrust(policy: PolicyDocument, request: TrustRequest): Decision {
  const variables = variablesFor(policy, request.context);
  return decide(policy, (statement) => {
    if (!principalMatches(statement, request.federated)) return "principal";
    if (!actionMatches(statement, assumeAction)) return "action";
    return failuresOf(statement, request.context, variables)[0] ?? null;
  });
}

/** Somebody who already has a role, and wants something. */
export interface PermissionRequest {
  /** `service:Action`, compared without case. */
  readonly action: string;
  /** ARN, or `*` for an action that takes no resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** Does a permission policy allow a request? */
export function evaluatePermission(policy: PolicyDocument, request: PermissionRequest): Decision {
  const variables = variablesFor(policy, request.context);
  return decide(policy, (statement) => {
    if (!actionMatches(statement, request.action)) return "action";
    const isNamed = (pattern: string) => matchesPattern(pattern, request.resource, variables);
    if (!isMet(statement.Resource, statement.NotResource, isNamed)) return "resource";
    return failuresOf(statement, request.context, variables)[0] ?? null;
  });
}

function decide(policy: PolicyDocument, judge: (statement: Statement) => Mismatch | null): Decision {
  const statements = policy.Statement.map(judge);
  const applies = (effect: Statement["Effect"]) =>
    policy.Statement.some((s, i) => s.Effect === effect && statements[i] === null);
  const denied = applies("Deny");
  return { allowed: !denied && applies("Allow"), denied, statements };
}

function principalMatches(statement: Statement, federated: string): boolean {
  const named = (principal: NonNullable<Statement["Principal"]>) =>
    principal === "*" ||
    many(principal["Federated"]).some((p) => p === federated || p === "*") ||
    many(principal["AWS"]).includes("*");
  if (statement.NotPrincipal !== undefined) return !named(statement.NotPrincipal);
  return statement.Principal !== undefined && named(statement.Principal);
}

function actionMatches({ Action, NotAction }: Statement, action: string): boolean {
  return isMet(Action, NotAction, (pattern) => matchesAction(pattern, action));
}

/** Does an element match, or, where its negation stands instead, does that not? */
function isMet(
  element: OneOrMany | undefined,
  negation: OneOrMany | undefined,
  matches: (pattern: string) => boolean,
): boolean {
  return negation === undefined ? many(element).some(matches) : !many(negation).some(matches);
}

/** Documents of another version than 2012-10-17, which is what a missing one means, have no variables. */
function variablesFor(policy: PolicyDocument, context: RequestContext): Variables {
  const version: string | undefined = policy.Version;
  if (version !== "2012-10-17") return textOnly;
  return (name) => {
    const values = context.get(name.toLowerCase());
    return values?.length === 1 ? values[0] : undefined;
  };
}

/** The conditions that do not hold, in the order of the statement. Operators are ANDed, and so are their keys. */
function failuresOf(statement: Statement, context: RequestContext, variables: Variables): readonly Failure[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([operator, block]) =>
    Object.entries(block).flatMap(([key, values]) => {
      const [expected, actual] = [many(values), context.get(key.toLowerCase())];
      return holds(operator, expected, actual, variables)
        ? []
        : [{ operator, key, expected, actual: actual?.join(", ") ?? null }];
    }),
  );
}

/** One operator on one key. An operator that AWS does not have never holds. */
function holds(
  name: string,
  expected: readonly string[],
  actual: readonly string[] | undefined,
  variables: Variables,
): boolean {
  const { base, set, ifExists, known } = operatorParts(name);
  if (base === "null") {
    if (set === "forallvalues") return known;
    const absent = actual === undefined;
    return known && expected.some((e) => (e.toLowerCase() === "true") === absent);
  }
  const operator = operators.get(base);
  if (!operator) return false;
  const { match, negated } = operator;
  if (actual === undefined || actual.length === 0)
    return ifExists || set === "forallvalues" || (negated && set === null);
  const one = (value: string) => expected.some((e) => match(e, value, variables)) !== negated;
  if (set === "forallvalues") return actual.every(one);
  if (set === "foranyvalue") return actual.some(one);
  return negated ? actual.every(one) : actual.some(one);
}

/**
 * The conditions that fail in the statement that comes nearest to applying, in the order of the document: the first of
 * those with the fewest. Empty where a statement applies, or none is about this web identity at all.
 */
export function nearestFailures(policy: PolicyDocument, request: TrustRequest): readonly Failure[] {
  const variables = variablesFor(policy, request.context);
  const isAbout = (s: Statement) => principalMatches(s, request.federated) && actionMatches(s, assumeAction);
  const [nearest = []] = policy.Statement.filter((s) => s.Effect === "Allow" && isAbout(s))
    .map((statement) => failuresOf(statement, request.context, variables))
    .sort((a, b) => a.length - b.length);
  return nearest;
}
