import type { ExistingAccess, ExistingDocument, ExistingRole } from "../model/existing";
import { canonicalDocument, readDocument } from "../policy";

/**
 * One account out of several files: what they show of roles of one name belongs together, and so do two files that
 * show one role each, unless both say its name.
 */
export function joinAccess(parts: readonly ExistingAccess[]): ExistingAccess {
  const [first, second, ...others] = parts.map(({ roles }) => (roles.length === 1 ? roles[0] : undefined));
  const isPair =
    first !== undefined &&
    second !== undefined &&
    others.length === 0 &&
    (first.name === null || second.name === null) &&
    isJoinable(first, second);
  return {
    roles: isPair ? [joined(first, second)] : byName(parts.flatMap(({ roles }) => roles)),
    identityProviders: parts.flatMap((part) => part.identityProviders),
  };
}

function byName(roles: readonly ExistingRole[]): readonly ExistingRole[] {
  const result: ExistingRole[] = [];
  const places = new Map<string, number[]>();
  for (const role of roles) {
    // IAM tells no two names apart by case.
    const alike = role.name === null ? [] : (places.get(role.name.toLowerCase()) ?? []);
    const at = alike.find((i) => isJoinable(result[i] ?? role, role));
    if (at !== undefined) result[at] = joined(result[at] ?? role, role);
    else alike.push(result.push(role) - 1);
    if (role.name !== null) places.set(role.name.toLowerCase(), alike);
  }
  return result;
}

/** Could both be of one role? A role has one trust policy and is in one account: nothing may get lost. */
function isJoinable(a: ExistingRole, b: ExistingRole): boolean {
  if (a.arn !== null && b.arn !== null && a.arn !== b.arn) return false;
  if (a.trust === null || b.trust === null) return true;
  return a.arn !== null && a.arn === b.arn && meaningOf(a.trust) === meaningOf(b.trust);
}

/** A document without what two tools write differently: order, and lists of one. */
function meaningOf(document: ExistingDocument): string {
  const { policy, version, problems } = readDocument(document.value);
  return JSON.stringify(
    problems.length > 0 ? document.value : [version, canonicalDocument(policy.Statement)],
  );
}

/** One role out of what two files show of it: the first that says something is believed. */
function joined(a: ExistingRole, b: ExistingRole): ExistingRole {
  const said = Object.fromEntries(Object.entries(a).filter(([, value]) => value !== null));
  return {
    ...b,
    ...(said as Partial<ExistingRole>),
    shown: new Set([...a.shown, ...b.shown]),
    tags: { ...b.tags, ...a.tags },
    permissions: distinct([...a.permissions, ...b.permissions], meaningOf),
    managedPolicies: distinct([...a.managedPolicies, ...b.managedPolicies], ({ arn }) => arn),
  };
}

/** The first of each: two files may show the same policy. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const keys = items.map(keyOf);
  return items.filter((_, i) => keys.indexOf(keys[i] ?? "") === i);
}
