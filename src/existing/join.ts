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
  const names = new Map<string, Alike>();
  for (const role of roles) {
    if (role.name === null) {
      result.push({ parts: [role], arn: role.arn, trust: role.trust });
      continue;
    }
    // IAM tells no two names apart by case.
    const name = role.name.toLowerCase();
    const alike = names.get(name) ?? new Alike();
    names.set(name, alike);
    const before = alike.joinable(role);
    if (before === undefined) {
      const gathered: Gathered = { parts: [role], arn: role.arn, trust: role.trust };
      alike.add(gathered);
      result.push(gathered);
      continue;
    }
    alike.remove(before);
    before.parts.push(role);
    before.arn ??= role.arn;
    before.trust ??= role.trust;
    alike.add(before);
  }
  return result.map(({ parts }) => joined(parts));
}

/** What files show of one role, in their order. */
interface Gathered {
  readonly parts: ExistingRole[];
  arn: string | null;
  trust: ExistingDocument | null;
}

/** Roles of one name, found by what {@link isJoinable} asks of them: a file may hold hundreds of thousands. */
class Alike {
  readonly #byFact = new Map<string, Set<Gathered>>();

  /** One that could be the same role. */
  joinable({ arn, trust }: ExistingRole): Gathered | undefined {
    const facts =
      trust === null
        ? arn === null
          ? ["any"]
          : ["any of null", `any of ${arn}`]
        : arn === null
          ? ["open"]
          : ["open of null", `open of ${arn}`, trusted(arn, trust)];
    return facts.flatMap((fact) => [...firstOf(this.#byFact.get(fact))])[0];
  }

  add(role: Gathered): void {
    for (const fact of factsOf(role)) {
      const alike = this.#byFact.get(fact) ?? new Set<Gathered>();
      this.#byFact.set(fact, alike.add(role));
    }
  }

  remove(role: Gathered): void {
    for (const fact of factsOf(role)) this.#byFact.get(fact)?.delete(role);
  }
}

function firstOf(roles: ReadonlySet<Gathered> | undefined): readonly Gathered[] {
  for (const role of roles ?? []) return [role];
  return [];
}

function factsOf({ arn, trust }: Gathered): readonly string[] {
  const facts = ["any", `any of ${String(arn)}`];
  if (trust === null) return [...facts, "open", `open of ${String(arn)}`];
  return arn === null ? facts : [...facts, trusted(arn, trust)];
}

function trusted(arn: string, trust: ExistingDocument): string {
  return `trust of ${JSON.stringify([arn, meaningOf(trust)])}`;
}

/** Could both be of one role? A role has one trust policy and is in one account: nothing may get lost. */
function isJoinable(a: ExistingRole, b: ExistingRole): boolean {
  const alike = new Alike();
  alike.add({ parts: [a], arn: a.arn, trust: a.trust });
  return alike.joinable(b) !== undefined;
}

const meanings = new WeakMap<ExistingDocument, string>();

/** A document without what two tools write differently: order, and lists of one. */
function meaningOf(document: ExistingDocument): string {
  const before = meanings.get(document);
  if (before !== undefined) return before;
  const { policy, version, problems } = readDocument(document.value);
  const meaning = JSON.stringify(
    problems.length > 0 ? document.value : [version, canonicalDocument(policy.Statement)],
  );
  meanings.set(document, meaning);
  return meaning;
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
    permissions: parts.flatMap(({ permissions }) => permissions),
    managedPolicies: parts.flatMap(({ managedPolicies }) => managedPolicies),
  };
}
