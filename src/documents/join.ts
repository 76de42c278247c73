import type { ExistingAccess, ExistingDocument, ExistingRole } from "../model/existing";
import { canonicalDocument, readDocument } from "../policy";

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
    roles: pair ? [joined([first, second])] : byName(parts.flatMap(({ roles }) => roles)),
    identityProviders: parts.flatMap((part) => part.identityProviders),
  };
}

function byName(roles: readonly ExistingRole[]): readonly ExistingRole[] {
  const result: Gathered[] = [];
  const named = new Map<string, Gathered[]>();
  for (const role of roles) {
    // IAM tells no two names apart by case.
    const name = role.name?.toLowerCase();
    const alike = name === undefined ? [] : (named.get(name) ?? []);
    const found = alike.find((gathered) => isJoinable(gathered, role));
    if (found !== undefined) {
      found.parts.push(role);
      found.arn ??= role.arn;
      found.trust ??= role.trust;
      continue;
    }
    const gathered: Gathered = { parts: [role], arn: role.arn, trust: role.trust };
    result.push(gathered);
    alike.push(gathered);
    if (name !== undefined) named.set(name, alike);
  }
  return result.map(({ parts }) => joined(parts));
}

/** What files show of one role, in their order. */
interface Gathered {
  readonly parts: ExistingRole[];
  arn: string | null;
  trust: ExistingDocument | null;
}

type Identity = Pick<ExistingRole, "arn" | "trust">;

/** Could both be of one role? A role has one trust policy and is in one account: nothing may get lost. */
function isJoinable(a: Identity, b: Identity): boolean {
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

/** One role out of what files show of it: the first that says something is believed. */
function joined(parts: readonly ExistingRole[]): ExistingRole {
  const [only] = parts;
  if (only === undefined) throw new Error("a role of no parts");
  if (parts.length === 1) return only;
  const first = <K extends keyof ExistingRole>(key: K): ExistingRole[K] =>
    (parts.find((part) => part[key] !== null) ?? only)[key];
  return {
    name: first("name"),
    origin: only.origin,
    shown: new Set(parts.flatMap(({ shown }) => [...shown])),
    arn: first("arn"),
    path: first("path"),
    description: first("description"),
    maxSessionDuration: first("maxSessionDuration"),
    permissionsBoundary: first("permissionsBoundary"),
    tags: Object.fromEntries(parts.toReversed().flatMap(({ tags }) => Object.entries(tags))),
    trust: first("trust"),
    permissions: distinct(
      parts.flatMap(({ permissions }) => permissions),
      meaningOf,
    ),
    managedPolicies: distinct(
      parts.flatMap(({ managedPolicies }) => managedPolicies),
      ({ arn }) => arn,
    ),
  };
}

/** The first of each: two files may show the same policy. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const before = seen.size;
    return seen.add(keyOf(item)).size > before;
  });
}
