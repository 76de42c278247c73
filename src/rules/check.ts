import { below, pathText, type Finding, type Origin, type RuleFinding } from "../diagnostics";
import type { AccessModel, Entry } from "../model/accessModel";
import type { DeployedStack } from "../model/deployed";
import type { ExistingAccess } from "../model/existing";
import type { Quotas } from "../model/quotas";
import type { RoleAccess } from "../model/roleAccess";
import { readDocument, servicePrefixes, type ServiceReference } from "../policy";
import type { JudgedRole, PlacedAdmission, StatementMemo, Surroundings } from "./judgedRole";
import { isJudged } from "./permissions/policySizes";
import { denialsOf } from "./permissions/statements";
import { destroyed } from "./providers/destroyed";
import {
  findingOf,
  observed,
  type FindingPlace,
  type GitpodYmlSubject,
  type Observation,
  type Rule,
} from "./rule";
import { accessOfExisting, accessOfRole } from "./sources";
import { raisedRules, ruleOf, rules } from "./table";
import { trustView } from "./trust/trustView";
import { readSubjects } from "./trust/subjects";
import { applyWaivers, wideTrust, type EntryFinding, type WaiverEntry } from "./waivers/waivers";
import { isMerged, stepsOf } from "./workspace/steps";

/** Everything the rules have to say of one role, before anything is accepted. @param memo - one for all the roles of a run */
export function checkRole(
  access: RoleAccess,
  surroundings: Surroundings,
  memo: StatementMemo = new Map(),
): readonly RuleFinding[] {
  return judge(access, surroundings, memo).map(({ finding }) => finding);
}

/** The same with what its entry accepts, and what is said of that: of a role that is its entry's only one. */
export function checkEntry(
  access: RoleAccess,
  entry: WaiverEntry,
  surroundings: Surroundings,
): readonly RuleFinding[] {
  const found = judge(access, surroundings, new Map()).map((one) => ({ entry, ...one }));
  return applyWaivers(found, [entry], [], ruleOf);
}

/** The rules with a judge of each kind: no role asks those that have none. */
const admissionRules = rules.filter(({ admission }) => admission !== undefined);
const trustRules = rules.filter(({ admission, trust }) => admission !== undefined || trust !== undefined);
const roleRules = rules.filter(({ role }) => role !== undefined);

function judge(
  access: RoleAccess,
  surroundings: Surroundings,
  memo: StatementMemo,
  owners: readonly string[] = [],
): readonly Omit<EntryFinding, "entry">[] {
  const role = judgedRole(access, surroundings, memo, owners);
  const { trust: view, admissions } = role;
  const found: Omit<EntryFinding, "entry">[] = [];
  const wide = new Set<string>();
  for (const rule of view === null ? admissionRules : trustRules) {
    const said = [
      ...admissions.flatMap((one) => observed(rule.admission?.(one) ?? null, one.origin, one.where)),
      ...(view === null ? [] : (rule.trust?.(view, role) ?? [])),
    ];
    for (const seen of said) found.push({ rule, finding: findingOf(rule, access, seen) });
    if (said.length > 0 && wideTrust.has(rule.id)) wide.add(rule.id);
  }
  const wideBy = [...wide].sort();
  for (const rule of roleRules)
    for (const seen of rule.role?.(role) ?? [])
      found.push({ rule, finding: findingOf(rule, access, raised(rule, seen, wideBy)) });
  return found;
}

/** What a rule says behind a wide trust: see G11. */
function raised(rule: Rule, seen: Observation, wide: readonly string[]): Observation {
  const isWarning = (seen.severity ?? rule.severity) === "warning";
  if (!raisedRules.has(rule.id) || wide.length === 0 || !isWarning) return seen;
  const message = `${seen.message}; raised, because the trust is wide (${wide.join(", ")}): see G11`;
  return { ...seen, severity: "error", message };
}

/** A role as rules see it: its documents read, what it says taken apart. */
function judgedRole(
  access: RoleAccess,
  surroundings: Surroundings,
  memo: StatementMemo,
  owners: readonly string[],
): JudgedRole {
  const { trust } = access;
  const documents = isJudged(access.documents)
    ? access.documents.map((document) => ({ read: readDocument(document.value), ...document }))
    : [];
  const statements = [
    ...access.statements.map(({ itemsOrigin: items, ...written }) => ({ items, ...written })),
    ...documents.flatMap(({ origin: start, read }) =>
      read.statements.map(({ statement, path }) => ({ statement, origin: below(start, ...path) })),
    ),
  ].map((placed) => ({ text: JSON.stringify(placed.statement), ...placed }));
  const denials = denialsOf(statements, access.account?.id ?? null);
  const view = trust?.kind === "document" ? trustView(access, trust.document, surroundings) : null;
  const { admissions, forms } = view === null ? writtenAdmissions(access, owners) : readSubjects(view);
  // Spread last: Node 20 gives every object that is spread first, and then gets more, a hidden class of its own.
  return { access, documents, statements, denials, memo, trust: view, admissions, forms, ...surroundings };
}

/** Who is admitted as a manifest or a construct says it. */
function writtenAdmissions({ trust, origin }: RoleAccess, owners: readonly string[]) {
  const by: PlacedAdmission["by"] = (contexts) => `contexts: [${contexts.join(", ")}]`;
  const admissions = trust?.kind === "entry" ? [{ by, owners, where: "", origin, ...trust.admission }] : [];
  return { admissions, forms: [] };
}

export interface CheckOptions {
  /** `YYYY-MM-DD`: also judge dates, as of this day. A synth never does: its output knows no clock. */
  readonly today?: string;
  /** `YYYY-MM-DD`: also say what ends from today to this day. */
  readonly ending?: string;
  /** With the services that the raw statements of the model name; it may be empty where the model has none. */
  readonly reference: ServiceReference;
}

/** Everything the rules have to say about a model, in the order of roles and rules; waivers are applied and judged. */
export function check(
  model: AccessModel,
  { today, ending, reference }: CheckOptions,
): readonly RuleFinding[] {
  const surroundings: Surroundings = { ...model, identityProviders: [], reference };
  const memo: StatementMemo = new Map();
  const owners = ownersOf(model);
  const origin: Origin = { file: model.manifestName, path: [] };
  const whole: WaiverEntry = { accept: [], mainManifest: true, origin };
  const entries = new Set(model.accounts.flatMap(({ roles }) => roles.map((role) => role.entry)));
  const ofManifest = rules.flatMap((rule) =>
    (rule.manifest?.(model) ?? []).map((seen) => ({
      ...{ rule, entry: whole },
      finding: findingOf(rule, { origin }, seen),
    })),
  );
  const ofRoles = model.accounts.flatMap((account) =>
    account.roles.flatMap((role) => {
      const installation = model.installations.find(({ name }) => name === role.installation);
      if (!installation) throw new Error(`role ${role.name} names an unknown installation`);
      const access = accessOfRole(role, account, installation);
      return judge(access, surroundings, memo, owners).map((one) => ({ entry: role.entry, ...one }));
    }),
  );
  return once([
    ...applyWaivers([...ofManifest, ...ofRoles], entries, model.accept, ruleOf),
    ...(today === undefined ? [] : ofDates(model, entries, today, ending ?? today)),
  ]);
}

/** Findings of W04, W06 and N03: what has ended today, and what ends until a day. */
function ofDates(
  { accounts, accept }: AccessModel,
  entries: Iterable<Entry>,
  today: string,
  ending: string,
): readonly RuleFinding[] {
  const roles = accounts.flatMap((account) => account.roles);
  const waivers = [...accept, ...[...entries].flatMap((entry) => entry.accept)];
  return [
    ...roles.flatMap(({ name, entry: { origin }, expires }) => {
      const day = expires?.slice(0, 10);
      if (day === undefined || day > ending) return [];
      return day <= today
        ? [findingBy("W06", { origin, name }, { message: `the entry expired on ${day}: nobody can log in` })]
        : [findingBy("N03", { origin, name }, { message: `the entry expires on ${day}` })];
    }),
    ...waivers.flatMap(({ rule, until, origin }) => {
      if (until === null || until > ending || until === today) return [];
      return until < today
        ? [findingBy("W04", { origin }, { message: `the waiver of ${rule} ended on ${until}` })]
        : [findingBy("N03", { origin }, { message: `${rule} is accepted until ${until}` })];
    }),
  ];
}

/** What the rules have to say about the deploy of a model, after the stacks that it replaces. */
export function checkDeploy(last: readonly DeployedStack[], model: AccessModel): readonly RuleFinding[] {
  const place = { origin: { file: model.manifestName, path: [] } };
  return destroyed(last, model).map((seen) => findingBy("P06", place, seen));
}

/** Whose repositories the entries name: `github.com/acme`, sorted. */
function ownersOf({ accounts }: AccessModel): readonly string[] {
  // Subjects of Ona name no owner.
  const classic = accounts.flatMap(({ roles }) => roles.filter(({ projects }) => projects.length === 0));
  return [...new Set(classic.map(({ entry }) => entry.owner))].sort();
}

/** What is known around access that exists already. */
export type ExistingContext = Omit<Surroundings, "identityProviders" | "reference"> & {
  /** Of roles whose account is not declared. */
  readonly quotas: Quotas;
};

/** Everything the rules have to say about access that exists already. Nothing can be accepted: files hold no waivers. */
export function checkExisting(
  { roles, identityProviders }: ExistingAccess,
  { quotas, ...context }: ExistingContext,
  reference: ServiceReference,
): readonly RuleFinding[] {
  const surroundings: Surroundings = { ...context, identityProviders, reference };
  const memo: StatementMemo = new Map();
  const ofRoles = roles.flatMap((role) =>
    checkRole(accessOfExisting(role, context.accounts, quotas), surroundings, memo),
  );
  const ofProviders = identityProviders
    .slice(0, 1)
    .flatMap(({ origin }) =>
      rules.flatMap((rule) =>
        (rule.providers?.(identityProviders, surroundings) ?? []).map((seen) =>
          findingOf(rule, { origin, source: "files" }, seen),
        ),
      ),
    );
  return once([...ofRoles, ...ofProviders]);
}

/** Something about a file, at a place in it. */
type FileRemark = Observation & { readonly origin: Origin };

/** What is misread in files (T01), and what they name and do not show (E01): an error where there is nothing to judge. */
export function checkFiles(
  files: readonly { readonly mistakes: readonly FileRemark[]; readonly missing: readonly FileRemark[] }[],
  access: ExistingAccess,
): readonly RuleFinding[] {
  const severity = isJudgeable(access) ? undefined : "error";
  const mistakes = files.flatMap((file) => file.mistakes);
  const missing = files.flatMap((file) => file.missing);
  return [
    ...mistakes.map((seen) => findingBy("T01", seen, seen)),
    ...missing.map((seen) => findingBy("E01", seen, { ...seen, severity })),
  ];
}

/** Is there a document, an attached policy or an identity provider to judge? A role's name alone is nothing. */
export function isJudgeable({ roles, identityProviders }: ExistingAccess): boolean {
  return (
    identityProviders.length > 0 ||
    roles.some((r) => r.trust !== null || r.permissions.length > 0 || r.managedPolicies.length > 0)
  );
}

/** The prefixes of the services that these roles name, and of the one that logs in: what a reference must hold for them. */
export function servicesOf({ roles }: ExistingAccess): readonly string[] {
  const documents = roles.flatMap(({ permissions }) => permissions);
  const logins = roles.some(({ trust }) => trust !== null) ? ["sts"] : [];
  return [...logins, ...servicePrefixes(documents.map(({ value }) => readDocument(value).policy))];
}

/** What stands in merged tasks is not for editing: a merge refuses them from then on. */
const mergeAgain =
  "run npx gitpod-aws-oidc snippet --into FILE again, or remove our tasks with --remove: they are not for editing";

/** Rules whose remedy holds in merged tasks, too: it is not to edit them. */
const elsewhere: ReadonlySet<string> = new Set(["S08", "S14"]);

/** Rules about what Ona's files do not have: phases, `gp`, `gp sync-await`, Gitpod's images. */
const ofClassic: ReadonlySet<string> = new Set(["S01", "S02", "S03", "S04", "S08", "S18"]);

/** Everything the rules have to say about a file, in its order; each thing once. */
export function checkGitpodYmlFacts(
  file: string,
  given: Omit<GitpodYmlSubject, "steps">,
): readonly Finding[] {
  const subject = { ...given, steps: given.facts.tasks.map((task) => stepsOf(task, given.facts.format)) };
  const findings = new Map<string, Finding>();
  for (const rule of rules) {
    if (subject.facts.format === "automations.yaml" && ofClassic.has(rule.id)) continue;
    for (const { message, place, role, remedy, severity } of rule.gitpodYml?.(subject) ?? []) {
      const { line, column } = place;
      const key = JSON.stringify([rule.id, line, column, message]);
      // An alias gives one text several paths: the first is enough.
      if (findings.has(key)) continue;
      const isOurs = !elsewhere.has(rule.id) && isMerged(place, subject.facts);
      findings.set(key, {
        ...{ rule: rule.id, severity: severity ?? rule.severity, file, line, column },
        ...{ path: pathText(place.path), role: role ?? null, message, accepted: false },
        remedy: isOurs ? mergeAgain : (remedy ?? rule.remedy),
      });
    }
  }
  return [...findings.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function findingBy(id: string, place: FindingPlace, seen: Observation): RuleFinding {
  const rule = ruleOf.get(id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return findingOf(rule, place, seen);
}

/** Findings, each once: those of a role, of `defaults` say, may be found on several ways. */
function once(findings: readonly RuleFinding[]): readonly RuleFinding[] {
  const known = new Map<string, RuleFinding[]>();
  return findings.filter((finding) => {
    // Of roles with one name in several accounts, some may be accepted: only what is equal in everything goes.
    const near = finding.role ?? JSON.stringify(finding);
    const others = known.get(near) ?? [];
    if (others.some((other) => isSame(other, finding))) return false;
    others.push(finding);
    known.set(near, others);
    return true;
  });
}

/** The whole texts come last: they take longest. */
function isSame(a: RuleFinding, b: RuleFinding): boolean {
  return (
    a.message === b.message &&
    String(a.origin.path) === String(b.origin.path) &&
    JSON.stringify(a) === JSON.stringify(b)
  );
}
