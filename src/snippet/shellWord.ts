import type { Word, WordPart } from "unbash" with { "resolution-mode": "import" };
import type { ParameterExpansionPart } from "unbash" with { "resolution-mode": "import" };
import { literalWord, unknownText, unknownWord } from "./shellScope";
import type { ShellScope, ShellSource, ShellWord } from "./shellScope";

/** What expanding a word needs of its surroundings. */
export interface Expander {
  readonly source: ShellSource;
  readonly scope: ShellScope;
  /** Called for each `$(…)`, `` `…` `` and `<(…)`, before the word's command: what it prints, where that is known. */
  readonly substitution: (part: WordPart) => ShellSource | null;
  /** Called for each variable that the scope does not hold. */
  readonly unset: (name: string, offset: number) => void;
}

/** What an expansion stands for: several words where it is a list, one otherwise. */
interface Expanded {
  readonly words: readonly ShellWord[];
  readonly list: boolean;
  /** False for what cannot hold a space, such as `$?`. */
  readonly splits: boolean;
}

type Expansion = Extract<WordPart, { type: `${string}Expansion` | "ProcessSubstitution" }> &
  Exclude<WordPart, { type: "BraceExpansion" }>;

interface Builder {
  readonly expander: Expander;
  readonly offset: number;
  readonly done: ShellWord[];
  readonly unquoted: { readonly text: string; readonly offset: number }[];
  text: string;
  /** Has the word begun? An expansion to nothing, outside of quotes, is no word. */
  begun: boolean;
  /** The one piece that the word consists of so far; null: none, or several. */
  whole: ShellWord | null;
}

/** Words longer than this are cut: nothing that we look for is that long. */
const longestWord = 65_536;

/** Expands one word of a script as the shell would, as far as its variables are known: into none, one or several. */
export function expandWord(word: Word, expander: Expander): readonly ShellWord[] {
  const offset = expander.source.offsetOf(word.pos);
  const raw = expander.source.text.slice(word.pos, word.end);
  if (word.parts === undefined)
    return [literalWord(word.value, offset, inner(expander.source, word.pos, raw, word.value))];
  const builder: Builder = { expander, offset, done: [], unquoted: [], text: "", begun: false, whole: null };
  for (const part of word.parts) addPart(part, builder);
  finish(builder);
  const [only] = builder.done;
  // A word in one pair of quotes: each character has a place of its own.
  if (only !== undefined && builder.done.length === 1 && /^(["']).*\1$/s.test(raw)) {
    const body = raw.slice(1, -1);
    if (body === only.text)
      return [{ ...only, written: inner(expander.source, word.pos + 1, body, only.text) }];
  }
  return builder.done;
}

/** One text for a word that is not split, such as the value of an assignment. */
export function expandText(word: Word, expander: Expander): ShellWord {
  const words = expandWord(word, expander);
  const [only] = words;
  const offset = expander.source.offsetOf(word.pos);
  if (only !== undefined && words.length === 1) return only;
  return literalWord(words.map(({ text }) => text).join(" "), offset);
}

function inner({ offsetOf }: ShellSource, pos: number, raw: string, text: string): (index: number) => number {
  return raw === text ? (index) => offsetOf(pos + index) : () => offsetOf(pos);
}

function addPart(part: WordPart, builder: Builder): void {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      addText(part.value, builder);
      return;
    case "Glob":
    case "ExtendedGlob":
      addText(part.text, builder);
      return;
    case "BraceExpansion":
      addText(unknownText, builder);
      return;
    case "DoubleQuoted":
    case "LocaleString":
      builder.begun = true;
      for (const child of part.parts) {
        if (child.type === "Literal") addText(child.value, builder);
        else addExpanded(expansion(child, builder.expander), builder, true);
      }
      return;
    case "SimpleExpansion":
    case "ParameterExpansion":
    case "CommandExpansion":
    case "ArithmeticExpansion":
    case "ProcessSubstitution": {
      const expanded = expansion(part, builder.expander);
      if (expanded.splits)
        builder.unquoted.push({ text: part.text, offset: builder.expander.source.offsetOf(part.pos) });
      addExpanded(expanded, builder, false);
    }
  }
}

function addText(text: string, builder: Builder): void {
  builder.begun = true;
  builder.whole = null;
  if (builder.text.length < longestWord) builder.text += text;
}

function addExpanded({ words, list }: Expanded, builder: Builder, quoted: boolean): void {
  const pieces = quoted ? words : words.flatMap(split);
  pieces.forEach((piece, i) => {
    if (i > 0) finish(builder);
    const whole = !builder.begun || (builder.text === "" && builder.whole === null && quoted) ? piece : null;
    addText(piece.text, builder);
    builder.whole = whole;
  });
  if (quoted && list && words.length === 0 && builder.text === "") builder.begun = false;
}

/** An expansion outside of quotes, cut at white space. */
function split(word: ShellWord): readonly ShellWord[] {
  const texts = word.text.split(/[ \t\n]+/).filter((text) => text !== "");
  const [only] = texts;
  if (texts.length === 1 && only === word.text) return [word];
  return texts.map((text) => ({ ...word, text, written: () => word.written(0) }));
}

function finish(builder: Builder): void {
  if (!builder.begun) return;
  const { offset, text, whole, unquoted } = builder;
  const alone = whole?.text === text ? whole : null;
  builder.done.push({
    ...{ text, offset, written: alone?.written ?? (() => offset), unquoted: [...unquoted] },
    ...(alone?.holds === undefined ? {} : { holds: alone.holds }),
  });
  builder.text = "";
  builder.begun = false;
  builder.whole = null;
}

function expansion(part: Expansion, expander: Expander): Expanded {
  const offset = expander.source.offsetOf(part.pos);
  const unknown: Expanded = { words: [unknownWord(offset)], list: false, splits: true };
  switch (part.type) {
    case "SimpleExpansion":
      return variable(part.text.slice(1), offset, expander) ?? unknown;
    case "ParameterExpansion":
      return parameter(part, offset, expander) ?? unknown;
    case "CommandExpansion": {
      const printed = expander.substitution(part);
      if (printed === null) return unknown;
      const text = printed.text.replace(/\n{1,99}$/, "");
      return { ...unknown, words: [literalWord(text, offset, printed.offsetOf)] };
    }
    case "ArithmeticExpansion":
      expander.substitution(part);
      return { ...unknown, splits: false };
    case "ProcessSubstitution": {
      const holds = expander.substitution(part);
      const word = unknownWord(offset);
      return { ...unknown, words: [holds === null ? word : { ...word, holds }], splits: false };
    }
  }
}

/** What a variable stands for; undefined where that is not known. */
function variable(name: string, offset: number, expander: Expander): Expanded | undefined {
  const { positional, variables } = expander.scope;
  if (/^[#?$!-]$/.test(name)) return { words: [unknownWord(offset)], list: false, splits: false };
  if (name === "@" || name === "*")
    return positional === null ? undefined : { words: positional, list: true, splits: true };
  if (/^[1-9]\d?$/.test(name)) {
    if (positional === null) return undefined;
    return { words: [positional[Number(name) - 1] ?? literalWord("", offset)], list: false, splits: true };
  }
  const found = variables.get(name);
  if (found === undefined) {
    expander.unset(name, offset);
    return undefined;
  }
  return { words: found.words.slice(0, 1), list: false, splits: true };
}

function parameter(part: ParameterExpansionPart, offset: number, expander: Expander): Expanded | undefined {
  const { operation, index, prefix } = part;
  if (prefix === "#") return { words: [unknownWord(offset)], list: false, splits: false };
  if (prefix === "!") return undefined;
  if (index !== undefined) {
    const array = expander.scope.variables.get(part.parameter);
    if (!/^[@*]$/.test(index.value) || array === undefined || operation !== undefined) return undefined;
    return { words: array.words, list: true, splits: true };
  }
  // With a default, nobody has to set it.
  const quiet = operation === undefined ? expander : { ...expander, unset: () => undefined };
  const value = variable(part.parameter, offset, quiet);
  if (operation === undefined) return value;
  if (operation.type === "Slice" && part.parameter === "@" && operation.length === undefined) {
    const from = Number(operation.offset.value);
    return value !== undefined && from >= 1 ? { ...value, words: value.words.slice(from - 1) } : undefined;
  }
  if (operation.type !== "Default") return undefined;
  const operand = expandText(operation.operand, expander);
  if (/^:?[-=]$/.test(operation.operator)) return value ?? { words: [operand], list: false, splits: true };
  return operation.operator.endsWith("?") ? value : undefined;
}
