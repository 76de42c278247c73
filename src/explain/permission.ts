import { evaluatePermission, webIdentityContext } from "../policy";
import { grantLine } from "./grantLine";
import { yamlScalar } from "./lines";
import type { Place } from "./source";
import type { LoginAttempt, RoleVerdict } from "./verdict";

/** Something that a workspace wants to do once it has the role. */
export interface PermissionQuestion {
  /** `service:Action` */
  readonly action: string;
  /** ARN, or `*` for an action that takes no resource. */
  readonly resource: string;
}

/** Whether a role's policy lets it. */
export interface PermissionAnswer {
  /** Null where a managed policy, which nobody reads here, may allow it. */
  readonly allowed: boolean | null;
  /** In words: by what. */
  readonly reason: string;
  /** What to write where it is not allowed; null where it is, or no grant would help. */
  readonly remedy: string | null;
  /** ARNs of the policies that have a say in it, and were not read. */
  readonly unread: readonly string[];
}

/** Judges a question by the role's own policy; its managed policies and boundary are not at hand. */
export function permissionAnswer(
  { role, account }: RoleVerdict,
  question: PermissionQuestion,
  attempt: LoginAttempt,
  place: Place,
): PermissionAnswer {
  const { managedPolicies, permissionsBoundary, permissionPolicy } = role;
  const unread = [...managedPolicies, ...(permissionsBoundary === null ? [] : [permissionsBoundary])];
  if (question.action.toLowerCase() === "sts:getcalleridentity")
    return { allowed: true, reason: "it needs no permission", remedy: null, unread: [] };
  const provider = account.identityProviders.find((p) => p.issuer === attempt.issuer);
  const context = webIdentityContext(provider?.providerName ?? "", attempt.claims, attempt);
  const decision =
    permissionPolicy === null
      ? { allowed: false, denied: false }
      : evaluatePermission(permissionPolicy, { ...question, context });
  if (decision.denied)
    return { allowed: false, reason: "denied by a Deny of its policy", remedy: null, unread };
  if (decision.allowed) return { allowed: true, reason: "allowed by its policy", remedy: null, unread };
  const { mainManifest, origin } = role.entry;
  const grant = grantLine({ ...question, context }, account);
  const remedy =
    grant === null
      ? statementRemedy(question, mainManifest, place(origin))
      : `write under grants: ${grant} at ${place(origin)}`;
  return managedPolicies.length > 0
    ? { allowed: null, reason: "not allowed by its own policy; its managed ones may", remedy, unread }
    : { allowed: false, reason: "not allowed by its policy", remedy, unread };
}

/** The raw statement that allows it, where no grant does. */
function statementRemedy(
  { action, resource }: PermissionQuestion,
  mainManifest: boolean,
  at: string,
): string {
  const line = `- { Effect: Allow, Action: ${yamlScalar(action)}, Resource: ${yamlScalar(resource)} }`;
  return mainManifest
    ? `write under statements: ${line} at ${at}`
    : `move the entry from ${at} to the main manifest, which alone may have statements, and write there ${line}`;
}
