/** One thing that somebody must be allowed to do. */
export interface EscalationStep {
  /** Any one of these will do. In AWS's capitals. */
  readonly actions: readonly string[];
  /** Pattern of the ARNs on which it counts. */
  readonly resource: string;
  /** On a resource that is named without a wildcard it yields no more than its author meant to give. */
  readonly harmlessWhenNamed: boolean;
  /** Condition keys that, with a value, keep it from yielding more than meant. In lower case. */
  readonly boundBy: readonly string[];
  /** Condition keys of policies that, with names and no patterns, keep it from those that are made up. In lower case. */
  readonly namedBy: readonly string[];
  /** For `iam:PassRole`: the service that takes the role, without its domain. */
  readonly passedTo: string | null;
}

/** A step by its actions and the ARNs on which it counts. */
export function step(
  actions: readonly string[],
  resource: string,
  more: Partial<EscalationStep> = {},
): EscalationStep {
  return { actions, resource, harmlessWhenNamed: false, boundBy: [], namedBy: [], passedTo: null, ...more };
}

/** An action on IAM itself: the principal that it changes is all it takes. */
export function iam(action: string, type: string, boundBy: readonly string[] = []): EscalationStep {
  return step([`iam:${action}`], `arn:*:iam::*:${type}/*`, { boundBy });
}

/** Attaches a policy that is made for it: only policies that are named are there before. */
export function attach(action: string, type: string, boundBy: readonly string[] = []): EscalationStep {
  return { ...iam(action, type, boundBy), namedBy: ["iam:policyarn"] };
}

/** Passing a role to a service, given without its domain. */
export function pass(service: string): EscalationStep {
  const bound = { harmlessWhenNamed: true, passedTo: service };
  return step(["iam:PassRole"], "arn:*:iam::*:role/*", bound);
}

/** Any one of these actions, on whatever resource of their service. */
export function any(...actions: readonly string[]): EscalationStep {
  return step(actions, `arn:*:${actions[0]?.split(":")[0] ?? ""}:*:*:*`);
}

/** Takes over what runs already: on one named resource, that is what a deployment does. */
export function takeOver(...actions: readonly string[]): EscalationStep {
  return { ...any(...actions), harmlessWhenNamed: true };
}

/** What counts is the instance, whatever else the action names beside it. */
export function onInstances(action: string): EscalationStep {
  return step([action], "arn:*:ec2:*:*:instance/*", { harmlessWhenNamed: true });
}
