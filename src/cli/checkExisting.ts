import { pathText, quote, type Finding, type RuleFinding } from "../diagnostics";
import { joinAccess, readExisting, type ExistingFile } from "../documents";
import { maxFileSize } from "../manifest";
import type { Installation } from "../model/accessModel";
import type { ExistingAccess, ExistingDocument } from "../model/existing";
import { isSharedIssuer, issuerProblem } from "../model/issuer";
import { providerName } from "../model/names";
import { defaultQuotas } from "../model/quotas";
import { loadServiceReference } from "../policy";
import { checkExisting, isJudgeable, servicesOf, unjudged, unreadable, type ExistingContext } from "../rules";
import { knownHosts, scmHosts } from "../subject";
import type { CheckArguments, CheckReport } from "./checkReport";
import { CommandError } from "./commandError";
import { diskFiles, readRegularFile } from "./files";
import type { CommandIo } from "./io";
import { readProject } from "./project";

/** `check` of policies that exist already. */
export function checkExistingFiles(given: CheckArguments, io: CommandIo): CheckReport {
  refuseContradictions(given);
  const context = contextOf(given);
  if ("unreadable" in context) return context;
  const files = [
    ...readGiven(given.trustPolicy, "trust", io),
    ...readGiven(given.permissionPolicy, "permission", io),
  ];
  const joined = joinAccess(files.map((file) => file.access));
  const access = { ...joined, roles: [...joined.roles, ...files.flatMap((file) => file.unattached)] };
  refuseNothing(files, access);
  const mistakes = unreadable(files.flatMap((file) => file.mistakes));
  const missing = unjudged(
    files.flatMap((file) => file.missing),
    access,
  );
  const reference = loadServiceReference(servicesOf(access));
  const findings = [...mistakes, ...missing, ...checkExisting(access, context, reference)];
  const byName = new Map(files.map((file) => [file.file, file]));
  return {
    diagnostics: [],
    findings: findings.map((finding) => placed(finding, byName)).sort(byPlace),
    unreadable: mistakes.length === 0 && !isJudgeable(access),
    line: (file, line) => byName.get(file)?.line(line),
  };
}

function refuseContradictions(given: CheckArguments): void {
  if (given.issuer !== undefined && given.manifest !== undefined)
    throw new CommandError(
      "--issuer and a manifest both say which issuers there are",
      "leave one of them out",
    );
  if (given.now !== undefined)
    throw new CommandError(
      "--now is for a manifest's waivers and dates, and policies have none",
      "leave --now out",
    );
  if (given.trustPolicy === "-" && given.permissionPolicy === "-")
    throw new CommandError("standard input can be read once", "pass one of the policies as a file");
}

/** What the command line says about the surroundings; a report where the manifest is none. */
function contextOf(given: CheckArguments): ExistingContext | CheckReport {
  if (given.manifest === undefined) {
    return {
      installations: given.issuer === undefined ? [] : [installationOf(given.issuer)],
      accounts: [],
      hosts: scmHosts(knownHosts),
      quotas: defaultQuotas,
    };
  }
  const project = readProject(given.manifest, diskFiles());
  if (project.ok) {
    const { installations, accounts, hosts } = project.model;
    return { installations, accounts, hosts, quotas: defaultQuotas };
  }
  return {
    diagnostics: project.diagnostics,
    findings: [],
    unreadable: project.unreadable,
    line: (file, line) => project.locator.line(file, line),
  };
}

/** An installation of which nothing is known but its issuer: everything else is as in a manifest that says no more. */
function installationOf(issuer: string): Installation {
  const problem = issuerProblem(issuer);
  if (problem !== null)
    throw new CommandError(`--issuer ${quote(issuer)} ${problem.problem}`, problem.remedy);
  const name = providerName(issuer);
  return {
    ...{ name, issuer, providerName: name, audience: "sts.amazonaws.com" },
    origin: { file: "--issuer", path: [] },
    openSignup: isSharedIssuer(issuer),
    identityProvider: "create",
    otherAudiences: [],
    formerIssuers: [],
    subject: null,
    organizationId: null,
  };
}

/** The file of an option, or nothing. @param file - `-` for standard input */
export function readGiven(
  file: string | undefined,
  kind: ExistingDocument["kind"],
  io: CommandIo,
): readonly ExistingFile[] {
  if (file === undefined) return [];
  return file === "-"
    ? [readExisting(checkedText(standardInput(io), "standard input"), "<stdin>", kind)]
    : [readExisting(checkedText(fileText(file), quote(file)), file, kind)];
}

function standardInput(io: CommandIo): string {
  try {
    return io.readStdin().replace(/^\ufeff/, "");
  } catch {
    throw new CommandError("standard input cannot be read", "pipe the policy in, or pass a file");
  }
}

function fileText(file: string): string {
  const read = readRegularFile(file);
  if (!read.ok)
    throw new CommandError(
      `${quote(file)} cannot be read: ${reasons[read.reason]}`,
      "pass a file with a policy, or - for standard input",
    );
  const [first, second] = read.bytes;
  if (zip.equals(read.bytes.subarray(0, zip.length))) throw binaryPlan(quote(file));
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) throw notUtf8(quote(file));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(read.bytes);
  } catch {
    throw notUtf8(quote(file));
  }
}

const reasons = Object.freeze({
  missing: "it does not exist",
  unreadable: "its permissions do not allow it",
  "not-regular": "it is not a regular file",
  "too-large": "it is larger than 16 MiB",
} as const);

/** Text that can be JSON at all. @param name - of the file, for a message */
function checkedText(text: string, name: string): string {
  if (text.length > maxFileSize)
    throw new CommandError(`${name} is larger than 16 MiB`, "pass one role, or one plan, at a time");
  if (text.startsWith(zip.toString("latin1"))) throw binaryPlan(name);
  if (text.startsWith("\ufffd\ufffd") || text.includes("\0")) throw notUtf8(name);
  if (text.trim() === "")
    throw new CommandError(`${name} is empty`, "look at what was to write it: it may have failed");
  return text;
}

/** How a ZIP archive begins, which a saved plan of Terraform is. */
const zip = Buffer.from("PK\u0003\u0004", "latin1");

function binaryPlan(name: string): CommandError {
  return new CommandError(
    `${name} is binary, as plans are that Terraform saves`,
    "pass what terraform show -json prints of it",
  );
}

function notUtf8(name: string): CommandError {
  return new CommandError(`${name} is not UTF-8`, "save it as UTF-8: in Windows PowerShell, > writes UTF-16");
}

/** A check that looks at nothing must not end like one that found nothing. */
function refuseNothing(files: readonly ExistingFile[], access: ExistingAccess): void {
  if (isJudgeable(access)) return;
  if (files.some(({ mistakes, missing }) => mistakes.length > 0 || missing.length > 0)) return;
  const names = files.map(({ file }) => quote(file)).join(" and ");
  throw new CommandError(
    `there is no policy and no identity provider to judge in ${names}`,
    "pass a policy document, the output of aws iam get-role, or of terraform show -json",
  );
}

function placed({ origin, ...finding }: RuleFinding, files: ReadonlyMap<string, ExistingFile>): Finding {
  const { line, column } = files.get(origin.file)?.locate(origin.path) ?? { line: 1, column: 1 };
  return { ...finding, file: origin.file, line, column, path: pathText(origin.path) };
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  if (a.column !== b.column) return a.column - b.column;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return (a.role ?? "") < (b.role ?? "") ? -1 : 1;
}
