import type * as unbash from "unbash" with { "resolution-mode": "import" };
import type { Assignment, Command, SyntaxNode } from "unbash" with { "resolution-mode": "import" };
import type { Word as ShellWord, WordPart } from "unbash" with { "resolution-mode": "import" };
import type { Place, Placed, ShellCommand, TaskPhase, Word } from "../../model/gitpodYml";

/** The parser of shell text: never runs anything, and gives what it can of a text that is broken. */
export type ShellParser = Pick<typeof unbash, "parse" | "forEachChild">;

/** Loads the parser: an ES module, and needed for the lint alone. */
export function loadShellParser(): Promise<ShellParser> {
  return import("unbash");
}

/** A reading of the commands of one task. They are taken as they stand: nothing is run, and no function is called. */
export interface CommandReading {
  readonly parser: ShellParser;
  readonly phase: TaskPhase;
  readonly text: string;
  /** The place of an index of the text. */
  readonly placeAt: (index: number) => Place;
  /** What the task has set so far; null: to what only the running shell knows. */
  readonly variables: Map<string, Word | null>;
  /** Names of the functions that the task has defined so far. */
  readonly functions: Set<string>;
  readonly commands: ShellCommand[];
  /** @default - none */
  readonly arms?: readonly string[];
  /** Is the text an argument of a shell, as in `bash -c '…'`? @default false */
  readonly inner?: boolean;
}

/** Programs that run what they are given as arguments, and the letters of their options that take a value. */
const wrappers: Readonly<Record<string, string>> = Object.freeze({
  ...{ command: "", builtin: "", exec: "a", nohup: "", setsid: "", time: "", nice: "n", ionice: "cn" },
  ...{ stdbuf: "ioe", timeout: "ks", env: "uC", sudo: "ughpCDRT", doas: "uC", flock: "wE" },
  ...{ xargs: "InPLdEsa", npx: "p", bunx: "", pnpx: "" },
});
/** Those that have a word of their own before the program: the time, or the file of the lock. */
const withOperand: ReadonlySet<string> = new Set(["timeout", "flock"]);
const runners = /^(?:npm (?:exec|x)|pnpm (?:exec|dlx)|yarn (?:exec|dlx|run)|(?:poetry|pipenv|uv) run)$/;
const shells: ReadonlySet<string> = new Set(["bash", "sh", "dash", "zsh", "ash"]);
const declarations: ReadonlySet<string> = new Set(["export", "declare", "typeset", "readonly", "local"]);

/** Adds the commands of a text to the reading. @throws RangeError - where it is nested too deep */
export function readCommands(reading: CommandReading): void {
  walk(reading.parser.parse(reading.text), reading);
}

function walk(node: SyntaxNode, reading: CommandReading): void {
  const children = (inside: CommandReading): void => {
    reading.parser.forEachChild(node, (child) => {
      walk(child, inside);
    });
  };
  if (node.type === "Command") {
    children(reading);
    readCommand(node, reading);
  } else if (node.type === "If") {
    walk(node.clause, reading);
    readArms(node, [[node.then], ...node.elif.map((arm) => [arm.clause, arm.then]), [node.else]], reading);
  } else if (node.type === "Case") {
    const arms = node.items.map((item) => [item.body]);
    readArms(node, arms, reading);
  } else if (node.type === "AndOr" && node.operators.includes("||")) {
    const groups: SyntaxNode[][] = [[]];
    node.commands.forEach((command, i) => {
      if (node.operators[i - 1] === "||") groups.push([]);
      groups.at(-1)?.push(command);
    });
    readArms(node, groups, reading);
  } else if (node.type === "Subshell" || node.type === "CommandExpansion") {
    // Escaped backticks have a text of their own, whose positions are not the file's.
    const script = node.type === "Subshell" ? undefined : node.script;
    const text = (script as { readonly source?: string } | undefined)?.source;
    const place = reading.placeAt(node.pos);
    const inside = { ...reading, variables: new Map(reading.variables) };
    children(text === undefined ? inside : { ...inside, text, placeAt: () => place });
  } else {
    if (node.type === "Function") reading.functions.add(node.name.value);
    if (node.type === "For" || node.type === "Select") reading.variables.set(node.name.value, null);
    children(reading);
  }
}

/** Ways of which one is taken. What one of them sets is not known behind them. */
function readArms(
  choice: SyntaxNode,
  ways: readonly (readonly (SyntaxNode | undefined)[])[],
  reading: CommandReading,
): void {
  const { line, column } = reading.placeAt(choice.pos);
  const insides = ways.map((way, i) => {
    const arms = [...(reading.arms ?? []), `${line}.${column}:${i}`];
    const inside = { ...reading, arms, variables: new Map(reading.variables) };
    for (const node of way) if (node !== undefined) walk(node, inside);
    return inside.variables;
  });
  for (const inside of insides)
    for (const [name, value] of inside)
      if (reading.variables.get(name) !== value) reading.variables.set(name, null);
}

function readCommand(command: Command, reading: CommandReading): void {
  const unset: Placed[] = [];
  const own = new Map<string, Word>();
  for (const part of command.prefix)
    if (part.type === "Assignment") own.set(part.name, assigned(part, unset, reading));
  const args = command.args.map((arg) =>
    arg.type === "Word" ? wordOf(arg, unset, reading) : assignmentWord(arg, unset, reading),
  );
  const words = command.name === undefined ? [] : [wordOf(command.name, unset, reading), ...args];
  const inner = unwrap(words, own);
  const program = programOf(inner[0]);
  if (inner.length === 0) for (const [name, value] of own) setVariable(name, value, reading);
  if (declarations.has(program)) {
    for (const word of inner.slice(1)) {
      const equals = word.text.indexOf("=");
      if (equals > 0) setVariable(word.text.slice(0, equals), behind(word, equals + 1), reading);
    }
  }
  if (program === "read" || program === "unset")
    for (const { text } of inner.slice(1)) if (!text.startsWith("-")) reading.variables.set(text, null);
  const environment = new Map<string, Word>();
  for (const [name, value] of program === "gp" || program === "aws" ? [...reading.variables, ...own] : own)
    if (value !== null && /^(?:AWS|IDP_AWS)_/.test(name)) environment.set(name, value);
  const place = reading.placeAt(command.pos);
  const add = (some: readonly Word[]): void => {
    const [first] = some;
    reading.commands.push({
      ...{ phase: reading.phase, place: first?.place ?? place, program: programOf(first), words: some },
      ...{ environment, unset, arms: reading.arms ?? [] },
    });
  };
  add(inner);
  // `retry gp idp login aws`, with a function of the task.
  const given = inner.findIndex(({ text }, i) => i > 0 && (text === "gp" || text === "aws"));
  if (reading.functions.has(program) && given > 0) add(inner.slice(given));
  readArgument(command, inner, reading);
}

/** `bash -c TEXT`, `eval TEXT` and `trap TEXT`, one level deep. */
function readArgument(command: Command, words: readonly Word[], reading: CommandReading): void {
  const program = programOf(words[0]);
  const flag = words.findIndex(({ text }, i) => i > 0 && /^-[a-z]*c$/.test(text));
  const at = program === "eval" || program === "trap" ? 1 : shells.has(program) && flag > 0 ? flag + 1 : -1;
  const word = words[at];
  const node = command.args.at(at - words.length);
  if (word === undefined || node === undefined || reading.inner === true) return;
  const start = node.pos + 1;
  const isExact = reading.text.slice(start, node.end - 1) === word.text;
  const placeAt = (index: number): Place => (isExact ? reading.placeAt(start + index) : word.place);
  readCommands({ ...reading, text: word.text, placeAt, inner: true });
}

function setVariable(name: string, value: Word, { variables }: CommandReading): void {
  variables.set(name.replace(/\+$/, ""), value.known && !name.endsWith("+") ? value : null);
}

/** Takes wrappers off a command; what they set for it is added to `settings`. */
function unwrap(words: readonly Word[], settings: Map<string, Word>): readonly Word[] {
  let rest = words;
  for (;;) {
    const name = programOf(rest[0]);
    const isRunner = runners.test(`${name} ${rest[1]?.text ?? ""}`);
    const valued = isRunner ? "" : Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
    // `command -v aws` asks, and runs nothing.
    if (valued === undefined || (name === "command" && /^-[vV]/.test(rest[1]?.text ?? ""))) return rest;
    let at = isRunner ? 2 : 1;
    let operands = withOperand.has(name) ? 1 : 0;
    for (let word = rest[at]; word !== undefined; word = rest[at]) {
      const assignment = /^[A-Za-z_]\w*(?==)/.exec(word.text)?.[0];
      if (/^-./.test(word.text)) at += word.text.length === 2 && valued.includes(word.text.slice(1)) ? 2 : 1;
      else if (assignment !== undefined) {
        settings.set(assignment, behind(word, assignment.length + 1));
        at += 1;
      } else if (operands > 0) {
        operands -= 1;
        at += 1;
      } else break;
    }
    if (at >= rest.length) return rest;
    rest = rest.slice(at);
  }
}

function programOf(word: Word | undefined): string {
  return word?.known === true ? word.text.slice(word.text.lastIndexOf("/") + 1) : "";
}

/** A word without its first characters, such as the value of `--flag=value`. */
export function behind(word: Word, length: number): Word {
  const { place } = word;
  return { ...word, text: word.text.slice(length), place: { ...place, column: place.column + length } };
}

function assignmentWord(node: Assignment, unset: Placed[], reading: CommandReading): Word {
  const value = assigned(node, unset, reading);
  return { ...value, text: `${node.name}=${value.text}`, place: reading.placeAt(node.pos) };
}

function assigned({ value, index, append, pos }: Assignment, unset: Placed[], reading: CommandReading): Word {
  const place = reading.placeAt(pos);
  const word: Word =
    value.type === "Word" ? wordOf(value, unset, reading) : { text: "", place, known: false, unquoted: [] };
  return { ...word, known: word.known && index === undefined && append !== true };
}

function wordOf(word: ShellWord, unset: Placed[], reading: CommandReading): Word {
  const raw = reading.text.slice(word.pos, word.end);
  const place = reading.placeAt(word.pos + (/^["']/.test(raw) ? 1 : 0));
  const unquoted: Placed[] = [];
  if (word.parts === undefined) return { text: word.value, place, known: true, unquoted };
  let [text, known] = ["", true];
  // The variable's value, where the word is one expansion and nothing else.
  let whole = null as Word | null;
  const add = (part: WordPart, quoted: boolean): void => {
    if (part.type === "DoubleQuoted" || part.type === "LocaleString") {
      for (const child of part.parts) add(child, true);
    } else if (part.type.endsWith("Expansion") && part.type !== "BraceExpansion") {
      // A number holds no space.
      const splits = part.type !== "ArithmeticExpansion" && !/^\$[#?$!-]/.test(part.text);
      if (!quoted && splits) unquoted.push({ text: part.text, place: reading.placeAt(part.pos) });
      whole = valueOf(part, unset, reading);
      text += whole?.text ?? part.text;
      known &&= whole !== null;
    } else {
      known &&= part.type !== "ProcessSubstitution";
      text += "value" in part ? part.value : part.text;
    }
  };
  for (const part of word.parts) add(part, false);
  return { text, known, unquoted, place: whole?.text === text ? whole.place : place };
}

/** What an expansion stands for; null where the file does not show it. */
function valueOf(part: WordPart, unset: Placed[], reading: CommandReading): Word | null {
  const name =
    part.type === "SimpleExpansion"
      ? part.text.slice(1)
      : part.type === "ParameterExpansion" && part.prefix === undefined && part.index === undefined
        ? part.parameter
        : null;
  if (name === null) return null;
  const value = reading.variables.get(name);
  const operation = part.type === "ParameterExpansion" ? part.operation : undefined;
  if (operation === undefined) {
    if (value === undefined) unset.push({ text: name, place: reading.placeAt(part.pos) });
    return value ?? null;
  }
  const isDefault = operation.type === "Default" && /^:?[-=]$/.test(operation.operator);
  return isDefault && value === undefined ? wordOf(operation.operand, [], reading) : null;
}
