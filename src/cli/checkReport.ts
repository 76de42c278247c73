import { counts, formatText, quote, type Diagnostic, type Finding } from "../diagnostics";
import { formatJson } from "../diagnostics/formatJson";
import { formatMarkdown } from "../diagnostics/formatMarkdown";
import { formatSarif } from "../diagnostics/formatSarif";
import { rules } from "../rules";
import { CommandError } from "./commandError";
import type { CommandIo, ExitCode, Options } from "./io";
import { packageVersion } from "./version";

/** The command line of `check`. */
export type CheckArguments = Options<
  "manifest" | "trustPolicy" | "permissionPolicy" | "issuer" | "now" | "within"
> & { readonly format: string; readonly strict: boolean };

/** Everything that a check has to say, before it is written in some format. */
export interface CheckReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly findings: readonly Finding[];
  /** There is no verdict: the manifest itself could not be read, or files show nothing that can be judged. */
  readonly unreadable: boolean;
  /** A line of a file that was read; undefined where there is none to show. */
  readonly line: (file: string, line: number) => string | undefined;
}

/** Writes a report in one format, and knows the exit status. */
export type ReportWriter = (report: CheckReport, strict: boolean) => ExitCode;

/** The writer of a format, asked for before anything is read. @throws CommandError - for a name that is none */
export function reportWriter(name: string, io: CommandIo): ReportWriter {
  const formats: Readonly<Record<string, (report: CheckReport) => string>> = {
    text: ({ diagnostics, findings, line }) =>
      `${formatText(diagnostics, findings, { line, colour: io.colour })}${counts(diagnostics, findings)}\n`,
    json: ({ diagnostics, findings }) => formatJson(diagnostics, findings),
    sarif: ({ diagnostics, findings }) => formatSarif(diagnostics, findings, rules, packageVersion()),
    markdown: ({ diagnostics, findings }) => formatMarkdown(diagnostics, findings, rules),
  };
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format === undefined) {
    throw new CommandError(
      `--format ${quote(name)} is not a format`,
      `write one of ${Object.keys(formats).join(", ")}`,
    );
  }
  return (report, strict) => {
    io.stdout.write(format(report));
    if (report.unreadable) return 2;
    if (report.diagnostics.length > 0) return 1;
    const stops = strict ? ["error", "warning"] : ["error"];
    return report.findings.some((f) => !f.accepted && stops.includes(f.severity)) ? 1 : 0;
  };
}
