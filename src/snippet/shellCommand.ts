import { spend, subshell } from "./shellReading";
import type { Reading, Walker } from "./shellReading";
import { assign, exportVariable, isKnown, literalWord, unknownText, unknownWord } from "./shellScope";
import type { ShellSource, ShellVariable, ShellWord } from "./shellScope";
import { fileName, print } from "./shellPrinted";
import { handsOver, isSilent, mentionsLogin, wrappedLogin } from "./shellLogins";
import { programOf, unwrap } from "./shellWrappers";

/** A simple command after expansion. */
export interface ExpandedCommand {
  readonly words: readonly ShellWord[];
  /** What stands before it, as in `A=b command`. */
  readonly settings: ReadonlyMap<string, readonly ShellWord[]>;
}

/** A program with everything around it that matters to the scripts in it. */
interface Program {
  readonly words: readonly ShellWord[];
  /** Undefined: taken away. */
  readonly settings: ReadonlyMap<string, ShellWord | undefined>;
}

const shells: ReadonlySet<string> = new Set(["bash", "sh", "dash", "zsh", "ash"]);
const declarations: ReadonlySet<string> = new Set(["export", "declare", "typeset", "readonly", "local"]);
/** Builtins that set the variables that they name to what only the running shell knows. */
const readers: ReadonlySet<string> = new Set(["read", "mapfile", "readarray", "getopts", "printf"]);

/** Does what a command does to the shell, follows it where it runs other shell text, and tells the visitor. */
export function runCommand(command: ExpandedCommand, reading: Reading, walker: Walker): void {
  const { scope, visitor } = reading;
  for (const [name, [value]] of command.settings) if (value !== undefined) visitor.assignment(name, value);
  if (command.words.length === 0) {
    for (const [name, words] of command.settings) assign(scope, name, words);
    return;
  }
  const unwrapped = unwrap(withoutAlias(command.words, reading));
  for (const [name, value] of unwrapped.settings) visitor.assignment(name, value);
  const settings = new Map<string, ShellWord | undefined>();
  for (const [name, [value]] of command.settings) settings.set(name, value);
  for (const name of unwrapped.unset) settings.set(name, undefined);
  for (const [name, value] of unwrapped.settings) settings.set(name, value);
  const { words } = unwrapped;
  const name = programOf(words[0]);
  if (declarations.has(name)) {
    declare(name, words.slice(1), reading);
    return;
  }
  visitor.command({
    words,
    environment: (variable) => {
      if (settings.has(variable)) return settings.get(variable);
      const found = scope.variables.get(variable);
      return found?.exported === true ? found.words[0] : undefined;
    },
    isFunction: scope.functions.has(words[0]?.text ?? ""),
    runs: reading.runs,
    arms: reading.arms,
  });
  if (name === "printf") print(words, reading);
  if (readers.has(name)) {
    for (const { text } of words.slice(1))
      if (scope.variables.has(text)) assign(scope, text, [unknownWord(words[0]?.offset ?? 0)]);
  } else if (name === "unset") {
    for (const { text } of words.slice(1)) scope.variables.delete(text);
  } else if (name === "alias") define(words.slice(1), reading);
  else {
    print(words, reading);
    if (!follow(name, { words, settings }, reading, walker)) search(name, words, reading, walker);
  }
}

/** Logins in what a program is given that is not followed: as words of its own, in a text, or on its input. */
function search(name: string, words: readonly ShellWord[], reading: Reading, walker: Walker): void {
  if (isSilent(name)) return;
  const inside = wrappedLogin(words);
  if (inside !== null) {
    spend(reading.budget, words.length);
    runCommand({ words: inside, settings: new Map() }, subshell(reading), walker);
    return;
  }
  const texts = words.map((word): ShellSource => ({ text: word.text, offsetOf: word.written }));
  const given = [...texts, ...(reading.input === null || !handsOver(name) ? [] : [reading.input])];
  for (const text of given) {
    spend(reading.budget, 1);
    if (mentionsLogin(text.text)) readGiven(text, reading, walker);
  }
}

/** Text that some program is given, and that has a login in it: most likely a script, or else a mention. */
function readGiven(source: ShellSource, reading: Reading, walker: Walker): void {
  const { visitor } = reading;
  const seen = { login: false };
  const watching: Reading["visitor"] = {
    ...visitor,
    command: (command) => {
      const program = programOf(command.words[0]);
      seen.login ||= program === "gp" || program === "aws";
      visitor.command(command);
    },
  };
  readText(source, { ...subshell(reading), visitor: watching, input: null }, walker);
  if (!seen.login) visitor.mention(source, reading.runs, reading.arms);
}

/** Replaces an alias by what it stands for: the shell of a task is interactive, so that it does. */
function withoutAlias(words: readonly ShellWord[], { scope, budget }: Reading): readonly ShellWord[] {
  const [first, ...rest] = words;
  const found = first === undefined ? undefined : scope.aliases.get(first.text);
  if (found === undefined) return words;
  spend(budget, found.length);
  return [...found, ...rest];
}

/** `alias a='b c'`, where what it stands for is one plain command. */
function define(words: readonly ShellWord[], reading: Reading): void {
  for (const word of words) {
    const equals = word.text.indexOf("=");
    if (equals < 1 || !isKnown(word)) continue;
    const offset = word.written(equals + 1);
    const value = reading.parser.parse(word.text.slice(equals + 1)).commands[0]?.command;
    if (value?.type !== "Command" || value.name === undefined) continue;
    const texts = [value.name, ...value.args].map((arg) => (arg.type === "Word" ? arg.value : arg.text));
    const plain = texts.filter((text) => !text.includes("$"));
    if (plain.length !== texts.length) continue;
    reading.scope.aliases.set(
      word.text.slice(0, equals),
      texts.map((text) => literalWord(text, offset)),
    );
  }
}

function declare(name: string, words: readonly ShellWord[], { scope, visitor }: Reading): void {
  const exports = name === "export" || words.some(({ text }) => /^-[a-z]*x/.test(text));
  for (const word of words) {
    if (word.text.startsWith("-")) continue;
    const equals = word.text.indexOf("=");
    const variable = equals < 0 ? word.text : word.text.slice(0, equals).replace(/\+$/, "");
    if (equals >= 0) {
      const written = (index: number) => word.written(equals + 1 + index);
      const value: ShellWord = { ...word, text: word.text.slice(equals + 1), written };
      visitor.assignment(variable, value);
      assign(scope, variable, [value]);
    }
    if (exports) exportVariable(scope, variable);
  }
}

/** Follows a command into other shell text, where it runs some. */
function follow(name: string, program: Program, reading: Reading, walker: Walker): boolean {
  const { words } = program;
  const [first, ...rest] = words;
  if (first?.text === name && reading.scope.functions.has(name)) {
    followFunction(name, program, reading, walker);
    return true;
  }
  const file = reading.files.get(fileName(first))?.all() ?? null;
  switch (name) {
    case "eval": {
      const text = rest.map((word) => word.text).join(" ");
      const [only] = rest;
      const offsetOf = rest.length === 1 ? only?.written : undefined;
      readText({ text, offsetOf: offsetOf ?? (() => only?.offset ?? 0) }, reading, walker);
      return true;
    }
    case "trap": {
      const [handler] = rest.filter(({ text }) => text !== "--");
      if (handler !== undefined && handler.text !== "-") readWord(handler, subshell(reading), walker);
      return true;
    }
    case "source":
    case ".": {
      const script = scriptOf(rest[0], reading);
      if (script !== null) readText(script, { ...reading, input: null }, walker);
      return true;
    }
    default:
      if (shells.has(name)) return followShell(program, reading, walker);
      if (file === null) return false;
      readText(file, newShell(program, reading), walker);
      return true;
  }
}

function followFunction(name: string, { words, settings }: Program, reading: Reading, walker: Walker): void {
  const called = reading.scope.functions.get(name);
  if (called === undefined) return;
  const before = new Map([...settings.keys()].map((key) => [key, reading.scope.variables.get(key)]));
  applySettings(settings, reading);
  const { positional } = reading.scope;
  reading.functions.set(called.node, { source: called.source, called: true });
  reading.scope.positional = words.slice(1);
  walker.node(called.node.body, { ...reading, source: called.source });
  reading.scope.positional = positional;
  for (const [key, variable] of before) restore(key, variable, reading);
  const inside = called.source.text.slice(called.node.pos, called.node.end);
  if (!/\$\{?@/.test(inside)) followArguments(words.slice(1), reading, walker);
}

/** A function that is given a command, and was not seen to run it, runs it in some way that is not followed. */
function followArguments(words: readonly ShellWord[], reading: Reading, walker: Walker): void {
  const [first] = words;
  if (first === undefined || !(first.text === "gp" || reading.scope.functions.has(first.text))) return;
  spend(reading.budget, words.length);
  runCommand({ words, settings: new Map() }, reading, walker);
}

/** `bash -c TEXT name args…`, `bash FILE`, or a script on its input; false where that is not known. */
function followShell(program: Program, reading: Reading, walker: Walker): boolean {
  const { words } = program;
  const inside = newShell(program, reading);
  const at = words.findIndex(({ text }, i) => i > 0 && /^-[a-z]*c$/.test(text));
  const text = words[at + 1];
  if (at > 0 && text !== undefined) {
    inside.scope.positional = words.slice(at + 3);
    readWord(text, inside, walker);
    return true;
  }
  const script = scriptOf(
    words.slice(1).find(({ text: t }) => !/^[-+]./.test(t)),
    reading,
  );
  if (script === null) return false;
  readText(script, { ...inside, input: null }, walker);
  return true;
}

/** The script that a shell is given: by the name of a file, or on its input where it has none. */
function scriptOf(word: ShellWord | undefined, { input, files }: Reading): ShellSource | null {
  if (word === undefined || /^(?:-|\/dev\/stdin|\/proc\/self\/fd\/0)$/.test(word.text)) return input;
  return word.holds ?? files.get(fileName(word))?.all() ?? null;
}

/** A shell that inherits only what is exported. */
function newShell({ settings }: Program, reading: Reading): Reading {
  const inside = subshell(reading);
  applySettings(settings, inside);
  for (const [key, variable] of inside.scope.variables)
    if (!variable.exported) inside.scope.variables.delete(key);
  return inside;
}

function readWord({ text, written }: ShellWord, reading: Reading, walker: Walker): void {
  readText({ text, offsetOf: written }, reading, walker);
}

/** Reads a text as a script. What is not known in it is a word, or a part of one, that nobody knows. */
function readText(source: ShellSource, reading: Reading, walker: Walker): void {
  if (source.text.replaceAll(unknownText, "").trim() === "") return;
  walker.script({ ...reading, source, depth: reading.depth + 1 });
}

function applySettings(settings: ReadonlyMap<string, ShellWord | undefined>, reading: Reading): void {
  for (const [key, value] of settings) {
    if (value === undefined) reading.scope.variables.delete(key);
    else {
      assign(reading.scope, key, [value]);
      exportVariable(reading.scope, key);
    }
  }
}

function restore(key: string, variable: ShellVariable | undefined, { scope }: Reading): void {
  if (variable === undefined) scope.variables.delete(key);
  else scope.variables.set(key, variable);
}
