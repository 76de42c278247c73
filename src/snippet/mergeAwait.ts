import { isAlias, isMap, isNode, isScalar, type Node, type Scalar, type YAMLMap } from "yaml";
import { nearest } from "../diagnostics/nearest";
import { quote } from "../diagnostics/quote";
import {
  type Edit,
  insertLines,
  lineStart,
  type MergeProblem,
  type Planned,
  refusal,
  removeLines,
} from "./mergeEdits";
import { type ExistingFile, pairOf, startOf } from "./mergeFile";
import { yamlQuote } from "./quoting";

/** What a task's name may be where others wait for it: it goes into shell code in every style of YAML. */
const signalName = /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,63}$/;

/**
 * The line that makes a task wait, and gives its shell the values that were read, in a spelling of our own: `--`
 * changes nothing for `gp`, and tells ours from what somebody wrote, so that taking ours out leaves that alone.
 * @throws RangeError for a name that is none of a task of ours
 */
export function awaitLine(signal: string): string {
  if (!signalName.test(signal)) throw new RangeError("not a name that a task can wait for");
  return `gp sync-await -- '${signal}' && . ~/.aws/gitpod/values.sh`;
}

const ourLine =
  /^gp sync-await -- '([A-Za-z0-9_][A-Za-z0-9_. -]{0,63})' && \. ~\/\.aws\/gitpod\/values\.sh(?:; ?|\n|$)/;

/** The name that a command waits for because we made it wait; null where we did not. */
export function awaitedBy(command: unknown): string | null {
  return typeof command === "string" ? (ourLine.exec(command)?.[1] ?? null) : null;
}

/** A command without the line that makes it wait; undefined where nothing is left. */
export function withoutAwait(command: unknown): unknown {
  if (typeof command !== "string" || awaitedBy(command) === null) return command;
  return command === awaitLine(awaitedBy(command) ?? "") ? undefined : command.replace(ourLine, "");
}

/** Whether a command begins by waiting already, whoever wrote that. */
export function waitsFor(command: unknown, signal: string): boolean {
  if (typeof command !== "string") return false;
  const [, quoted] =
    /^\s*gp +sync-await +(?:-- +)?('[^'\n]*'|"[^"\n]*"|[^\s;&|]+) *(?:;|\n|&&|$)/.exec(command) ?? [];
  return quoted?.replace(/^(['"])(.*)\1$/, "$2") === signal;
}

/** Which tasks of a file are to wait: their indices, or the names that no task has. */
export function chosenTasks(
  file: ExistingFile,
  awaits: "none" | "all" | readonly string[],
):
  | { readonly ok: true; readonly indices: readonly number[] }
  | { readonly ok: false; readonly problems: readonly MergeProblem[] } {
  const names = file.tasks.map((task) => task["name"]);
  if (awaits === "none") return { ok: true, indices: [] };
  if (awaits === "all") return { ok: true, indices: names.map((_, i) => i) };
  const known = names.filter((name) => typeof name === "string");
  const problems = awaits
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const near = nearest(name, known);
      const allowed = known.length === 0 ? "no task has a name" : `allowed: ${known.map(quote).join(", ")}`;
      const remedy = near === undefined ? "give the name of a task, or all" : `did you mean ${quote(near)}?`;
      const at = file.pair !== null && isNode(file.pair.key) ? startOf(file.pair.key) : 0;
      return refusal(file.text, at, `there is no task ${quote(name)} that could wait; ${allowed}`, remedy)
        .problems;
    });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, indices: names.flatMap((name, i) => (awaits.includes(name as string) ? [i] : [])) };
}

/** Makes a task wait, first thing in its `command`; no edit where it waits already. */
export function awaitEdits(file: ExistingFile, index: number, signal: string): Planned {
  const task = file.items[index];
  const value = file.tasks[index];
  if (task === undefined || value === undefined || waitsFor(value["command"], signal))
    return { ok: true, edits: [] };
  const shared = sharedNode(file, task);
  if (shared !== null) return sharedRefusal(file, shared);
  if (!isMap(task)) return sharedRefusal(file, task);
  const command = pairOf(task, "command");
  if (command === undefined) return addCommand(file, task, signal);
  if (!isScalar(command.value)) return sharedRefusal(file, isNode(command.value) ? command.value : task);
  const edit = scalarEdit(file, task, command.value, signal);
  return { ok: true, edits: [edit] };
}

/** The node whose change would reach another place too; null where none would. */
function sharedNode({ pair, aliased }: ExistingFile, task: Node): Node | null {
  const command = isMap(task) ? pairOf(task, "command")?.value : undefined;
  const merge = isMap(task) && command === undefined ? pairOf(task, "<<")?.value : undefined;
  if (isNode(merge)) return merge;
  const ways = [pair?.value, task, command].filter(isNode);
  return (
    ways.find((node) => isAlias(node) || (node.anchor !== undefined && aliased.has(node.anchor))) ?? null
  );
}

function sharedRefusal(file: ExistingFile, node: Node): Planned {
  return refusal(
    file.text,
    startOf(node),
    "this task's command is shared by an anchor, alias or merge key, and making it wait would change it elsewhere too",
    "write the task's command out, or leave the task out of --await",
  );
}

/** A task without a command gets one, as its first key. */
function addCommand(file: ExistingFile, task: YAMLMap, signal: string): Planned {
  const { text } = file;
  const at = startOf(task);
  const entry = `command: ${yamlQuote(awaitLine(signal))}`;
  if (task.flow === true) return { ok: true, edits: [{ from: at + 1, to: at + 1, text: `${entry}, ` }] };
  const column = at - lineStart(text, at);
  if (!/^ *(- +)?$/.test(text.slice(at - column, at)))
    return refusal(
      text,
      at,
      "this task has no command, and is written so that none can be added safely",
      "give the task a command",
    );
  return {
    ok: true,
    edits: [{ from: at, to: at, text: `${entry}${file.lineBreak}${" ".repeat(column)}` }],
  };
}

function scalarEdit(file: ExistingFile, task: YAMLMap, scalar: Scalar, signal: string): Edit {
  const line = awaitLine(signal);
  const at = startOf(scalar);
  const insert = (from: number, text: string): Edit => ({ from, to: from, text });
  if (scalar.type === "BLOCK_FOLDED" || scalar.type === "BLOCK_LITERAL")
    return blockEdit(file, task, scalar, line);
  if (scalar.type === "QUOTE_DOUBLE") return insert(at + 1, `${line}\\n`);
  if (scalar.type === "QUOTE_SINGLE") return insert(at + 1, `${line.replaceAll("'", "''")}; `);
  return insert(at, `${line}; `);
}

/** A line of its own; where the scalar folds lines, an empty one keeps it apart. */
function blockEdit(file: ExistingFile, task: YAMLMap, scalar: Scalar, line: string): Edit {
  const { start, lines } = blockContent(file.text, scalar);
  const indent = contentIndent(file.text, task, scalar);
  const separate = scalar.type === "BLOCK_FOLDED" && folds(lines, indent);
  return insertLines(file, start, [" ".repeat(indent) + line, ...(separate ? [""] : [])]);
}

/** Whether the first line that holds text would be joined to one before it: not one that is indented more. */
function folds(lines: readonly string[], indent: number): boolean {
  const first = lines.find((line) => /[^ ]/.test(line));
  return first !== undefined && !/^[ \t]/.test(first.slice(indent));
}

/** Where the content of a block scalar begins, and its lines. */
function blockContent(
  text: string,
  scalar: Scalar,
): { readonly start: number; readonly lines: readonly string[] } {
  const [from, to] = scalar.range ?? [0, 0];
  const header = text.indexOf("\n", from);
  const start = header === -1 || header >= to ? to : header + 1;
  return {
    start,
    lines: text
      .slice(start, to)
      .replace(/\r?\n$/, "")
      .split(/\r?\n/),
  };
}

/** Columns before the content: by its first line that holds text or, where there is none, as the header says. */
function contentIndent(text: string, task: YAMLMap, scalar: Scalar): number {
  const spaces = (lines: readonly string[]) => {
    const first = lines.find((line) => /[^ ]/.test(line));
    return first === undefined ? null : (/^ */.exec(first)?.[0].length ?? 0);
  };
  const written = spaces(blockContent(text, scalar).lines);
  const read = spaces(String(scalar.value).split("\n"));
  if (written !== null && read !== null) return written - read;
  const at = startOf(task);
  const indicator = /^[|>][+-]?([1-9])/.exec(text.slice(startOf(scalar)))?.[1];
  return at - lineStart(text, at) + Number(indicator ?? 2);
}

/** Takes out what {@link awaitEdits} put in. */
export function unawaitEdits(file: ExistingFile, index: number): Planned {
  const task = file.items[index];
  const command = isMap(task) ? pairOf(task, "command")?.value : undefined;
  if (!isMap(task) || !isScalar(command) || awaitedBy(command.value) === null) return { ok: true, edits: [] };
  const edit = command.type?.startsWith("BLOCK") ? unblock(file, task, command) : unflow(file, task, command);
  if (edit !== null) return { ok: true, edits: [edit] };
  return refusal(
    file.text,
    startOf(command),
    "this command waits because gitpod-aws-oidc made it wait, and was rewritten since so that its own line cannot be told from the rest",
    `take ${awaitLine(awaitedBy(command.value) ?? "")} out by hand`,
  );
}

function unblock(file: ExistingFile, task: YAMLMap, scalar: Scalar): Edit | null {
  const { text } = file;
  const { start, lines } = blockContent(text, scalar);
  const [first = "", ...others] = lines;
  if (!/^ *gp sync-await -- '[^']*' && \. ~\/\.aws\/gitpod\/values\.sh *$/.test(first)) return null;
  const indent = contentIndent(text, task, scalar);
  const separate = scalar.type === "BLOCK_FOLDED" && others[0]?.trim() === "" && folds(others, indent);
  const last = text.indexOf("\n", start);
  return removeLines(text, start, separate ? last + 1 : start);
}

function unflow(file: ExistingFile, task: YAMLMap, scalar: Scalar): Edit | null {
  const { text } = file;
  const at = startOf(scalar);
  if (withoutAwait(scalar.value) === undefined) return removeCommand(text, task, scalar);
  // A formatter may have folded the line: between its words there is white space, whatever that is.
  const [match, opening = ""] =
    /^(["']?)gp\s+sync-await\s+--\s+('{1,2})[A-Za-z0-9_.\s-]+\2\s+&&\s+\.\s+~\/\.aws\/gitpod\/values\.sh(?:; |\\n|;(?=\r?\n))/.exec(
      text.slice(at),
    ) ?? [];
  return match === undefined ? null : { from: at + opening.length, to: at + match.length, text: "" };
}

/** A command that only waits was added whole, as the first key of its task. */
function removeCommand(text: string, task: YAMLMap, scalar: Scalar): Edit | null {
  const from = task.flow === true ? startOf(task) + 1 : startOf(task);
  const end = scalar.range?.[1] ?? from;
  if (!/^\s*["']?command["']?: +$/.test(text.slice(from, startOf(scalar)))) return null;
  const separator = task.items.length === 1 ? /^(?:, ?)?/ : /^, ?/;
  const rest = (task.flow === true ? separator : /^\r?\n *(?=\S)/).exec(text.slice(end));
  return rest === null ? null : { from, to: end + rest[0].length, text: "" };
}
