import { isIP } from "node:net";
import { nearest, quote, resemblesToken } from "../diagnostics";
import {
  bareFacts,
  readClaims,
  readToken,
  type InputResult,
  type LoginsResult,
  type TokenFacts,
} from "../explain/input";
import {
  explain,
  explainEventsJson,
  explainJson,
  openQuestions,
  outcome,
  type ExplainReport,
  type Question,
} from "../explain/report";
import type { Place } from "../explain/remedy";
import { explainText, type Signature } from "../explain/text";
import type { LoginAttempt } from "../explain/verdict";
import type { AccessModel, Installation } from "../model/accessModel";
import type { Correction } from "../model/correction";
import { cloneUrl, parseSubject, subjectOfContextUrl } from "../subject";
import { checkedDate } from "./check";
import { checkOptions, CommandError, unknownName } from "./commandError";
import { readInput } from "./input";
import type { CommandIo, ExitCode, Options } from "./io";
import { readSound, type ReadProject } from "./project";
import { readSettings } from "./settings";
import { verifyToken } from "./verify";

/** The command line of `explain`. */
export type ExplainArguments = Options<
  | ("manifest" | "token" | "claims" | "context" | "installation" | "role")
  | ("action" | "resource" | "sourceIp" | "event" | "now")
> & { readonly format: string; readonly verify: boolean };

type SoundProject = Extract<ReadProject, { readonly ok: true }>;

/** `explain`: which roles a workspace may assume, and of the others why not. 0 admitted, 1 refused, 2 no verdict. */
export async function explainCommand(given: ExplainArguments, io: CommandIo): Promise<ExitCode> {
  checkUsage(given);
  const project = readSound(readSettings(given, io.env).manifest, io);
  if (project === null) return 2;
  const { model, locator } = project;
  const installation = namedInstallation(model, given.installation);
  const token = given.token === "-" ? readInput("-", "the token", io) : given.token;
  const logins = token === undefined ? readLogins(given, model, installation, io) : [readToken(token)];
  const [first, ...others] = logins;
  if (first?.ok === false && others.length === 0) throw noVerdict(first);
  if (given.verify && token !== undefined && first?.ok === true)
    await verifyToken(token, first.facts.issuer, model, io);
  const { action, resource, role } = given;
  const permission = action === undefined || resource === undefined ? undefined : { action, resource };
  const question: Question = { installation, role, permission };
  const reports = logins.flatMap((login) => {
    if (!login.ok) return [];
    const facts = { ...login.facts, sourceIp: given.sourceIp ?? login.facts.sourceIp };
    const report = explain(model, attemptOf(facts, given.now, io), question, placeIn(locator));
    if (role !== undefined && report.installation !== null && report.roles.length === 0)
      throw unknownRole(role, report.installation, model);
    return [report];
  });
  const signature: Signature = token === undefined ? null : given.verify ? "verified" : "unverified";
  if (given.format === "text")
    io.stdout.write(reports.map((report) => explainText(report, signature)).join("\n"));
  else io.stdout.write(logins.length > 1 ? explainEventsJson(reports) : reports.map(explainJson).join(""));
  return closing(logins, reports, io);
}

/** The exit status: the worst of all logins; what keeps one from a verdict goes to stderr. */
function closing(
  logins: readonly InputResult[],
  reports: readonly ExplainReport[],
  { stderr }: CommandIo,
): ExitCode {
  for (const [i, login] of logins.entries())
    if (!login.ok) stderr.write(`event ${i + 1} of ${logins.length}: no verdict: ${login.problem}\n`);
  const statuses = reports.map(outcome);
  if (statuses.includes(1)) return 1;
  if (!statuses.includes(2)) return reports.length === logins.length ? 0 : 2;
  stderr.write(`undecided: ${[...new Set(reports.flatMap(openQuestions))].join("; ")}\n`);
  return 2;
}

/** Where something stands in the manifest: the line of the key, where it is written. */
export function placeIn(locator: SoundProject["locator"]): Place {
  return (origin, ...keys) => {
    const whole = locator.locate(origin, "value").line;
    const lines = keys.map(
      (key) => locator.locate({ file: origin.file, path: [...origin.path, key] }, "key").line,
    );
    return `${origin.file}:${lines.find((line) => line !== whole) ?? whole}`;
  };
}

/** @throws CommandError - for a command line that contradicts itself, or says what is none */
function checkUsage(given: ExplainArguments): void {
  const { token, verify, ...others } = given;
  const { claims, context, action, resource, sourceIp, format } = others;
  const isUsed = (option: string | undefined) => option !== undefined;
  const mistakes: readonly (readonly [boolean, message: string, remedy: string])[] = [
    [
      Object.values(others).some((value) => value !== undefined && resemblesToken(value)),
      "there is a token where none belongs",
      "pass it with --token -, on standard input",
    ],
    [
      [token, claims, context].filter(isUsed).length !== 1,
      "explain takes one of --token, --claims and --context",
      "in a workspace: gp idp token --audience sts.amazonaws.com | npx gitpod-aws-oidc explain --token -",
    ],
    [
      sourceIp !== undefined && isIP(sourceIp) === 0,
      `--source-ip ${quote(sourceIp ?? "")} is not an IP address`,
      "write one address, e.g. 198.51.100.7",
    ],
    [context?.trim() === "", "--context is empty", "pass the URL that the workspace is opened on"],
    [
      format !== "text" && format !== "json",
      `--format ${quote(format)} is not text or json`,
      "write --format text or --format json",
    ],
  ];
  for (const [isOne, message, remedy] of mistakes) if (isOne) throw new CommandError(message, remedy);
  checkOptions(
    given,
    {},
    { action: ["resource"], resource: ["action"], claims: ["event"], token: ["verify"] },
  );
  checkQuestion(action, resource);
  checkedDate(given.now);
}

/** @throws CommandError - for what is no action of AWS, or no ARN */
export function checkQuestion(action: string | undefined, resource: string | undefined): void {
  if (action !== undefined && !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action))
    throw new CommandError(
      `--action ${quote(action)} is not an action`,
      "write service:Name, e.g. s3:GetObject",
    );
  if (resource !== undefined && resource !== "*" && !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./.test(resource))
    throw new CommandError(
      `--resource ${quote(resource)} is not an ARN`,
      "write the whole ARN, or * for an action without resource",
    );
}

function namedInstallation(
  { installations }: AccessModel,
  name: string | undefined,
): Installation | undefined {
  const found = installations.find((i) => i.name === name);
  if (name === undefined || found !== undefined) return found;
  throw unknownName(
    "installation",
    name,
    installations.map((i) => i.name),
  );
}

function unknownRole(role: string, installation: string, model: AccessModel): CommandError {
  const roles = model.accounts.flatMap((account) => account.roles);
  const foreign = roles.find((r) => r.name === role || r.arn === role);
  const names = roles.filter((r) => r.installation === installation).map((r) => r.name);
  const near = nearest(role.slice(role.lastIndexOf("/") + 1), names);
  return new CommandError(
    foreign === undefined
      ? `${installation} has no role ${quote(role)}`
      : `the role ${foreign.name} is for workspaces of ${foreign.installation}, and this one is of ${installation}`,
    foreign === undefined && near !== undefined
      ? `did you mean ${near}?`
      : "leave --role out to see the roles that this workspace may have",
  );
}

function readLogins(
  { claims, event, context = "" }: ExplainArguments,
  model: AccessModel,
  named: Installation | undefined,
  io: CommandIo,
): readonly InputResult[] {
  if (claims !== undefined) return chosenLogins(readClaims(readInput(claims, "claims", io)), event);
  const { installations } = model;
  // Tokens of Ona do not say what was opened.
  const classic = installations.filter((i) => i.ona === null);
  const [only, ...others] = classic.length > 0 ? classic : installations;
  const installation = named ?? (others.length === 0 ? only : undefined);
  if (installation !== undefined) return [{ ok: true, facts: factsOfContext(context, installation, model) }];
  throw new CommandError(
    "the manifest has several installations, and --context does not say on which the workspace is",
    `add --installation, one of ${installations.map((i) => i.name).join(", ")}`,
  );
}

/** All logins of what was passed, or the one of `--event`. */
function chosenLogins(read: LoginsResult, event: string | undefined): readonly InputResult[] {
  if (!read.ok) throw noVerdict(read);
  if (event === undefined) return read.logins;
  const chosen = /^[1-9][0-9]*$/.test(event) ? read.logins[Number(event) - 1] : undefined;
  if (chosen !== undefined) return [chosen];
  const { length } = read.logins;
  throw new CommandError(
    `there is no event ${quote(event)}: the file has ${length} login${length === 1 ? "" : "s"}`,
    length === 1 ? "leave --event out" : `write a number from 1 to ${length}`,
  );
}

/** What the token of a workspace would say that somebody opens on a URL. */
function factsOfContext(typed: string, installation: Installation, { hosts }: AccessModel): TokenFacts {
  if (installation.ona !== null)
    throw new CommandError(
      `tokens of ${installation.name} do not say what was opened`,
      "in an environment: ona idp token --audience sts.amazonaws.com | npx gitpod-aws-oidc explain --token -",
    );
  if (/^(?:https:[^#]*#)?[#/]*open-prebuild\//.test(typed.trim()))
    throw new CommandError(
      "the token of a workspace of open-prebuild/ has the context of the prebuild, which the URL does not say",
      "pass as --context what the prebuild was made for, or the token itself by --token -",
    );
  const context = subjectOfContextUrl(withoutUserInfo(typed));
  if (!/^([a-z][a-z0-9+.-]*:\/\/|snapshot\/|no-context$)/i.test(context))
    throw new CommandError(
      "--context is not a URL",
      "pass the URL that the workspace is opened on, e.g. https://github.com/acme/app/tree/main",
    );
  const parsed = parseSubject(context, hosts);
  const values = {
    context,
    org_id: installation.organizationId ?? "",
    repository: parsed.kind === "repository" ? cloneUrl(parsed.repository) : "",
  };
  const keys = installation.subject;
  const sub = keys === null ? context : keys.map((key) => `${key}:${values[key]}`).join(":");
  const { audience } = installation;
  return bareFacts(installation.issuer, { sub, aud: [audience], azp: audience });
}

/** A URL may hold a password, and the report shows the URL. No role trusts one with user information either way. */
function withoutUserInfo(url: string): string {
  return url.replace(/(https?:\/\/)[^/?#\s]*@/gi, "$1****@");
}

function noVerdict({ problem, remedy }: Correction): CommandError {
  return new CommandError(`there is no verdict: ${problem}`, remedy);
}

/** The moment is that of `--now`, else that of the event, else the present. */
function attemptOf(facts: TokenFacts, now: string | undefined, io: CommandIo): LoginAttempt {
  const day = checkedDate(now);
  if (day === undefined) return { ...facts, now: facts.at ?? io.now };
  const start = `${day}T00:00:00.000Z`;
  // A day is no moment: a token that begins during it is not from the future.
  const begins = facts.issued !== null && facts.issued - Date.parse(start) / 1000 < 86_400;
  return { ...facts, issued: begins ? null : facts.issued, now: start };
}
