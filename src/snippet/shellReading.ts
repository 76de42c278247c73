import type { SyntaxNode } from "unbash" with { "resolution-mode": "import" };
import type { ShellParser } from "./shellParser";
import { copied } from "./shellScope";
import type { DefinedFunction, ShellScope, ShellSource, ShellWord } from "./shellScope";

/** A program that a script runs, once everything that is wrapped around it is off. */
export interface ShellCommand {
  /** The program and its arguments: one word at least. */
  readonly words: readonly ShellWord[];
  /** A variable as the program sees it; undefined: not set by the file, or not handed down. */
  readonly environment: (name: string) => ShellWord | undefined;
  /** Is the program a function of the script? */
  readonly isFunction: boolean;
  readonly runs: boolean;
  readonly arms: readonly string[];
}

/** Who is told what a script does, in the order in which it does it. */
export interface ShellVisitor {
  readonly command: (command: ShellCommand) => void;
  /** A variable is set, for the shell or for one command. */
  readonly assignment: (name: string, value: ShellWord) => void;
  /** A program that is not followed is given text that has a login in it, in a language that is not the shell's. */
  readonly mention: (text: ShellSource, runs: boolean, arms: readonly string[]) => void;
  /** A variable is used that nothing in the file sets. */
  readonly unset: (name: string, offset: number, runs: boolean, arms: readonly string[]) => void;
}

/** What several commands print. */
export interface Collector {
  readonly take: (printed: ShellSource) => void;
  /** Null: nothing that is known. */
  readonly all: () => ShellSource | null;
}

/** How much more may be read: scripts that call themselves, or aliases, would make it any amount. */
export interface Budget {
  left: number;
}

/** Everything that the reading of a script hands down. */
export interface Reading {
  readonly parser: ShellParser;
  readonly visitor: ShellVisitor;
  readonly budget: Budget;
  readonly scope: ShellScope;
  readonly source: ShellSource;
  readonly runs: boolean;
  readonly arms: readonly string[];
  readonly depth: number;
  /** What is on the standard input; null: not known. */
  readonly input: ShellSource | null;
  /** Takes what commands print, as far as it is known; null: nobody asks. */
  readonly output: ((printed: ShellSource) => void) | null;
  /** Files that the task writes, with what it writes last; shared by its phases. */
  readonly files: Map<string, Collector>;
  /** Every function that was defined, in whatever shell, and whether it was called; shared by all phases of a task. */
  readonly functions: Map<DefinedFunction["node"], { readonly source: ShellSource; called: boolean }>;
  /** Numbers the choices of a task. */
  readonly choices: { next: number };
}

/** Nesting of commands, functions and scripts in scripts; each block of a script is three. */
export const deepest = 120;

/** A script that is too much to read: too deep, or too long once its functions and loops are followed. */
export class TooMuchShell extends Error {}

/** Takes a share of what may be read. @throws TooMuchShell - where nothing is left */
export function spend(budget: Budget, cost: number): void {
  budget.left -= cost;
  if (budget.left < 0) throw new TooMuchShell();
}

/** How to follow more of a script. */
export interface Walker {
  readonly node: (node: SyntaxNode, reading: Reading) => void;
  readonly script: (reading: Reading) => void;
}

/** A shell that hands nothing back. */
export function subshell(reading: Reading): Reading {
  const { variables, functions, aliases } = reading.scope;
  spend(reading.budget, 1 + variables.size + functions.size + aliases.size);
  return { ...reading, scope: copied(reading.scope) };
}
