import type { AccessModel, Installation } from "../model/accessModel";
import { permissionAnswer, type PermissionAnswer, type PermissionQuestion } from "./permission";
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
  /** Null where the role admits the login. Computed when it is asked for: thousands may refuse. */
  readonly remedy: () => string | null;
  /** Null where the role does not admit the login, or nobody asked. */
  readonly permission: PermissionAnswer | null;
  /** How near the role is to the workspace: 3 the one asked for, 2 its repository's, 1 but for letter case, 0 others. */
  readonly nearness: number;
}

/** The answer to a question. */
export interface ExplainReport {
  readonly installation: string | null;
  readonly attempt: LoginAttempt;
  readonly audience: string | null;
  /** By account and name. */
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
  const report = {
    ...{ attempt, audience: audienceOf(attempt.claims), question: question.permission ?? null },
  };
  if (installation === null) {
    const unknownIssuer = issuerRemedy(model, attempt.issuer, place, question.installation);
    return { ...report, installation: null, roles: [], unknownIssuer };
  }
  const source = remedySource(model, installation, attempt, place);
  const nearness = ({ role }: RoleVerdict): number => {
    if (role.arn === attempt.role) return 3;
    const relation = relationOf(role.entry, source.repository?.url ?? null);
    return relation === "same" ? 2 : relation === "letters" ? 1 : 0;
  };
  const asked = roles.filter(
    ({ role }) => question.role === undefined || role.name === question.role || role.arn === question.role,
  );
  const reports = asked.map((verdict): RoleReport => ({
    verdict,
    remedy: () => (verdict.admitted ? null : remedy(verdict, source)),
    permission:
      (verdict.admitted || verdict.undecided) && question.permission !== undefined
        ? permissionAnswer(verdict, question.permission, attempt, place)
        : null,
    nearness: nearness(verdict),
  }));
  return {
    ...{ ...report, installation: installation.name, unknownIssuer: [] },
    roles: withoutNeedless(reports),
  };
}

/** Where a role that admits the login allows what was asked for, no other needs it, too. */
function withoutNeedless(reports: readonly RoleReport[]): readonly RoleReport[] {
  if (!reports.some((r) => r.verdict.admitted && r.permission?.allowed === true)) return reports;
  return reports.map((report) =>
    report.permission === null ? report : { ...report, permission: { ...report.permission, remedy: null } },
  );
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
  const { installation, audience, question, attempt } = report;
  const roles = report.roles.map(({ verdict, remedy: remedyOf, permission }) => ({
    role: verdict.role.name,
    arn: verdict.role.arn,
    account: verdict.account.name,
    admitted: verdict.admitted,
    because: verdict.failures[0] ?? null,
    remedy: remedyOf(),
    ...(permission === null || question === null
      ? {}
      : { permission: { ...question, allowed: permission.allowed, remedy: permission.remedy } }),
  }));
  const subject = attempt.claims.sub ?? null;
  return `${JSON.stringify({ installation, subject, audience, roles }, null, 2)}\n`;
}
