import { quote } from "../../diagnostics";
import type { ScmHost } from "../../model/accessModel";
import type { Admission } from "../../model/roleAccess";
import { coversPattern, escapePattern, literalStart, patternOf, type Pattern } from "../../policy";
import { scmHostOf, scmHosts, type SubjectReach } from "../../subject";
import type { FormFinding, TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import { admits, hasWildcard, isBinding, isOpen, isWithin, namedSubjects, patternIn } from "./trustView";

/** What one value says: whom it admits, or what is odd about its form. */
export type Reading = Admission | Form;

/** What one value says to a rule about forms; the message continues the value in quotes. */
export type Form = Omit<FormFinding, "origin">;

/** What a value says to one rule. @param message - continues the value in quotes */
export function say(rule: string, message: string, more: Partial<Form> = {}): readonly Form[] {
  return [{ rule, message, ...more }];
}

/** Whom a value admits: workspaces of a repository, or of whatever is below a URL. */
export function admission(
  { issuer }: SubjectValue,
  kind: Admission["kind"],
  url: string | null,
  more: Partial<Admission> = {},
): Admission {
  const openTo = issuer.openSignup ? issuer.providerName : null;
  return { kind, url, hostKind: null, contexts: [], bare: false, openTo, ...more };
}

/** One value that a statement lets in as `sub` of one of Gitpod's issuers. */
export interface SubjectValue {
  readonly view: TrustView;
  readonly login: TrustStatement;
  readonly issuer: TrustedIssuer;
  readonly condition: TrustCondition;
  /** As written. */
  readonly value: string;
  readonly pattern: Pattern;
  /** What stands before the first wildcard, escapes read. */
  readonly start: string;
  /** Has it a wildcard? */
  readonly open: boolean;
  /** Does anything but wildcards follow the first wildcard? */
  readonly more: boolean;
}

/** The values of a document that Gitpod's grammar is about; those that are never compared as patterns are left out. */
export function subjectValues(view: TrustView): readonly SubjectValue[] {
  return view.open.flatMap((login) =>
    login.issuers
      .filter((issuer) => issuer.foreign === null)
      .flatMap((issuer) =>
        narrowest(view, login, issuer).flatMap((condition) =>
          condition.values.flatMap((value): readonly SubjectValue[] => {
            const pattern = patternIn(condition, value);
            // Other rules say enough of these: T38, T65, T25 and T35, T24.
            if (pattern === null || !isWritable(value)) return [];
            if (!condition.base.endsWith("like") && hasWildcard(value)) return [];
            const open = isOpen(pattern);
            const first = pattern.findIndex((token) => typeof token === "string");
            const more = open && pattern.slice(first).some((token) => typeof token === "object");
            const start = literalStart(pattern);
            if (open && start === "" && !more) return [];
            return [{ view, login, issuer, condition, value, pattern, start, open, more }];
          }),
        ),
      ),
  );
}

/** Does IAM take every character of it? */
export function isWritable(text: string): boolean {
  return /^[\t\n\r\u0020-\u00ff]*$/.test(text);
}

/** Of the conditions on `sub` that are demanded together, those that no other one of them makes narrower. */
function narrowest(view: TrustView, login: TrustStatement, issuer: TrustedIssuer): readonly TrustCondition[] {
  const prefix = issuer.providerName.toLowerCase();
  const all = namedSubjects(view, login).filter((c) => c.prefix === prefix);
  const within = (narrow: TrustCondition, wide: TrustCondition): boolean =>
    isBinding(narrow) && isWithin(narrow, wide);
  return all.filter(
    (wide, i) =>
      !all.some((narrow, j) => j !== i && within(narrow, wide) && (j < i || !within(wide, narrow))),
  );
}

/** Does the whole document let in this subject, by any of its statements? */
export function admitted({ view, issuer }: SubjectValue, sub: string): boolean {
  return view.logins.some(
    (login) =>
      login.issuers.some((i) => i.principal === issuer.principal) && admits(view, login, issuer, sub),
  );
}

/** Does this value let in this subject, and nothing else of its statement, nor a Deny, keep it out? */
export function admittedBy({ view, login, issuer, pattern }: SubjectValue, sub: string): boolean {
  const whole = patternOf(escapePattern(sub), true);
  return whole !== null && coversPattern(pattern, whole) && admits(view, login, issuer, sub);
}

/** The source control hosts that are known, and the one that this value names. */
export function hostsFor({ view, start }: SubjectValue): readonly ScmHost[] {
  const { hosts } = view.surroundings;
  const known = hosts.length > 0 ? hosts : scmHosts({});
  const own = scmHostOf(start, known);
  return known.some((h) => h.name === own.name) ? known : [...known, own];
}

/** The value in words, wildcards as they are: what {@link SubjectValue.start} is for one without any. */
export function marked({ pattern }: SubjectValue): string {
  return pattern.map((t) => (t === "many" ? manyMark : t === "one" ? oneMark : t.literal)).join("");
}

/** Stand for wildcards in {@link marked} text: no subject holds them, since no policy can. */
export const manyMark = "\ue000";
const oneMark = "\ue001";
export const wildcardMark: RegExp = /[\ue000\ue001]/;

/** What a pattern says whose first wildcard is not inside of one repository; null where it is, or in an organization. */
export function looseReach(reach: SubjectReach): readonly Form[] | null {
  switch (reach.kind) {
    case "no-url":
      return say("T56", "does not begin like a URL that a workspace presents");
    case "before-path":
      return say(
        "T53",
        "has a wildcard before the repository's path: another host, another organization or a longer path with the same end matches",
      );
    case "host":
      return say("T55", "admits every repository of the host, whoever owns it");
    case "cut-name":
      return say(
        "T52",
        `admits every name that begins with ${quote(reach.name)}, such as ${quote(`${reach.name}-evil`)}, which anybody can register`,
      );
    case "organization":
    case "repository":
      return null;
  }
}
