import { placed, quote, type Origin } from "../diagnostics";
import { joinAccess, readExisting, type ExistingFile } from "../documents";
import type { Installation } from "../model/accessModel";
import type { ExistingAccess, ExistingDocument } from "../model/existing";
import { isSharedIssuer, issuerProblem } from "../model/issuer";
import { providerName } from "../model/names";
import { defaultQuotas } from "../model/quotas";
import { loadServiceReference } from "../policy";
import { checkExisting, checkFiles, isJudgeable, servicesOf, type ExistingContext } from "../rules";
import { knownHosts, scmHosts } from "../subject";
import { reportWriter, type CheckArguments, type CheckReport } from "./checkReport";
import { checkOptions, CommandError } from "./commandError";
import { publishedData } from "./files";
import { readInput } from "./input";
import type { CommandIo, ExitCode } from "./io";

/** `check` of policies that exist already, on stdout. Writes no file. */
export async function checkExistingCommand(given: CheckArguments, io: CommandIo): Promise<ExitCode> {
  const write = reportWriter(given.format, io);
  return write(await reportOf(given, io), given.strict);
}

async function reportOf(given: CheckArguments, io: CommandIo): Promise<CheckReport> {
  refuseContradictions(given);
  const context = await contextOf(given);
  if ("unreadable" in context) return context;
  const files = [
    ...readGiven(given.trustPolicy, "trust", io),
    ...readGiven(given.permissionPolicy, "permission", io),
  ];
  const joined = joinAccess(files.map((file) => file.access));
  const access = { ...joined, roles: [...joined.roles, ...files.flatMap((file) => file.unattached)] };
  refuseNothing(files, access);
  const reference = loadServiceReference(servicesOf(access), publishedData());
  const findings = [...checkFiles(files, access), ...checkExisting(access, context, reference)];
  const byName = new Map(files.map((file) => [file.file, file]));
  return {
    diagnostics: [],
    findings: placed(findings, ({ file, path }) => byName.get(file)?.locate(path) ?? { line: 1, column: 1 }),
    unreadable: files.every(({ mistakes }) => mistakes.length === 0) && !isJudgeable(access),
    line: (file, line) => byName.get(file)?.line(line),
  };
}

function refuseContradictions(given: CheckArguments): void {
  if (given.issuer !== undefined && given.manifest !== undefined)
    throw new CommandError(
      "--issuer and a manifest both say which issuers there are",
      "leave one of them out",
    );
  checkOptions(given, { trustPolicy: ["now", "within"], permissionPolicy: ["now", "within"] }, {});
  if (given.trustPolicy === "-" && given.permissionPolicy === "-")
    throw new CommandError("standard input can be read once", "pass one of the policies as a file");
}

/** What the command line says about the surroundings; a report where the manifest is none. */
async function contextOf(given: CheckArguments): Promise<ExistingContext | CheckReport> {
  if (given.manifest === undefined) {
    return {
      installations: given.issuer === undefined ? [] : [installationOf(given.issuer)],
      accounts: [],
      hosts: scmHosts(knownHosts),
      quotas: defaultQuotas,
    };
  }
  // Most documents come without a manifest, and what reads one is half of what the command loads.
  const [{ readProject }, { diskFiles }] = await Promise.all([
    import("./project.js"),
    import("./manifestFiles.js"),
  ]);
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
    // Its subjects show what they are.
    ona: null,
    organizationId: null,
  };
}

/** The file of an option, or nothing. @param file - `-` for standard input */
export function readGiven(
  file: string | undefined,
  kind: ExistingDocument["kind"] | null,
  io: CommandIo,
): readonly ExistingFile[] {
  if (file === undefined) return [];
  const text = readInput(file, "a policy", io);
  return [readExisting(text, file === "-" ? "<stdin>" : file, kind)];
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

/** What files show of roles that exist, together, and what they name and do not show. */
export function readDeployed(names: readonly string[], io: CommandIo) {
  if (names.filter((name) => name === "-").length > 1)
    throw new CommandError("standard input can be read once", "pass - once");
  const files = names.flatMap((name) => readGiven(name, null, io));
  refuseMistakes(files);
  const none: ExistingAccess = { roles: [], identityProviders: [] };
  const existing = files
    .map(({ access }) => access)
    .reduce((before, next) => joinAccess([before, next]), none);
  if (existing.roles.length === 0)
    throw new CommandError(
      `there is no role in ${names.map(quote).join(" and ")}`,
      "pass what aws iam get-role prints, with the role's policies, or aws iam get-account-authorization-details",
    );
  const missing = files.flatMap((file) =>
    file.missing.map(({ origin, message }) => `${placeOf(file, origin)}: ${message}`),
  );
  return { existing, files, missing };
}

/** What is not read as everybody reads it could be any role's. */
function refuseMistakes(files: readonly ExistingFile[]): void {
  for (const { mistakes, ...file } of files)
    for (const { origin, message, remedy } of mistakes)
      throw new CommandError(
        `${placeOf(file, origin)}: ${message}`,
        remedy ?? "pass the JSON as the AWS CLI prints it",
      );
}

function placeOf({ file, locate }: Pick<ExistingFile, "file" | "locate">, { path }: Origin): string {
  const { line, column } = locate(path);
  return `${file}:${line}:${column}`;
}
