import { pathText, type Finding } from "../diagnostics";
import type { GitpodYmlSubject } from "./rule";
import { isMerged } from "./snippetProfiles";
import { rules } from "./table";

/** What stands in merged tasks is not for editing: a merge refuses them from then on. */
const mergeAgain =
  "run gitpod-aws-oidc snippet --into FILE again, or take our tasks out with --remove: they are not for editing";

/** Everything the rules have to say about a `.gitpod.yml`, in the order of the file; each thing once. */
export function checkGitpodYmlFacts(file: string, subject: GitpodYmlSubject): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const rule of rules) {
    for (const { message, place, role, remedy } of rule.gitpodYml?.(subject) ?? []) {
      const { line, column } = place;
      const key = JSON.stringify([rule.id, line, column, message]);
      // An alias gives one text several paths: the first is enough.
      if (findings.has(key)) continue;
      findings.set(key, {
        ...{ rule: rule.id, severity: rule.severity, file, line, column, path: pathText(place.path) },
        ...{ role: role ?? null, message, accepted: false },
        remedy: rule.id !== "S14" && isMerged(place, subject.facts) ? mergeAgain : (remedy ?? rule.remedy),
      });
    }
  }
  return [...findings.values()].sort(
    (a, b) => a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
  );
}
