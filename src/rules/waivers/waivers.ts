import { nearest, pathText, quote, type RuleFinding } from "../../diagnostics";
import type { Acceptance, Entry } from "../../model/accessModel";
import { findingOf, rulesOf, type Observation, type Rule } from "../rule";

/** Rules about waivers and dates. */
export const waiverRules: readonly Rule[] = rulesOf({
  W01: {
    severity: "warning",
    title: "a waiver of an unknown rule",
    remedy: "write the id of a rule, as docs/rules.md lists them",
  },
  W02: {
    severity: "error",
    title: "a waiver without a reason",
    why: "nobody can tell later whether it still holds",
    remedy: "write why this is fine here",
  },
  W03: {
    severity: "warning",
    title: "a waiver that waives nothing",
    why: "it would hide the finding if it came back",
    remedy: "remove it",
  },
  W04: {
    severity: "error",
    title: "a waiver past its date",
    why: "what was accepted for a time would be accepted for good",
    remedy: "fix what it accepts, or decide again and write a new date",
  },
  W05: {
    severity: "error",
    title: "an included file or defaults waive what is not theirs",
    why: "included files belong to other teams, and defaults hold for entries that nobody has written yet: an error, a wide trust or a permission is for an entry of the main manifest to accept",
    remedy: "move the waiver to the entry, in the main manifest, where its reviewers see it",
  },
  W06: {
    severity: "warning",
    title: "an entry past its expiry",
    remedy: "remove the entry, or write a later date",
  },
  W07: {
    severity: "error",
    title: "one waiver for several findings",
    why: "it would accept what nobody has looked at, so it accepts nothing until it says which finding is meant",
    remedy: "add about: with a part of the finding's text, and a waiver for each other one that is fine",
  },
});

/** The rules whose findings make a trust a wide one: who gets in is for the main manifest to accept. */
export const wideTrust: ReadonlySet<string> = new Set(["T54", "T57", "T58", "T69"]);

/** What an entry accepts, and whether it may accept what only the main manifest may. */
export type WaiverEntry = Pick<Entry, "accept" | "mainManifest" | "origin">;

/** What a rule says of a role, whose entry may accept it. */
export interface EntryFinding {
  readonly rule: Rule;
  readonly entry: WaiverEntry;
  readonly finding: RuleFinding;
}

/** A waiver, and the entry that it belongs to; null: `defaults`. */
interface Waiver extends Acceptance {
  readonly entry: WaiverEntry | null;
}

/** What is wrong with a waiver, and the rule that says so. */
type Problem = Observation & { readonly rule: string };

/** Findings as entries and `defaults` accept them, others with the way to accept them; and what is wrong with waivers. */
export function applyWaivers(
  found: readonly EntryFinding[],
  entries: Iterable<WaiverEntry>,
  accept: readonly Acceptance[],
  rules: ReadonlyMap<string, Rule>,
): readonly RuleFinding[] {
  const waivers: Waiver[] = [
    ...[...entries].flatMap((entry) => entry.accept.map((a) => ({ ...a, entry }))),
    ...accept.map((a) => ({ ...a, entry: null })),
  ];
  // What each entry with waivers may accept; null: what `defaults` may.
  const scopes = new Map<WaiverEntry | null, EntryFinding[]>(waivers.map(({ entry }) => [entry, []]));
  for (const one of found) for (const by of [one.entry, null]) scopes.get(by)?.push(one);
  const acceptedBy = new Map<EntryFinding, Waiver>();
  // Those with `about` go first: what is left for the others is then clear more often.
  waivers.sort((a, b) => Number(a.about === null) - Number(b.about === null));
  const problems = waivers.flatMap((waiver) => {
    const problem = waive(waiver, scopes.get(waiver.entry) ?? [], acceptedBy, rules);
    const own = problem && rules.get(problem.rule);
    return own ? [findingOf(own, { origin: waiver.origin }, problem)] : [];
  });
  return [...found.map((one) => withWaiver(one, acceptedBy.get(one))), ...problems];
}

/** Accepts the one finding that a waiver means, of however many roles; else says what is wrong with the waiver. */
function waive(
  waiver: Waiver,
  scope: readonly EntryFinding[],
  acceptedBy: Map<EntryFinding, Waiver>,
  rules: ReadonlyMap<string, Rule>,
): Problem | null {
  const { about, reason } = waiver;
  const rule = rules.get(waiver.rule);
  if (rule === undefined) {
    const near = nearest(waiver.rule, rules.keys());
    const message = `there is no rule ${quote(waiver.rule)}`;
    return { rule: "W01", message, remedy: near && `did you mean ${near}?` };
  }
  const { id } = rule;
  // One letter or digit at least says something; an invisible character does not.
  if (!/[\p{L}\p{N}]/u.test(reason)) return { rule: "W02", message: `the waiver of ${id} gives no reason` };
  const open = scope.filter((one) => one.rule === rule && !acceptedBy.has(one));
  const meant = open.filter(
    (one) => mayWaive(waiver.entry, one) && textOf(one, waiver).includes(about ?? ""),
  );
  const texts = [...new Set(meant.map((one) => textOf(one, waiver)))].sort();
  if (texts.length > 1) {
    const shown = texts.slice(0, 4).map((text, i) => `(${i + 1}) ${text}`);
    if (texts.length > shown.length) shown.push(`and ${texts.length - shown.length} more`);
    const message = `this waiver fits ${texts.length} findings of ${id}, and accepts one: ${shown.join("; ")}`;
    return { rule: "W07", message };
  }
  if (meant.length === 0) return unused(waiver, rule, open);
  for (const one of meant) acceptedBy.set(one, waiver);
  return null;
}

/** What tells the findings of a waiver apart: their message; in an entry also the place, as a path below it. */
function textOf({ finding, entry }: EntryFinding, waiver: Waiver): string {
  if (waiver.entry === null) return finding.message;
  const { file, path } = finding.origin;
  const isBelow = file === entry.origin.file && entry.origin.path.every((step, i) => path[i] === step);
  const place = pathText(isBelow ? path.slice(entry.origin.path.length) : path);
  return place === "" ? finding.message : `${place}: ${finding.message}`;
}

/** Why a waiver accepts nothing, whose rule is known. */
function unused({ entry, about }: Waiver, rule: Rule, open: readonly EntryFinding[]): Problem {
  const { id, severity, waivable = false, admission, role, manifest } = rule;
  // Rules about the manifest as such are for defaults to accept.
  if ((admission ?? role ?? (entry === null ? manifest : undefined)) === undefined)
    return { rule: "W03", message: `${id} is not about entries, so none can accept it` };
  const isForeign =
    entry === null
      ? !isForDefaults(rule) || open.some(({ finding }) => finding.severity === "error")
      : !entry.mainManifest && (waivable || wideTrust.has(id));
  const [who, whose] =
    entry === null
      ? ["defaults", "no entry of the main manifest has a finding"]
      : ["an included file", "the entry has no finding"];
  if (isForeign) return { rule: "W05", message: `${who} cannot waive this finding of ${id}` };
  if (severity === "error" && !waivable) {
    const message = `${id} is an error that nobody can waive`;
    return { rule: "W03", message, remedy: `${rule.remedy}; then remove this` };
  }
  const which = about === null ? "" : ` that says ${quote(about)}`;
  return { rule: "W03", message: `${whose} of ${id}${which}, or it is waived already` };
}

/** May a waiver of an entry, or null: of `defaults`, accept a finding? An error only the entry, where its rule allows it. */
function mayWaive(by: WaiverEntry | null, { rule, entry, finding }: EntryFinding): boolean {
  if (finding.severity === "error") return rule.waivable === true && by?.mainManifest === true;
  if (by === null) return entry.mainManifest && isForDefaults(rule);
  return by.mainManifest || !wideTrust.has(rule.id);
}

/** May `defaults` accept what the rule warns of? No permissions, and of wide trusts only T57 of a repository. */
function isForDefaults({ id, severity }: Rule): boolean {
  return severity !== "error" && !id.startsWith("G") && id !== "T54" && id !== "T58";
}

function withWaiver(one: EntryFinding, waiver: Waiver | undefined): RuleFinding {
  const { finding, rule, entry } = one;
  if (waiver !== undefined) return { ...finding, accepted: true, reason: waiver.reason };
  if (finding.severity === "info" || !mayWaive(entry, one)) return finding;
  const where = rule.manifest === undefined ? "" : " under defaults";
  const way = `accept: [{ rule: ${rule.id}, reason: … }]${where}`;
  return { ...finding, remedy: `${finding.remedy}; or, with a reason, write ${way}` };
}
