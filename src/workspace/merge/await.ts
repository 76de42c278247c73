import { isMap, isNode, isScalar, type Node, type Scalar, type YAMLMap } from "yaml";
import { nearest } from "../../diagnostics/nearest";
import { quote } from "../../diagnostics/quote";
import { yamlQuote } from "../render/quoting";
import { addDependency, dependenciesOf, dependency, removeDependency } from "./dependsOn";
import { type ExistingFile, pairOf, sharedNode, startOf } from "./file";
import { startOfKey } from "./block";
import type { Task } from "./tasks";
import {
  type Edit,
  insertLines,
  lineStart,
  type Planned,
  type Refused,
  refusal,
  removeLines,
  together,
} from "./text";

/**
 * The line that makes a task wait for ours and, where ours reads values, gives them to its shell. `--` changes
 * nothing for `gp`, and tells it from what somebody wrote, so that taking it out leaves that alone.
 */
export function awaitLine(task: string, hasValues: boolean): string {
  const values = `~/.aws/${task}.env`;
  return `gp sync-await -- ${task}${hasValues ? `; test -r ${values} && . ${values}` : ""}`;
}

/** As {@link awaitLine} writes it, and as version 0.1.0 did; a formatter may have folded it. */
const line = [
  String.raw`gp sync-await -- [A-Za-z0-9][\w-]*(?:; test -r ~/\.aws/[\w-]+\.env && \. ~/\.aws/[\w-]+\.env)?`,
  String.raw`gp sync-await -- '{1,2}\w[\w. -]*'{1,2} && \. ~/\.aws/gitpod/values\.sh`,
]
  .join("|")
  .replaceAll(" ", String.raw`\s+`);

const waiting = new RegExp(`^(${line})(?:; ?|\\n|$)`);

/** What of ours makes a task wait: the line of its command, or the name in dependsOn; null where nothing does. */
export function waitOf(file: ExistingFile, index: number): string | null {
  const item = file.items[index];
  if (file.format === "automations.yaml") return item === undefined ? null : dependency(file, item);
  return awaitedBy(file.tasks[index]?.["command"]);
}

function awaitedBy(command: unknown): string | null {
  return typeof command === "string" ? (waiting.exec(command)?.[1]?.replace(/\s+/g, " ") ?? null) : null;
}

/** A command without the line that makes it wait; undefined where nothing is left. */
export function withoutAwait(command: unknown): unknown {
  if (typeof command !== "string") return command;
  const [whole = "", ours] = waiting.exec(command) ?? [];
  return ours === command ? undefined : command.slice(whole.length);
}

/** Whether a task waits for another already, whoever wrote that: first thing in its command, or by dependsOn. */
export function waitsFor(own: Task, task: string): boolean {
  if ("key" in own) return dependenciesOf(own).includes(task);
  const { command } = own;
  if (typeof command !== "string") return false;
  const [, quoted] =
    /^\s*gp +sync-await +(?:-- +)?('[^'\n]*'|"[^"\n]*"|[^\s;&|]+) *(?:;|\n|&&|$)/.exec(command) ?? [];
  return quoted?.replace(/^(['"])(.*)\1$/, "$2") === task;
}

/** Which tasks of a file are to wait: their indices, or the names that no task has. */
export function chosenTasks(
  file: ExistingFile,
  awaits: "none" | "all" | readonly string[],
): { readonly ok: true; readonly indices: readonly number[] } | Refused {
  const names = file.tasks.map((task) => task["key"] ?? task["name"]);
  if (awaits === "none") return { ok: true, indices: [] };
  if (awaits === "all") return { ok: true, indices: names.map((_, i) => i) };
  const known = names.filter((name) => typeof name === "string");
  const allowed = known.length === 0 ? "no task has a name" : `allowed: ${known.map(quote).join(", ")}`;
  const problems = awaits
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const near = nearest(name, known);
      const remedy = near === undefined ? "give the name of a task, or all" : `did you mean ${quote(near)}?`;
      const message = `there is no task ${quote(name)} that could wait; ${allowed}`;
      return refusal(file.text, startOfKey(file), message, remedy).problems;
    });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, indices: names.flatMap((name, i) => (awaits.includes(name as string) ? [i] : [])) };
}

/** Makes tasks wait, first thing in their `command`. */
export function awaitEdits(file: ExistingFile, indices: readonly number[], wait: string): Planned {
  return together(
    indices.flatMap((index) => {
      const task = file.items[index];
      return task === undefined ? [] : [makeWait(file, task, wait)];
    }),
  );
}

function makeWait(file: ExistingFile, task: Node, wait: string): Planned {
  if (file.format === "automations.yaml") return addDependency(file, task, wait);
  const shared = sharedNode(file, task, "command");
  if (shared !== null || !isMap(task)) return sharedRefusal(file, shared ?? task);
  const command = pairOf(task, "command");
  if (command === undefined) return addCommand(file, task, wait);
  if (!isScalar(command.value)) return sharedRefusal(file, isNode(command.value) ? command.value : task);
  return { ok: true, edits: [scalarEdit(file, task, command.value, wait)] };
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
function addCommand(file: ExistingFile, task: YAMLMap, wait: string): Planned {
  const { text } = file;
  const at = startOf(task);
  const entry = `command: ${yamlQuote(wait)}`;
  if (task.flow === true) return { ok: true, edits: [{ from: at + 1, to: at + 1, text: `${entry}, ` }] };
  const column = at - lineStart(text, at);
  if (/^ *(- +)?$/.test(text.slice(at - column, at)))
    return { ok: true, edits: [{ from: at, to: at, text: entry + file.lineBreak + " ".repeat(column) }] };
  return refusal(
    text,
    at,
    "this task has no command, and is written so that none can be added safely",
    "give the task a command",
  );
}

function scalarEdit(file: ExistingFile, task: YAMLMap, scalar: Scalar, wait: string): Edit {
  const at = startOf(scalar);
  const insert = (from: number, text: string): Edit => ({ from, to: from, text });
  if (scalar.type === "BLOCK_FOLDED" || scalar.type === "BLOCK_LITERAL")
    return blockEdit(file, task, scalar, wait);
  if (scalar.type === "QUOTE_DOUBLE") return insert(at + 1, `${wait}\\n`);
  return insert(scalar.type === "QUOTE_SINGLE" ? at + 1 : at, `${wait}; `);
}

/** A line of its own; where the scalar folds lines, an empty one keeps it apart. */
function blockEdit(file: ExistingFile, task: YAMLMap, scalar: Scalar, wait: string): Edit {
  const { start, lines } = blockContent(file.text, scalar);
  const indent = contentIndent(file.text, task, scalar);
  const separate = scalar.type === "BLOCK_FOLDED" && folds(lines, indent);
  return insertLines(file, start, [" ".repeat(indent) + wait, ...(separate ? [""] : [])]);
}

/** Whether the first line that holds text would be joined to one before it: not one that is indented more. */
function folds(lines: readonly string[], indent: number): boolean {
  const first = lines.find((text) => /[^ ]/.test(text));
  return first !== undefined && !/^[ \t]/.test(first.slice(indent));
}

/** Where the content of a block scalar begins, and its lines. */
function blockContent(text: string, scalar: Scalar) {
  const [from, to] = scalar.range ?? [0, 0];
  const header = text.indexOf("\n", from);
  const start = header === -1 || header >= to ? to : header + 1;
  const content = text.slice(start, to).replace(/\r?\n$/, "");
  return { start, lines: content.split(/\r?\n/) };
}

/** Columns before the content: by its first line that holds text or, where there is none, as the header says. */
function contentIndent(text: string, task: YAMLMap, scalar: Scalar): number {
  const spaces = (lines: readonly string[]) => {
    const first = lines.find((content) => /[^ ]/.test(content));
    return first === undefined ? null : (/^ */.exec(first)?.[0].length ?? 0);
  };
  const written = spaces(blockContent(text, scalar).lines);
  const read = spaces(String(scalar.value).split("\n"));
  if (written !== null && read !== null) return written - read;
  const at = startOf(task);
  const indicator = /^[|>][+-]?([1-9])/.exec(text.slice(startOf(scalar)))?.[1];
  return at - lineStart(text, at) + Number(indicator ?? 2);
}

/** Takes out what {@link awaitEdits}, or version 0.1.0, put into tasks. */
export function unawaitEdits(file: ExistingFile, indices: readonly number[]): Planned {
  return together(
    indices.flatMap((index): readonly Planned[] => {
      const task = file.items[index];
      if (file.format === "automations.yaml") return task === undefined ? [] : [removeDependency(file, task)];
      const command = isMap(task) ? pairOf(task, "command")?.value : undefined;
      if (!isMap(task) || !isScalar(command)) return [];
      const wait = awaitedBy(command.value);
      if (wait === null) return [];
      const isBlock = command.type?.startsWith("BLOCK") === true;
      const edit = isBlock ? unblock(file, task, command) : unflow(file.text, task, command);
      if (edit !== null) return [{ ok: true, edits: [edit] }];
      const message =
        "this command waits because gitpod-aws-oidc made it wait, and was rewritten since so that its own line cannot be told from the rest";
      return [refusal(file.text, startOf(command), message, `take ${wait} out by hand`)];
    }),
  );
}

const wholeLine = new RegExp(`^ *(?:${line}) *$`);

function unblock({ text }: ExistingFile, task: YAMLMap, scalar: Scalar): Edit | null {
  const { start, lines } = blockContent(text, scalar);
  const [first = "", ...others] = lines;
  if (!wholeLine.test(first)) return null;
  const indent = contentIndent(text, task, scalar);
  const separate = scalar.type === "BLOCK_FOLDED" && others[0]?.trim() === "" && folds(others, indent);
  return removeLines(text, start, separate ? text.indexOf("\n", start) + 1 : start);
}

const written = new RegExp(`^(["']?)(?:${line})(?:; |\\\\n|;(?=\\r?\\n))`);

function unflow(text: string, task: YAMLMap, scalar: Scalar): Edit | null {
  const at = startOf(scalar);
  if (withoutAwait(scalar.value) === undefined) return removeCommand(text, task, scalar);
  const [match, opening = ""] = written.exec(text.slice(at, scalar.range?.[1])) ?? [];
  return match === undefined ? null : { from: at + opening.length, to: at + match.length, text: "" };
}

/** A command that only waits was added whole, as the first key of its task. */
function removeCommand(text: string, task: YAMLMap, scalar: Scalar): Edit | null {
  const from = task.flow === true ? startOf(task) + 1 : startOf(task);
  const end = scalar.range?.[1] ?? from;
  if (!/^\s*["']?command["']?:\s+$/.test(text.slice(from, startOf(scalar)))) return null;
  const separator = task.items.length === 1 ? /^(?:,(?:\r?\n *| )?)?/ : /^,(?:\r?\n *| )?/;
  const rest = (task.flow === true ? separator : /^\r?\n *(?=\S)/).exec(text.slice(end));
  return rest === null ? null : { from, to: end + rest[0].length, text: "" };
}
