import type { PolicyDocument } from "../model/policyDocument";
import { evaluatePermission, matchesAction, matchesPattern, textOnly } from "../policy";
import type { AccessRole } from "./accessRole";
import { rolePermissions, type Permission } from "./permissionWords";

/** Something that workspaces may do to a resource, or not. */
export interface ResourceQuestion {
  /** Its ARN. */
  readonly resource: string;
  /** `service:Name`; null: anything at all. */
  readonly action: string | null;
  /** ISO 8601. */
  readonly now: string;
}

/**
 * What of a role's permissions answers a question, decided by the evaluator; null where it may not. What a condition
 * decides that depends on the request, and what policies say that nobody read here, may be: the words say so.
 */
export function answer(role: AccessRole, question: ResourceQuestion): readonly Permission[] | null {
  const { expires, statements, managedPolicies, permissionsBoundary } = role;
  if (expires !== null && expires <= question.now.slice(0, expires.length)) return null;
  const bounded = permissionsBoundary === null ? [] : ["the boundary"];
  const asked = { ...question, resource: wholeArn(question.resource) };
  const found = rolePermissions(role).flatMap((permission): readonly Permission[] => {
    const { actions, resources } = permission.reach();
    if (permission.level === "denied" || !resources.some((r) => isMatch(r, asked.resource))) return [];
    const policy = { Version: "2012-10-17", Statement: statements() } as const;
    const verdicts = candidates(actions, asked).flatMap((action) => {
      const open = decide(policy, action, asked);
      return open === null ? [] : [{ action, open }];
    });
    if (verdicts.length === 0) return [];
    const open = [...new Set([...verdicts.flatMap((v) => v.open), ...bounded])];
    const words = `${permission.words}${open.length === 0 ? "" : ` (depends on ${open.join(", ")})`}`;
    const allowed = verdicts.map(({ action }) => action);
    return [{ ...permission, words, reach: () => ({ actions: allowed, resources }) }];
  });
  return found.length > 0 || managedPolicies.length > 0 ? found : null;
}

/** The ARN of a secret ends in six random characters, of which one at least is no small letter; people leave them out. */
function wholeArn(arn: string): string {
  const isCut = arn.split(":")[2] === "secretsmanager" && !/-(?![a-z]{6}$)[A-Za-z0-9?]{6}$/.test(arn);
  return isCut ? `${arn}-??????` : arn;
}

/** A resource of a policy; one with a variable may be anything that the rest of it matches. */
function isMatch(pattern: string, resource: string): boolean {
  return matchesPattern(pattern.replace(/\$\{[^*?$][^}]*\}/g, "*"), resource, textOnly);
}

/** The actions that are asked for: the question's own, or all that the permission names. */
function candidates(actions: readonly string[], { action, resource }: ResourceQuestion): readonly string[] {
  if (action !== null) return actions.some((pattern) => matchesAction(pattern, action)) ? [action] : [];
  const service = resource.split(":")[2] ?? "";
  return actions.map((pattern) => (pattern === "*" ? `${service}:*` : pattern));
}

/** The keys that a decision depends on, none where it is certain; null where the action is not allowed. */
function decide(
  policy: PolicyDocument,
  action: string,
  { resource, now }: ResourceQuestion,
): readonly string[] | null {
  const context = new Map([
    ["aws:currenttime", [now]],
    ["aws:securetransport", ["true"]],
  ]);
  const { allowed, denied, statements } = evaluatePermission(policy, { action, resource, context });
  if (denied) return null;
  // The keys that a statement waits for, and that nobody knows before the request.
  const openKeys = (effect: "Allow" | "Deny") =>
    statements.flatMap((mismatch, i) =>
      policy.Statement[i]?.Effect === effect && typeof mismatch === "object" && mismatch?.actual === null
        ? [mismatch.key]
        : [],
    );
  const unlocking = allowed ? [] : openKeys("Allow");
  return allowed || unlocking.length > 0 ? [...unlocking, ...openKeys("Deny")] : null;
}
