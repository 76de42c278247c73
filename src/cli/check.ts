import { formatJson, formatText } from "../diagnostics";
import { isCalendarDate } from "../manifest";
import { CommandError } from "./commandError";
import { diskFiles } from "./files";
import type { CommandIo, ExitCode } from "./io";
import { loadProject } from "./project";
import { readSettings } from "./settings";

export interface CheckArguments {
  readonly manifest?: string | undefined;
  readonly format: string;
  readonly strict: boolean;
  readonly now?: string | undefined;
}

/** `check`: everything there is to say about a manifest, on stdout. Writes no file. */
export function checkCommand(given: CheckArguments, io: CommandIo): ExitCode {
  if (given.format !== "text" && given.format !== "json") {
    throw new CommandError(
      `--format ${given.format} is not supported yet`,
      "write --format text or --format json",
    );
  }
  const { manifest } = readSettings(given, io.env);
  const project = loadProject(manifest, diskFiles(), { today: checkedDate(given.now) ?? io.today });
  const diagnostics = project.ok ? [] : project.diagnostics;
  const findings = project.ok ? project.findings : [];
  io.stdout.write(
    given.format === "json"
      ? formatJson(diagnostics, findings)
      : formatText(diagnostics, findings, {
          line: (file, line) => project.locator.line(file, line),
          colour: io.colour,
          info: "list",
        }),
  );
  if (!project.ok) return project.unreadable ? 2 : 1;
  const stops = given.strict ? ["error", "warning"] : ["error"];
  return findings.some((f) => !f.accepted && stops.includes(f.severity)) ? 1 : 0;
}

/** A date of the command line. @throws CommandError - for what is none */
export function checkedDate(now: string | undefined): string | undefined {
  if (now === undefined) return undefined;
  if (!isCalendarDate(now)) {
    throw new CommandError(`--now ${JSON.stringify(now)} is not a date`, "write it as YYYY-MM-DD");
  }
  return now;
}
