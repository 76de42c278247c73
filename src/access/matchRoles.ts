import type { AccessRole } from "./accessRole";
import { callerIn } from "./atoms";

/** Roles of two sides, those together that are taken for the same. */
export interface MatchedRoles {
  /** Old and new; those that mean the same are left out. */
  readonly pairs: readonly (readonly [AccessRole, AccessRole])[];
  readonly removed: readonly AccessRole[];
  readonly added: readonly AccessRole[];
}

/** Pairs the roles of two sides, renamed ones too. */
export function matchRoles(before: readonly AccessRole[], after: readonly AccessRole[]): MatchedRoles {
  const meanings = new Map([...before, ...after].map((role) => [role, meaningOf(role)]));
  // The surest first. An ARN comes before a meaning: policies of resources name roles by their ARN, and whoever takes
  // over another role's gains what they give.
  const keys: readonly ((role: AccessRole) => string | undefined)[] = [
    (role) => `${role.arn} ${meanings.get(role) ?? ""}`,
    ({ arn }) => arn,
    (role) => meanings.get(role),
    ({ account, entry, issuers }) => JSON.stringify([account.id, entry?.kind, entry?.url, issuers]),
    ({ account, entry }) => JSON.stringify([account.id, entry?.kind, entry?.url]),
    ({ account, trustPolicy }) => JSON.stringify([account.id, trustPolicy]),
  ];
  let [removed, added] = [before, after];
  const pairs: (readonly [AccessRole, AccessRole])[] = [];
  for (const keyOf of keys) {
    const waiting = new Map<string | undefined, AccessRole[]>();
    for (const role of removed) {
      const key = keyOf(role);
      const others = waiting.get(key);
      if (others === undefined) waiting.set(key, [role]);
      else others.push(role);
    }
    added = added.filter((role) => {
      const old = waiting.get(keyOf(role))?.shift();
      if (old !== undefined && meanings.get(old) !== meanings.get(role)) pairs.push([old, role]);
      return old === undefined;
    });
    removed = [...waiting.values()].flat();
  }
  return { pairs, removed, added };
}

/** Everything that a role gives, and to whom. */
function meaningOf(role: AccessRole): string {
  const { account, trustPolicy, statements, managedPolicies, permissionsBoundary } = role;
  const { sessionSeconds, expires, sourceCidrs } = role;
  return JSON.stringify([
    ...[account.id, trustPolicy, statements, managedPolicies, permissionsBoundary],
    ...[sessionSeconds, expires, sourceCidrs, callerIn(statements, role)],
  ]);
}
