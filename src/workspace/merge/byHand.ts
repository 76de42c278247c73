import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isScalar, type Node, type Scalar } from "yaml";
import { quote } from "../../diagnostics";
import { type ExistingFile, pairOf, readExisting, sameBesideTasks, startOf } from "./file";
import type { Task } from "./tasks";
import { applyEdits, type Edit, lineStart, nextLine, placedBefore, type Refusal, type Refused } from "./text";
import { refused, removeLines } from "./text";

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
const loginCommand =
  /(?:gp|ona|gitpod)\s+idp\s+(?:login\s+aws|aws\s+login)\b|(?:\baws\s+sts\s+)?\bassume-role-with-web-identity\b/g;

/** A role's ARN anywhere in a file in which a command logs in: two logins to one role would race for one profile. */
export function handLogins(file: ExistingFile, logins: readonly OurLogin[]): readonly HandLogin[] {
  const code = codeOf(file);
  const commands = [...code.matchAll(loginCommand)];
  if (commands.length === 0) return [];
  const found = logins.flatMap((login) => {
    // Not where it is only the beginning of a longer one.
    const arn = new RegExp(`${login.roleArn.replace(/[+.]/g, "\\$&")}(?![\\w+=,.@/-])`, "g");
    return [...code.matchAll(arn)].map(({ index: place }): [number, HandLogin] => {
      const command = commands.findLast(({ index }) => index < place);
      const isOne = command !== undefined && !/[\n;&|]/.test(code.slice(command.index, place));
      const offset = isOne ? command.index : place;
      return [offset, { offset, login }];
    });
  });
  return [...new Map(found).values()].sort((a, b) => a.offset - b.offset);
}

/** The text with its continued lines joined and without comments; every character stays where it was. */
function codeOf({ text, comments }: ExistingFile): string {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  const blanks = comments.map(({ offset: from, source }) => ({
    ...{ from, to: from + source.length, text: blank(source) },
  }));
  return applyEdits(text, blanks)
    .replace(/^[ \t]*#.*$/gm, blank)
    .replace(/\\\r?\n/g, (part) => " ".repeat(part.length));
}

/** What is said of a login by hand. */
export function handLoginProblem(file: ExistingFile, one: HandLogin): Refusal {
  const place = removal(file, one);
  return {
    offset: one.offset,
    message: `this logs in to ${quote(one.login.roleArn)} by hand, and so does our task`,
    remedy:
      typeof place === "string"
        ? `take the login out by hand, or the whole task where it was pasted from a snippet: it ${place}, so that --replace cannot`
        : "run this again with --replace, which puts our task in its place, or take the login out: the whole task, where it was pasted from a snippet",
  };
}

/** A file without logins by hand. */
export interface Replaced {
  readonly ok: true;
  readonly file: ExistingFile;
  /** What took them out. */
  readonly edits: readonly Edit[];
  /** Which of the tasks are left. */
  readonly kept: readonly number[];
  /** Tasks that had such a login: what is left of them waits for ours. */
  readonly touched: ReadonlySet<number>;
}

/** How a login is taken out of a task. */
interface Removal {
  readonly index: number;
  readonly command: Scalar;
  readonly cut: Edit;
}

/**
 * Takes logins by hand out of a file without our tasks: the guide's line, and the one behind it that prints a secret
 * which our task reads. A task that did nothing else goes; any other waits for ours instead.
 */
export function withoutHandLogins(file: ExistingFile, found: readonly HandLogin[]): Replaced | Refused {
  if (found.length === 0)
    return { ok: true, file, edits: [], kept: [...file.tasks.keys()], touched: new Set() };
  const removals = found.map((one) => removal(file, one));
  const stuck = found.filter((_, i) => typeof removals[i] === "string");
  if (stuck.length > 0) return { ok: false, problems: stuck.map((one) => handLoginProblem(file, one)) };
  const cuts = removals.filter((one) => typeof one !== "string");
  const touched = new Set(cuts.map(({ index }) => index));
  const cutsOf = (task: number) => cuts.filter(({ index }) => index === task);
  const gone = [...touched].filter((task) => isEmptied(file, cutsOf(task)));
  const kept = [...file.tasks.keys()].filter((index) => !gone.includes(index));
  const left = cuts.filter(({ index }) => !gone.includes(index)).map(({ cut }) => cut);
  const edits = [...withoutTasks(file, gone), ...left];
  const read = placedBefore(edits, readExisting(applyEdits(file.text, edits), file.format));
  if (!read.ok) return read;
  const isRest =
    sameBesideTasks(file, read.file) &&
    kept.length === read.file.tasks.length &&
    kept.every((index, i) =>
      isWhatIsLeft(file.tasks[index]?.task, read.file.tasks[i]?.task, touched.has(index)),
    );
  if (isRest) return { ok: true, file: read.file, edits, kept, touched };
  const message = "this login cannot be taken out without changing something else";
  return refused(found[0]?.offset ?? 0, message, "take it out by hand");
}

/** What takes a login out of the task in whose command it stands; or why it cannot be. */
function removal({ text, tasks, format }: ExistingFile, { offset, login }: HandLogin): Removal | string {
  // Others may depend on the task that it is in.
  if (format === "automations.yaml") return "is in a task of Ona, on which others may depend";
  for (const [index, { node }] of tasks.entries()) {
    const command = isMap(node) ? pairOf(node, "command")?.value : undefined;
    const [from, to] = isScalar(command) && command.range ? command.range : [0, 0];
    if (!isScalar(command) || offset < from || offset >= to) continue;
    const cut = cutOf(text, command, offset, login);
    return typeof cut === "string" ? cut : { index, command, cut };
  }
  return "is not in the command of a task";
}

function cutOf(text: string, command: Scalar, offset: number, { profile, secrets }: OurLogin): Edit | string {
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

/** Whether a task does nothing without its logins: it has a name at most, and comments. */
function isEmptied({ text, tasks }: ExistingFile, removals: readonly Removal[]): boolean {
  const [{ index, command } = { index: -1, command: null }] = removals;
  const { name: _, command: __, ...others } = tasks[index]?.task ?? {};
  const [from, to] = command?.range ?? [0, 0];
  const rest = applyEdits(
    text.slice(0, to),
    removals.map(({ cut }) => cut),
  ).slice(from);
  return Object.keys(others).length === 0 && !/[^\s"']/.test(rest.replace(/^[|>].*$|^\s*#.*$/gm, ""));
}

/** Takes whole tasks out, with the key where none is left. */
function withoutTasks({ text, tasks, pair }: ExistingFile, gone: readonly number[]): readonly Edit[] {
  const end = (item: Node) => Math.max(startOf(item), (item.range?.[1] ?? 0) - 1);
  const nodes = tasks.flatMap(({ node }, i) => (gone.includes(i) ? [node] : []));
  const last = nodes.at(-1);
  if (nodes.length === tasks.length && last !== undefined && isNode(pair?.key))
    return [removeLines(text, startOf(pair.key), end(last))];
  return nodes.map((node) => removeLines(text, startOf(node), end(node)));
}

function isWhatIsLeft(before: Task = {}, after: Task = {}, isTouched: boolean): boolean {
  if (!isTouched) return isDeepStrictEqual(before, after);
  const [{ command, ...others }, { command: rest = "", ...othersAfter }] = [before, after];
  const lines = String(rest).split("\n");
  return (
    isDeepStrictEqual(others, othersAfter) && lines.every((line) => String(command).includes(line.trim()))
  );
}
