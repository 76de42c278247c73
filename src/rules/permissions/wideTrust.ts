import { rulesOf, type Observation, type Rule } from "../rule";

/** The rules whose findings make a trust a wide one. */
const wideTrust: ReadonlySet<string> = new Set(["T54", "T57", "T58", "T69"]);

/** Rules that raise the severity of others: the walker applies them. */
export const wideTrustRules: readonly Rule[] = rulesOf({
  G11: {
    severity: "error",
    title: "wide permissions behind a wide trust",
    why: "what G02, G05 to G08 and G20 warn of is open to whoever T54, T57, T58 or T69 lets in: such a finding is then an error, under its own id",
    remedy: "narrow the trust or the permissions",
  },
});

/** Of rules that found something about a role's trust, those that make it wide. */
export function wideOnes(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id) => wideTrust.has(id)))].sort();
}

/** What a rule says behind a wide trust. */
export function raised(rule: Rule, seen: Observation, wide: readonly string[]): Observation {
  if (rule.raised !== true || wide.length === 0 || (seen.severity ?? rule.severity) !== "warning")
    return seen;
  return {
    ...seen,
    severity: "error",
    message: `${seen.message}; raised, because the trust is wide (${wide.join(", ")}): see G11`,
  };
}
