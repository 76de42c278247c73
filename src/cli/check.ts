import { isCalendarDate } from "../manifest";
import type { AccessModel } from "../model/accessModel";
import { reportWriter, type CheckArguments } from "./checkReport";
import { CommandError } from "./commandError";
import { diskFiles } from "./manifestFiles";
import type { CommandIo, ExitCode } from "./io";
import { loadProject, placedIn } from "./project";
import { readSettings } from "./settings";

/** `check`: everything there is to say about a manifest, on stdout. Writes no file. */
export async function checkCommand(given: CheckArguments, io: CommandIo): Promise<ExitCode> {
  const write = reportWriter(given.format, io);
  if (given.issuer !== undefined)
    throw new CommandError(
      "--issuer is for policies that exist already: a manifest names its own issuers",
      "add --trust-policy or --permission-policy, or leave --issuer out",
    );
  const { manifest, templates } = readSettings(given, io.env);
  const ending = lastDay(given, io);
  const project = loadProject(manifest, diskFiles(), {
    today: checkedDate(given.now) ?? io.today,
    ...(ending === undefined ? {} : { ending }),
  });
  const status = write(
    {
      diagnostics: project.ok ? [] : project.diagnostics,
      findings: project.ok ? placedIn(project.findings, project.locator) : [],
      unreadable: !project.ok && project.unreadable,
      line: (file, line) => project.locator.line(file, line),
    },
    given.strict,
  );
  if (project.ok && templates !== null) await renderAll(project.model, templates);
  return status;
}

/**
 * Renders every snippet by a user's templates, so that what a check calls fine is synthesized: ours render every manifest.
 * @throws TemplateError - as a synth would
 */
async function renderAll({ snippets }: AccessModel, templates: string): Promise<void> {
  const { readTemplates } = await import("./templates.js");
  const render = readTemplates(templates);
  for (const snippet of snippets) render(snippet);
}

/** A date of the command line. @throws CommandError - for what is none */
export function checkedDate(now: string | undefined): string | undefined {
  if (now === undefined) return undefined;
  if (!isCalendarDate(now)) {
    throw new CommandError(`--now ${JSON.stringify(now)} is not a date`, "write it as YYYY-MM-DD");
  }
  return now;
}

/** The last of the days that `--within` means, from `--now` on. @throws CommandError - for what is not a number of days */
export function lastDay(
  { within, now }: { readonly within?: string | undefined; readonly now?: string | undefined },
  { today }: Pick<CommandIo, "today">,
): string | undefined {
  const start = Date.parse(`${checkedDate(now) ?? today}T00:00:00Z`);
  if (within === undefined) return undefined;
  const [, days] = /^([0-9]{1,4})d$/.exec(within) ?? [];
  if (days === undefined)
    throw new CommandError(`--within ${JSON.stringify(within)} is not a number of days`, "write it like 30d");
  return new Date(start + Number(days) * 86_400_000).toISOString().slice(0, "YYYY-MM-DD".length);
}
