import { problemTexts, readTaskFile } from "../lint/taskFile";
import { yamlQuote, yamlWord } from "../render/quoting";

/** A task as data. `key` is what a task of Ona stands below: no task has a key of that name. */
export type Task = Readonly<Record<string, unknown>>;

/** The tasks of a rendered snippet. @throws RangeError - where it is no valid file of tasks alone */
export function snippetTasks(rendered: string): readonly Task[] {
  const file = readTaskFile(rendered);
  if (file.problems.length > 0)
    throw new RangeError(`not a snippet: ${problemTexts(rendered, file).join("; ")}`);
  const { tasks: written, ...others } = file.value as { readonly tasks?: unknown };
  const tasks = tasksOf(written);
  const [extra] = Object.keys(others);
  if (extra !== undefined)
    throw new RangeError(`a snippet that is merged has tasks alone, and this one has ${extra}`);
  if (tasks.length === 0) throw new RangeError("a snippet that is merged has a task");
  return tasks;
}

/** What stands below `tasks`, as a list. */
export function tasksOf(tasks: unknown): readonly Task[] {
  if (typeof tasks !== "object" || tasks === null) return [];
  return Array.isArray(tasks)
    ? (tasks as readonly Task[])
    : Object.entries(tasks).map(([key, task]) => ({ key, ...(task as Task) }));
}

/** How a file indents, in columns. */
export interface ListStyle {
  /** Column of the dash, or of the keys that tasks stand below. */
  readonly dash: number;
  /** From the dash to the keys of the task, at least 2. */
  readonly keys: number;
  /** From a key to what is nested in it, at least 1. */
  readonly step: number;
}

/** Tasks as items of a block list or pairs of a block map, a line each. */
export function blockItems(tasks: readonly Task[], style: ListStyle): readonly string[] {
  const [dash, step] = [" ".repeat(style.dash), " ".repeat(style.step)];
  return tasks.flatMap(({ key, ...task }) => {
    const lines = Object.entries(task).flatMap(([name, value]) => blockEntry(name, value, step));
    if (typeof key === "string")
      return [`${dash}${yamlWord(key)}:`, ...lines.map((line) => indented(dash + step, line))];
    const indent = dash + " ".repeat(style.keys);
    const [first = "", ...others] = lines.map((line) => indented(indent, line));
    return [`${dash}-${first.slice(dash.length + 1)}`, ...others];
  });
}

function blockEntry(key: string, value: unknown, step: string): readonly string[] {
  if (typeof value !== "string" || !isLiteral(value)) return [`${key}: ${flowValue(value)}`];
  const lines = value.replace(/\n$/, "").split("\n");
  return [`${key}: |${value.endsWith("\n") ? "" : "-"}`, ...lines.map((line) => indented(step, line))];
}

/** Text that a literal block holds without indicators, and that an editor that trims lines leaves alone. */
function isLiteral(text: string): boolean {
  return (
    /^(?![ \n])[ \n\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(text) &&
    text.includes("\n") &&
    !/ \n| $|\n\n$/.test(text)
  );
}

function indented(by: string, line: string): string {
  return line === "" ? "" : by + line;
}

/** Tasks as items of a flow list or pairs of a flow map, a line each, with a comma behind each. */
export function flowItems(tasks: readonly Task[]): readonly string[] {
  return tasks.map(({ key, ...task }) => {
    const collection = typeof key === "string" ? { [key]: task } : [task];
    return `${flowValue(collection).slice(1, -1)},`;
  });
}

function flowValue(value: unknown): string {
  if (typeof value === "string") return yamlQuote(value);
  if (Array.isArray(value)) return `[${value.map(flowValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${yamlQuote(key)}: ${flowValue(entry)}`)
    .join(", ")}}`;
}
