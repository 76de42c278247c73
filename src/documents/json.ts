import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import { quote, textPositions, type Path, type Position, type TextPositions } from "../diagnostics";

/** Deeper than any policy, plan or state; far below what exhausts a stack. */
const deepest = 1000;

/** What keeps a text from being JSON that everybody reads alike. */
export interface JsonProblem {
  readonly path: Path;
  /** Lower case, no final period. */
  readonly message: string;
  /** What to do about it, in the same style. */
  readonly remedy: string;
}

/** A JSON text that was read, with its places. */
export interface JsonText {
  /** The value; of a key that stands twice, the last one counts. Undefined where the text is no JSON. */
  readonly value: unknown;
  /** Empty where everybody reads the text alike. */
  readonly problems: readonly JsonProblem[];
  /** The position of a value; where nothing stands at the path, that of the nearest value around it. */
  readonly locate: (path: Path) => Position;
  readonly positions: TextPositions;
}

/**
 * Reads JSON strictly: no comment, no comma before an end, no key twice, at most 1,000 levels.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function readJson(text: string): JsonText {
  const positions = textPositions(text);
  const failed = (offset: number, message: string, remedy: string): JsonText => ({
    value: undefined,
    problems: [{ path: [], message, remedy }],
    locate: () => positions.at(offset),
    positions,
  });
  const tooDeep = depthOffset(text);
  if (tooDeep !== null) return failed(tooDeep, `this is nested deeper than ${deepest} levels`, otherShape);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first !== undefined)
    return failed(first.offset, `this is no JSON: ${described(first)}`, remedyOf(first));
  const value = parsed(text);
  if (root === undefined || value === undefined) return failed(0, "this is no JSON", otherShape);
  const twice: JsonProblem[] = [];
  findTwice(root, [], twice);
  return {
    value,
    problems: twice,
    locate: (path) => positions.at(nodeAt(root, path).offset),
    positions,
  };
}

/** The parser is lenient in corners that are not documented: what it takes must also be JSON for JavaScript. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Where a text gets too deep, by its tokens alone: the parser itself would exhaust the stack. */
function depthOffset(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    // Behind a comment that does not end, the scanner gives tokens of one character for ever.
    if (offset >= text.length) return null;
    const first = scanner.getTokenLength() === 1 ? text[offset] : "";
    if (first === "{" || first === "[") depth += 1;
    else if (first === "}" || first === "]") depth -= 1;
    if (depth > deepest) return offset;
  }
}

const otherShape = "pass one policy document, or what the AWS CLI or terraform show -json prints";

/** What fixes each mistake, by the parser's name of it. */
const remedies: Readonly<Record<string, string>> = Object.freeze({
  InvalidSymbol: "write text in double quotes; without them JSON has only numbers, true, false and null",
  InvalidNumberFormat: "write the number without leading zeros, or in double quotes",
  PropertyNameExpected: "write a key in double quotes, or take the comma before this out",
  ValueExpected: "write a value, or take the comma before this out",
  ColonExpected: "write a colon between the key and its value",
  CommaExpected: "write a comma between this and what is before it",
  CloseBraceExpected: "write the closing brace: the text may be cut off",
  CloseBracketExpected: "write the closing bracket: the text may be cut off",
  EndOfFileExpected: "take out what follows the first value: pass one JSON document at a time",
  InvalidCommentToken: "take the comment out: JSON has none",
  UnexpectedEndOfComment: "take the comment out: JSON has none",
  UnexpectedEndOfString: "close the text with a double quote in its line",
  InvalidUnicode: "write four hexadecimal digits behind \\u",
  InvalidEscapeCharacter: "write a backslash as two",
  InvalidCharacter: "write control characters as \\uXXXX",
});

function remedyOf({ error }: ParseError): string {
  return remedies[printParseErrorCode(error)] ?? otherShape;
}

/** The parser's name of a mistake, e.g. `PropertyNameExpected`, as words. */
function described({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?!^)[A-Z]/g, " $&")
    .toLowerCase();
}

function findTwice(node: Node, path: Path, problems: JsonProblem[]): void {
  const children = node.children ?? [];
  if (node.type === "array") {
    children.forEach((item, i) => {
      findTwice(item, [...path, i], problems);
    });
  } else if (node.type === "object") {
    const seen = new Set<string>();
    for (const { children: [key, value] = [] } of children) {
      const name = String(key?.value);
      if (seen.has(name))
        problems.push({
          path: [...path, name],
          message: `the key ${quote(name)} stands here twice`,
          remedy: "keep one of the two",
        });
      seen.add(name);
      if (value !== undefined) findTwice(value, [...path, name], problems);
    }
  }
}

/** The node at a path, of equal keys the last; where nothing stands there, the nearest around it. */
function nodeAt(root: Node, path: Path): Node {
  let node = root;
  for (const segment of path) {
    const next =
      node.type === "array"
        ? node.children?.[Number(segment)]
        : node.children?.findLast(({ children: [key] = [] }) => key?.value === segment)?.children?.[1];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}
