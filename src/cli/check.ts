import { formatJson, formatMarkdown, formatSarif, formatText, quote } from "../diagnostics";
import { isCalendarDate } from "../manifest";
import { rules } from "../rules";
import type { CheckArguments, CheckReport } from "./checkReport";
import { CommandError } from "./commandError";
import { diskFiles } from "./files";
import type { CommandIo, ExitCode } from "./io";
import { loadProject } from "./project";
import { readSettings } from "./settings";
import { packageVersion } from "./version";

/**
 * `check`: everything there is to say about a manifest, or about policies that exist already, on stdout. Writes no file.
 */
export async function checkCommand(given: CheckArguments, io: CommandIo): Promise<ExitCode> {
  const write = formatOf(given.format, io);
  const report = await reportOf(given, io);
  io.stdout.write(write(report));
  if (report.unreadable) return 2;
  if (report.diagnostics.length > 0) return 1;
  const stops = given.strict ? ["error", "warning"] : ["error"];
  return report.findings.some((f) => !f.accepted && stops.includes(f.severity)) ? 1 : 0;
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

async function checkManifest(given: CheckArguments, io: CommandIo): Promise<CheckReport> {
  const { manifest } = readSettings(given, io.env);
  const project = await loadProject(manifest, diskFiles(), { today: checkedDate(given.now) ?? io.today });
  return {
    diagnostics: project.ok ? [] : project.diagnostics,
    findings: project.ok ? project.findings : [],
    unreadable: !project.ok && project.unreadable,
    line: (file, line) => project.locator.line(file, line),
  };
}

type Format = (report: CheckReport) => string;

function formatOf(name: string, io: CommandIo): Format {
  const formats: Readonly<Record<string, Format>> = {
    text: ({ diagnostics, findings, line }) => formatText(diagnostics, findings, { line, colour: io.colour }),
    json: ({ diagnostics, findings }) => formatJson(diagnostics, findings),
    sarif: ({ diagnostics, findings }) =>
      formatSarif(diagnostics, findings, { version: packageVersion(), rules }),
    markdown: ({ diagnostics, findings }) => formatMarkdown(diagnostics, findings, rules),
  };
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format !== undefined) return format;
  throw new CommandError(
    `--format ${quote(name)} is no format`,
    `write one of ${Object.keys(formats).join(", ")}`,
  );
}

/** A date of the command line. @throws CommandError - for what is none */
export function checkedDate(now: string | undefined): string | undefined {
  if (now === undefined) return undefined;
  if (!isCalendarDate(now)) {
    throw new CommandError(`--now ${JSON.stringify(now)} is not a date`, "write it as YYYY-MM-DD");
  }
  return now;
}
