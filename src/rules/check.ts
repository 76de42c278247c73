import { below, type Origin, type RuleFinding } from "../diagnostics";
import type { AccessModel, Entry, Role } from "../model/accessModel";
import type { DeployedStack } from "../model/deployed";
import type { ExistingAccess } from "../model/existing";
import type { Quotas } from "../model/quotas";
import type { RoleAccess } from "../model/roleAccess";
import { readDocument, servicePrefixes, type ServiceReference } from "../policy";
import { dialects, parseEntryUrl } from "../subject";
import type { JudgedRole, PlacedAdmission, StatementMemo, Surroundings } from "./judgedRole";
import { isJudged } from "./permissions/policySizes";
import { denialsOf } from "./permissions/statements";
import { raised, wideOnes } from "./permissions/wideTrust";
import { observed, type Observation, type Rule } from "./rule";
import { accessOfExisting, accessOfRole } from "./sources";
import { ruleOf, rules } from "./table";
import { trustView } from "./trust/readTrust";
import { readSubjects } from "./trust/subjects";
import { applyWaivers, type EntryFinding, type WaiverEntry } from "./waivers/waivers";

/** What one rule says of a role. */
interface Judgement {
  readonly rule: Rule;
  readonly seen: Observation;
}

// Each of thousands of roles meets the rules that have something to say of roles, and no others.
const trustRules = rules.filter(({ admission, trust }) => admission ?? trust);
const admissionRules = rules.filter(({ admission }) => admission);
const roleRules = rules.filter(({ role }) => role);

/**
 * Everything the rules have to say of one role, whoever says what it admits and may do: a manifest, a construct, or
 * files about what exists. Nothing is accepted yet.
 * @param memo - one for all the roles of a run
 */
export function checkRole(
  access: RoleAccess,
  surroundings: Surroundings,
  memo: StatementMemo = new Map(),
): readonly RuleFinding[] {
  return judge(access, surroundings, memo).map(({ rule, seen }) => findingOf(rule, access, seen));
}

/** The same with what its entry accepts, and what is said of that: of a role that is its entry's only one. */
export function checkEntry(
  access: RoleAccess,
  entry: WaiverEntry,
  surroundings: Surroundings,
): readonly RuleFinding[] {
  const found = judge(access, surroundings, new Map()).map(({ rule, seen }) => ({
    ...{ rule, entry },
    finding: findingOf(rule, access, seen),
  }));
  return withWaivers(found, [entry], [], undefined);
}

/** What was found, as entries and `defaults` accept it, and what is said of waivers. */
function withWaivers(
  found: readonly EntryFinding[],
  entries: Iterable<WaiverEntry>,
  accept: AccessModel["accept"],
  today: string | undefined,
): readonly RuleFinding[] {
  const { findings, problems } = applyWaivers(found, entries, accept, ruleOf, today);
  return [...findings, ...problems.map((problem) => findingBy(problem.rule, problem.origin, null, problem))];
}

function judge(
  access: RoleAccess,
  surroundings: Surroundings,
  memo: StatementMemo,
  owners: readonly string[] = [],
): readonly Judgement[] {
  const role = judgedRole(access, surroundings, memo, owners);
  const { trust: view, admissions } = role;
  const trust = (view === null ? admissionRules : trustRules).flatMap((rule) =>
    [
      ...admissions.flatMap((admission) => admitted(rule, admission)),
      ...(rule.trust === undefined || view === null ? [] : rule.trust(view, role)),
    ].map((seen) => ({ rule, seen })),
  );
  const wideTrust = wideOnes(trust.map(({ rule }) => rule.id));
  const wide = { ...role, wideTrust };
  return [
    ...trust,
    ...roleRules.flatMap((rule) =>
      (rule.role?.(wide) ?? []).map((seen) => ({ rule, seen: raised(rule, seen, wideTrust) })),
    ),
  ];
}

/** What a rule says of some of the workspaces that a role admits, with its place. */
function admitted(rule: Rule, admission: PlacedAdmission): readonly Observation[] {
  const said = observed(rule.admission?.(admission) ?? null, admission.origin);
  return said.map((seen) => ({ ...seen, message: `${admission.where}${seen.message}` }));
}

/** A role as rules see it: its documents read, what it says taken apart. */
function judgedRole(
  access: RoleAccess,
  surroundings: Surroundings,
  memo: StatementMemo,
  owners: readonly string[],
): JudgedRole {
  const documents = isJudged(access.documents)
    ? access.documents.map((document) => ({ ...document, read: readDocument(document.value) }))
    : [];
  const statements = [
    ...access.statements.map(({ statement, origin, itemsOrigin: items }) => ({ statement, origin, items })),
    ...documents.flatMap(({ origin, read: { policy, paths } }) =>
      policy.Statement.map((statement, i) => ({ statement, origin: below(origin, ...(paths[i] ?? [])) })),
    ),
  ].map((placed) => ({ ...placed, text: JSON.stringify(placed.statement) }));
  const { reference } = surroundings;
  const rest = {
    access,
    reference,
    documents,
    statements,
    denials: denialsOf(statements, access.account?.id ?? null),
    memo,
    accounts: surroundings.accounts,
    wideTrust: [],
  };
  if (access.trust?.kind === "document") {
    const view = trustView(access, access.trust.document, surroundings);
    return { ...rest, trust: view, ...readSubjects(view) };
  }
  const admission = access.trust?.admission;
  const by: PlacedAdmission["by"] = (contexts) => `contexts: [${contexts.join(", ")}]`;
  const admissions =
    admission === undefined ? [] : [{ ...admission, by, owners, where: "", origin: access.origin }];
  return { ...rest, trust: null, admissions, forms: [] };
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
  const ofAccounts: RuleFinding[] = [];
  const entries = new Set<Entry>();
  const installations = new Map(model.installations.map((i) => [i.name, i]));
  const surroundings: Surroundings = { ...model, identityProviders: [], reference };
  const memo: StatementMemo = new Map();
  const owners = ownersOf(model);
  const manifest = { file: model.manifestName, path: [] };
  const whole: WaiverEntry = { accept: [], mainManifest: true, origin: manifest };
  const found: EntryFinding[] = rules.flatMap((rule) =>
    (rule.manifest?.(model) ?? []).map((seen) => ({
      ...{ rule, entry: whole },
      finding: findingOf(rule, { name: null, origin: manifest, source: "manifest" }, seen),
    })),
  );
  for (const account of model.accounts) {
    for (const rule of rules)
      for (const seen of rule.account?.(account, model) ?? [])
        ofAccounts.push(findingOf(rule, { name: null, origin: account.origin, source: "manifest" }, seen));
    for (const role of account.roles) {
      const installation = installations.get(role.installation);
      if (!installation) throw new Error(`role ${role.name} names an unknown installation`);
      entries.add(role.entry);
      const access = accessOfRole(role, account, installation);
      for (const { rule, seen } of judge(access, surroundings, memo, owners))
        found.push({ rule, entry: role.entry, finding: findingOf(rule, access, seen) });
    }
  }
  return once([
    ...ofAccounts,
    ...withWaivers(found, entries, model.accept, today),
    ...(today === undefined ? [] : model.accounts.flatMap(({ roles }) => expired(roles, today))),
    ...(today === undefined || ending === undefined ? [] : endingSoon(model, entries, today, ending)),
  ]);
}

/** Findings of W06. */
function expired(roles: readonly Role[], today: string): readonly RuleFinding[] {
  return roles.flatMap(({ name, entry, expires }) => {
    const day = expires?.slice(0, 10);
    const message = `the entry expired on ${day}: nobody can log in`;
    return day !== undefined && day <= today ? [findingBy("W06", entry.origin, name, { message })] : [];
  });
}

/** Findings of N03: entries, and what they or `defaults` accept, by their days. */
function endingSoon(
  { accounts, accept }: AccessModel,
  entries: Iterable<Entry>,
  today: string,
  ending: string,
): readonly RuleFinding[] {
  const isSoon = (day: string | undefined | null) => typeof day === "string" && today < day && day <= ending;
  return [
    ...accounts.flatMap(({ roles }) =>
      roles.flatMap(({ name, entry, expires }) => {
        const day = expires?.slice(0, 10);
        return isSoon(day)
          ? [findingBy("N03", entry.origin, name, { message: `the entry expires on ${day}` })]
          : [];
      }),
    ),
    ...[...accept, ...[...entries].flatMap((entry) => entry.accept)]
      .filter(({ until }) => isSoon(until))
      .map(({ rule, until, origin }) =>
        findingBy("N03", origin, null, { message: `${rule} is accepted until ${until}` }),
      ),
  ];
}

/** What the rules have to say about the deploy of a model, after the stacks that it replaces. */
export function checkDeploy(last: readonly DeployedStack[], model: AccessModel): readonly RuleFinding[] {
  const manifest = { file: model.manifestName, path: [] };
  return rules.flatMap((rule) =>
    (rule.deployed?.(last, model) ?? []).map((seen) =>
      findingOf(rule, { name: null, origin: manifest, source: "manifest" }, seen),
    ),
  );
}

/** Whose repositories the entries name: `github.com/acme`, sorted. */
function ownersOf({ accounts, hosts }: AccessModel): readonly string[] {
  // Subjects of Ona name no owner.
  const classic = accounts.flatMap(({ roles }) => roles.filter(({ projects }) => projects.length === 0));
  const urls = new Map(classic.map(({ entry }) => [entry.url, entry]));
  const owners = [...urls.values()].flatMap(({ url, kind }) => {
    const parsed = parseEntryUrl(url, kind, hosts);
    if (!parsed.ok) return [];
    const { base, segments, kind: host } = parsed.entry;
    return [base.slice("https://".length), ...segments.slice(0, dialects[host].orgDepth)].join("/");
  });
  return [...new Set(owners)].sort();
}

/** What is known around access that exists already. */
export type ExistingContext = Omit<Surroundings, "identityProviders" | "reference"> & {
  /** Of roles whose account is not declared. */
  readonly quotas: Quotas;
};

/**
 * Everything the rules have to say about access that exists already: trust policies one by one, permissions on the sum
 * of what each role may do, identity providers together. Nothing here can be accepted: files hold no waivers.
 */
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
  const [first] = identityProviders;
  if (first === undefined) return once(ofRoles);
  const ofProviders = rules.flatMap((rule) =>
    (rule.providers?.(identityProviders, surroundings) ?? []).map((seen) =>
      findingOf(rule, { name: null, origin: first.origin, source: "files" }, seen),
    ),
  );
  return once([...ofRoles, ...ofProviders]);
}

/** Findings of T01: what keeps a file, or a document in it, from being read as everybody reads it. */
export function unreadable(mistakes: readonly FileRemark[]): readonly RuleFinding[] {
  return mistakes.map((seen) => findingBy("T01", seen.origin, null, seen));
}

/** Findings of E01: what files name and do not show. An error where they show nothing that can be judged. */
export function unjudged(missing: readonly FileRemark[], access: ExistingAccess): readonly RuleFinding[] {
  const severity = isJudgeable(access) ? undefined : "error";
  return missing.map((seen) => findingBy("E01", seen.origin, null, { ...seen, severity }));
}

/** Something about a file, at a place in it. */
type FileRemark = Observation & { readonly origin: Origin };

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

function findingBy(id: string, origin: Origin, name: string | null, seen: Observation): RuleFinding {
  const rule = ruleOf.get(id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return findingOf(rule, { name, origin, source: "manifest" }, seen);
}

function findingOf(
  rule: Rule,
  { name, origin, source }: Pick<RoleAccess, "name" | "origin" | "source">,
  seen: Observation,
): RuleFinding {
  const remedy = source === "files" ? (rule.policyRemedy ?? rule.remedy) : rule.remedy;
  return {
    rule: rule.id,
    severity: seen.severity ?? rule.severity,
    origin: seen.origin ?? origin,
    role: name,
    message: seen.message,
    remedy: seen.remedy ?? remedy,
    accepted: false,
  };
}

/** Findings, each once: those of a role, of `defaults` say, may be found on several ways. */
function once(findings: readonly RuleFinding[]): readonly RuleFinding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
