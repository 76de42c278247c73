import {
  accessJson,
  accessMarkdown,
  accessRow,
  accessText,
  declaredAccess,
  type AccessRole,
  type AccessRow,
  type LineOf,
} from "../access";
import { formatText, nearest, quote } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { parseEntryUrl } from "../subject";
import { checkedDate } from "./check";
import { CommandError } from "./commandError";
import { writeFile } from "./drafts";
import { diskFiles } from "./files";
import type { CommandIo, ExitCode } from "./io";
import { readProject, type ReadProject } from "./project";
import { readSettings } from "./settings";

/** The command line of `access`. */
export interface AccessArguments {
  readonly manifest?: string | undefined;
  readonly format: string;
  readonly out?: string | undefined;
  readonly account?: string | undefined;
  readonly repo?: string | undefined;
  readonly within?: string | undefined;
  readonly now?: string | undefined;
}

/** `access`: who gets into what. 0: said. 2: the manifest has diagnostics, or the command line makes no sense. */
export function accessCommand(given: AccessArguments, io: CommandIo): ExitCode {
  const format = formatOf(given.format, io);
  const horizon = horizonOf(given, io);
  const project = readProject(readSettings(given, io.env).manifest, diskFiles());
  if (!project.ok) return refused(project, io);
  const { model, locator } = project;
  const isWanted = wanted(given, model);
  const lineOf: LineOf = (origin) => locator.locate(origin, "value").line;
  const rows = declaredAccess(model)
    .roles.filter(isWanted)
    .map((role) => accessRow(role, lineOf))
    .filter((row) => horizon === null || endsBy(row, horizon));
  write(format(rows), given.out, io);
  return 0;
}

function formatOf(name: string, io: CommandIo): (rows: readonly AccessRow[]) => string {
  const formats: Readonly<Record<string, (rows: readonly AccessRow[]) => string>> = {
    text: (rows) => accessText(rows, io.colour),
    json: accessJson,
    markdown: accessMarkdown,
  };
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format !== undefined) return format;
  throw new CommandError(
    `--format ${quote(name)} is no format`,
    `write one of ${Object.keys(formats).join(", ")}`,
  );
}

/** A manifest that cannot be read has no access to speak of: everything against it goes to stderr. */
function refused(project: Extract<ReadProject, { readonly ok: false }>, io: CommandIo): ExitCode {
  const line = (file: string, number: number) => project.locator.line(file, number);
  io.stderr.write(formatText(project.diagnostics, [], { line, colour: io.colour }));
  return 2;
}

/** The last day of `--within`, `YYYY-MM-DD`; null: it is not asked for. */
function horizonOf({ within, now }: AccessArguments, io: CommandIo): string | null {
  const today = checkedDate(now) ?? io.today;
  return within === undefined ? null : dayAfter(today, daysOf(within));
}

/** The days of `--within`. @throws CommandError - for what is no number of days */
function daysOf(within: string): number {
  const [, days] = /^([0-9]{1,4})d$/.exec(within) ?? [];
  if (days === undefined)
    throw new CommandError(`--within ${quote(within)} is no number of days`, "write it like 30d");
  return Number(days);
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, date.length);
}

/** Does the role, or something accepted of it, end on or before a day? What has ended counts, too. */
function endsBy({ expires, accepted }: AccessRow, day: string): boolean {
  return [expires, ...accepted.map(({ until }) => until)].some((end) => end !== null && end <= day);
}

function wanted({ account, repo }: AccessArguments, model: AccessModel): (role: AccessRole) => boolean {
  if (account !== undefined && !model.accounts.some(({ name, id }) => name === account || id === account)) {
    const names = model.accounts.map(({ name }) => name);
    const near = nearest(account, names);
    throw new CommandError(
      `no account is named ${quote(account)}`,
      near === undefined ? `there is ${names.join(", ")}` : `did you mean ${near}?`,
    );
  }
  const url = repo === undefined ? null : repoUrl(repo, model);
  return ({ account: own, entry }) =>
    (account === undefined || own.name === account || own.id === account) &&
    (url === null || entry?.url === url || (entry?.kind === "org" && url.startsWith(`${entry.url}/`)));
}

/** The URL of `--repo` as entries have it. */
function repoUrl(text: string, { hosts }: AccessModel): string {
  const plain = text.replace(/(\.git)?\/?$/, "");
  for (const kind of ["repo", "org"] as const) {
    const parsed = parseEntryUrl(plain, kind, hosts);
    if (parsed.ok) return parsed.entry.url;
  }
  throw new CommandError(
    `--repo ${quote(text)} is not the URL of a repository or organization`,
    "write it as the manifest does, e.g. https://github.com/acme/app",
  );
}

/** Writes to `--out`, whole or not at all; without it to stdout. */
function write(text: string, out: string | undefined, io: CommandIo): void {
  if (out === undefined) {
    io.stdout.write(text);
    return;
  }
  writeFile(out, { text });
  io.stdout.write(`wrote ${out}\n`);
}
