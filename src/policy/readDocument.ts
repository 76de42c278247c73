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
  /** For each statement of the policy, its path in the document: a lone statement need not stand in a list. */
  readonly paths: readonly Path[];
  /** The document's own Version; null where it has none, or one that is no text. */
  readonly version: string | null;
  readonly problems: readonly DocumentProblem[];
}

const elements: ReadonlySet<string> = new Set([
  ...["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"],
  ...["Resource", "NotResource", "Condition"],
]);

/**
 * Reads a value as IAM reads a policy document: a lone statement may stand without a list, and numbers and booleans
 * among condition values count as their text. A statement with a mistake inside is kept as far as it can be, so that
 * rules see all of it: only one without a readable Effect is left out.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readDocument(value: unknown): ReadDocument {
  const problems: DocumentProblem[] = [];
  const none = (message: string): ReadDocument => ({
    policy: { Version: "2012-10-17", Statement: [] },
    paths: [],
    version: null,
    problems: [...problems, { path: [], message }],
  });
  if (!isRecord(value)) return none("a policy document is an object with Version and Statement");
  const version = typeof value["Version"] === "string" ? value["Version"] : null;
  for (const key of Object.keys(value))
    if (!["Version", "Id", "Statement"].includes(key))
      problems.push({ path: [key], message: "a policy document has no such element" });
  const given = value["Statement"];
  if (given === undefined) return none("a policy document needs a Statement");
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  if (list.length === 0) problems.push({ path: ["Statement"], message: "there is no statement" });
  const statements: Statement[] = [];
  const paths: Path[] = [];
  list.forEach((item, i) => {
    const path: Path = Array.isArray(given) ? ["Statement", i] : ["Statement"];
    const statement = readStatement(item, path, problems);
    if (statement === null) return;
    statements.push(statement);
    paths.push(path);
  });
  // Another version than the one that the type admits changes how variables are read: the evaluator looks at it.
  const policy = { Version: version, Statement: statements } as unknown as PolicyDocument;
  return { policy, paths, version, problems };
}

function readStatement(value: unknown, path: Path, problems: DocumentProblem[]): Statement | null {
  if (!isRecord(value)) {
    problems.push({ path, message: "a statement is an object" });
    return null;
  }
  for (const key of Object.keys(value))
    if (!elements.has(key))
      problems.push({ path: [...path, key], message: "a statement has no such element" });
  const effect = value["Effect"];
  if (effect !== "Allow" && effect !== "Deny") {
    problems.push({ path: [...path, "Effect"], message: "Effect is Allow or Deny" });
    return null;
  }
  const sid = value["Sid"];
  if (sid !== undefined && typeof sid !== "string")
    problems.push({ path: [...path, "Sid"], message: "a Sid is text" });
  const read = {
    ...(typeof sid === "string" ? { Sid: sid } : {}),
    Effect: effect,
    ...each(["Principal", "NotPrincipal"], value, path, problems, readPrincipal),
    ...each(["Action", "NotAction", "Resource", "NotResource"], value, path, problems, readList),
    ...each(["Condition"], value, path, problems, readCondition),
  };
  return read as Statement;
}

/** Reads the elements that are there, and leaves out those that cannot be read. */
function each(
  names: readonly string[],
  statement: Readonly<Record<string, unknown>>,
  path: Path,
  problems: DocumentProblem[],
  read: (value: unknown, path: Path, problems: DocumentProblem[]) => unknown,
): Readonly<Record<string, unknown>> {
  const present = names.filter((name) => statement[name] !== undefined);
  const found = present.map((name) => [name, read(statement[name], [...path, name], problems)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== null));
}

function readPrincipal(
  value: unknown,
  path: Path,
  problems: DocumentProblem[],
): Statement["Principal"] | null {
  if (value === "*") return "*";
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([type, names]) => [type, readList(names, [...path, type], problems)]),
    );
  problems.push({ path, message: `${String(path.at(-1))} is "*" or an object` });
  return null;
}

function readCondition(value: unknown, path: Path, problems: DocumentProblem[]): Condition {
  if (!isRecord(value)) {
    problems.push({ path, message: "Condition is an object of operators" });
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).map(([operator, block]) => {
      const at = [...path, operator];
      if (isRecord(block))
        return [
          operator,
          Object.fromEntries(Object.entries(block).map(([k, v]) => [k, readList(v, [...at, k], problems)])),
        ];
      problems.push({ path: at, message: "an operator has an object of condition keys" });
      return [operator, {}];
    }),
  );
}

function readList(value: unknown, path: Path, problems: DocumentProblem[]): OneOrMany {
  const text = (item: unknown, at: Path): readonly string[] => {
    if (typeof item === "string") return [item];
    if (typeof item === "number" || typeof item === "boolean") return [String(item)];
    problems.push({ path: at, message: "this is text, or a list of texts" });
    return [];
  };
  if (!Array.isArray(value)) return text(value, path)[0] ?? [];
  return value.flatMap((item: unknown, i) => text(item, [...path, i]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
