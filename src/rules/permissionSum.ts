import { quote, type Origin } from "../diagnostics";
import type { Statement } from "../model/policyDocument";
import {
  arnsMeet,
  many,
  matchesAction,
  matchesPattern,
  namesEveryAction,
  requiredValues,
  resourceBound,
  resourcesOf,
  textOnly,
  type ServiceReference,
} from "../policy";
import { escalationPaths, type EscalationPath, type EscalationStep } from "./escalation";
import { below, type Observation, type PermissionSubject, type Rule } from "./rule";
import { policyEdits, providerEdits, roleEdits } from "./sensitiveActions";
import { denialsOf, isDenied, isOfUsersOnly, listed } from "./statementJudge";

/** Rules about the sum of what a role may do. */
export const sumRules = Object.freeze({
  G04: {
    id: "G04",
    severity: "error",
    waivableError: true,
    title: "permissions that together yield more",
    why: "whoever has the role can turn it into one that may do more than anybody wrote down",
    remedy:
      "take one of the actions away, name the role or resource that it is for, or accept G04 with a reason",
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
    remedy: "attach a policy for what the workspace does, use grants, or accept G10 with a reason",
    permissions: ({ managedPolicies }) =>
      managedPolicies
        .filter(({ arn }) => isForAdministrators(arn))
        .map(({ arn, origin }) => ({ message: `the managed policy is ${quote(arn)}`, origin })),
  },
} as const satisfies Record<string, Rule>);

const administratorPolicies: readonly string[] = Object.freeze([
  ...["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"],
]);

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
  const denials = denialsOf(subject.written.map((w) => w.policy));
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
  const text = JSON.stringify(statement);
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
  ...new Set([
    ...escalationPaths.flatMap(({ steps }) => steps.flatMap(({ actions }) => actions)),
    ...[...roleEdits, ...policyEdits, ...providerEdits],
  ]),
];

/** By the text of Action and NotAction: thousands of roles have the same ones. */
const allowedBefore = new WeakMap<ServiceReference, Map<string, ReadonlySet<string>>>();

/**
 * The decisive actions that a statement allows, by more than a `*` for everything: of that, G01 says all there is to
 * say.
 */
function decisiveActions(statement: Statement, reference: ServiceReference): ReadonlySet<string> {
  const known = allowedBefore.get(reference) ?? new Map<string, ReadonlySet<string>>();
  allowedBefore.set(reference, known);
  const text = JSON.stringify([statement.Action, statement.NotAction]);
  const before = known.get(text);
  if (before !== undefined) return before;
  const allowed = new Set(decisive.filter((action) => allowsAction(statement, action)));
  known.set(text, allowed);
  return allowed;
}

function allowsAction({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (pattern: string): boolean => matchesAction(pattern, action);
  if (NotAction !== undefined) return !many(NotAction).some(matches);
  return many(Action).some((pattern) => !namesEveryAction(pattern) && matches(pattern));
}

/** Does a statement leave a step open, on a resource that matters? What is not certain to be harmless counts. */
function isOpen(statement: Statement, step: EscalationStep): boolean {
  if (step.boundBy.some((key) => isBoundBy(statement, key))) return false;
  if (step.harmlessWhenNamed && resourceBound(statement.Condition) === "some") return false;
  if (step.passedTo !== null && !isPassedTo(statement, step.passedTo)) return false;
  return resourcesOf(statement).some(
    (resource) =>
      !isOfUsersOnly(resource) &&
      arnsMeet(resource, step.resource) &&
      !(step.harmlessWhenNamed && isNamed(resource)),
  );
}

/** Does a condition keep to policies or boundaries of which none is for administrators? */
function isBoundBy({ Condition }: Statement, key: string): boolean {
  const all = ["aws", "aws-cn", "aws-us-gov", "aws-eusc"].flatMap((partition) =>
    administratorPolicies.map((name) => `arn:${partition}:iam::aws:policy/${name}`),
  );
  return requiredValues(Condition, key).some(
    (values) => !values.some((value) => all.some((arn) => matchesPattern(value, arn, textOnly))),
  );
}

/** Does a pattern end in the name of one resource? Partition, region and account may be open. */
function isNamed(resource: string): boolean {
  const name = resource.split(":").slice(5).join(":");
  return name !== "" && !/[*?]/.test(name.replace(/\$\{[^}]*\}/g, ""));
}

function isPassedTo(statement: Statement, service: string): boolean {
  const principals = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"].map(
    (domain) => `${service}.${domain}`,
  );
  return requiredValues(statement.Condition, "iam:passedtoservice").every((values) =>
    values.some((value) => principals.some((p) => matchesPattern(value.toLowerCase(), p, textOnly))),
  );
}

/** What is the role's own, and what changes it. */
function ownEdits(subject: PermissionSubject): readonly Observation[] {
  const denials = denialsOf(subject.written.map((w) => w.policy));
  const policies = [subject.permissionsBoundary, ...subject.managedPolicies.map((m) => m.arn)].filter(
    (arn) => arn !== null && !/^arn:[^:]*:iam::aws:/.test(arn),
  ) as readonly string[];
  const unknown = `arn:${subject.account?.partition ?? "aws"}:iam::${subject.account?.id ?? "000000000000"}`;
  const targets = [
    { what: "itself", edits: roleEdits, arns: [subject.roleArn ?? `${unknown}:role/\u{e000}`] },
    { what: "its own policies or boundary", edits: policyEdits, arns: policies },
    {
      what: "the identity provider that it trusts",
      edits: providerEdits,
      arns:
        subject.identityProviderArns.length > 0
          ? subject.identityProviderArns
          : [`${unknown}:oidc-provider/\u{e000}`],
    },
  ];
  return statementsOf({ ...subject, granted: null }).flatMap(({ statement, origin }) => {
    if (origin === null || resourceBound(statement.Condition) === "some") return [];
    const allowed = decisiveActions(statement, subject.reference);
    return targets.flatMap(({ what, edits, arns }) => {
      const actions = edits.filter(
        (action) =>
          allowed.has(action) && !isDenied(denials, action) && isOpenOn(statement, action, arns, subject),
      );
      return actions.length === 0
        ? []
        : [
            {
              message: `this role can change ${what}, by ${listed(actions)}`,
              origin: below(origin, "Resource"),
            },
          ];
    });
  });
}

function isOpenOn(
  statement: Statement,
  action: string,
  arns: readonly string[],
  { written }: PermissionSubject,
): boolean {
  if (isBoundBy(statement, "iam:permissionsboundary")) return false;
  const matches = (patterns: readonly string[], arn: string): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, arn, textOnly));
  const spared = (arn: string): boolean =>
    written.some(({ policy }) =>
      policy.Statement.some(
        (s) =>
          s.Effect === "Deny" &&
          Object.keys(s.Condition ?? {}).length === 0 &&
          many(s.Action).some((pattern) => matchesAction(pattern, action)) &&
          matches(many(s.Resource), arn),
      ),
    );
  const named = (arn: string): boolean =>
    statement.NotResource === undefined
      ? matches(many(statement.Resource), arn)
      : !matches(many(statement.NotResource), arn);
  return arns.some((arn) => named(arn) && !spared(arn));
}
