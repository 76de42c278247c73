import { pathText, type Finding } from "../../diagnostics";
import type { GitpodYmlSubject } from "../rule";
import { rules } from "../table";
import { isMerged, stepsOf } from "./steps";

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
