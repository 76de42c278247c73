import { nearest, quote, type Origin, type RuleFinding, type Severity } from "../diagnostics";
import type { AccessModel, Acceptance, Entry } from "../model/accessModel";
import type { ServiceReference } from "../policy";
import { permissionSubject } from "./permissionSubject";
import { rules } from "./table";
import { type Observation, type RoleSubject, type Rule } from "./rule";
import { wideTrustRules } from "./wideTrust";

export interface CheckOptions {
  /** `YYYY-MM-DD`: also judge dates, as of this day. A synth never does: its output knows no clock. */
  readonly today?: string;
  /** With the services that the raw statements of the model name; it may be empty where the model has none. */
  readonly reference: ServiceReference;
}

/* Each of thousands of roles meets the rules that have something to say of roles, and no others. */
const ofRoles = rules.flatMap((rule) => (rule.role === undefined ? [] : [{ rule, judge: rule.role }]));
const ofPermissions = rules.flatMap((rule) =>
  rule.permissions === undefined ? [] : [{ rule, judge: rule.permissions }],
);

const byId: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** Everything the rules have to say about a model, in the order of roles and rules; waivers are applied and judged. */
export function check(model: AccessModel, options: CheckOptions): readonly RuleFinding[] {
  const { add, list } = collector();
  const used = new Set<Acceptance>();
  const entries = new Set<Entry>();
  const installations = new Map(model.installations.map((i) => [i.name, i]));
  for (const account of model.accounts) {
    for (const rule of rules) {
      for (const seen of rule.account?.(account, model) ?? [])
        add(finding(rule, seen.severity, account.origin, null, seen));
    }
    for (const role of account.roles) {
      const installation = installations.get(role.installation);
      if (!installation) throw new Error(`role ${role.name} names an unknown installation`);
      entries.add(role.entry);
      for (const { rule, seen } of judgeRole({ role, account, installation }, options.reference)) {
        const raised = finding(rule, seen.severity, role.entry.origin, role.name, seen);
        const reason = acceptedFor(role.entry, rule, raised.severity, used);
        add(
          reason === undefined ? acceptable(raised, rule, role.entry) : { ...raised, accepted: true, reason },
        );
      }
    }
  }
  for (const entry of entries) for (const waiver of judgeWaivers(entry, used, options)) add(waiver);
  if (options.today !== undefined) for (const expired of judgeExpiry(model, options.today)) add(expired);
  return list();
}

/** So many roles are named one by one; where more have the same finding at one place, it is one that counts them. */
const namedRoles = 10;

/** Roles share the places of what `defaults` say. */
const places = new WeakMap<Origin, string>();

function placeOf(origin: Origin): string {
  let place = places.get(origin);
  if (place === undefined) places.set(origin, (place = JSON.stringify([origin.file, origin.path])));
  return place;
}

/** Findings that say the same at one place. */
interface Alike {
  /** As long as there is no other. */
  readonly first: RuleFinding;
  byRole?: Map<string | null, RuleFinding>;
  others?: Set<string>;
}

/** Collects findings, each once for a role, and once for all where many roles share it, as those of `defaults` do. */
function collector(): { add: (finding: RuleFinding) => void; list: () => readonly RuleFinding[] } {
  const groups = new Map<string, Alike>();
  const add = (finding: RuleFinding): void => {
    const { rule, severity, origin, message, remedy, accepted, reason, role } = finding;
    const key = `${rule}\n${severity}\n${placeOf(origin)}\n${message}\n${remedy}\n${accepted}\n${reason ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { first: finding });
      return;
    }
    const byRole = (group.byRole ??= new Map([[group.first.role, group.first]]));
    if (role === null || byRole.has(role) || byRole.size < namedRoles) byRole.set(role, finding);
    else (group.others ??= new Set()).add(role);
  };
  const list = (): readonly RuleFinding[] =>
    [...groups.values()].flatMap(({ first, byRole, others }) => {
      if (byRole === undefined) return [first];
      if (others === undefined) return [...byRole.values()];
      const message = `${first.message}; so in ${byRole.size + others.size} roles, ${first.role ?? ""} among them`;
      return [{ ...first, role: null, message }];
    });
  return { add, list };
}

interface Judgement {
  readonly rule: Rule;
  readonly seen: Observation;
}

/** What all rules say of a role, in the order of the table. */
function judgeRole(subject: RoleSubject, reference: ServiceReference): readonly Judgement[] {
  const found: Judgement[] = [];
  for (const { rule, judge } of ofRoles) for (const seen of judge(subject)) found.push({ rule, seen });
  const wide = new Set<string>();
  for (const { rule } of found) if (wideTrustRules.has(rule.id)) wide.add(rule.id);
  const written = permissionSubject(subject, [...wide], reference);
  if (written === null) return found;
  for (const { rule, judge } of ofPermissions) for (const seen of judge(written)) found.push({ rule, seen });
  return found;
}

function finding(
  rule: Rule,
  severity: Severity | undefined,
  origin: Origin,
  role: string | null,
  seen: { readonly message: string; readonly origin?: Origin; readonly remedy?: string },
): RuleFinding {
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    origin: seen.origin ?? origin,
    role,
    message: seen.message,
    remedy: seen.remedy ?? rule.remedy,
    accepted: false,
  };
}

/** The finding, with the way out that only an entry of a manifest has; info needs none. */
function acceptable(raised: RuleFinding, rule: Rule, entry: Entry): RuleFinding {
  if (raised.severity === "info" || !isWaivable(rule, raised.severity, entry)) return raised;
  const way = `accept: [{ rule: ${rule.id}, reason: … }]`;
  return { ...raised, remedy: `${raised.remedy}; or, with a reason, write ${way}` };
}

/** An error only where the rule lets it, and only in the main manifest. */
function isWaivable(rule: Rule, severity: Severity, entry: Entry): boolean {
  return severity !== "error" || (rule.waivableError && entry.mainManifest);
}

/** The reason for which the entry waives this finding, if it does. */
function acceptedFor(
  entry: Entry,
  rule: Rule,
  severity: Severity,
  used: Set<Acceptance>,
): string | undefined {
  const acceptance = entry.accept.find((a) => a.rule === rule.id && isReason(a.reason));
  if (!acceptance) return undefined;
  if (!isWaivable(rule, severity, entry)) return undefined;
  used.add(acceptance);
  return acceptance.reason;
}

/** True for text that says something: one letter or digit at least, which an invisible character is not. */
function isReason(reason: string): boolean {
  return /[\p{L}\p{N}]/u.test(reason);
}

function judgeWaivers(
  entry: Entry,
  used: ReadonlySet<Acceptance>,
  options: CheckOptions,
): readonly RuleFinding[] {
  return entry.accept.flatMap((acceptance) => {
    const raise = (id: string, message: string, remedy?: string): readonly RuleFinding[] => {
      const rule = byId.get(id);
      if (!rule) throw new Error(`no rule ${id}`);
      const seen = { message, ...(remedy === undefined ? {} : { remedy }) };
      return [finding(rule, undefined, acceptance.origin, null, seen)];
    };
    const rule = byId.get(acceptance.rule);
    if (!rule) {
      const near = nearest(acceptance.rule, byId.keys());
      const remedy = near === undefined ? undefined : `did you mean ${near}?`;
      return raise("W01", `there is no rule ${quote(acceptance.rule)}`, remedy);
    }
    if (!isReason(acceptance.reason)) return raise("W02", `the waiver of ${rule.id} gives no reason`);
    if (!used.has(acceptance)) {
      if (rule.waivableError && !entry.mainManifest)
        return raise("W05", `an included file cannot waive the error ${rule.id}`);
      if (rule.role === undefined && rule.permissions === undefined) {
        return raise("W03", `${rule.id} is not about an entry, and cannot be accepted in one`);
      }
      return rule.severity === "error" && !rule.waivableError
        ? raise("W03", `${rule.id} is an error that nobody can waive`, `${rule.remedy}; then remove this`)
        : raise("W03", `the entry has no finding of ${rule.id}, or it is waived already`);
    }
    if (acceptance.until !== null && options.today !== undefined && acceptance.until < options.today) {
      return raise("W04", `the waiver of ${rule.id} ended on ${acceptance.until}`);
    }
    return [];
  });
}

function judgeExpiry(model: AccessModel, today: string): readonly RuleFinding[] {
  const rule = byId.get("W06");
  if (!rule) throw new Error("no rule W06");
  return model.accounts.flatMap((account) =>
    account.roles
      .filter((role) => role.expires !== null && role.expires.slice(0, 10) <= today)
      .map((role) =>
        finding(rule, undefined, role.entry.origin, role.name, {
          message: `the entry expired on ${role.expires?.slice(0, 10) ?? ""}: nobody can log in`,
        }),
      ),
  );
}
