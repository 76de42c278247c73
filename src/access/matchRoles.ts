import type { AccessRole } from "./accessRole";

/** Roles of two sides, those together that are taken for the same. */
export interface MatchedRoles {
  /** Old and new; those that mean the same are left out. */
  readonly pairs: readonly (readonly [AccessRole, AccessRole])[];
  readonly removed: readonly AccessRole[];
  readonly added: readonly AccessRole[];
}

/**
 * What makes two roles the same, the surest first. An ARN comes before a meaning: policies of resources name roles by
 * their ARN, and whoever takes over another role's gains what they give.
 */
const keys: readonly ((role: AccessRole) => string)[] = Object.freeze([
  (role) => JSON.stringify([role.arn, meaningOf(role)]),
  ({ arn }) => arn,
  (role) => meaningOf(role),
  ({ account, entry, issuers }) => JSON.stringify([account.id, entry?.kind, entry?.url, issuers]),
  ({ account, entry }) => JSON.stringify([account.id, entry?.kind, entry?.url]),
  ({ account, trustPolicy }) => JSON.stringify([account.id, trustPolicy]),
]);

/** Pairs the roles of two sides, renamed ones too. */
export function matchRoles(before: readonly AccessRole[], after: readonly AccessRole[]): MatchedRoles {
  let [removed, added] = [before, after];
  const pairs: (readonly [AccessRole, AccessRole])[] = [];
  for (const key of keys) {
    const waiting = new Map<string, AccessRole[]>();
    for (const role of removed) {
      const others = waiting.get(key(role));
      if (others === undefined) waiting.set(key(role), [role]);
      else others.push(role);
    }
    const paired = new Set<AccessRole>();
    added = added.filter((role) => {
      const old = waiting.get(key(role))?.shift();
      if (old === undefined) return true;
      paired.add(old);
      if (meaningOf(old) !== meaningOf(role)) pairs.push([old, role]);
      return false;
    });
    removed = removed.filter((role) => !paired.has(role));
  }
  return { pairs, removed, added };
}

/** Everything that a role gives, and to whom. */
function meaningOf(role: AccessRole): string {
  const { account, trustPolicy, statements, managedPolicies, permissionsBoundary } = role;
  const { sessionSeconds, maxSessionSeconds, expires, sourceCidrs, arn, tags } = role;
  return JSON.stringify([
    ...[account.id, trustPolicy, statements, managedPolicies, permissionsBoundary],
    ...[sessionSeconds, maxSessionSeconds, expires, sourceCidrs],
    ...(/aws:(principal|user)/i.test(JSON.stringify(statements)) ? [arn, Object.entries(tags)] : []),
  ]);
}
