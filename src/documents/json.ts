import { parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
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
  /** The value; of a key that stands twice, the last one counts. Undefined where the text is not JSON. */
  readonly value: unknown;
  /** Empty where everybody reads the text alike. */
  readonly problems: readonly JsonProblem[];
  /** The position of a value; where nothing stands at the path, that of the nearest value around it. */
  readonly locate: (path: Path) => Position;
  readonly positions: TextPositions;
}

const tooDeep = `this is nested deeper than ${deepest} levels`;

/**
 * Reads JSON that somebody else wrote, strictly: no comment, no comma before an end, no key twice, at most 1,000 levels.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function readJson(text: string): JsonText {
  const positions = textPositions(text);
  const failed = (offset: number, message: string): JsonText => ({
    value: undefined,
    problems: [
      {
        path: [],
        message,
        remedy:
          "correct this place: JSON has no comments, no comma at the end of a list, and no single quotes",
      },
    ],
    locate: () => positions.at(offset),
    positions,
  });
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch {
    // The parser calls itself for each level, until the stack is exhausted.
    return failed(0, tooDeep);
  }
  const [first] = errors;
  if (first !== undefined) return failed(first.offset, `this is not JSON: ${described(first)}`);
  const value = jsonValue(text);
  if (root === undefined || value === undefined) return failed(0, "this is not JSON");
  const problems: JsonProblem[] = [];
  const deep = examine(root, [], problems);
  if (deep !== undefined) return failed(deep.offset, tooDeep);
  return { value, problems, locate: (path) => positions.at(nodeAt(root, path).offset), positions };
}

/**
 * The value of a JSON text, without its places: for large files whose problems nobody looks up. Undefined where the text
 * is not JSON. For {@link readJson}: jsonc-parser is lenient in corners that are not documented.
 */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The parser's name of a mistake, e.g. `PropertyNameExpected`, as words. */
function described({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?!^)[A-Z]/g, " $&")
    .toLowerCase();
}

/** Finds keys that stand twice. Returns the first node that is nested too deep. @param path - of the node, for the call */
function examine(node: Node, path: (string | number)[], problems: JsonProblem[]): Node | undefined {
  const { children } = node;
  if (children === undefined) return undefined;
  if (path.length >= deepest) return node;
  const seen = new Set<string | number>();
  for (const [i, child] of children.entries()) {
    const isItem = node.type === "array";
    const name = isItem ? i : String(child.children?.[0]?.value);
    const value = isItem ? child : child.children?.[1];
    if (seen.has(name))
      problems.push({
        path: [...path, name],
        message: `the key ${quote(String(name))} stands here twice`,
        remedy: "keep one of the two",
      });
    seen.add(name);
    path.push(name);
    const deep = value === undefined ? undefined : examine(value, path, problems);
    if (deep !== undefined) return deep;
    path.pop();
  }
  return undefined;
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

/** A JSON object of any shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own value; undefined where it has none of that name, or is no object. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Text; null for anything else, and for the empty text that Terraform keeps of what a resource does not have. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The texts of a list; none where it is none. */
export function texts(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}

/** The items of a list; none where it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
