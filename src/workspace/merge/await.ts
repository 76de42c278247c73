import { isMap, isScalar, type Scalar, type YAMLMap } from "yaml";
import { nearest } from "../../diagnostics/nearest";
import { quote } from "../../diagnostics/quote";
import { addDependency, dependenciesOf, dependency, removeDependency } from "./dependsOn";
import { type ExistingFile, type FileTask, pairOf, sharedNode, startOf, startOfKey } from "./file";
import type { Task } from "./tasks";
import { columnOf, type Edit, insertLines, nextLine, type Refusal, type Refused, removeLines } from "./text";

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
export function waitOf(file: ExistingFile, { node, task }: FileTask): string | null {
  if (file.format === "automations.yaml") return dependency(file, node);
  return waiting.exec(commandOf(task))?.[1]?.replace(/\s+/g, " ") ?? null;
}

function commandOf({ command }: Task): string {
  return typeof command === "string" ? command : "";
}

/** A task's command without the line that makes it wait, and without the blanks that a shell ignores. */
export function withoutAwait(task: Task): string {
  return commandOf(task).replace(waiting, "").trimStart();
}

/** Whether a task waits for another already, whoever wrote that: first thing in its command, or by dependsOn. */
export function waitsFor(own: Task, task: string): boolean {
  if ("key" in own) return dependenciesOf(own).includes(task);
  const awaited = /^\s*gp +sync-await +(?:-- +)?('[^'\n]*'|"[^"\n]*"|[^\s;&|]+) *(?:;|\n|&&|$)/;
  return awaited.exec(commandOf(own))?.[1]?.replace(/^(['"])(.*)\1$/, "$2") === task;
}

/** Which tasks of a file are to wait, of `all` those that can: their indices, or the names that no task has. */
export function chosenTasks(
  file: ExistingFile,
  awaits: "none" | "all" | readonly string[],
): ReadonlySet<number> | Refused {
  if (awaits === "none") return new Set();
  if (awaits === "all")
    return new Set(file.tasks.flatMap(({ task }, i) => ("key" in task || "command" in task ? [i] : [])));
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
  if (isScalar(command)) return [waitIn(file, task, command, wait)];
  const message = "this task has no command that could wait";
  return [{ offset: startOf(task), message, remedy: "give it a command, or leave it out of --await" }];
}

/** In a block as a line of its own, which a scalar that folds lines may join to the next. */
function waitIn(file: ExistingFile, task: YAMLMap, scalar: Scalar, wait: string): Edit {
  if (isBlock(scalar)) {
    const { start, indent } = blockContent(file.text, task, scalar);
    return insertLines(file, start, [
      " ".repeat(indent) + wait + (scalar.type === "BLOCK_FOLDED" ? ";" : ""),
    ]);
  }
  const at = startOf(scalar) + (scalar.type === "PLAIN" ? 0 : 1);
  return { from: at, to: at, text: wait + (scalar.type === "QUOTE_DOUBLE" ? "\\n" : "; ") };
}

function isBlock({ type }: Scalar): boolean {
  return type === "BLOCK_FOLDED" || type === "BLOCK_LITERAL";
}

/** Where the content of a block scalar begins, and the columns before its lines. */
function blockContent(text: string, task: YAMLMap, scalar: Scalar) {
  const [from, to] = scalar.range ?? [0, 0];
  const start = Math.min(nextLine(text, from), to);
  const indicator = /^[|>][+-]?([1-9])/.exec(text.slice(from, start))?.[1];
  const first = /^ *(?=[^ \r\n])/m.exec(text.slice(start, to))?.[0];
  return {
    start,
    indent:
      indicator === undefined && first !== undefined
        ? first.length
        : columnOf(text, startOf(task)) + Number(indicator ?? 2),
  };
}

/** How a wait is written in front of a command; up to the end of its line, or not. */
const written = new RegExp(String.raw`^( *|["'])(?:${line})(?:(;? *(?=\r?\n|["']?$))|; ?|\\n)`);

/** Takes out of a task what {@link makeWait}, or version 0.1.0, put into it. */
export function unwait(file: ExistingFile, own: FileTask): readonly (Edit | Refusal)[] {
  const { text, format } = file;
  if (format === "automations.yaml") return removeDependency(file, own.node);
  const command = isMap(own.node) ? pairOf(own.node, "command")?.value : undefined;
  const wait = waitOf(file, own);
  if (!isScalar(command) || wait === null) return [];
  const at = isBlock(command) ? nextLine(text, startOf(command)) : startOf(command);
  const [match, opening = "", lineEnd] = written.exec(text.slice(at, command.range?.[1])) ?? [];
  if (match === undefined) {
    const message =
      "this command waits because gitpod-aws-oidc made it wait, and was rewritten since so that its own line cannot be told from the rest";
    return [{ offset: startOf(command), message, remedy: `take ${wait} out by hand` }];
  }
  const to = at + match.length;
  const isWhole = isBlock(command) && lineEnd !== undefined;
  return [isWhole ? removeLines(text, at, to) : { from: at + opening.length, to, text: "" }];
}
