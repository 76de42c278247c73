import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  accessChanges,
  accessJson,
  accessMarkdown,
  accessPage,
  accessRow,
  accessText,
  answer,
  changesJson,
  changesMarkdown,
  changesText,
  declaredAccess,
  type AccessRole,
  type AccessRow,
  type Change,
  type LineOf,
  type PageParts,
  type ResourceQuestion,
} from "../access";
import { formatText, nearest, quote } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { parseEntryUrl } from "../subject";
import { checkedDate } from "./check";
import { CommandError } from "./commandError";
import { writeFile } from "./drafts";
import { checkQuestion } from "./explain";
import { diskFiles, isFolder } from "./files";
import type { CommandIo, ExitCode } from "./io";
import { readProject, type ReadProject } from "./project";
import { readSettings } from "./settings";

/** The command line of `access`. */
export interface AccessArguments {
  readonly diff?: string | undefined;
  readonly failOn?: string | undefined;
  readonly manifest?: string | undefined;
  readonly format: string;
  readonly out?: string | undefined;
  readonly account?: string | undefined;
  readonly repo?: string | undefined;
  readonly resource?: string | undefined;
  readonly action?: string | undefined;
  readonly within?: string | undefined;
  readonly now?: string | undefined;
}

/**
 * `access`: who gets into what, or with `--diff` who gains and who loses what. 1: somebody gains, with
 * `--fail-on gains`. 2: a manifest has diagnostics, or the command line makes no sense.
 */
export function accessCommand(given: AccessArguments, io: CommandIo): ExitCode {
  if (given.diff !== undefined) return diffCommand(given, given.diff, io);
  if (given.failOn !== undefined)
    throw new CommandError("--fail-on is about changes", "add --diff with the manifest before the change");
  const rowsOf = (shown: readonly ShownRole[]) => shown.map(({ row }) => row);
  const format = formatOf<readonly ShownRole[]>(given.format, {
    text: (shown) => accessText(rowsOf(shown), io.colour),
    json: (shown) => accessJson(rowsOf(shown)),
    markdown: (shown) => accessMarkdown(rowsOf(shown)),
    html: (shown) => pageOf(shown),
  });
  const horizon = horizonOf(given, io);
  const question = questionOf(given, io);
  const project = readProject(readSettings(given, io.env).manifest, diskFiles());
  if (!project.ok) return refused(project, io);
  const { model } = project;
  const isWanted = wanted(given, model);
  const shown = declaredAccess(model)
    .roles.filter(isWanted)
    .flatMap((role): readonly ShownRole[] => {
      const may = question === null ? undefined : answer(role, question);
      return may === null
        ? []
        : [{ role, row: accessRow(role, linesOf(project), may), locator: project.locator }];
    })
    .filter(({ row }) => horizon === null || endsBy(row, horizon));
  write(format(shown), given.out, io);
  return 0;
}

/** A role with what is said of it, and what knows its file. */
interface ShownRole {
  readonly role: AccessRole;
  readonly row: AccessRow;
  readonly locator: SoundProject["locator"];
}

/** The page of roles, with its own files. */
function pageOf(shown: readonly ShownRole[]): string {
  const files = [...new Set(shown.map(({ role }) => role.origin.file))].sort();
  const roles = shown.map(({ role, row, locator }) => ({
    role,
    row,
    lines: entryLines(role.origin, locator),
  }));
  const title =
    files.length > 3 ? `${files.slice(0, 3).join(", ")} and ${files.length - 3} more` : files.join(", ");
  return accessPage(roles, title, pageParts());
}

/** The files that the page is made of. */
export function pageParts(): PageParts {
  const read = (name: string) =>
    readFileSync(join(__dirname, "..", "..", "templates", "access", name), "utf8");
  return { html: read("page.html"), style: read("page.css"), script: read("page.js") };
}

/** Lines of an entry that are worth a look. */
const mostLines = 60;

/** The lines of an entry: from its own on, those that are indented as far. */
function entryLines(origin: AccessRole["origin"], locator: SoundProject["locator"]): readonly string[] {
  const { line, column } = locator.locate(origin, "value");
  const lines: string[] = [];
  for (let number = line; lines.length < mostLines; number++) {
    const text = locator.line(origin.file, number);
    if (text === undefined || (number > line && /\S/.test(text) && text.search(/\S/) < column - 1)) break;
    lines.push(text);
  }
  while (lines.at(-1)?.trim() === "") lines.pop();
  return lines;
}

function diffCommand(given: AccessArguments, old: string, io: CommandIo): ExitCode {
  const format = formatOf(given.format, {
    text: (changes: readonly Change[]) => changesText(changes, io.colour),
    json: changesJson,
    markdown: changesMarkdown,
  });
  if (given.failOn !== undefined && given.failOn !== "gains")
    throw new CommandError(`--fail-on ${quote(given.failOn)} is not known`, "write --fail-on gains");
  for (const option of ["resource", "action", "within", "now"] as const)
    if (given[option] !== undefined)
      throw new CommandError(`--${option} is not for --diff`, `leave --${option} or --diff out`);
  const { manifest } = readSettings(given, io.env);
  const after = readProject(manifest, diskFiles());
  const before = readProject(isFolder(old) ? join(old, basename(manifest)) : old, diskFiles());
  for (const project of [before, after]) if (!project.ok) refused(project, io);
  if (!before.ok || !after.ok) return 2;
  const isWanted = wanted(given, after.model, before.model);
  const access = ({ model }: SoundProject) => {
    const { roles, hosts } = declaredAccess(model);
    return { roles: roles.filter(isWanted), hosts };
  };
  const lines = { before: linesOf(before), after: linesOf(after) };
  const changes = accessChanges(access(before), access(after), lines);
  write(format(changes), given.out, io);
  return given.failOn === "gains" && changes.some(({ change }) => change === "gains") ? 1 : 0;
}

type SoundProject = Extract<ReadProject, { readonly ok: true }>;

function linesOf({ locator }: SoundProject): LineOf {
  return (origin) => locator.locate(origin, "value").line;
}

/** The formatter of a name. @throws CommandError - for a name that is none */
function formatOf<T>(
  name: string,
  formats: Readonly<Record<string, (shown: T) => string>>,
): (shown: T) => string {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format !== undefined) return format;
  throw new CommandError(
    `--format ${quote(name)} is not one of these`,
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

/** What `--resource` and `--action` ask; null: nothing. */
function questionOf({ resource, action, now }: AccessArguments, io: CommandIo): ResourceQuestion | null {
  if (resource === undefined) {
    if (action === undefined) return null;
    throw new CommandError("--action is a question about a resource", "add --resource with its ARN");
  }
  checkQuestion(action, resource);
  const day = checkedDate(now);
  return { resource, action: action ?? null, now: day === undefined ? io.now : `${day}T00:00:00.000Z` };
}

/** The roles that `--account` and `--repo` mean, in the manifest or in any of several. */
function wanted(
  { account, repo }: AccessArguments,
  ...models: readonly [AccessModel, ...AccessModel[]]
): (role: AccessRole) => boolean {
  const accounts = models.flatMap((model) => model.accounts);
  if (account !== undefined && !accounts.some(({ name, id }) => name === account || id === account)) {
    const names = [...new Set(accounts.map(({ name }) => name))];
    const near = nearest(account, names);
    throw new CommandError(
      `no account is named ${quote(account)}`,
      near === undefined ? `there is ${names.join(", ")}` : `did you mean ${near}?`,
    );
  }
  const url = repo === undefined ? null : repoUrl(repo, models[0]);
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
