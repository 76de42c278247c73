import type { Severity } from "../diagnostics";
import type { Observation, PermissionSubject } from "./rule";

/** The rules whose findings make a trust a wide one. */
export const wideTrustRules: ReadonlySet<string> = new Set(["T54", "T57", "T58"]);

const next: Readonly<Record<Severity, Severity>> = Object.freeze({
  info: "warning",
  warning: "error",
  error: "error",
});

/** A judge whose findings are one severity higher where the role's trust is wide: see G11. */
export function raisedByWideTrust(
  severity: Severity,
  judge: (subject: PermissionSubject) => readonly Observation[],
): (subject: PermissionSubject) => readonly Observation[] {
  return (subject) => {
    const seen = judge(subject);
    if (subject.wideTrust.length === 0) return seen;
    return seen.map((observation) => ({
      ...observation,
      severity: next[observation.severity ?? severity],
      message: `${observation.message}; behind a trust as wide as ${subject.wideTrust.join(", ")} says, this weighs more (G11)`,
    }));
  };
}
