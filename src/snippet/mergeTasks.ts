import { createHash } from "node:crypto";
import { readGitpodYml } from "./gitpodSchema";
import { yamlQuote } from "./quoting";

/** One of our tasks, as data: its text in a file follows that file's habits. */
export interface TaskText {
  readonly name?: string;
  readonly before?: string;
  readonly init?: string;
  readonly prebuild?: string;
  readonly command?: string;
  /** Values that are no strings reach the task as JSON text anyway: they are that text here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly openIn?: string;
  readonly openMode?: string;
}

/** The keys of a task in the order in which they are written. */
const keys = Object.freeze([
  "name",
  "before",
  "init",
  "prebuild",
  "command",
  "env",
  "openIn",
  "openMode",
] as const satisfies readonly (keyof TaskText)[]);

/**
 * The tasks of a rendered snippet, so that templates stay the only place that says what our tasks are.
 * @throws RangeError where it is no valid `.gitpod.yml`, has no task, or more than tasks: that could not be merged
 */
export function snippetTasks(rendered: string): readonly TaskText[] {
  const { value, problems } = readGitpodYml(rendered);
  if (problems.length > 0) throw new RangeError(`not a snippet: ${problems.join("; ")}`);
  const { tasks, ...others } = value as { readonly tasks?: readonly Readonly<Record<string, unknown>>[] };
  const [extra] = Object.keys(others);
  if (extra !== undefined)
    throw new RangeError(`a snippet that is merged has tasks alone, and this one has ${extra}`);
  if (tasks === undefined || tasks.length === 0) throw new RangeError("a snippet that is merged has a task");
  return tasks.map((task) => {
    const { env, ...texts } = task;
    if (env === undefined) return texts;
    const entries = Object.entries(env as object).map(([name, entry]: [string, unknown]) => [
      name,
      typeof entry === "string" ? entry : JSON.stringify(entry),
    ]);
    return { ...texts, env: Object.fromEntries(entries) as Record<string, string> };
  });
}

/**
 * What tasks mean, in 16 hex digits: equal for tasks that parse equal, however they are indented and quoted, and
 * different as soon as somebody changes one.
 */
export function tasksDigest(tasks: readonly unknown[]): string {
  return createHash("sha256")
    .update(JSON.stringify(tasks.map(sorted)), "utf8")
    .digest("hex")
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]: [string, unknown]) => [key, sorted(entry)]);
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
export function blockItems(tasks: readonly TaskText[], style: ListStyle): readonly string[] {
  const outer = " ".repeat(style.dash);
  const inner = " ".repeat(style.keys);
  return tasks.flatMap((task) =>
    keys
      .flatMap((key) => blockEntry(key, task[key], " ".repeat(style.step)))
      .map((line, i) => (i === 0 ? `${outer}-${inner.slice(1)}${line}` : indented(outer + inner, line))),
  );
}

function blockEntry(key: string, value: TaskText[keyof TaskText], step: string): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "object") {
    const entries = Object.entries(value).map(
      ([name, text]) => `${step}${yamlQuote(name)}: ${yamlQuote(text)}`,
    );
    return entries.length === 0 ? [`${key}: {}`] : [`${key}:`, ...entries];
  }
  if (!isLiteral(value)) return [`${key}: ${yamlQuote(value)}`];
  const lines = value.replace(/\n$/, "").split("\n");
  return [`${key}: |${value.endsWith("\n") ? "" : "-"}`, ...lines.map((line) => indented(step, line))];
}

/** Text that a literal block holds without indicators, and that an editor that trims lines leaves alone. */
function isLiteral(text: string): boolean {
  return /^(?![ \n])[ -~\n]+$/.test(text) && text.includes("\n") && !/ \n| $|\n\n$/.test(text);
}

function indented(by: string, line: string): string {
  return line === "" ? "" : by + line;
}

/** Tasks as items of a flow list, a line each, with a comma behind each. */
export function flowItems(tasks: readonly TaskText[]): readonly string[] {
  return tasks.map((task) => {
    const entries = keys.flatMap((key) => {
      const value = task[key];
      return value === undefined
        ? []
        : [`${key}: ${typeof value === "string" ? yamlQuote(value) : flowMap(value)}`];
    });
    return `{${entries.join(", ")}},`;
  });
}

function flowMap(map: Readonly<Record<string, string>>): string {
  const entries = Object.entries(map).map(([name, text]) => `${yamlQuote(name)}: ${yamlQuote(text)}`);
  return `{${entries.join(", ")}}`;
}
