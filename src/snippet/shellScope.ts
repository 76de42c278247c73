import type { Function as ShellFunction } from "unbash" with { "resolution-mode": "import" };

/** Stands in a text for what is not known before the shell runs. No word of a shell can hold it. */
export const unknownText = "\0";

/** Longer values are taken for unknown: variables that double themselves would fill the memory. */
const longestValue = 16_384;

/** A place of a shell text in the file: an offset for each index of the text. */
export type OffsetOf = (index: number) => number;

/** A shell text, with where it stands in the file. */
export interface ShellSource {
  readonly text: string;
  readonly offsetOf: OffsetOf;
}

/** A word after expansion. */
export interface ShellWord {
  /** What the program receives; {@link unknownText} for what is not known. */
  readonly text: string;
  /** Where the word stands in the file. */
  readonly offset: number;
  /** Where its text is written: elsewhere, if it comes out of a variable or an argument as a whole. */
  readonly written: OffsetOf;
  /** Expansions outside of quotes, which the shell splits. */
  readonly unquoted: readonly { readonly text: string; readonly offset: number }[];
  /** What a file holds that the word names by `<(…)`. @default - not known */
  readonly holds?: ShellSource;
}

/** A variable: its text, or the items of an array. */
export interface ShellVariable {
  readonly words: readonly ShellWord[];
  readonly exported: boolean;
}

/** A function, with the text that its positions are in. */
export interface DefinedFunction {
  readonly node: ShellFunction;
  readonly source: ShellSource;
}

/** What a shell knows at one moment. */
export interface ShellScope {
  readonly variables: Map<string, ShellVariable>;
  readonly functions: Map<string, DefinedFunction>;
  readonly aliases: Map<string, readonly ShellWord[]>;
  /** `$1` and so on; null: not known. */
  positional: readonly ShellWord[] | null;
}

/** A new shell, which inherits variables. */
export function shellScope(variables: ReadonlyMap<string, ShellVariable> = new Map()): ShellScope {
  return { variables: new Map(variables), functions: new Map(), aliases: new Map(), positional: null };
}

/** A copy, for a subshell or for one of several ways that a script can go. */
export function copied(scope: ShellScope): ShellScope {
  return {
    variables: new Map(scope.variables),
    functions: new Map(scope.functions),
    aliases: new Map(scope.aliases),
    positional: scope.positional,
  };
}

/** Joins ways that a script may have gone: a variable that one of them changed is not known any more. */
export function join(scope: ShellScope, ways: readonly ShellScope[]): void {
  for (const way of ways) {
    for (const [name, variable] of way.variables) {
      if (scope.variables.get(name) === variable) continue;
      scope.variables.set(name, { ...variable, words: [unknownWord(variable.words[0]?.offset ?? 0)] });
    }
    for (const [name, found] of way.functions) scope.functions.set(name, found);
    for (const [name, found] of way.aliases) scope.aliases.set(name, found);
  }
}

/** A word of which nothing is known. */
export function unknownWord(offset: number): ShellWord {
  return { text: unknownText, offset, written: () => offset, unquoted: [] };
}

/** A word that the file holds outside of any shell text, such as a value of `env`. */
export function literalWord(text: string, offset: number, written: OffsetOf = () => offset): ShellWord {
  return { text, offset, written, unquoted: [] };
}

/** Does nothing in it depend on what the shell finds when it runs? */
export function isKnown(word: ShellWord): boolean {
  return !word.text.includes(unknownText);
}

/** Sets a variable; one that was exported stays so. */
export function assign(scope: ShellScope, name: string, words: readonly ShellWord[]): void {
  const before = scope.variables.get(name);
  const length = words.reduce((sum, word) => sum + word.text.length, 0);
  const kept = length > longestValue ? [unknownWord(words[0]?.offset ?? 0)] : words;
  scope.variables.set(name, { words: kept, exported: before?.exported ?? false });
}

/** Hands a variable down to programs from now on. */
export function exportVariable(scope: ShellScope, name: string): void {
  const variable = scope.variables.get(name);
  if (variable !== undefined) scope.variables.set(name, { ...variable, exported: true });
}
