import type { Command, Redirection, Statement, SyntaxNode, Word } from "unbash" with {
  "resolution-mode": "import",
};
import { runCommand } from "./shellCommand";
import { deepest, spend, subshell, TooMuchShell } from "./shellReading";
import type { Reading } from "./shellReading";
import { assign, join, unknownWord } from "./shellScope";
import type { ShellSource, ShellWord } from "./shellScope";
import { collector, fileName, writer } from "./shellPrinted";
import { expandText, expandWord } from "./shellWord";
import type { Expander } from "./shellWord";

/** Follows a script as far as its text tells what it does. @throws TooMuchShell */
export function readShell(reading: Reading): void {
  spend(reading.budget, 1 + reading.source.text.length);
  readList(reading.parser.parse(reading.source.text).commands, reading);
}

/** Follows a part of a script one level deeper. @throws TooMuchShell */
export function readNode(node: SyntaxNode, given: Reading): void {
  const reading = { ...given, depth: given.depth + 1 };
  if (reading.depth > deepest) throw new TooMuchShell();
  spend(reading.budget, 1);
  const read = readers[node.type] as ((node: SyntaxNode, reading: Reading) => void) | undefined;
  if (read !== undefined) read(node, reading);
  else {
    // Tests, arithmetic and the like run nothing but what is substituted in them.
    reading.parser.forEachChild(node, (child) => {
      readNode(child, reading);
    });
  }
}

type Substitution = Extract<
  SyntaxNode,
  { type: "CommandExpansion" | "ProcessSubstitution" | "ArithmeticCommandExpansion" }
>;

type Readers = {
  readonly [T in SyntaxNode["type"]]?: (node: Extract<SyntaxNode, { type: T }>, reading: Reading) => void;
};

/** What each part of a script does; parts that are not here are looked into. */
const readers: Readers = Object.freeze<Readers>({
  Statement: (node, reading) => {
    readNode(node.command, node.background === true ? subshell(reading) : reading);
  },
  CompoundList: (node, reading) => {
    readList(node.commands, reading);
  },
  Command: readCommand,
  AndOr: (node, reading) => {
    readChain(node.commands, node.operators, reading);
  },
  Pipeline: readPipeline,
  Redirected: (node, reading) => {
    readNode(node.command, readRedirections(node.redirects, reading));
  },
  BraceGroup: (node, reading) => {
    readNode(node.body, reading);
  },
  Subshell: (node, reading) => {
    readNode(node.body, subshell(reading));
  },
  Coproc: (node, reading) => {
    readNode(node.body, subshell(reading));
  },
  Function: (node, reading) => {
    const { source, scope, functions } = reading;
    scope.functions.set(node.name.value, { node, source });
    if (!functions.has(node)) functions.set(node, { source, called: false });
  },
  If: (node, reading) => {
    readNode(node.clause, reading);
    const arms = node.elif.map((arm) => [arm.clause, arm.then]);
    readWays([[node.then], ...arms, node.else === undefined ? [] : [node.else]], reading);
  },
  Case: (node, reading) => {
    readWords([node.word], reading);
    const arms = node.items.map((item) => [item.body]);
    readWays(arms, reading);
  },
  While: (node, reading) => {
    readNode(node.clause, reading);
    readWays([[node.body]], reading);
  },
  ArithmeticFor: (node, reading) => {
    readWays([[node.body]], reading);
  },
  Select: (node, reading) => {
    readWays([[node.body]], reading);
  },
  For: (node, reading) => {
    readFor(node.name.value, readWords(node.wordlist ?? [], reading), node.body, reading);
  },
  CommandExpansion: (part, reading) => void readSubstitution(part, reading),
  ProcessSubstitution: (part, reading) => void readSubstitution(part, reading),
  ArithmeticCommandExpansion: (part, reading) => void readSubstitution(part, reading),
});

function readList(statements: readonly Statement[], reading: Reading): void {
  for (const statement of statements) readNode(statement, reading);
}

/** `a && b || c`: what follows `&&` is taken to run, and each side of `||` to be an arm of a choice. */
function readChain(
  commands: readonly SyntaxNode[],
  operators: readonly ("&&" | "||")[],
  reading: Reading,
): void {
  const groups: SyntaxNode[][] = [[]];
  commands.forEach((command, i) => {
    if (operators[i - 1] === "||") groups.push([]);
    groups.at(-1)?.push(command);
  });
  const [first = [], ...others] = groups;
  if (others.length === 0) {
    for (const command of first) readNode(command, reading);
    return;
  }
  const choice = reading.choices.next++;
  const arm = (i: number): Reading => ({ ...reading, arms: [...reading.arms, `${choice}:${i}`] });
  for (const command of first) readNode(command, arm(0));
  const ways = others.map((group, i) => {
    const way = subshell(arm(i + 1));
    for (const command of group) readNode(command, way);
    return way.scope;
  });
  join(reading.scope, ways);
}

function readWays(ways: readonly (readonly SyntaxNode[])[], reading: Reading): void {
  const choice = reading.choices.next++;
  const scopes = ways.map((way, i) => {
    const arm = subshell({ ...reading, arms: [...reading.arms, `${choice}:${i}`] });
    for (const node of way) readNode(node, arm);
    return arm.scope;
  });
  join(reading.scope, scopes);
}

function readFor(name: string, words: readonly ShellWord[], body: SyntaxNode, reading: Reading): void {
  const offset = reading.source.offsetOf(body.pos);
  const known = words.length > 0 && words.length <= 16 ? words : [unknownWord(offset)];
  for (const word of known) {
    assign(reading.scope, name, [word]);
    readNode(body, reading);
  }
}

function readWords(words: readonly Word[], reading: Reading): readonly ShellWord[] {
  const expanded = words.flatMap((word) => expandWord(word, expanderOf(reading)));
  spend(reading.budget, expanded.length);
  return expanded;
}

/** `a | b`: what one prints is the input of the next. */
function readPipeline(node: Extract<SyntaxNode, { type: "Pipeline" }>, reading: Reading): void {
  if (node.operators.length === 0) {
    for (const command of node.commands) readNode(command, reading);
    return;
  }
  let { input } = reading;
  node.commands.forEach((command, i) => {
    const printed = collector();
    const last = i === node.commands.length - 1;
    readNode(command, { ...subshell(reading), input, output: last ? reading.output : printed.take });
    input = printed.all();
  });
}

/** A reading of what is behind redirections. */
function readRedirections(redirections: readonly Redirection[], reading: Reading): Reading {
  let { input, output } = reading;
  for (const redirection of redirections) {
    if (redirection.type === "HereDoc") {
      for (const part of redirection.body.parts ?? []) readNode(part, reading);
      const { body } = redirection;
      const { offsetOf } = reading.source;
      input = { text: body.text, offsetOf: (index) => offsetOf(body.pos + index) };
      continue;
    }
    if (redirection.target === undefined) continue;
    const [word] = readWords([redirection.target], reading);
    const { operator } = redirection;
    if (operator === "<<<") input = word === undefined ? null : { text: word.text, offsetOf: word.written };
    else if (operator === "<") input = word?.holds ?? reading.files.get(fileName(word))?.all() ?? null;
    else if (/^(>|>>|>\||&>|&>>)$/.test(operator)) output = writer(fileName(word), operator, reading);
  }
  return { ...reading, input, output };
}

/** Follows a substitution: what it prints, where that is all known. */
function readSubstitution(part: Substitution, reading: Reading): ShellSource | null {
  const depth = reading.depth + 1;
  if (depth > deepest) throw new TooMuchShell();
  spend(reading.budget, 1);
  if (part.script === undefined) return null;
  const start = reading.source.offsetOf(part.pos);
  // Escaped backticks have a text of their own, whose positions are not the file's.
  const { source: text, commands } = part.script;
  const source = text === undefined ? reading.source : { text, offsetOf: () => start };
  const printed = collector();
  readList(commands, { ...subshell(reading), depth, source, input: null, output: printed.take });
  // A list may stop, choose or repeat: of one command, all is known.
  const [only, ...others] = commands;
  const plain = only?.command.type === "Command" || only?.command.type === "Pipeline";
  return plain && others.length === 0 ? printed.all() : null;
}

function expanderOf(reading: Reading): Expander {
  return {
    source: reading.source,
    scope: reading.scope,
    substitution: (part) => {
      if (part.type === "CommandExpansion" || part.type === "ProcessSubstitution")
        return readSubstitution(part, reading);
      readNode(part, reading);
      return null;
    },
    unset: (name, offset) => {
      reading.visitor.unset(name, offset, reading.runs, reading.arms);
    },
  };
}

/** One simple command: its substitutions first, then what it sets, then what it runs. */
function readCommand(command: Command, reading: Reading): void {
  const expander = expanderOf(reading);
  const settings = new Map<string, readonly ShellWord[]>();
  for (const part of command.prefix) {
    if (part.type !== "Assignment") continue;
    settings.set(part.name, assignedWords(part, expander));
  }
  const words = readWords(command.name === undefined ? [] : [command.name], reading);
  const rest = command.args.flatMap((arg): readonly ShellWord[] => {
    if (arg.type === "Word") return readWords([arg], reading);
    const [value = unknownWord(expander.source.offsetOf(arg.pos))] = assignedWords(arg, expander);
    const name = `${arg.name}=`;
    const written = (index: number) =>
      index < name.length ? expander.source.offsetOf(arg.pos) : value.written(index - name.length);
    return [{ ...value, text: `${name}${value.text}`, offset: expander.source.offsetOf(arg.pos), written }];
  });
  runCommand({ words: [...words, ...rest], settings }, readRedirections(command.redirects, reading), {
    node: readNode,
    script: readShell,
  });
}

function assignedWords(
  { value, append, index, name, pos }: Extract<Command["prefix"][number], { type: "Assignment" }>,
  expander: Expander,
): readonly ShellWord[] {
  const words =
    value.type === "Word"
      ? [expandText(value, expander)]
      : value.elements.flatMap((element) => expandWord(element, expander));
  const offset = expander.source.offsetOf(pos);
  if (index !== undefined) return [unknownWord(offset)];
  if (append !== true) return words;
  const before = expander.scope.variables.get(name);
  if (before === undefined) return [unknownWord(offset)];
  if (value.type !== "Word") return [...before.words, ...words];
  const [last] = words;
  return [{ ...unknownWord(offset), text: `${before.words[0]?.text ?? ""}${last?.text ?? ""}` }];
}
