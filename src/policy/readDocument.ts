import type { Condition, OneOrMany, PolicyDocument, Statement } from "../model/policyDocument";

/** A way down into a document. */
type Path = readonly (string | number)[];

/** What keeps a value from being a policy document. */
export interface DocumentProblem {
  readonly path: Path;
  /** Lower case, no final period; quotes no value of the document. */
  readonly message: string;
}

/** A policy document of unknown shape, made one that can be evaluated. */
export interface ReadDocument {
  /** What could be read: what could not be is left out, and is among the problems. */
  readonly policy: PolicyDocument;
  /** The statements of the policy, each with its path in the document: a lone one need not stand in a list. */
  readonly statements: readonly { readonly statement: Statement; readonly path: Path }[];
  /** The document's own Version; null where it has none, or one that is no text. */
  readonly version: string | null;
  readonly problems: readonly DocumentProblem[];
}

/**
 * Reads a value as IAM reads a policy document: a lone statement may stand without a list, and numbers and booleans
 * among condition values count as their text. A statement with a mistake inside is kept as far as it can be, so that
 * rules see all of it: only one without a readable Effect is left out.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readDocument(value: unknown): ReadDocument {
  const problems: DocumentProblem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  const none = (message: string): ReadDocument => {
    report([], message);
    return { policy: { Version: "2012-10-17", Statement: [] }, statements: [], version: null, problems };
  };
  if (!isRecord(value)) return none("a policy document is an object with Version and Statement");
  const version = typeof value["Version"] === "string" ? value["Version"] : null;
  for (const key of Object.keys(value))
    if (!["Version", "Id", "Statement"].includes(key)) report([key], "a policy document has no such element");
  const given = value["Statement"];
  if (given === undefined) return none("a policy document needs a Statement");
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  if (list.length === 0) report(["Statement"], "there is no statement");
  const statements = list.flatMap((item, i) => {
    const path: Path = Array.isArray(given) ? ["Statement", i] : ["Statement"];
    const statement = readStatement(item, path, report);
    return statement === null ? [] : [{ path, statement }];
  });
  // Another version than the one that the type admits changes how variables are read: the evaluator looks at it.
  const policy = {
    Version: version,
    Statement: statements.map((s) => s.statement),
  } as unknown as PolicyDocument;
  return { policy, statements, version, problems };
}

type Report = (path: Path, message: string) => void;
/** Reads a value; undefined for one that cannot be read. */
type Read = (value: unknown, path: Path, report: Report) => unknown;

/** The elements of a statement, and how each is read. */
const elements: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["Sid", readSid],
  ["Effect", (value) => value],
  ...["Principal", "NotPrincipal"].map((name) => [name, readPrincipal] as const),
  ...["Action", "NotAction", "Resource", "NotResource"].map((name) => [name, readList] as const),
  ["Condition", readCondition],
]);

function readStatement(value: unknown, path: Path, report: Report): Statement | null {
  if (!isRecord(value)) {
    report(path, "a statement is an object");
    return null;
  }
  for (const key of Object.keys(value))
    if (!elements.has(key)) report([...path, key], "a statement has no such element");
  if (value["Effect"] !== "Allow" && value["Effect"] !== "Deny") {
    report([...path, "Effect"], "Effect is Allow or Deny");
    return null;
  }
  const read = [...elements]
    .filter(([name]) => value[name] !== undefined)
    .map(([name, reader]) => [name, reader(value[name], [...path, name], report)] as const);
  return Object.fromEntries(read.filter(([, part]) => part !== undefined)) as unknown as Statement;
}

function readSid(value: unknown, path: Path, report: Report): string | undefined {
  if (typeof value === "string") return value;
  report(path, "a Sid is text");
  return undefined;
}

function readPrincipal(value: unknown, path: Path, report: Report): Statement["Principal"] | undefined {
  if (value === "*") return "*";
  if (isRecord(value)) return readLists(value, path, report);
  report(path, `${String(path.at(-1))} is "*" or an object`);
  return undefined;
}

function readCondition(value: unknown, path: Path, report: Report): Condition {
  if (!isRecord(value)) {
    report(path, "Condition is an object of operators");
    return {};
  }
  const operators = Object.entries(value).map(([operator, block]) => {
    if (isRecord(block)) return [operator, readLists(block, [...path, operator], report)] as const;
    report([...path, operator], "an operator has an object of condition keys");
    return [operator, {}] as const;
  });
  return Object.fromEntries(operators);
}

function readLists(value: object, path: Path, report: Report): Readonly<Record<string, OneOrMany>> {
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, readList(v, [...path, k], report)]));
}

function readList(value: unknown, path: Path, report: Report): OneOrMany {
  const text = (item: unknown, at: Path): readonly string[] => {
    if (typeof item === "string") return [item];
    if (typeof item === "number" || typeof item === "boolean") return [String(item)];
    report(at, "this is text, or a list of texts");
    return [];
  };
  if (!Array.isArray(value)) return text(value, path)[0] ?? [];
  return value.flatMap((item: unknown, i) => text(item, [...path, i]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
