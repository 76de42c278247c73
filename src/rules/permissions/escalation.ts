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
import { listed, type Observation, type Rule } from "../rule";
import { keepsFromAdministrators } from "./boundary";
import { escalationPaths, type EscalationPath, type EscalationStep } from "./escalationPaths";
import { allowedBy, grantedBeside, isDenied, isOfUsersOnly, remembered } from "./statements";

/** Rules about the sum of what a role may do. */
export const escalationRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G04",
    severity: "error",
    waivable: true,
    title: "permissions that together allow an escalation",
    why: "whoever has the role can gain permissions that nobody gave it",
    remedy: "remove one of the actions, or name the role or resource that it is for",
    role: escalations,
  },
]);

/** Steps that a statement leaves open, with the actions that do. */
type OpenSteps = ReadonlyMap<EscalationStep, readonly string[]>;

/** A statement that leaves steps open, with its place; null for what grants allow. */
interface Opening {
  readonly statement: Statement;
  readonly origin: Origin | null;
  readonly steps: OpenSteps;
}

/** A path is reported wherever the first of its steps is that somebody wrote: grants alone are no finding. */
function escalations(role: JudgedRole): readonly Observation[] {
  const { statements, denials, access } = role;
  if (statements.length === 0) return [];
  const granted = access.permissionPolicy === null ? [] : grantedBeside(access.permissionPolicy, statements);
  const openings = [
    ...statements,
    ...granted.map((statement) => ({ statement, origin: null, text: JSON.stringify(statement) })),
  ]
    .map(({ statement, origin, text }): Opening => {
      const steps = remembered(role, openSteps, text, () => openSteps(statement, denials));
      return { statement, origin, steps };
    })
    .filter(({ steps }) => steps.size > 0);
  const found = new Map<Opening, { path: EscalationPath; actions: readonly string[] }[]>();
  for (const path of openings.length === 0 ? [] : escalationPaths) {
    const taken = path.steps.map((step) => openings.filter((by) => by.steps.has(step)));
    const written = taken.findIndex(([first]) => first?.origin);
    if (written < 0 || taken.some((by) => by.length === 0)) continue;
    // Each statement that opens this step is a finding of its own: who accepts one has not seen the others.
    for (const place of taken[written] ?? []) {
      if (place.origin === null) continue;
      const actions = path.steps.flatMap((step, i) => {
        const by = i === written ? place : taken[i]?.[0];
        return by?.steps.get(step)?.[0] ?? [];
      });
      found.set(place, [...(found.get(place) ?? []), { path, actions }]);
    }
  }
  return [...found].flatMap(([{ statement, origin }, paths]) => {
    const [first] = paths;
    if (first === undefined || origin === null) return [];
    const named = paths.map(({ path, actions }) => `${path.name} (${actions.join(" + ")})`);
    const message = `this role could ${first.path.yields}: by ${listed(named)}; see ${first.path.source}`;
    return [{ message, origin: below(origin, statement.NotAction === undefined ? "Action" : "NotAction") }];
  });
}

const everyStep: readonly EscalationStep[] = escalationPaths.flatMap(({ steps }) => steps);

/** By more than a `*` for everything: of that, G01 says all there is to say. */
function openSteps(statement: Statement, denials: Denials): OpenSteps {
  const Action =
    statement.NotAction === undefined
      ? many(statement.Action).filter((pattern) => !namesEveryAction(pattern))
      : undefined;
  const allows = allowedBy({ ...statement, Action });
  const open = everyStep.flatMap((step) => {
    const actions = step.actions.filter(
      (action) => allows(action) && isOpen(statement, step, action, denials),
    );
    return actions.length > 0 ? [[step, actions] as const] : [];
  });
  return new Map(open);
}

/** Does a statement leave a step open, on a resource that matters? What is not certain to be harmless counts. */
function isOpen(statement: Statement, step: EscalationStep, action: string, denials: Denials): boolean {
  if (step.boundBy.some((key) => keepsFromAdministrators(statement, key))) return false;
  if (step.namedBy.some((key) => namesPolicies(statement, key))) return false;
  if (step.harmlessWhenNamed && resourceBound(statement.Condition) === "some") return false;
  if (step.passedTo !== null && !isPassedTo(statement, step.passedTo)) return false;
  return resourcesOf(statement).some(
    (resource) =>
      !isOfUsersOnly(resource) &&
      arnsMeet(resource, step.resource) &&
      !(step.harmlessWhenNamed && isNamed(resource)) &&
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

/** Does a condition keep to policies by their names, so that none of them can be made up? */
function namesPolicies({ Condition }: Statement, key: string): boolean {
  return comparisonsOf(Condition, key).some(
    ({ values }) => values.length > 0 && values.every((value) => value !== "" && isPolicyNamed(value)),
  );
}

/** AWS's own policies are there already, by whatever pattern. */
function isPolicyNamed(arn: string): boolean {
  return /^arn:[^:]*:iam::aws:/.test(arn) || isNamed(arn);
}

function isPassedTo(statement: Statement, service: string): boolean {
  const principals = [...new Set(partitions.flatMap(dnsSuffixes))].map((domain) => `${service}.${domain}`);
  return comparisonsOf(statement.Condition, "iam:passedtoservice").every(({ values }) =>
    values.some((value) => principals.some((p) => matchesPattern(value.toLowerCase(), p, textOnly))),
  );
}
