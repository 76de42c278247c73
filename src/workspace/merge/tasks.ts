import { problemTexts, readTaskFile } from "../lint/taskFile";
import { yamlQuote } from "../render/quoting";

/** One of our tasks, as data: its text in a file follows that file's habits. */
export type Task = Readonly<Record<string, unknown>>;

/**
 * The tasks of a rendered snippet, so that templates stay the only place that says what our tasks are.
 * @throws RangeError where it is no valid `.gitpod.yml`, has no task, or more than tasks: that could not be merged
 */
export function snippetTasks(rendered: string): readonly Task[] {
  const file = readTaskFile(rendered);
  if (file.problems.length > 0)
    throw new RangeError(`not a snippet: ${problemTexts(rendered, file).join("; ")}`);
  const { tasks, ...others } = file.value as { readonly tasks?: readonly Task[] };
  const [extra] = Object.keys(others);
  if (extra !== undefined)
    throw new RangeError(`a snippet that is merged has tasks alone, and this one has ${extra}`);
  if (tasks === undefined || tasks.length === 0) throw new RangeError("a snippet that is merged has a task");
  return tasks;
}

/** How a file indents, in columns. */
export interface ListStyle {
  /** Column of the dash. */
  readonly dash: number;
  /** From the dash to the keys of the task, at least 2. */
  readonly keys: number;
  /** From a key to what is nested in it, at least 1. */
  readonly step: number;
}

/** Tasks as items of a block list, a line each. */
export function blockItems(tasks: readonly Task[], style: ListStyle): readonly string[] {
  const outer = " ".repeat(style.dash);
  const inner = " ".repeat(style.keys);
  return tasks.flatMap((task) =>
    Object.entries(task)
      .flatMap(([key, value]) => blockEntry(key, value, " ".repeat(style.step)))
      .map((line, i) => (i === 0 ? `${outer}-${inner.slice(1)}${line}` : indented(outer + inner, line))),
  );
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

/** Tasks as items of a flow list, a line each, with a comma behind each. */
export function flowItems(tasks: readonly Task[]): readonly string[] {
  return tasks.map((task) => `${flowValue(task)},`);
}

function flowValue(value: unknown): string {
  if (typeof value === "string") return yamlQuote(value);
  if (Array.isArray(value)) return `[${value.map(flowValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${yamlQuote(key)}: ${flowValue(entry)}`)
    .join(", ")}}`;
}
