import type { Statement } from "../model/policyDocument";
import { isWithinCidrs, many, merged } from "../policy";
import type { Access, AccessRole, Subjects } from "./accessRole";
import { durationWords, mayWords, type LineOf } from "./shownRole";
import { atomsOf, coversTerm, subjectsOf, uncovered, type Atom, type Test } from "./atoms";
import { matchRoles } from "./matchRoles";
import { listed, managedPermission, permissionsOf } from "./permissionWords";
import { subjectsWords } from "./subjectWords";

/** What changes about a role, the worst first. */
export const changeReasons = Object.freeze([
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
  readonly why: (typeof changeReasons)[number];
  readonly file: string;
  readonly line: number;
}

/** A change before it is known whose it is. */
type Difference = Pick<Change, "who" | "what" | "subjects" | "actions" | "resources" | "why">;

/** Two sides of a role: what `more` gives and `base` does not is a gain where `more` is the new one, else a loss. */
interface Sides {
  readonly base: AccessRole;
  readonly more: AccessRole;
  readonly change: Change["change"];
  readonly hosts: Access["hosts"];
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
  const placed = (change: Change["change"], role: AccessRole, line: LineOf, found: readonly Difference[]) =>
    found.map(({ why, ...difference }): Change => ({
      ...{ change, account: role.account.name, role: role.name, ...difference, why },
      ...{ file: role.origin.file, line: line(role.origin) },
    }));
  const changes = [
    ...added.flatMap((role) => placed("gains", role, lineOf.after, [wholeRole(role)])),
    ...removed.flatMap((role) => placed("loses", role, lineOf.before, [wholeRole(role)])),
    ...pairs.flatMap(([old, now]) => [
      ...placed(
        "gains",
        now,
        lineOf.after,
        differences({ base: old, more: now, change: "gains", hosts: after.hosts }),
      ),
      ...placed(
        "loses",
        now,
        lineOf.after,
        differences({ base: now, more: old, change: "loses", hosts: before.hosts }),
      ),
    ]),
  ];
  return changes
    .map((change) => ({ change, rank: rankOf(change) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map((c) => c.change);
}

/** A text that sorts the worst first, and else by account and role. */
function rankOf({ change, account, role, why, who, what, actions }: Change): string {
  const isWide =
    actions.some((action) => action.includes("*")) || who.some((words) => words.startsWith("any"));
  return JSON.stringify([change, !isWide, changeReasons.indexOf(why), account, role, who, what]);
}

function wholeRole(role: AccessRole): Difference {
  return { ...everythingOf(role), who: role.admits, what: permissionsWords(role), why: "role" };
}

function permissionsWords({ statements, account, managedPolicies }: AccessRole): readonly string[] {
  return mayWords(permissionsOf(statements, account), managedPolicies);
}

/** All subjects of a role, with all that its statements allow. */
function everythingOf(role: AccessRole): Pick<Difference, "subjects" | "actions" | "resources"> {
  return { subjects: subjectsOf(allowing(trustAtoms(role))), ...reachOf(allowing(permissionAtoms(role))) };
}

function differences(sides: Sides): readonly Difference[] {
  return [...trustDifferences(sides), ...permissionDifferences(sides), ...termDifferences(sides)];
}

const allowing = (atoms: readonly Atom[]) => atoms.filter(({ effect }) => effect === "Allow");
const denying = (atoms: readonly Atom[]) => atoms.filter(({ effect }) => effect === "Deny");

function callerOf({ arn, tags }: AccessRole): string {
  return JSON.stringify([arn, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function permissionAtoms(role: AccessRole): readonly Atom[] {
  return atomsOf(role.statements, callerOf(role));
}

/** A role's trust without what `expires` and `sourceCidrs` say of it: these are compared by themselves. */
function trustAtoms(role: AccessRole): readonly Atom[] {
  const isTerm = ({ operator, key, values }: Test) =>
    (operator === "datelessthan" &&
      key === "aws:currenttime" &&
      values.join() === `${role.expires ?? ""}T00:00:00Z`) ||
    (operator === "ipaddress" &&
      key === "aws:sourceip" &&
      [...values].sort().join() === [...role.sourceCidrs].sort().join());
  return atomsOf(role.trustPolicy.Statement, callerOf(role)).map((atom) => ({
    ...atom,
    tests: atom.tests.filter((test) => atom.effect === "Deny" || !isTerm(test)),
  }));
}

/** Who gets in on one side alone: other subjects, or the same by another issuer, audience or condition. */
function trustDifferences({ base, more, change, hosts }: Sides): readonly Difference[] {
  const [known, own] = [trustAtoms(base), trustAtoms(more)];
  const found = uncovered(allowing(own), allowing(known));
  const isKnown = ({ subject }: Atom) =>
    allowing(known).some((atom) => atom.subject === null || coversTerm(atom.subject, subject));
  const everything = everythingOf(more);
  const [same, other] = [found.filter(isKnown), found.filter((atom) => !isKnown(atom))];
  const who = (atoms: readonly Atom[]) =>
    atoms.length === allowing(own).length
      ? more.admits
      : whoWords(subjectsOf(atoms), subjectsOf(own), more, hosts);
  const lifted = uncovered(denying(known), denying(own));
  return [
    ...(other.length === 0
      ? []
      : [
          {
            ...everything,
            subjects: subjectsOf(other),
            who: who(other),
            what: permissionsWords(more),
            why: "subjects" as const,
          },
        ]),
    ...(same.length === 0
      ? []
      : [
          {
            ...everything,
            subjects: subjectsOf(same),
            who: who(same),
            what: tokensWords(same),
            why: "trust" as const,
          },
        ]),
    ...lifted.map((atom): Difference => ({
      ...everything,
      who: more.admits,
      what: [`${change === "gains" ? "no longer refused" : "refused"}: ${atom.subject?.text ?? "everybody"}`],
      why: "trust",
    })),
  ];
}

function whoWords(
  subjects: Subjects,
  all: Subjects,
  { installation }: AccessRole,
  hosts: Access["hosts"],
): readonly string[] {
  const on = installation === null ? "" : ` on ${installation}`;
  return subjectsWords(subjects, hosts, all).map((words) =>
    words.includes("whose sub is") ? words : `${words}${on}`,
  );
}

/** Whose tokens are trusted, and for which audience. */
function tokensWords(atoms: readonly Atom[]): readonly string[] {
  const words = atoms.map(({ principal, tests }) => {
    const audiences = tests.filter(({ key }) => key.endsWith(":aud")).flatMap(({ values }) => values);
    const provider = principal?.text.replace(/^.*:oidc-provider\//, "") ?? "anybody";
    return `tokens of ${provider} for ${audiences.length === 0 ? "any audience" : audiences.join(" or ")}`;
  });
  return [...new Set(words)];
}

/** What only one side allows, or only the other one denies. */
function permissionDifferences({ base, more, change }: Sides): readonly Difference[] {
  const [known, own] = [permissionAtoms(base), permissionAtoms(more)];
  const found = uncovered(allowing(own), allowing(known));
  const lifted = uncovered(denying(known), denying(own));
  const attached = more.managedPolicies.filter((arn) => !base.managedPolicies.includes(arn));
  // Nobody has read it here: it may deny something.
  const detached = base.managedPolicies.filter(
    (arn) => change === "gains" && !more.managedPolicies.includes(arn) && mayDeny(arn),
  );
  const what = [
    ...allowedWords(found, base, more),
    ...merged(lifted.map(({ statement }) => statement)).flatMap((statement) =>
      permissionsOf([statement], more.account).map(({ words }) =>
        change === "gains" ? `no longer ${words}` : words,
      ),
    ),
    ...attached.map((arn) => managedPermission(arn).words),
    ...detached.map((arn) => `what ${arn} may deny`),
  ];
  if (what.length === 0) return [];
  const { subjects } = everythingOf(more);
  return [{ ...reachOf([...found, ...lifted]), who: more.admits, what, subjects, why: "permissions" }];
}

function mayDeny(arn: string): boolean {
  return !/:iam::aws:policy\//.test(arn) || /Deny|Quarantine/.test(arn);
}

/** What atoms allow, as the role's own permissions say it; what is only part of one, by itself. */
function allowedWords(found: readonly Atom[], base: AccessRole, more: AccessRole): readonly string[] {
  if (found.length === 0) return [];
  const before = new Set(permissionsOf(base.statements, base.account).map(({ words }) => words));
  const permissions = permissionsOf(more.statements, more.account).filter(
    (p) => p.level !== "denied" && !before.has(p.words),
  );
  const left = found.filter(
    ({ action, resource }) =>
      !permissions.some(
        (p) => p.actions.includes(action.text) && p.resources.includes(resource?.text ?? "*"),
      ),
  );
  const rest = permissionsOf(merged(left.map(({ statement }) => statement)), more.account);
  return [...new Set([...permissions, ...rest].map(({ words }) => words))];
}

/** The actions and resources of atoms. What is said by what it leaves out counts as everything. */
function reachOf(atoms: readonly Atom[]): Pick<Difference, "actions" | "resources"> {
  const items = (own: (statement: Statement) => readonly string[]) =>
    [...new Set(atoms.flatMap(({ statement }) => own(statement)))].sort();
  return {
    actions: items(({ Action, NotAction }) => (NotAction === undefined ? many(Action) : ["*"])),
    resources: items(({ Resource, NotResource }) => (NotResource === undefined ? many(Resource) : ["*"])),
  };
}

/** Until when, from where, how long and within which boundary. */
function termDifferences({ base, more, change }: Sides): readonly Difference[] {
  const [now, before] = change === "gains" ? [more, base] : [base, more];
  const found: readonly (readonly [
    why: Difference["why"],
    differs: boolean,
    words: readonly [title: string, of: (role: AccessRole) => string],
  ])[] = [
    [
      "until",
      base.expires !== null && (more.expires === null || more.expires > base.expires),
      ["ends", ({ expires }) => expires ?? "never"],
    ],
    [
      "from",
      base.sourceCidrs.length > 0 && !isWithin(more.sourceCidrs, base.sourceCidrs),
      ["logins from", ({ sourceCidrs }) => (sourceCidrs.length === 0 ? "anywhere" : listed(sourceCidrs))],
    ],
    [
      "session",
      more.sessionSeconds > base.sessionSeconds || more.maxSessionSeconds > base.maxSessionSeconds,
      ["sessions of", ({ sessionSeconds }) => durationWords(sessionSeconds)],
    ],
    [
      "trust",
      base.permissionsBoundary !== null && base.permissionsBoundary !== more.permissionsBoundary,
      ["permissions boundary", ({ permissionsBoundary }) => permissionsBoundary ?? "none"],
    ],
  ];
  return found
    .filter(([, differs]) => differs)
    .map(([why, , [title, words]]) => ({
      ...everythingOf(more),
      ...{ who: more.admits, what: [`${title} ${words(now)} (was ${words(before)})`], why },
    }));
}

function isWithin(cidrs: readonly string[], outer: readonly string[]): boolean {
  return cidrs.length > 0 && cidrs.every((cidr) => outer.includes(cidr) || isWithinCidrs(cidr, outer));
}
