import { isMap, isScalar, type Scalar, type YAMLMap } from "yaml";
import { nearest, quote } from "../../diagnostics";
import { yamlQuote } from "../render/quoting";
import { addDependency, dependenciesOf, dependency, removeDependency } from "./dependsOn";
import { type ExistingFile, type FileTask, pairOf, sharedNode, startOf, startOfKey } from "./file";
import type { Task } from "./tasks";
import { columnOf, type Edit, insertLines, nextLine, type Refusal, type Refused, removeLines } from "./text";

/** The line that makes a task wait and gives it our values. `--` tells it from what somebody wrote. */
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
export function waitOf(file: ExistingFile, { node, task }: FileTask): string | null {
  if (file.format === "automations.yaml") return dependency(file, node);
  return waiting.exec(commandOf(task))?.[1]?.replace(/\s+/g, " ") ?? null;
}

function commandOf({ command }: Task): string {
  return typeof command === "string" ? command : "";
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
  const awaited = /^\s*gp +sync-await +(?:-- +)?('[^'\n]*'|"[^"\n]*"|[^\s;&|]+) *(?:;|\n|&&|$)/;
  return awaited.exec(commandOf(own))?.[1]?.replace(/^(['"])(.*)\1$/, "$2") === task;
}

/** Which tasks of a file are to wait: their indices, or the names that no task has. */
export function chosenTasks(
  file: ExistingFile,
  awaits: "none" | "all" | readonly string[],
): ReadonlySet<number> | Refused {
  if (awaits === "none") return new Set();
  if (awaits === "all") return new Set(file.tasks.keys());
  const names = file.tasks.map(({ task }) => task["key"] ?? task["name"]);
  const known = names.filter((name) => typeof name === "string");
  const allowed = known.length === 0 ? "no task has a name" : `allowed: ${known.map(quote).join(", ")}`;
  const problems = awaits
    .filter((name) => !known.includes(name))
    .map((name): Refusal => {
      const near = nearest(name, known);
      const message = `there is no task ${quote(name)} that could wait; ${allowed}`;
      const remedy = near === undefined ? "give the name of a task, or all" : `did you mean ${quote(near)}?`;
      return { offset: startOfKey(file), message, remedy };
    });
  if (problems.length > 0) return { ok: false, problems };
  return new Set(names.flatMap((name, i) => (awaits.includes(name as string) ? [i] : [])));
}

/** Makes a task wait, first thing in its `command`. */
export function makeWait(
  file: ExistingFile,
  { node: task }: FileTask,
  wait: string,
): readonly (Edit | Refusal)[] {
  if (file.format === "automations.yaml") return addDependency(file, task, wait);
  const shared = sharedNode(file, task, "command");
  if (shared !== null || !isMap(task)) {
    const message =
      "this task's command is shared by an anchor, alias or merge key, and making it wait would change it elsewhere too";
    const remedy = "write the task's command out, or leave the task out of --await";
    return [{ offset: startOf(shared ?? task), message, remedy }];
  }
  const command = pairOf(task, "command")?.value;
  return [isScalar(command) ? waitIn(file, task, command, wait) : addCommand(file, task, wait)];
}

/** A task without a command gets one, as its first key. */
function addCommand({ text, lineBreak }: ExistingFile, task: YAMLMap, wait: string): Edit | Refusal {
  const at = startOf(task);
  const entry = `command: ${yamlQuote(wait)}`;
  if (task.flow === true) return { from: at + 1, to: at + 1, text: `${entry}, ` };
  const column = columnOf(text, at);
  if (/^ *(- +)?$/.test(text.slice(at - column, at)))
    return { from: at, to: at, text: entry + lineBreak + " ".repeat(column) };
  const message = "this task has no command, and is written so that none can be added safely";
  return { offset: at, message, remedy: "give the task a command" };
}

/** In a block as a line of its own, which a scalar that folds lines may join to the next. */
function waitIn(file: ExistingFile, task: YAMLMap, scalar: Scalar, wait: string): Edit {
  const { text } = file;
  const [from, to] = scalar.range ?? [0, 0];
  if (!isBlock(scalar)) {
    const at = from + (scalar.type === "PLAIN" ? 0 : 1);
    return { from: at, to: at, text: wait + (scalar.type === "QUOTE_DOUBLE" ? "\\n" : "; ") };
  }
  const start = Math.min(nextLine(text, from), to);
  const indicator = /^[|>][+-]?([1-9])/.exec(text.slice(from, start))?.[1];
  const first = /^ *(?=[^ \r\n])/m.exec(text.slice(start, to))?.[0].length;
  const indent =
    indicator === undefined && first !== undefined
      ? first
      : columnOf(text, startOf(task)) + Number(indicator ?? 2);
  const end = scalar.type === "BLOCK_FOLDED" ? ";" : "";
  return insertLines(file, start, [" ".repeat(indent) + wait + end]);
}

function isBlock({ type }: Scalar): boolean {
  return type === "BLOCK_FOLDED" || type === "BLOCK_LITERAL";
}

/** Takes out of a task what {@link makeWait}, or version 0.1.0, put into it. */
export function unwait(file: ExistingFile, own: FileTask): readonly (Edit | Refusal)[] {
  const task = own.node;
  if (file.format === "automations.yaml") return removeDependency(file, task);
  const command = isMap(task) ? pairOf(task, "command")?.value : undefined;
  const wait = waitOf(file, own);
  if (!isMap(task) || !isScalar(command) || wait === null) return [];
  const isAll = !isBlock(command) && withoutAwait(command.value) === undefined;
  const edit = isAll ? removeCommand(file.text, task, command) : removeWait(file.text, command);
  if (edit !== null) return [edit];
  const message =
    "this command waits because gitpod-aws-oidc made it wait, and was rewritten since so that its own line cannot be told from the rest";
  return [{ offset: startOf(command), message, remedy: `take ${wait} out by hand` }];
}

/** How a wait is written in front of a command; up to the end of its line, or not. */
const written = new RegExp(String.raw`^( *|["']?)(?:${line})(?:(;? *(?=\r?\n|$))|; ?|\\n)`);

function removeWait(text: string, scalar: Scalar): Edit | null {
  const at = isBlock(scalar) ? nextLine(text, startOf(scalar)) : startOf(scalar);
  const [match, opening = "", lineEnd] = written.exec(text.slice(at, scalar.range?.[1])) ?? [];
  if (match === undefined) return null;
  const to = at + match.length;
  if (!isBlock(scalar) || lineEnd === undefined) return { from: at + opening.length, to, text: "" };
  // Version 0.1.0 wrote an empty line instead of a semicolon where the scalar folds lines.
  const gap = scalar.type === "BLOCK_FOLDED" && lineEnd === "" ? /^\r?\n(?= *\r?\n)/ : /^/;
  return removeLines(text, at, to + (gap.exec(text.slice(to))?.[0].length ?? 0));
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
