import { firstOf } from "../diagnostics";
import { isWithinCidrs, merged } from "../policy";
import type { Access, AccessRole, Subjects } from "./accessRole";
import {
  atomsOf,
  audiencesOf,
  callerIn,
  coversTerm,
  subjectsOf,
  uncovered,
  type Atom,
  type Test,
} from "./atoms";
import { managedPermission, permissionsOf, reachOf, rolePermissions } from "./permissionWords";
import { durationWords, mayWords, type LineOf } from "./roleReport";
import { subjectsWords } from "./subjectWords";

/** What changes about a role, the worst first. */
const reasons = Object.freeze([
  ...(["role", "trust", "subjects", "permissions", "until", "from", "session"] as const),
]);

/** Who gains or loses what: an item of the JSON of `access --diff`. */
export interface Change {
  readonly change: "gains" | "loses";
  /** Name of the account. */
  readonly account: string;
  readonly role: string;
  readonly who: readonly string[];
  readonly what: readonly string[];
  readonly subjects: Subjects;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly why: (typeof reasons)[number];
  readonly file: string;
  readonly line: number;
}

/** A change before it is known whose it is. What is left out is the whole role's. */
type Difference = Pick<Change, "what" | "why"> &
  Partial<Pick<Change, "who" | "subjects" | "actions" | "resources">>;

interface Atoms {
  readonly allow: readonly Atom[];
  readonly deny: readonly Atom[];
}

/** A role, taken apart. */
interface Side extends AccessRole, Pick<Access, "hosts"> {
  readonly trust: Atoms;
  readonly permissions: Atoms;
}

/**
 * Who gains and who loses what, the worst first. A gain is whatever is not certain to be none. Roles that mean the same
 * are no change, whatever they are called and wherever they are written.
 */
export function accessChanges(
  before: Access,
  after: Access,
  lineOf: { readonly before: LineOf; readonly after: LineOf },
): readonly Change[] {
  const { pairs, removed, added } = matchRoles(before.roles, after.roles);
  const whole = (change: Change["change"], role: AccessRole, { hosts }: Access, line: LineOf) => {
    const side = sideOf(role, hosts);
    return placed(change, side, role, line, [{ what: permissionsWords(role), why: "role" }]);
  };
  const changes = [
    ...added.flatMap((role) => whole("gains", role, after, lineOf.after)),
    ...removed.flatMap((role) => whole("loses", role, before, lineOf.before)),
    ...pairs.flatMap(([old, now]) => {
      const [o, n] = [sideOf(old, before.hosts), sideOf(now, after.hosts)];
      return [
        ...placed("gains", n, now, lineOf.after, differences(o, n, true)),
        ...placed("loses", o, now, lineOf.after, differences(n, o, false)),
      ];
    }),
  ];
  return changes
    .map((change) => ({ change, rank: rankOf(change) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map((c) => c.change);
}

/** Pairs the roles of two sides, renamed ones too; pairs that mean the same are left out. */
function matchRoles(before: readonly AccessRole[], after: readonly AccessRole[]) {
  const kept = unchanged(before, after);
  let removed = before.filter((role) => !kept.has(role));
  let added = after.filter((role) => !kept.has(role));
  const meanings = new Map([...removed, ...added].map((role) => [role, meaningOf(role)]));
  // The surest first. An ARN comes before a meaning: policies of resources name roles by their ARN, and whoever takes
  // over another role's gains what they give.
  const keys: readonly ((role: AccessRole) => string | undefined)[] = [
    (role) => `${role.arn} ${meanings.get(role) ?? ""}`,
    ({ arn }) => arn,
    (role) => meanings.get(role),
    ({ account, entry, issuers }) => JSON.stringify([account.id, entry?.kind, entry?.url, issuers]),
    ({ account, entry }) => JSON.stringify([account.id, entry?.kind, entry?.url]),
    ({ account, trustPolicy }) => JSON.stringify([account.id, trustPolicy()]),
  ];
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
    const left = new Set([...waiting.values()].flat());
    removed = removed.filter((role) => left.has(role));
  }
  return { pairs, removed, added };
}

/** The roles of both sides that have one ARN and mean the same: nearly all, so that no text of their meanings is kept. */
function unchanged(before: readonly AccessRole[], after: readonly AccessRole[]): ReadonlySet<AccessRole> {
  const byArn = new Map(before.map((role) => [role.arn, role]));
  const found = new Set<AccessRole>();
  for (const role of after) {
    const old = byArn.get(role.arn);
    if (old !== undefined && byArn.delete(role.arn) && meaningOf(old) === meaningOf(role))
      found.add(old).add(role);
  }
  return found;
}

/** Everything that a role gives, and to whom. */
function meaningOf(role: AccessRole): string {
  const { account, managedPolicies, permissionsBoundary } = role;
  const statements = role.statements();
  const { sessionSeconds, expires, sourceCidrs } = role;
  return JSON.stringify([
    ...[account.id, role.trustPolicy(), statements, managedPolicies, permissionsBoundary],
    ...[sessionSeconds, expires, sourceCidrs, callerIn(statements, role)],
  ]);
}

/** Differences of a side, under the name and place of a role. */
function placed(
  change: Change["change"],
  { admits, trust, permissions }: Side,
  { account, name, origin }: AccessRole,
  line: LineOf,
  found: readonly Difference[],
): readonly Change[] {
  return found.map(({ who = admits, what, subjects = subjectsOf(trust.allow), why, ...reach }): Change => ({
    ...{ change, account: account.name, role: name, who, what, subjects },
    ...{ ...reachOf(statementsOf(permissions.allow)), ...reach, why, file: origin.file, line: line(origin) },
  }));
}

/** A text that sorts the worst first, and else by account and role. */
function rankOf({ change, account, role, why, who, what, actions }: Change): string {
  const isWide =
    actions.some((action) => action.includes("*")) || who.some((words) => words.startsWith("any"));
  return JSON.stringify([change, !isWide, reasons.indexOf(why), account, role, who, what]);
}

function sideOf(role: AccessRole, hosts: Access["hosts"]): Side {
  const byEffect = (atoms: readonly Atom[]): Atoms => ({
    allow: atoms.filter(({ statement }) => statement.Effect === "Allow"),
    deny: atoms.filter(({ statement }) => statement.Effect === "Deny"),
  });
  const permissions = byEffect(atomsOf(role.statements(), role));
  return { ...role, trust: byEffect(trustAtoms(role)), permissions, hosts };
}

const statementsOf = (atoms: readonly Atom[]) => atoms.map(({ statement }) => statement);

/** A role's trust without what `expires` and `sourceCidrs` say of it: these are compared by themselves. */
function trustAtoms(role: AccessRole): readonly Atom[] {
  const isTerm = ({ operator, key, values }: Test) =>
    (operator === "datelessthan" &&
      key === "aws:currenttime" &&
      values.join() === `${role.expires ?? ""}T00:00:00Z`) ||
    (operator === "ipaddress" &&
      key === "aws:sourceip" &&
      [...values].sort().join() === [...role.sourceCidrs].sort().join());
  return atomsOf(role.trustPolicy().Statement, role).map((atom) =>
    atom.statement.Effect === "Deny" ? atom : { ...atom, tests: atom.tests.filter((test) => !isTerm(test)) },
  );
}

function permissionsWords(role: AccessRole): readonly string[] {
  return mayWords(rolePermissions(role), role.managedPolicies);
}

/** What `more` gives and `base` does not: a gain where `more` is the new one, else a loss. */
function differences(base: Side, more: Side, isGain: boolean): readonly Difference[] {
  return [
    ...trustDifferences(base, more, isGain),
    ...permissionDifferences(base, more, isGain),
    ...termDifferences(base, more, isGain),
  ];
}

/** Who gets in on one side alone: other subjects, or the same by another issuer, audience or condition. */
function trustDifferences(base: Side, more: Side, isGain: boolean): readonly Difference[] {
  const found = uncovered(more.trust.allow, base.trust.allow);
  const isKnown = ({ subject }: Atom) => base.trust.allow.some((atom) => coversTerm(atom.subject, subject));
  const difference = (atoms: readonly Atom[], why: "subjects" | "trust"): readonly Difference[] => {
    if (atoms.length === 0) return [];
    const [subjects, all] = [subjectsOf(atoms), subjectsOf(more.trust.allow)];
    const isAll = atoms.length === more.trust.allow.length;
    const who = isAll ? more.admits : subjectsWords(subjects, more.hosts, more.installation, all);
    return [{ who, what: why === "trust" ? tokensWords(atoms) : permissionsWords(more), subjects, why }];
  };
  const strangers = found.filter((atom) => !isKnown(atom));
  const lifted = uncovered(base.trust.deny, more.trust.deny);
  return [
    ...difference(strangers, "subjects"),
    ...difference(found.filter(isKnown), "trust"),
    ...lifted.map(({ subject: { text } }): Difference => {
      const refused = `refused: ${text === "*" ? "everybody" : text}`;
      return { what: [isGain ? `no longer ${refused}` : refused], why: "trust" };
    }),
  ];
}

/** Whose tokens are trusted, and for which audience. */
function tokensWords(atoms: readonly Atom[]): readonly string[] {
  const words = atoms.map((atom) => {
    const provider = atom.principal.text.replace(/^.*:oidc-provider\//, "");
    return `tokens of ${provider === "*" ? "anybody" : provider} for ${audiencesOf(atom).join(" or ")}`;
  });
  return [...new Set(words)];
}

/** What only one side allows, or only the other one denies. */
function permissionDifferences(base: Side, more: Side, isGain: boolean): readonly Difference[] {
  const found = uncovered(more.permissions.allow, base.permissions.allow);
  const lifted = uncovered(base.permissions.deny, more.permissions.deny);
  const attached = more.managedPolicies.filter((arn) => !base.managedPolicies.includes(arn));
  // Nobody has read it here: it may deny something.
  const detached = base.managedPolicies.filter(
    (arn) => isGain && !more.managedPolicies.includes(arn) && mayDeny(arn),
  );
  const denied = merged(statementsOf(lifted)).flatMap((s) => permissionsOf([s], more.account));
  const what = [
    ...allowedWords(found, base, more),
    ...denied.map(({ words }) => (isGain ? `no longer ${words}` : words)),
    ...attached.map((arn) => managedPermission(arn).words),
    ...detached.map((arn) => `what ${arn} may deny`),
  ];
  if (what.length === 0) return [];
  return [{ what, ...reachOf(statementsOf([...found, ...lifted])), why: "permissions" }];
}

function mayDeny(arn: string): boolean {
  return !/:iam::aws:policy\//.test(arn) || /Deny|Quarantine/.test(arn);
}

/**
 * What atoms allow, as the role's statements say it, since two entries may write the same differently; what is only part
 * of one, by itself.
 */
function allowedWords(found: readonly Atom[], base: AccessRole, more: AccessRole): readonly string[] {
  if (found.length === 0) return [];
  const before = new Set(permissionsOf(base.statements(), base.account).map(({ words }) => words));
  const permissions = permissionsOf(more.statements(), more.account).filter(
    (p) => p.level !== "denied" && !before.has(p.words),
  );
  const reaches = permissions.map(({ reach }) => reach());
  const left = found.filter(
    ({ action, resource }) =>
      !reaches.some((r) => r.actions.includes(action.text) && r.resources.includes(resource.text)),
  );
  const rest = permissionsOf(merged(statementsOf(left)), more.account);
  return [...new Set([...permissions, ...rest].map(({ words }) => words))];
}

/** Until when, from where, how long and within which boundary: in whose words, and whether there is more of it. */
function termDifferences(base: Side, more: Side, isGain: boolean): readonly Difference[] {
  const found: readonly (readonly [Difference["why"], boolean, string, (role: AccessRole) => string])[] = [
    [
      "until",
      base.expires !== null && (more.expires === null || more.expires > base.expires),
      "ends",
      ({ expires }) => expires ?? "never",
    ],
    [
      "from",
      base.sourceCidrs.length > 0 && !isWithin(more.sourceCidrs, base.sourceCidrs),
      "logins from",
      ({ sourceCidrs }) => firstOf(5, sourceCidrs) || "anywhere",
    ],
    [
      "session",
      more.sessionSeconds > base.sessionSeconds,
      "sessions of",
      ({ sessionSeconds }) => durationWords(sessionSeconds),
    ],
    [
      "trust",
      base.permissionsBoundary !== null && base.permissionsBoundary !== more.permissionsBoundary,
      "permissions boundary",
      ({ permissionsBoundary }) => permissionsBoundary ?? "none",
    ],
  ];
  const [now, before] = isGain ? [more, base] : [base, more];
  return found
    .filter(([, isMore]) => isMore)
    .map(([why, , title, words]) => ({ what: [`${title} ${words(now)} (was ${words(before)})`], why }));
}

function isWithin(cidrs: readonly string[], outer: readonly string[]): boolean {
  return cidrs.length > 0 && cidrs.every((cidr) => outer.includes(cidr) || isWithinCidrs(cidr, outer));
}
