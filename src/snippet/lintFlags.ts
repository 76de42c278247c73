import { isKnown } from "./shellScope";
import type { ShellWord } from "./shellScope";
import type { FlagTable } from "./lintTable";

/** A command's arguments, told apart. */
export interface ReadFlags {
  readonly values: ReadonlyMap<string, ShellWord>;
  readonly bare: ReadonlySet<string>;
  /** What is neither a flag nor the value of one. */
  readonly operands: readonly ShellWord[];
}

/** Reads `--flag value`, `--flag=value`, `-f value` and `-fvalue`; the last of several counts. */
export function readFlags(words: readonly ShellWord[], table: FlagTable): ReadFlags {
  const values = new Map<string, ShellWord>();
  const bare = new Set<string>();
  const operands: ShellWord[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const flag = flagOf(word, table);
    if (flag === undefined) {
      if (!word.text.startsWith("-")) operands.push(word);
      else bare.add(word.text.replace(/^-+/, ""));
      continue;
    }
    if (flag.value !== undefined) values.set(flag.name, flag.value);
    else if (table.valued.includes(flag.name)) {
      const next = words[i + 1];
      if (next !== undefined) values.set(flag.name, next);
      i += 1;
    } else bare.add(flag.name);
  }
  return { values, bare, operands };
}

interface Flag {
  readonly name: string;
  readonly value: ShellWord | undefined;
}

function flagOf(word: ShellWord, table: FlagTable): Flag | undefined {
  const long = /^--([A-Za-z][A-Za-z0-9-]*)(=|$)/.exec(word.text);
  if (long !== null) {
    const [whole, name = ""] = long;
    if (!table.valued.includes(name) && !table.bare.includes(name)) return undefined;
    return { name, value: whole.endsWith("=") ? behind(word, whole.length) : undefined };
  }
  const letter = /^-([A-Za-z])(=?)/.exec(word.text);
  const name = Object.hasOwn(table.letters, letter?.[1] ?? "") ? table.letters[letter?.[1] ?? ""] : undefined;
  if (letter === null || name === undefined) return undefined;
  // `-profile` is no `-p` with the value `rofile`: somebody lost a hyphen.
  if (table.valued.includes(word.text.slice(1).replace(/=.*$/s, ""))) return undefined;
  const [whole] = letter;
  return { name, value: word.text.length > whole.length ? behind(word, whole.length) : undefined };
}

function behind(word: ShellWord, length: number): ShellWord {
  return { ...word, text: word.text.slice(length), written: (index) => word.written(length + index) };
}

/** A value of which everything is known; undefined otherwise. */
export function knownValue(word: ShellWord | undefined): string | undefined {
  return word !== undefined && isKnown(word) ? word.text : undefined;
}
