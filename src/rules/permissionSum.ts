import { quote, type Origin } from "../diagnostics";
import type { Statement } from "../model/policyDocument";
import {
  arnsMeet,
  many,
  matchesAction,
  matchesPattern,
  namesEveryAction,
  openPattern,
  requiredValues,
  resourceBound,
  resourcesOf,
  textOnly,
  type ServiceReference,
} from "../policy";
import { escalationPaths, type EscalationPath } from "./escalation";
import type { EscalationStep } from "./escalationStep";
import { below, type Observation, type PermissionSubject, type Rule } from "./rule";
import { keepsFromAdministrators } from "./permissionBound";
import { administratorPolicies } from "./managedPolicies";
import { ownEdits } from "./permissionOwn";
import { denialsOf, isDenied, isOfUsersOnly, listed, statementText } from "./statementJudge";

/** Rules about the sum of what a role may do. */
export const sumRules = Object.freeze({
  G04: {
    id: "G04",
    severity: "error",
    waivableError: true,
    title: "permissions that together yield more",
    why: "whoever has the role can turn it into one that may do more than anybody wrote down",
    remedy: "take one of the actions away, or name the role or resource that it is for",
    permissions: escalations,
  },
  G09: {
    id: "G09",
    severity: "error",
    waivableError: false,
    title: "the role can change itself, its boundary or its identity provider",
    why: "what the manifest says no longer holds once somebody has logged in",
    remedy: "name other roles, policies and providers, or take the actions away",
    permissions: ownEdits,
  },
  G10: {
    id: "G10",
    severity: "error",
    waivableError: true,
    title: "a managed policy for administrators",
    why: "it holds everything, or everything but IAM, or the keys to all the rest",
    remedy: "attach a policy for what the workspace does, or use grants",
    permissions: ({ managedPolicies }) =>
      managedPolicies
        .filter(({ arn }) => isForAdministrators(arn))
        .map(({ arn, origin }) => ({ message: `the managed policy is ${quote(arn)}`, origin })),
  },
} as const satisfies Record<string, Rule>);

function isForAdministrators(arn: string): boolean {
  const [, name = ""] = /^arn:[^:]*:iam::aws:policy\/(.*)$/s.exec(arn) ?? [];
  return administratorPolicies.includes(name);
}

/** A statement that allows something, with its place; null for what grants allow. */
interface AllowedStatement {
  readonly statement: Statement;
  readonly origin: Origin | null;
}

function statementsOf({ written, granted }: PermissionSubject): readonly AllowedStatement[] {
  const own = written.flatMap(({ policy, origins }) =>
    policy.Statement.map((statement, i) => ({ statement, origin: origins[i] ?? null })),
  );
  const all = [...own, ...(granted?.Statement ?? []).map((statement) => ({ statement, origin: null }))];
  return all.filter(({ statement }) => statement.Effect === "Allow");
}

/** A path is reported where the first of its steps is that somebody wrote: grants alone are no finding. */
function escalations(subject: PermissionSubject): readonly Observation[] {
  if (subject.written.every(({ policy }) => policy.Statement.length === 0)) return [];
  const denials = denialsOf(subject);
  const openings = statementsOf(subject)
    .map((by) => ({ by, steps: openSteps(by.statement, subject.reference) }))
    .filter(({ steps }) => steps.size > 0);
  if (openings.length === 0) return [];
  const taken = (step: EscalationStep): Taken | null => {
    for (const { by, steps } of openings) {
      const action = steps.get(step)?.find((a) => !isDenied(denials, a));
      if (action !== undefined) return { by, action };
    }
    return null;
  };
  const found = new Map<Origin, { path: EscalationPath; actions: readonly string[]; element: string }[]>();
  for (const path of escalationPaths) {
    const steps = path.steps.map(taken);
    const place = steps.find((step) => step?.by.origin)?.by;
    if (!place?.origin || steps.some((step) => step === null)) continue;
    const element = place.statement.NotAction === undefined ? "Action" : "NotAction";
    const actions = steps.flatMap((step) => step?.action ?? []);
    found.set(place.origin, [...(found.get(place.origin) ?? []), { path, actions, element }]);
  }
  return [...found].flatMap(([origin, paths]) => {
    const [first] = paths;
    if (!first) return [];
    const named = paths.map(({ path, actions }) => `${path.name} (${actions.join(" + ")})`);
    const message = `this role could ${first.path.yields}: by ${listed(named)}; see ${first.path.source}`;
    return [{ message, origin: below(origin, first.element) }];
  });
}

/** By which statement a step can be taken, and by which of its actions. */
interface Taken {
  readonly by: AllowedStatement;
  readonly action: string;
}

type OpenSteps = ReadonlyMap<EscalationStep, readonly string[]>;

const noSteps: OpenSteps = new Map();
const openBefore = new WeakMap<ServiceReference, Map<string, OpenSteps>>();

/** The steps that a statement leaves open, with the actions that do. Equal statements are looked at once. */
function openSteps(statement: Statement, reference: ServiceReference): OpenSteps {
  const allowed = decisiveActions(statement, reference);
  if (allowed.size === 0) return noSteps;
  const known = openBefore.get(reference) ?? new Map<string, OpenSteps>();
  openBefore.set(reference, known);
  const text = statementText(statement);
  const before = known.get(text);
  if (before !== undefined) return before;
  const steps = escalationPaths
    .flatMap((path) => path.steps)
    .map((step) => [step, step.actions.filter((action) => allowed.has(action))] as const)
    .filter(([step, actions]) => actions.length > 0 && isOpen(statement, step));
  const open = new Map(steps);
  known.set(text, open);
  return open;
}

/** All that this file asks of a statement's actions. */
const decisive: readonly string[] = [
  ...new Set(escalationPaths.flatMap(({ steps }) => steps.flatMap(({ actions }) => actions))),
];

/** By the text of Action and NotAction: thousands of roles have the same ones. */
const allowedBefore = new WeakMap<ServiceReference, Map<string, ReadonlySet<string>>>();

/** By the statement itself, which roles share where it is one of `defaults`. */
const allowedOf = new WeakMap<Statement, ReadonlySet<string>>();

/**
 * The decisive actions that a statement allows, by more than a `*` for everything: of that, G01 says all there is to
 * say.
 */
function decisiveActions(statement: Statement, reference: ServiceReference): ReadonlySet<string> {
  const known = allowedBefore.get(reference) ?? new Map<string, ReadonlySet<string>>();
  allowedBefore.set(reference, known);
  const same = allowedOf.get(statement);
  if (same !== undefined) return same;
  const text = JSON.stringify([statement.Action, statement.NotAction]);
  const before = known.get(text);
  if (before !== undefined) return before;
  const allowed = new Set(decisive.filter((action) => allowsAction(statement, action)));
  known.set(text, allowed);
  allowedOf.set(statement, allowed);
  return allowed;
}

function allowsAction({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (pattern: string): boolean => matchesAction(pattern, action);
  if (NotAction !== undefined) return !many(NotAction).some(matches);
  return many(Action).some((pattern) => !namesEveryAction(pattern) && matches(pattern));
}

/** Does a statement leave a step open, on a resource that matters? What is not certain to be harmless counts. */
function isOpen(statement: Statement, step: EscalationStep): boolean {
  if (step.boundBy.some((key) => keepsFromAdministrators(statement, key))) return false;
  if (step.namedBy.some((key) => namesPolicies(statement, key))) return false;
  if (step.harmlessWhenNamed && resourceBound(statement.Condition) === "some") return false;
  if (step.passedTo !== null && !isPassedTo(statement, step.passedTo)) return false;
  return resourcesOf(statement).some(
    (resource) =>
      !isOfUsersOnly(resource) &&
      arnsMeet(resource, step.resource) &&
      !(step.harmlessWhenNamed && isNamed(resource)),
  );
}

/** Resources whose last part nobody chooses: an id of a stack or task, a version of a function. */
const namedWithin = /^(?:stack\/[^*?/]+|(?:task|container-instance)\/[^*?/]+)\/\*$|^function:[^*?:]+:\*$/;

/** Does a pattern end in the name of one resource? Partition, region and account may be open. */
function isNamed(resource: string): boolean {
  const name = openPattern(resource).split(":").slice(5).join(":");
  return name !== "" && (!/[*?]/.test(name) || namedWithin.test(name));
}

/** Does a condition keep to policies by their names, so that none of them can be made up? */
function namesPolicies({ Condition }: Statement, key: string): boolean {
  return requiredValues(Condition, key).some(
    (values) => values.length > 0 && values.every((value) => value !== "" && isPolicyNamed(value)),
  );
}

/** AWS's own policies are there already, by whatever pattern. */
function isPolicyNamed(arn: string): boolean {
  return /^arn:[^:]*:iam::aws:/.test(arn) || isNamed(arn);
}

function isPassedTo(statement: Statement, service: string): boolean {
  const principals = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"].map(
    (domain) => `${service}.${domain}`,
  );
  return requiredValues(statement.Condition, "iam:passedtoservice").every((values) =>
    values.some((value) => principals.some((p) => matchesPattern(value.toLowerCase(), p, textOnly))),
  );
}
