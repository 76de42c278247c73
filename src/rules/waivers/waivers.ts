import { nearest, quote, type RuleFinding, type Severity } from "../../diagnostics";
import type { Acceptance, AccessModel, Entry } from "../../model/accessModel";
import type { Observation, Rule } from "../rule";

/** Rules about waivers and dates. */
export const waiverRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "W01",
    severity: "warning",
    title: "a waiver of an unknown rule",
    why: "it waives nothing, whatever its author believes",
    remedy: "write the id of a rule, as docs/rules.md lists them",
  },
  {
    id: "W02",
    severity: "error",
    title: "a waiver without a reason",
    why: "nobody can tell later whether it still holds",
    remedy: "write why this is fine here",
  },
  {
    id: "W03",
    severity: "warning",
    title: "a waiver that waives nothing",
    why: "it would hide the finding if it came back",
    remedy: "remove it",
  },
  {
    id: "W04",
    severity: "error",
    title: "a waiver past its date",
    why: "what was accepted for a time would be accepted for good",
    remedy: "fix what it accepts, or decide again and write a new date",
  },
  {
    id: "W05",
    severity: "error",
    title: "an included file waives an error, or a wide trust",
    why: "included files belong to other teams: errors, and who gets in, are not theirs to accept",
    remedy: "move the entry to the main manifest, where its reviewers see it",
  },
  {
    id: "W06",
    severity: "warning",
    title: "an entry past its expiry",
    why: "its role admits nobody any more, but still looks as if it did",
    remedy: "remove the entry, or write a later date",
  },
]);

/** The rules of a wide trust: who gets in is for the main manifest to accept. */
const mainOnly: ReadonlySet<string> = new Set(["T54", "T57", "T58"]);

/** What an entry accepts, and whether it may accept what only the main manifest may. */
export type Waivers = Pick<Entry, "accept" | "mainManifest">;

/** May an entry waive the finding? An error only where the rule lets it; that and a wide trust in the main manifest only. */
function isWaivable(rule: Rule, severity: Severity, entry: Waivers): boolean {
  if (!entry.mainManifest && mainOnly.has(rule.id)) return false;
  return severity !== "error" || (rule.waivable === true && entry.mainManifest);
}

/** Is the rule one that can say something of an entry? */
export function isAboutEntries({ admission, role }: Rule): boolean {
  return admission !== undefined || role !== undefined;
}

/** A finding as its entry accepts it; else with the way to accept it, where there is one. */
export function accepted(
  finding: RuleFinding,
  rule: Rule,
  entry: Waivers,
  used: Set<Acceptance>,
): RuleFinding {
  if (!isWaivable(rule, finding.severity, entry)) return finding;
  const acceptance = entry.accept.find((a) => a.rule === rule.id && isReason(a.reason));
  if (acceptance !== undefined) {
    used.add(acceptance);
    return { ...finding, accepted: true, reason: acceptance.reason };
  }
  if (finding.severity === "info") return finding;
  const way = `accept: [{ rule: ${rule.id}, reason: … }]`;
  return { ...finding, remedy: `${finding.remedy}; or, with a reason, write ${way}` };
}

/** True for text that says something: one letter or digit at least, which an invisible character is not. */
function isReason(reason: string): boolean {
  return /[\p{L}\p{N}]/u.test(reason);
}

/** What is wrong with a waiver, and by which rule; null: nothing. */
export function waiverProblem(
  acceptance: Acceptance,
  entry: Waivers,
  rules: ReadonlyMap<string, Rule>,
  used: ReadonlySet<Acceptance>,
  today: string | undefined,
): (Observation & { readonly rule: string }) | null {
  const rule = rules.get(acceptance.rule);
  if (rule === undefined) {
    const near = nearest(acceptance.rule, rules.keys());
    const remedy = near === undefined ? {} : { remedy: `did you mean ${near}?` };
    return { rule: "W01", message: `there is no rule ${quote(acceptance.rule)}`, ...remedy };
  }
  const { id, severity, waivable = false } = rule;
  if (!isReason(acceptance.reason)) return { rule: "W02", message: `the waiver of ${id} gives no reason` };
  if (used.has(acceptance)) {
    const { until } = acceptance;
    return until !== null && today !== undefined && until < today
      ? { rule: "W04", message: `the waiver of ${id} ended on ${until}` }
      : null;
  }
  if (!entry.mainManifest && (waivable || mainOnly.has(id)))
    return { rule: "W05", message: `an included file cannot waive ${id}` };
  if (!isAboutEntries(rule))
    return { rule: "W03", message: `${id} is not about an entry, so an entry cannot accept it` };
  if (severity === "error" && !waivable)
    return {
      rule: "W03",
      message: `${id} is an error that nobody can waive`,
      remedy: `${rule.remedy}; then remove this`,
    };
  return { rule: "W03", message: `the entry has no finding of ${id}, or it is waived already` };
}

/** Roles whose entries have expired, each with what is said of it. */
export function expiredRoles(
  { accounts }: AccessModel,
  today: string,
): readonly { readonly name: string; readonly entry: Entry; readonly message: string }[] {
  return accounts.flatMap(({ roles }) =>
    roles.flatMap(({ name, entry, expires }) => {
      const day = expires?.slice(0, 10);
      return day !== undefined && day <= today
        ? [{ name, entry, message: `the entry expired on ${day}: nobody can log in` }]
        : [];
    }),
  );
}
