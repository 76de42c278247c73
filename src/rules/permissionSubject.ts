import type { PolicyDocument } from "../model/policyDocument";
import type { ServiceReference } from "../policy";
import type { PermissionSubject, RoleSubject } from "./rule";

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
  const statements = role.statements.map(({ statement }) => statement);
  return {
    written: [
      {
        policy: { Version: "2012-10-17", Statement: statements },
        origins: role.statements.map(({ origin }) => origin),
      },
    ],
    granted: grantedBeside(role.permissionPolicy, statements),
    managedPolicies: role.managedPolicies.map((arn) => ({ arn, origin: role.managedPoliciesOrigin })),
    roleArn: role.arn,
    permissionsBoundary: role.permissionsBoundary,
    identityProviderArns: account.identityProviders.map((provider) => provider.arn),
    account: { id: account.id, partition: account.partition },
    wideTrust,
    reference,
  };
}

/** A policy without the statements that were written raw: what is left comes from grants. */
function grantedBeside(
  policy: PolicyDocument | null,
  written: PolicyDocument["Statement"],
): PolicyDocument | null {
  if (policy === null) return null;
  const raw = new Set(written.map((statement) => JSON.stringify(statement)));
  const granted = policy.Statement.filter((statement) => !raw.has(JSON.stringify(statement)));
  return granted.length === 0 ? null : { Version: policy.Version, Statement: granted };
}
