import { escapeHidden } from "../diagnostics";
import type { Failure } from "../policy";
import type { PermissionAnswer, PermissionQuestion } from "./permission";
import { notKnown, type ExplainReport, type RoleReport } from "./report";

/** Was the token's signature looked at? Null where there is no token. */
export type Signature = "verified" | "unverified" | null;

/** Refused roles that the text shows in full; of the rest it says how many there are. */
const shownRoles = 5;
/** Values of a condition that the text shows. */
const shownValues = 8;
const indent = " ".repeat(10);

/** The verdict for a person: who gets in, and for the roles that come near why not, and what to change. */
export function explainText(report: ExplainReport, signature: Signature): string {
  const { attempt, audience, unknownIssuer, roles, installation } = report;
  const head = [
    ...eventLines(report),
    field("issuer", attempt.issuer),
    field("subject", attempt.claims.sub ?? "(none)"),
    field("audience", audience ?? (attempt.audienceKnown ? "(none)" : "(not in the event)")),
    ...(signature === null ? [] : [field("signature", signatureText[signature])]),
    "",
  ];
  const [problem, ...remedies] = unknownIssuer;
  if (problem !== undefined)
    return text([...head, field("refused", problem), ...remedies.map((r) => field("remedy", r))]);
  const admitted = roles.filter((r) => r.verdict.admitted);
  const others = roles.filter((r) => !r.verdict.admitted);
  const shown = nearest(others, attempt.claims.sub ?? "", admitted.length > 0).slice(0, shownRoles);
  const rest = others.length - shown.length;
  const more = `${shown.length + admitted.length > 0 ? " other" : ""} role${rest === 1 ? "" : "s"}`;
  return text([
    ...head,
    ...answerLines(report),
    ...admitted.flatMap((role) => admittedLines(role, report.question)),
    ...shown.flatMap((role) => refusedLines(role, report.question)),
    ...(rest === 0
      ? []
      : [`${rest}${more} of ${installation ?? ""} ${rest === 1 ? "refuses" : "refuse"} it`, ""]),
    ...(roles.length === 0 ? [`no role trusts workspaces of ${installation ?? ""}`] : []),
  ]);
}

const signatureText = Object.freeze({
  verified: "valid, by the keys of the manifest's issuer",
  unverified: "not checked (--verify)",
});

/** Which event this is, where there are several. */
function eventLines({ attempt: { event, at } }: ExplainReport): readonly string[] {
  if (event === null) return [];
  const answer = event.error === null ? "let in" : `refused with ${event.error}`;
  return [field("event", `${event.number} of ${event.count}${at === null ? "" : `, ${at}`}: ${answer}`)];
}

/** What AWS answered to an event's login, where the manifest has another answer. */
function answerLines({ attempt: { event, role }, roles }: ExplainReport): readonly string[] {
  if (event === null || event.error === null || role === null) return [];
  const asked = roles.find(({ verdict }) => verdict.role.arn === role);
  if (asked === undefined) return [field("note", `the login asked for ${role}, which is none of these`), ""];
  if (!asked.verdict.admitted) return [];
  const advice = "deploy it, or, in the first half minute after a deploy, try again";
  return [field("note", `AWS refused what the manifest admits: ${advice}`), ""];
}

function admittedLines({ verdict, permission }: RoleReport, question: PermissionQuestion | null): string[] {
  const { role, account } = verdict;
  return [
    field("admitted", `${role.name} in account ${account.name}`),
    `${indent}${role.arn}`,
    ...permissionLines(permission, question),
    "",
  ];
}

function permissionLines(answer: PermissionAnswer | null, question: PermissionQuestion | null): string[] {
  if (answer === null || question === null) return [];
  const { action, resource } = question;
  const word = answer.allowed === null ? "undecided" : answer.allowed ? "allowed" : "refused";
  return [
    field(word, `${action} on ${resource}`),
    field("", answer.reason),
    ...answer.unread.map((arn) => field("", `not read: ${arn}`)),
    ...(answer.remedy === null ? [] : [field("remedy", answer.remedy)]),
  ];
}

function refusedLines(
  { verdict, remedy, permission }: RoleReport,
  question: PermissionQuestion | null,
): string[] {
  const { role, account, undecided, failures, unknown } = verdict;
  const advice = remedy();
  return [
    field(undecided ? "undecided" : "refused", `${role.name} in account ${account.name}`),
    ...failures.slice(0, 1).flatMap(failureLines),
    ...(undecided
      ? unknown.flatMap((f) => [`${indent}${notKnown(f)}`, ...valueLines("expected", f.expected)])
      : []),
    ...(advice === null ? [] : [field("remedy", advice)]),
    ...permissionLines(permission, question),
    "",
  ];
}

function failureLines({ operator, key, expected, actual }: Failure): string[] {
  return [
    `${indent}${operator} ${escapeHidden(key)} does not hold`,
    ...valueLines(/not/i.test(operator) ? "none of" : "expected", expected),
    ...valueLines("found", [actual ?? "(nothing)"]),
  ];
}

function valueLines(word: string, all: readonly string[]): string[] {
  const values = all.slice(0, shownValues).map(escapeHidden);
  if (all.length > values.length) values.push(`and ${all.length - values.length} more`);
  return values.map((value, i) => `${indent}${(i === 0 ? word : "").padEnd(10)}${value}`);
}

/** The roles for the workspace's repository, nearest first; where there is none, nor `enough`, the one most like it. */
function nearest(roles: readonly RoleReport[], subject: string, enough: boolean): readonly RoleReport[] {
  const near = roles.filter((r) => r.nearness > 0).sort((a, b) => b.nearness - a.nearness);
  if (near.length > 0 || enough) return near;
  const wanted = subject.toLowerCase();
  const likeness = ({ verdict }: RoleReport): number => {
    const url = verdict.role.entry.url.toLowerCase();
    const end = Array.from(url).findIndex((character, i) => character !== wanted[i]);
    return end < 0 ? url.length : end;
  };
  return [...roles].sort((a, b) => likeness(b) - likeness(a)).slice(0, 1);
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n").trimEnd()}\n`;
}

/** A word, and behind it text, of which each part and each alternative has a line: whoever copies one gets it whole. */
function field(word: string, value: string): string {
  const parts = escapeHidden(value).split(/(?<=;) |(?<=,) (?=or[ ,])/);
  return `${word.padEnd(indent.length)}${parts.join(`\n${indent}`)}`.trimEnd();
}
