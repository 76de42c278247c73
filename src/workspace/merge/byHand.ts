import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isScalar, type Node, type Scalar } from "yaml";
import { quote } from "../../diagnostics/quote";
import { type ExistingFile, pairOf, readExisting, sameBesideTasks, startOf } from "./file";
import type { Task } from "./tasks";
import {
  applyEdits,
  type Edit,
  lineStart,
  type MergeProblem,
  nextLine,
  positionAt,
  type Refused,
  refusal,
  removeLines,
} from "./text";

/** A login of ours: what a login by hand must be to say the same. */
export interface OurLogin {
  readonly roleArn: string;
  readonly profile: string;
  /** Names of the secrets that our task reads after it. */
  readonly secrets: readonly string[];
}

/** A login to one of our roles that somebody wrote. */
export interface HandLogin {
  readonly offset: number;
  readonly login: OurLogin;
}

/** Commands that log in to AWS, as they are written by hand; also as older documentation misspells them. */
const loginCommand = String.raw`(?:gp|ona|gitpod)\s+idp\s+(?:login\s+aws|aws\s+login)\b|(?:\baws\s+sts\s+)?\bassume-role-with-web-identity\b`;

/**
 * Logins to our roles outside of our tasks: the role's ARN anywhere, in a command or a variable, in a file in which
 * any command but ours logs in. Two logins to one role would race for one profile.
 */
export function handLogins(file: ExistingFile, logins: readonly OurLogin[]): readonly HandLogin[] {
  const code = codeOf(file);
  const commands = [...code.matchAll(new RegExp(loginCommand, "g"))];
  if (commands.length === 0) return [];
  const found = logins.flatMap((login) =>
    placesOf(code, login.roleArn).map((place): HandLogin => {
      const command = commands.findLast(({ index }) => index < place);
      const isOne = command !== undefined && !/[\n;&|]/.test(code.slice(command.index, place));
      return { offset: isOne ? command.index : place, login };
    }),
  );
  return [...new Map(found.map((one) => [one.offset, one])).values()].sort((a, b) => a.offset - b.offset);
}

/** The text with its continued lines joined and without comments and our tasks; every character stays where it was. */
function codeOf({ text, comments, block }: ExistingFile): string {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  const { begin, end } = block?.markers ?? {};
  const gaps = comments.map(({ offset, source }) => [offset, offset + source.length] as const);
  if (begin !== undefined && end !== undefined) gaps.push([begin.offset, end.offset]);
  const code = gaps.reduce(
    (rest, [from, to]) => rest.slice(0, from) + blank(rest.slice(from, to)) + rest.slice(to),
    text,
  );
  return code.replace(/^[ \t]*#.*$/gm, blank).replace(/\\\r?\n/g, (part) => " ".repeat(part.length));
}

/** Where a text has an ARN, and not only the beginning of a longer one. */
function placesOf(code: string, arn: string): readonly number[] {
  const places: number[] = [];
  for (let at = code.indexOf(arn); at !== -1; at = code.indexOf(arn, at + 1))
    if (!/[\w+=,.@/-]/.test(code.charAt(at + arn.length))) places.push(at);
  return places;
}

/** What is said of logins by hand. */
export function handLoginProblems(file: ExistingFile, found: readonly HandLogin[]): readonly MergeProblem[] {
  return found.map((one) => {
    const place = removal(file, one);
    return {
      position: positionAt(file.text, one.offset),
      message: `this logs in to ${quote(one.login.roleArn)} by hand, and so does our task`,
      remedy:
        typeof place === "string"
          ? `take the login out by hand: it ${place}, so that --replace cannot`
          : "run this again with --replace, which puts our task in its place, or take the login out: the whole task, where it was pasted from a snippet",
    };
  });
}

/** A file without logins by hand: which of the tasks that it had it still has, and which of those wait for ours now. */
export type Replaced =
  | {
      readonly ok: true;
      readonly file: ExistingFile;
      readonly kept: readonly number[];
      readonly waiting: readonly number[];
    }
  | Refused;

/**
 * Takes logins by hand out of a file that has none of our tasks: the guide's line, and behind it the one that prints
 * a secret, where our task reads that secret. A task that did nothing else goes; any other waits for ours instead.
 */
export function withoutHandLogins(file: ExistingFile, found: readonly HandLogin[]): Replaced {
  if (found.length === 0) return { ok: true, file, kept: [...file.tasks.keys()], waiting: [] };
  const places = found.map((one) => removal(file, one));
  const problems = places.flatMap((place, i) =>
    typeof place === "string"
      ? refusal(file.text, found[i]?.offset ?? 0, `this login ${place}`, "take it out by hand").problems
      : [],
  );
  if (problems.length > 0) return { ok: false, problems };
  const removals = places.filter((place) => typeof place !== "string");
  const touched = file.items.flatMap((item, i) => (removals.some(({ task }) => task === item) ? [i] : []));
  const edits = removals.map(({ edit }) => edit);
  const shorter = readExisting(applyEdits(file.text, edits), file.format);
  if (!shorter.ok) return shorter;
  const empty = touched.filter((index) => isEmpty(shorter.file.tasks[index]));
  const result = readExisting(applyEdits(shorter.file.text, withoutTasks(shorter.file, empty)), file.format);
  if (!result.ok) return result;
  const kept = file.tasks.flatMap((_, i) => (empty.includes(i) ? [] : [i]));
  const isRest =
    sameBesideTasks(file, result.file) &&
    kept.length === result.file.tasks.length &&
    kept.every((index, i) => isWhatIsLeft(file.tasks[index], result.file.tasks[i], touched.includes(index)));
  const waiting = kept.filter((index) => touched.includes(index));
  if (isRest) return { ok: true, file: result.file, kept, waiting };
  const message = "this login cannot be taken out without changing something else";
  return refusal(file.text, found[0]?.offset ?? 0, message, "take it out by hand");
}

/** The task in whose command a login stands, and what takes it out; or why it cannot be. */
function removal(
  { text, items, format }: ExistingFile,
  { offset, login }: HandLogin,
): { readonly task: Node; readonly edit: Edit } | string {
  // Others may depend on the task that it is in.
  if (format === "automations.yaml") return "is in a task of Ona, on which others may depend";
  for (const task of items) {
    const command = isMap(task) ? pairOf(task, "command")?.value : undefined;
    const [from, to] = isScalar(command) && command.range ? command.range : [0, 0];
    if (!isScalar(command) || offset < from || offset >= to) continue;
    const edit = commandRemoval(text, command, offset, login);
    return typeof edit === "string" ? edit : { task, edit };
  }
  return "is not in the command of a task";
}

function commandRemoval(
  text: string,
  command: Scalar,
  offset: number,
  { profile, secrets }: OurLogin,
): Edit | string {
  const isBlock = command.type === "BLOCK_LITERAL" || command.type === "BLOCK_FOLDED";
  const quotes = command.type === "QUOTE_DOUBLE" || command.type === "QUOTE_SINGLE" ? 1 : 0;
  const [from, to] = [(command.range?.[0] ?? 0) + quotes, (command.range?.[1] ?? 0) - quotes];
  const longer = "is part of a longer command";
  if (!(isBlock ? /\n[ \t]*$/ : /^$/).test(text.slice(from, offset))) return longer;
  const [words] = /^gp\s+idp\s+login\s+aws\b(?:\\\r?\n|[^\n;&|<>`$#\\])*/.exec(text.slice(offset, to)) ?? [];
  if (words === undefined) return "is not the guide's gp idp login aws";
  const [, other = profile] = /--profile[= ]\s*["']?([^\s"']+)/.exec(words) ?? [];
  if (other !== profile) return `writes the profile ${quote(other)}, and our task writes ${quote(profile)}`;
  const [printed = "", id] =
    /^\r?\n[ \t]*aws secretsmanager get-secret-value\b[^\n|;&]*?--secret-id[= ]["']?([^\s"']+)[^\n|;&]*\| *jq [^\n;&|>]*(?=\r?\n|$)/.exec(
      text.slice(offset + words.length, to),
    ) ?? [];
  const end = offset + words.length + (id !== undefined && secrets.includes(id) ? printed.length : 0);
  const [separator, isEnd] = /^(?:&&\s*|;\s*|(?=(\r?\n|$)))/.exec(text.slice(end, to)) ?? [];
  if (separator === undefined) return longer;
  if (isBlock && isEnd !== undefined)
    return { from: lineStart(text, offset), to: nextLine(text, end), text: "" };
  const isWhole = !isBlock && quotes === 0 && isEnd !== undefined;
  return { from: offset, to: end + separator.length, text: isWhole ? '""' : "" };
}

/** Whether a task does nothing: it has a name at most, and comments. */
function isEmpty(task: Task | undefined): boolean {
  const { name: _, command, ...others } = task ?? {};
  const code = typeof command === "string" ? command.replace(/^\s*#.*$/gm, "") : "";
  return Object.keys(others).length === 0 && code.trim() === "";
}

/** Takes whole tasks out, with the key where none is left. */
function withoutTasks({ text, items, pair }: ExistingFile, gone: readonly number[]): readonly Edit[] {
  const end = (item: Node) => Math.max(startOf(item), (item.range?.[1] ?? 0) - 1);
  const last = items.at(-1);
  if (gone.length === items.length && last !== undefined && isNode(pair?.key))
    return [removeLines(text, startOf(pair.key), end(last))];
  return gone.flatMap((index) => {
    const item = items[index];
    return item === undefined ? [] : [removeLines(text, startOf(item), end(item))];
  });
}

function isWhatIsLeft(before: Task | undefined, after: Task | undefined, isTouched: boolean): boolean {
  if (!isTouched) return isDeepStrictEqual(before, after);
  const [{ command, ...others }, { command: rest = "", ...othersAfter }] = [before ?? {}, after ?? {}];
  const lines = String(rest).split("\n");
  return (
    isDeepStrictEqual(others, othersAfter) && lines.every((line) => String(command).includes(line.trim()))
  );
}
