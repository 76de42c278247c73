import type { AccessModel, Installation } from "../model/accessModel";
import { permissionAnswer, type PermissionAnswer, type PermissionQuestion } from "./permission";
import type { Failure } from "../policy";
import { issuerRemedy, relationOf, remedy, remedySource, type Place } from "./remedy";
import { audienceOf, judge, type LoginAttempt, type RoleVerdict } from "./verdict";

/** What somebody wants explained, besides the login. */
export interface Question {
  /** The only installation to look at. @default - all of them */
  readonly installation?: Installation | undefined;
  /** Name or ARN of the only role to look at. @default - all of the installation */
  readonly role?: string | undefined;
  /** What the workspace is to do with the role. @default - nothing is asked */
  readonly permission?: PermissionQuestion | undefined;
}

/** What there is to report of one role. */
export interface RoleReport {
  readonly verdict: RoleVerdict;
  /** Null where it admits, or the repository has a nearer role. Computed when asked for: thousands may refuse. */
  readonly remedy: () => string | null;
  /** Null where the role does not admit the login, or nobody asked. */
  readonly permission: PermissionAnswer | null;
  /** How near the role is to the workspace: 3 the one asked for, 2 its repository's, 1 but for letter case, 0 others. */
  readonly nearness: number;
}

/** The answer to a question. */
export interface ExplainReport {
  /** The installation that the login is judged as one of; null where none has the token's issuer. */
  readonly installation: string | null;
  readonly attempt: LoginAttempt;
  readonly audience: string | null;
  /** Of all installations with the token's issuer: by installation, account and name. */
  readonly roles: readonly RoleReport[];
  /** What is to be said where no installation has the issuer: what is so, and the remedy. Empty where one has. */
  readonly unknownIssuer: readonly string[];
  readonly question: PermissionQuestion | null;
}

/** Judges a login by a model, as far as it is asked for. */
export function explain(
  model: AccessModel,
  attempt: LoginAttempt,
  question: Question,
  place: Place,
): ExplainReport {
  const { installation, roles } = judge(model, attempt, question.installation);
  const report = { attempt, audience: audienceOf(attempt.claims), question: question.permission ?? null };
  if (installation === null) {
    const unknownIssuer = issuerRemedy(model, attempt.issuer, place, question.installation);
    return { ...report, installation: null, roles: [], unknownIssuer };
  }
  const asked = roles.filter(
    ({ role }) => question.role === undefined || role.name === question.role || role.arn === question.role,
  );
  const reports = [...new Set(asked.map((verdict) => verdict.installation))].flatMap((own) => {
    const source = remedySource(model, own, attempt, place);
    const ofOwn = asked.filter((verdict) => verdict.installation === own);
    return ofOwn.map((verdict): RoleReport => {
      const { role, admitted, undecided } = verdict;
      const permission =
        (admitted || undecided) && question.permission !== undefined
          ? permissionAnswer(verdict, question.permission, attempt, model, place)
          : null;
      const nearness =
        role.arn === attempt.role ? 3 : { same: 2, letters: 1, other: 0 }[relationOf(role, source)];
      return { verdict, permission, nearness, remedy: () => (admitted ? null : remedy(verdict, source)) };
    });
  });
  return {
    ...{ ...report, installation: installation.name, unknownIssuer: [] },
    roles: withoutFarther(reports, question.permission),
  };
}

/**
 * Remedies widen a role no further than needed: where the repository has a role of its own, its organization's is left
 * alone. A permission is added to the nearest role alone, and to none where one that admits the login has it.
 */
function withoutFarther(
  reports: readonly RoleReport[],
  question: PermissionQuestion | undefined,
): readonly RoleReport[] {
  const isRepo = ({ verdict }: RoleReport) => verdict.role.entry.kind === "repo";
  const hasOwn = reports.some((r) => isRepo(r) && r.nearness >= 2);
  const resourceAccount = question?.resource.split(":")[4] ?? "";
  const rank = (r: RoleReport): number =>
    (r.nearness === 3 ? 4 : 0) + (isRepo(r) ? 2 : 0) + (r.verdict.account.id === resourceAccount ? 1 : 0);
  const open = reports.filter((r) => r.permission !== null);
  const isAllowed = open.some((r) => r.verdict.admitted && r.permission?.allowed === true);
  const nearest = open.reduce((best, r) => Math.max(best, rank(r)), 0);
  return reports.map((report) => {
    const { nearness, permission } = report;
    const isFarther = hasOwn && !isRepo(report) && (nearness === 1 || nearness === 2);
    const isSettled = isAllowed || rank(report) < nearest;
    return {
      ...report,
      remedy: isFarther ? () => null : report.remedy,
      permission: permission !== null && isSettled ? { ...permission, remedy: null } : permission,
    };
  });
}

/** Why nobody can say: what is not known of the login, or of what the roles may do. */
export function openQuestions({ roles }: ExplainReport): readonly string[] {
  const questions = roles.flatMap(({ verdict, permission }) => [
    ...(verdict.undecided ? verdict.unknown.map(notKnown) : []),
    ...(permission?.allowed === null ? [permission.reason] : []),
  ]);
  return [...new Set(questions)];
}

/** The fact that a condition needs and that is not known. */
export function notKnown({ key }: Failure): string {
  return key === "aws:SourceIp"
    ? "the source address is not known (--source-ip)"
    : "the event does not say the audience";
}

/** 0: some role admits the login, and allows what was asked for · 1: none does · 2: nobody can say. */
export function outcome({ roles, question }: ExplainReport): 0 | 1 | 2 {
  const answers = roles.map(({ verdict, permission }) => {
    if (verdict.undecided) return permission?.allowed === false ? false : null;
    return verdict.admitted && (question === null || (permission?.allowed ?? null));
  });
  if (answers.includes(true)) return 0;
  return answers.includes(null) ? 2 : 1;
}

/** The JSON of a report: 2 spaces, a newline at the end. */
export function explainJson(report: ExplainReport): string {
  return `${JSON.stringify(jsonOf(report), null, 2)}\n`;
}

/** The JSON of several reports, each with its place in the file of events. */
export function explainEventsJson(reports: readonly ExplainReport[]): string {
  const events = reports.map((report) => {
    const { event, at } = report.attempt;
    return { event: event?.number ?? null, at, error: event?.error ?? null, ...jsonOf(report) };
  });
  return `${JSON.stringify({ events }, null, 2)}\n`;
}

function jsonOf(report: ExplainReport): object {
  const { installation, audience, question, attempt } = report;
  const roles = report.roles.map(({ verdict, remedy: remedyOf, permission }) => ({
    role: verdict.role.name,
    arn: verdict.role.arn,
    account: verdict.account.name,
    admitted: verdict.admitted,
    because: verdict.failures[0] ?? verdict.unknown[0] ?? null,
    remedy: remedyOf(),
    ...(permission === null || question === null
      ? {}
      : { permission: { ...question, allowed: permission.allowed, remedy: permission.remedy } }),
  }));
  const subject = attempt.claims.sub ?? null;
  return { installation, subject, audience, roles };
}
