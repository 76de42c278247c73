import { quote, type Origin } from "../diagnostics";
import { patternOf, patternsMeet } from "../policy";
import { judgeClaims, judgeMixture, judgeVersion } from "./subjectClaims";
import { judgePattern, judgeUrl } from "./subjectUrls";
import {
  admittedBy,
  subjectValues,
  type GrammarFinding,
  type GrammarRule,
  type SubjectValue,
} from "./subjectValues";
import type { Observation, TrustSubject } from "./rule";
import { trustView } from "./trustView";

const memo = new WeakMap<TrustSubject, ReadonlyMap<GrammarRule, readonly Observation[]>>();

/** What the subjects of a trust policy say to one rule, read as Gitpod makes them. */
export function grammar(rule: GrammarRule): (subject: TrustSubject) => readonly Observation[] {
  return (subject) => {
    const known = memo.get(subject) ?? judgeAll(subject);
    memo.set(subject, known);
    return known.get(rule) ?? [];
  };
}

function judgeAll(subject: TrustSubject): ReadonlyMap<GrammarRule, readonly Observation[]> {
  const byRule = new Map<GrammarRule, Observation[]>();
  const seen = new Set<string>();
  const view = trustView(subject);
  const values = view.endless ? [] : subjectValues(view);
  const add = (value: SubjectValue, { rule, message, severity, remedy }: GrammarFinding): void => {
    const origin: Origin = value.condition.origin;
    const id = JSON.stringify([rule, message, origin.path]);
    if (seen.has(id)) return;
    seen.add(id);
    const observation: Observation = {
      message: `${value.login.name}: ${message}`,
      origin,
      ...(severity === undefined ? {} : { severity }),
      ...(remedy === undefined ? {} : { remedy }),
    };
    byRule.set(rule, [...(byRule.get(rule) ?? []), observation]);
  };
  for (const value of values) for (const finding of judge(value)) add(value, finding);
  for (const [value, finding] of judgeMixture(values)) add(value, finding);
  return byRule;
}

/** Subjects that say nothing of a repository: everybody has them who has a workspace. */
const anonymous: readonly (readonly [example: string, pattern: string])[] = Object.freeze([
  ["no-context", "no-context"],
  ["deleted-normalizedContextURL", "deleted-normalizedContextURL"],
  ["snapshot/01234567-89ab-4cde-8f01-23456789abcd", "snapshot/*"],
]);

function judge(value: SubjectValue): readonly GrammarFinding[] {
  const nameless = anonymousOf(value);
  if (nameless !== null)
    return [
      { rule: "T61", message: `${quote(value.value)} lets ${quote(nameless)} in, which is no repository's` },
    ];
  return judgeVersion(value) ?? judgeClaims(value) ?? (value.open ? judgePattern(value) : judgeUrl(value));
}

function anonymousOf(value: SubjectValue): string | null {
  for (const [subject, pattern] of anonymous) {
    if (admittedBy(value, subject)) return subject;
    const whole = patternOf(pattern, true);
    // Any snapshot counts, not the one of the example alone.
    const only = value.start.startsWith("snapshot/") && whole !== null && patternsMeet(value.pattern, whole);
    if (only) return value.open ? "snapshot/…" : value.start;
  }
  return null;
}
