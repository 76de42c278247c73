import type { Failure } from "../policy";
import type { RemedySource } from "./source";
import { isElsewhere, subjectRemedy } from "./subjectRemedy";
import type { RoleVerdict } from "./verdict";

/**
 * The smallest change that would admit a login that a role refuses: of the manifest, as what to write and where, or of
 * the login. Where several things stand against it, each has its part, unless the role is for somebody else.
 */
export function remedy(verdict: RoleVerdict, source: RemedySource): string {
  const { failures } = verdict;
  const aboutSubject = failures.some(isAboutSubject);
  const first = aboutSubject ? [subjectRemedy(verdict, source)] : [];
  if (aboutSubject && isElsewhere(verdict, source)) return first.join("");
  const rest = failures.filter((f) => !isAboutSubject(f)).map((f) => failureRemedy(f, verdict, source));
  return [...first, ...rest].join("; and ");
}

function isAboutSubject({ key }: Failure): boolean {
  return key.endsWith(":sub");
}

function failureRemedy(failure: Failure, { role }: RoleVerdict, source: RemedySource): string {
  const { key, actual, expected } = failure;
  const at = source.place(role.entry.origin);
  if (key === "exp") return "get a new token: this one has ended";
  if (key === "iat") return "set the clock, or --now: by it, the token is from the future";
  if (key.endsWith(":aud")) return audienceRemedy(source);
  if (key === "aws:CurrentTime")
    return `the entry expired on ${expected.join().slice(0, 10)}: write a later date as expires: at ${at}`;
  if (key === "aws:SourceIp") {
    const from = `log in from ${expected.join(" or ")}`;
    return actual === null
      ? `${from}: the source address is not known (--source-ip)`
      : `${from}, or add ${actual}/${actual.includes(":") ? 128 : 32} to sourceCidrs: at ${at}`;
  }
  return `look at the role's trust policy: ${key} is no condition of this tool`;
}

function audienceRemedy({ installation, attempt, place }: RemedySource): string {
  const { aud = [], azp } = attempt.claims;
  const audiences = [aud].flat();
  const wanted = installation.audience;
  if (azp !== undefined && azp !== wanted && audiences.includes(wanted))
    return `ask for the token with --audience ${wanted} before any other: AWS looks at the first alone`;
  const found = azp ?? audiences[0] ?? "";
  const change = /^[A-Za-z0-9._:/-]{1,255}$/.test(found)
    ? `, or, if ${found} is right, write audience: ${found} at ${place(installation.origin)}`
    : "";
  return `ask for the token with --audience ${wanted}${change}`;
}
