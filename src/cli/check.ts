import { isCalendarDate } from "../manifest";
import { reportWriter, type CheckArguments, type CheckReport } from "./checkReport";
import { CommandError } from "./commandError";
import { diskFiles } from "./files";
import type { CommandIo, ExitCode } from "./io";
import { loadProject } from "./project";
import { readSettings } from "./settings";

/**
 * `check`: everything there is to say about a manifest, or about policies that exist already, on stdout. Writes no file.
 */
export async function checkCommand(given: CheckArguments, io: CommandIo): Promise<ExitCode> {
  const write = reportWriter(given.format, io);
  return write(await reportOf(given, io), given.strict);
}

async function reportOf(given: CheckArguments, io: CommandIo): Promise<CheckReport> {
  if (given.trustPolicy === undefined && given.permissionPolicy === undefined) {
    if (given.issuer !== undefined)
      throw new CommandError(
        "--issuer is for policies that exist already: a manifest names its own issuers",
        "add --trust-policy or --permission-policy, or leave --issuer out",
      );
    return checkManifest(given, io);
  }
  const { checkExistingFiles } = await import("./checkExisting.js");
  return checkExistingFiles(given, io);
}

function checkManifest(given: CheckArguments, io: CommandIo): CheckReport {
  const { manifest } = readSettings(given, io.env);
  const project = loadProject(manifest, diskFiles(), { today: checkedDate(given.now) ?? io.today });
  return {
    diagnostics: project.ok ? [] : project.diagnostics,
    findings: project.ok ? project.findings : [],
    unreadable: !project.ok && project.unreadable,
    line: (file, line) => project.locator.line(file, line),
  };
}

/** A date of the command line. @throws CommandError - for what is none */
export function checkedDate(now: string | undefined): string | undefined {
  if (now === undefined) return undefined;
  if (!isCalendarDate(now)) {
    throw new CommandError(`--now ${JSON.stringify(now)} is not a date`, "write it as YYYY-MM-DD");
  }
  return now;
}
