import { below, type Origin } from "../../diagnostics";
import { dnsSuffixes, partitions } from "../../model/partitions";
import type { Statement } from "../../model/policyDocument";
import {
  arnsMeet,
  many,
  matchesPattern,
  namesEveryAction,
  openPattern,
  comparisonsOf,
  resourceBound,
  resourcesOf,
  textOnly,
} from "../../policy";
import type { Denials, JudgedRole } from "../judgedRole";
import { listed, type Observation, rulesOf, type Rule } from "../rule";
import { escalationPaths, type EscalationStep } from "./escalationPaths";
import { keepsFromAdministrators } from "./managedPolicies";
import { allows, isDenied, isOfUsersOnly, remembered } from "./statements";

/** Rules about the sum of what a role may do. */
export const escalationRules: readonly Rule[] = rulesOf({
  G04: {
    severity: "error",
    waivable: true,
    title: "permissions that together allow an escalation",
    remedy: "remove one of the actions, or name the role or resource that it is for",
    // A path is reported wherever the first of its steps is that somebody wrote: grants alone are no finding.
    role: (role) => {
      const openings = openingsOf(role);
      if (openings.length === 0) return [];
      const complete = escalationPaths.flatMap((path) => {
        const taken = path.steps.map((step) => openings.filter(({ steps }) => steps.has(step)));
        const written = taken.findIndex(([first]) => first?.origin);
        return taken.some((by) => by.length === 0) ? [] : [{ path, taken, written }];
      });
      // Each statement that opens this step is a finding of its own: who accepts one has not seen the others.
      return openings.flatMap((place): readonly Observation[] => {
        const { statement, origin } = place;
        const begun = complete.filter(({ taken, written }) => taken[written]?.includes(place));
        const [first] = begun;
        if (first === undefined || origin === null) return [];
        const named = begun.map(({ path, taken, written }) => {
          const by = taken.map(([one], i) => (i === written ? place : one));
          const actions = path.steps.map((step, i) => by[i]?.steps.get(step)?.[0]);
          return `${path.name} (${actions.join(" + ")})`;
        });
        const message = `this role could ${first.path.yields}: by ${listed(named)}; see ${first.path.source}`;
        return [
          { message, origin: below(origin, statement.NotAction === undefined ? "Action" : "NotAction") },
        ];
      });
    },
  },
});

/** A statement that leaves steps open, each with the actions that do; without a place it comes from grants. */
interface Opening {
  readonly statement: Statement;
  readonly origin: Origin | null;
  readonly steps: ReadonlyMap<EscalationStep, readonly string[]>;
}

/** The statements that leave steps open: those that somebody wrote, and behind them those of grants. */
function openingsOf(role: JudgedRole): readonly Opening[] {
  const { statements, denials, access } = role;
  if (statements.length === 0) return [];
  const raw = new Set(statements.map(({ text }) => text));
  const granted = (access.made?.permissionPolicy?.Statement ?? [])
    .map((statement) => ({ statement, origin: null, text: JSON.stringify(statement) }))
    .filter(({ text }) => !raw.has(text));
  return [...statements, ...granted]
    .map(({ statement, origin, text }) => {
      const steps = remembered(role, openSteps, text, () => openSteps(statement, denials));
      return { statement, origin, steps };
    })
    .filter(({ steps }) => steps.size > 0);
}

const everyStep: readonly EscalationStep[] = escalationPaths.flatMap(({ steps }) => steps);
const stepActions: ReadonlySet<string> = new Set(
  everyStep.flatMap(({ actions }) => actions.map((action) => action.toLowerCase())),
);
/** Of a list of a thousand actions, few are. */
const mayBeStep = (pattern: string): boolean =>
  /[*?]/.test(pattern) ? !namesEveryAction(pattern) : stepActions.has(pattern.toLowerCase());

/** By more than a `*` for everything: of that, G01 says all there is to say. */
function openSteps(statement: Statement, denials: Denials): Opening["steps"] {
  const named = many(statement.Action).filter(mayBeStep);
  const specific = statement.NotAction === undefined ? { ...statement, Action: named } : statement;
  const open = everyStep.map((step) => {
    const isOpenBy = (action: string): boolean =>
      allows(specific, action) && isOpen(statement, step, action, denials);
    return [step, step.actions.filter(isOpenBy)] as const;
  });
  return new Map(open.filter(([, actions]) => actions.length > 0));
}

/** Does a statement leave a step open, on a resource that matters? What is not certain to be harmless counts. */
function isOpen(statement: Statement, step: EscalationStep, action: string, denials: Denials): boolean {
  const { boundBy, namedBy, harmlessWhenNamed, passedTo } = step;
  if (boundBy.some((key) => keepsFromAdministrators(statement, key))) return false;
  if (namedBy.some((key) => namesPolicies(statement, key))) return false;
  if (harmlessWhenNamed && resourceBound(statement.Condition) === "some") return false;
  if (passedTo !== null && !isPassedTo(statement, passedTo)) return false;
  return resourcesOf(statement).some(
    (resource) =>
      !isOfUsersOnly(resource) &&
      arnsMeet(resource, step.resource) &&
      !(harmlessWhenNamed && isNamed(resource)) &&
      !isDenied(denials, action, [resource]),
  );
}

/** Resources whose last part nobody chooses: an id of a stack or task, a version of a function. */
const namedWithin = /^(?:stack\/[^*?/]+|(?:task|container-instance)\/[^*?/]+)\/\*$|^function:[^*?:]+:\*$/;

/** Does a pattern end in the name of one resource? Partition, region and account may be open. */
function isNamed(resource: string): boolean {
  const name = openPattern(resource).split(":").slice(5).join(":");
  return name !== "" && (!/[*?]/.test(name) || namedWithin.test(name));
}

/** Does a condition keep to policies by their names, so that none can be made up? AWS's own are there already. */
function namesPolicies({ Condition }: Statement, key: string): boolean {
  return comparisonsOf(Condition, key).some(
    ({ values }) =>
      values.length > 0 && values.every((arn) => /^arn:[^:]*:iam::aws:/.test(arn) || isNamed(arn)),
  );
}

function isPassedTo(statement: Statement, service: string): boolean {
  const principals = partitions.flatMap((p) => dnsSuffixes[p]).map((domain) => `${service}.${domain}`);
  return comparisonsOf(statement.Condition, "iam:passedtoservice").every(({ values }) =>
    values.some((value) => principals.some((p) => matchesPattern(value.toLowerCase(), p, textOnly))),
  );
}
