import type { ExistingAccess, ExistingRole } from "../model/existing";

/**
 * One account out of several files: what they show of roles of one name belongs together, and so do two files that
 * show one role each, unless both say its name.
 */
export function joinAccess(parts: readonly ExistingAccess[]): ExistingAccess {
  const [first, second, ...others] = parts.map(({ roles }) => (roles.length === 1 ? roles[0] : undefined));
  const pair =
    first !== undefined &&
    second !== undefined &&
    others.length === 0 &&
    (first.name === null || second.name === null) &&
    isJoinable(first, second);
  return {
    roles: pair ? [joined(first, second)] : byName(parts.flatMap(({ roles }) => roles)),
    identityProviders: parts.flatMap((part) => part.identityProviders),
  };
}

function byName(roles: readonly ExistingRole[]): readonly ExistingRole[] {
  const result: ExistingRole[] = [];
  const places = new Map<string, number[]>();
  for (const role of roles) {
    // IAM tells no two names apart by case.
    const alike = role.name === null ? [] : (places.get(role.name.toLowerCase()) ?? []);
    const place = alike.find((i) => result[i] !== undefined && isJoinable(result[i], role));
    const before = place === undefined ? undefined : result[place];
    if (place !== undefined && before !== undefined) {
      result[place] = joined(before, role);
      continue;
    }
    if (role.name !== null) places.set(role.name.toLowerCase(), [...alike, result.length]);
    result.push(role);
  }
  return result;
}

/** Could both be of one role? A role has one trust policy and is in one account: nothing may get lost. */
function isJoinable(a: ExistingRole, b: ExistingRole): boolean {
  return (a.trust === null || b.trust === null) && (a.arn === null || b.arn === null || a.arn === b.arn);
}

function joined(a: ExistingRole, b: ExistingRole): ExistingRole {
  return {
    name: a.name ?? b.name,
    origin: a.origin,
    arn: a.arn ?? b.arn,
    path: a.path ?? b.path,
    description: a.description ?? b.description,
    maxSessionDuration: a.maxSessionDuration ?? b.maxSessionDuration,
    permissionsBoundary: a.permissionsBoundary ?? b.permissionsBoundary,
    tags: { ...b.tags, ...a.tags },
    trust: a.trust ?? b.trust,
    permissions: [...a.permissions, ...b.permissions],
    managedPolicies: [...a.managedPolicies, ...b.managedPolicies],
  };
}
