import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  accessChanges,
  accessPage,
  answer,
  changeFormats,
  comparable,
  declaredAccess,
  deployedAccess,
  mayAdmit,
  roleFormats,
  rolePermissions,
  type Access,
  type AccessRole,
  type DeployedAccess,
  type LineOf,
  type PageParts,
  type ResourceQuestion,
  type ShownRole,
} from "../access";
import { firstOf, printable, quote } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { knownHosts, parseEntryUrl, scmHosts } from "../subject";
import { checkedDate, lastDay } from "./check";
import { checkOptions, CommandError, unknownName } from "./commandError";
import { writeTogether } from "./drafts";
import { checkQuestion } from "./explain";
import { isFolder } from "./files";
import { readDeployed } from "./checkExisting";
import type { CommandIo, ExitCode, Options } from "./io";
import { readSound, type ReadProject } from "./project";
import { meantRepo } from "./repository";
import { readSettings } from "./settings";

/** The command line of `access`. */
export type AccessArguments = Options<
  "manifest" | "failOn" | "out" | "account" | "repo" | "resource" | "action" | "within" | "now"
> & {
  readonly format: string;
  /** True: without a manifest. */
  readonly diff?: string | true;
  readonly deployed?: readonly string[];
};

/** `access`: who gets into what, or with `--diff` who gains and who loses what. */
export async function accessCommand(given: AccessArguments, io: CommandIo): Promise<ExitCode> {
  checkOptions(
    given,
    { diff: ["resource", "action", "within", "now"] },
    { diff: ["failOn"], resource: ["action"] },
  );
  if (given.diff !== undefined) return diffCommand(given, given.diff, io);
  const html = (shown: readonly ShownRole[]) => {
    const files = [...new Set(shown.map(({ role }) => role.origin.file))].sort();
    return accessPage(shown, firstOf(3, files), pageParts());
  };
  const format = formatOf(given, { ...roleFormats, html });
  const horizon = lastDay(given, io);
  const question = questionOf(given, io);
  const isDeclared = given.deployed === undefined || given.manifest !== undefined;
  const declared = isDeclared ? declaredSource(readSettings(given, io.env).manifest, io) : undefined;
  if (declared === null) return 2;
  const source = given.deployed === undefined ? declared : deployedSource(given.deployed, declared, io);
  if (source === undefined) throw new Error("access has a manifest or files");
  const isWanted = wanted(given, source);
  const shown = source.access.roles
    .filter((role) => isWanted(role) && (horizon === undefined || endsBy(role, horizon)))
    .flatMap((role): readonly ShownRole[] => {
      const answered = question === null ? undefined : answer(role, question);
      if (answered === null) return [];
      const may = () => answered ?? rolePermissions(role);
      return [{ role, may, line: source.lineOf(role.origin), lines: () => source.linesOf(role) }];
    });
  return write(format(shown, io.colour), given.out, io);
}

/** Roles, and where they are written. */
interface Source {
  readonly access: Access;
  readonly lineOf: LineOf;
  /** The lines of a role's entry. */
  readonly linesOf: (role: AccessRole) => readonly string[];
  /** Those of a manifest; else those of the roles. */
  readonly accounts: readonly { readonly name: string; readonly id: string }[];
}

interface DeclaredSource extends Source {
  readonly model: AccessModel;
}

/** The roles of a manifest; null where it has diagnostics, which then are on stderr. */
function declaredSource(file: string, io: CommandIo): DeclaredSource | null {
  const project = readSound(file, io);
  if (project === null) return null;
  const { model, locator } = project;
  return {
    ...{ model, access: declaredAccess(model), accounts: model.accounts },
    lineOf: (origin) => locator.locate(origin, "value").line,
    linesOf: ({ origin }) => entryLines(origin, locator),
  };
}

/** The roles that files show, with what a manifest says around them. What they do not show goes to stderr. */
function deployedSource(
  names: readonly string[],
  declared: DeclaredSource | undefined,
  io: CommandIo,
): Source & { readonly access: DeployedAccess } {
  const { existing, files, missing } = readDeployed(names, io);
  const near = declared?.model ?? { accounts: [], installations: [], hosts: scmHosts(knownHosts) };
  const access = deployedAccess(existing, near);
  for (const note of [...missing, ...access.notes]) io.stderr.write(`${printable(note)}\n`);
  return {
    access,
    lineOf: ({ file, path }) => files.find((f) => f.file === file)?.locate(path).line ?? 1,
    linesOf: () => [],
    accounts: access.roles.map(({ account }) => account),
  };
}

/** The files that the page is made of. */
export function pageParts(): PageParts {
  const read = (name: string) =>
    readFileSync(join(__dirname, "..", "..", "templates", "access", name), "utf8");
  return { html: read("page.html"), style: read("page.css"), script: read("page.js") };
}

/** Lines of an entry that are worth a look. */
const maxLines = 60;

/** The lines of an entry: from its own on, those that are indented as far. */
function entryLines(origin: AccessRole["origin"], locator: ReadProject["locator"]): readonly string[] {
  const { line, column } = locator.locate(origin, "value");
  const lines = Array.from({ length: maxLines }, (_, i) => locator.line(origin.file, line + i) ?? "");
  const isNext = (text: string, i: number) => i > 0 && /\S/.test(text) && text.search(/\S/) < column - 1;
  const end = lines.findIndex(isNext);
  const own = end < 0 ? lines : lines.slice(0, end);
  return own.join("\n").trimEnd().split("\n");
}

async function diffCommand(given: AccessArguments, old: string | true, io: CommandIo): Promise<ExitCode> {
  const format = formatOf(given, changeFormats);
  if (given.failOn !== undefined && given.failOn !== "gains")
    throw new CommandError(`--fail-on ${quote(given.failOn)} is not known`, "write --fail-on gains");
  if ((old === true) === (given.deployed === undefined))
    throw new CommandError(
      old === true ? "--diff has nothing to compare with" : "--diff compares with one thing",
      "write --diff OLD-MANIFEST or --diff --deployed FILE",
    );
  const { manifest } = readSettings(given, io.env);
  const after = declaredSource(manifest, io);
  const declared = old === true ? undefined : declaredSource(manifestBefore(old, basename(manifest)), io);
  if (after === null || declared === null) return 2;
  const before = declared ?? deployedSource(given.deployed ?? [], after, io);
  const isWanted = wanted(given, after, before);
  const compared =
    "unseen" in before.access
      ? comparedWith(before.access, after, io)
      : { before: before.access, after: after.access };
  const only = ({ roles, hosts }: Access): Access => ({ hosts, roles: roles.filter(isWanted) });
  const lines = { before: before.lineOf, after: after.lineOf };
  const changes = accessChanges(only(compared.before), only(compared.after), lines);
  const status = await write(format(changes, io.colour), given.out, io);
  return given.failOn === "gains" && changes.some(({ change }) => change === "gains") ? 1 : status;
}

/** @param old - a manifest, or a folder that holds one of the same name */
function manifestBefore(old: string, name: string): string {
  const file = isFolder(old) ? join(old, name) : old;
  if (existsSync(file)) return file;
  throw new CommandError(
    `there is no file ${quote(file)}`,
    "write --diff with the manifest before the change, or with the folder that holds it",
  );
}

/** What is deployed and what is declared, as they compare. Accounts that the files do not show go to stderr. */
function comparedWith(deployed: DeployedAccess, { access, model }: DeclaredSource, io: CommandIo) {
  for (const { name, id, roles } of model.accounts)
    if (roles.length > 0 && !deployed.accounts.has(id))
      io.stderr.write(
        `${printable(`the files show nothing of account ${name} (${id}): its roles are not compared`)}\n`,
      );
  return comparable(access, deployed);
}

/** The formatter that the command line names. @throws CommandError - for a name that is none */
function formatOf<T>(
  { format: name, diff }: AccessArguments,
  formats: Readonly<Record<string, (shown: T, colour: boolean) => string>>,
): (shown: T, colour: boolean) => string {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format !== undefined) return format;
  throw new CommandError(
    `access${diff === undefined ? "" : " --diff"} has no format ${quote(name)}`,
    `write one of ${Object.keys(formats).join(", ")}`,
  );
}

/** Does the role, or something accepted of it, end on or before a day? What has ended counts, too. */
function endsBy({ expires, accepted }: AccessRole, day: string): boolean {
  return [expires, ...accepted.map(({ until }) => until)].some((end) => end !== null && end <= day);
}

/** What `--resource` and `--action` ask; null: nothing. */
function questionOf({ resource, action, now }: AccessArguments, io: CommandIo): ResourceQuestion | null {
  if (resource === undefined) return null;
  checkQuestion(action, resource);
  const day = checkedDate(now);
  return { resource, action: action ?? null, now: day === undefined ? io.now : `${day}T00:00:00.000Z` };
}

/** The roles that `--account` and `--repo` mean, in any of several sources. */
function wanted(
  { account, repo }: AccessArguments,
  ...sources: readonly [Source, ...Source[]]
): (role: AccessRole) => boolean {
  const accounts = sources.flatMap((source) => source.accounts);
  if (account !== undefined && !accounts.some(({ name, id }) => name === account || id === account))
    throw unknownName("account", account, [...new Set(accounts.map(({ name }) => name))]);
  const isOfRepo = repo === undefined ? () => true : ofRepo(repo, sources[0].access);
  return (role) =>
    (account === undefined || role.account.name === account || role.account.id === account) && isOfRepo(role);
}

/** Is a role for a repository or organization: by its entry, or where it has none by its subjects? */
function ofRepo(text: string, { hosts }: Access): (role: AccessRole) => boolean {
  const plain = text.replace(/(\.git)?\/?$/, "");
  for (const kind of ["repo", "org"] as const) {
    const parsed = parseEntryUrl(plain, kind, hosts);
    if (!parsed.ok) continue;
    const { url } = parsed.entry;
    return ({ entry, subjects }) =>
      entry === null
        ? mayAdmit(subjects, kind, parsed.entry)
        : entry.url === url || (entry.kind === "org" && url.startsWith(`${entry.url}/`));
  }
  throw new CommandError(
    `--repo ${quote(text)} is not the URL of a repository or organization`,
    meantRepo(text, hosts) ?? "write it as the manifest does, e.g. https://github.com/acme/app",
  );
}

/** Writes to `--out`, whole or not at all; without it to stdout. */
function write(text: string, out: string | undefined, io: CommandIo): ExitCode | Promise<ExitCode> {
  if (out !== undefined)
    return writeTogether(
      io,
      (drafts) => drafts.addFile(out, text),
      () => `wrote ${out}\n`,
    );
  io.stdout.write(text);
  return 0;
}
