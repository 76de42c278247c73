import type { ParsedScript, SyntaxNode } from "unbash" with { "resolution-mode": "import" };

/** The parser of shell text: never runs anything, and gives what it can of a text that is broken. */
export interface ShellParser {
  readonly parse: (source: string) => ParsedScript;
  readonly forEachChild: (node: SyntaxNode, callback: (child: SyntaxNode) => void) => void;
}

/** Loads the parser: an ES module, and needed for the lint of a `.gitpod.yml` alone. */
export async function loadShellParser(): Promise<ShellParser> {
  const { parse, forEachChild } = await import("unbash");
  return { parse, forEachChild };
}
