import type { WrittenStatement } from "../model/accessModel";
import type { PolicyDocument } from "../model/policyDocument";
import type { ServiceReference } from "../policy";
import type { PermissionSubject, RoleSubject, WrittenPolicy } from "./rule";
import { statementText } from "./statementJudge";

/**
 * What people wrote for a role of a manifest: its raw statements and managed policies, with what its grants allow
 * beside them. Null where it has neither: grants alone need no judge.
 */
export function permissionSubject(
  { role, account }: RoleSubject,
  wideTrust: readonly string[],
  reference: ServiceReference,
): PermissionSubject | null {
  if (role.statements.length === 0 && role.managedPolicies.length === 0) return null;
  const written = writtenPolicy(role.statements);
  return {
    written: [written],
    granted: grantedBeside(role.permissionPolicy, written.policy.Statement),
    managedPolicies: role.managedPolicies.map((arn) => ({ arn, origin: role.managedPoliciesOrigin })),
    roleArn: role.arn,
    roleTags: role.tags,
    permissionsBoundary: role.permissionsBoundary,
    ownPolicies: role.policies.managed.map((policy) => policy.arn),
    identityProviderArns: account.identityProviders.map((provider) => provider.arn),
    account: { id: account.id, partition: account.partition },
    wideTrust,
    reference,
  };
}

/** By the list of statements: roles share that of `defaults`. */
const writtenBefore = new WeakMap<readonly WrittenStatement[], WrittenPolicy>();

function writtenPolicy(statements: readonly WrittenStatement[]): WrittenPolicy {
  const before = writtenBefore.get(statements);
  if (before !== undefined) return before;
  const written: WrittenPolicy = {
    policy: { Version: "2012-10-17", Statement: statements.map(({ statement }) => statement) },
    origins: statements.map(({ origin }) => origin),
    items: statements.map(({ itemsOrigin }) => itemsOrigin),
  };
  writtenBefore.set(statements, written);
  return written;
}

/** By the policy, which roles share as well. */
const grantedBefore = new WeakMap<PolicyDocument, PolicyDocument | "none">();

/** A policy without the statements that were written raw: what is left comes from grants. */
function grantedBeside(
  policy: PolicyDocument | null,
  written: PolicyDocument["Statement"],
): PolicyDocument | null {
  if (policy === null) return null;
  const before = grantedBefore.get(policy);
  if (before !== undefined) return before === "none" ? null : before;
  const raw = new Set(written.map(statementText));
  const Statement = policy.Statement.filter((statement) => !raw.has(statementText(statement)));
  const granted = Statement.length === 0 ? null : { Version: policy.Version, Statement };
  grantedBefore.set(policy, granted ?? "none");
  return granted;
}
