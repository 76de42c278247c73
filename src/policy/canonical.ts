import type { Condition, OneOrMany, PolicyDocument, Statement } from "../model/policyDocument";

/** The values of a list as IAM writes it. */
export function many(value: OneOrMany | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** A sorted list without repetitions, as IAM writes it: a single item stands alone. */
export function oneOrMany(values: readonly string[]): OneOrMany {
  if (values.length === 1 && values[0] !== undefined) return values[0];
  // Thousands of roles then share the lists of the grant table.
  if (isAscending(values)) return values;
  const sorted = [...new Set(values)].sort();
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : sorted;
}

/** True for a list that is sorted and holds nothing twice. */
function isAscending(values: readonly string[]): boolean {
  return values.every((value, i) => i === 0 || (values[i - 1] ?? "") < value);
}

/** A condition with operators, keys and values sorted. */
export function canonicalCondition(condition: Condition): Condition {
  return sortedEntries(condition, (block) => sortedEntries(block, (values) => oneOrMany(many(values))));
}

/** A statement with its elements in AWS's usual order, and every list sorted. */
export function canonicalStatement(s: Statement): Statement {
  return {
    ...(s.Sid === undefined ? {} : { Sid: s.Sid }),
    Effect: s.Effect,
    ...(s.Principal === undefined ? {} : { Principal: canonicalPrincipal(s.Principal) }),
    ...(s.NotPrincipal === undefined ? {} : { NotPrincipal: canonicalPrincipal(s.NotPrincipal) }),
    ...list("Action", s.Action),
    ...list("NotAction", s.NotAction),
    ...list("Resource", s.Resource),
    ...list("NotResource", s.NotResource),
    ...(s.Condition === undefined ? {} : { Condition: canonicalCondition(s.Condition) }),
  };
}

/** A document that is equal for equal sets of statements: each canonical, sorted, none twice. */
export function canonicalDocument(statements: readonly Statement[]): PolicyDocument {
  return sortedDocument(statements.map(canonicalStatement));
}

/** {@link canonicalDocument} of statements that are canonical already. */
export function sortedDocument(statements: readonly Statement[]): PolicyDocument {
  if (statements.length < 2) return new CanonicalDocument(statements);
  const sorted = statements
    .map((statement) => ({ statement, text: JSON.stringify(statement) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .filter(({ text }, i, all) => text !== all[i - 1]?.text);
  return new CanonicalDocument(
    sorted.map(({ statement }) => statement),
    `{"Version":"2012-10-17","Statement":[${sorted.map(({ text }) => text).join()}]}`,
  );
}

/** A document whose text is known, or made once: a role's is measured, judged and written. */
export abstract class TextDocument implements PolicyDocument {
  readonly Version = "2012-10-17";
  abstract readonly Statement: readonly Statement[];
  /** The document as compact JSON. */
  abstract readonly text: string;
  #length: number | undefined;

  /** Its characters as AWS counts them. */
  get length(): number {
    return (this.#length ??= lengthWithoutSpace(this.text));
  }
}

/** A document of statements. */
export class CanonicalDocument extends TextDocument {
  readonly Statement: readonly Statement[];
  #text: string | undefined;

  /**
   * @param statements - canonical ones, sorted by their text, none twice
   * @param text - the document as compact JSON, where it is known
   */
  constructor(statements: readonly Statement[], text?: string) {
    super();
    this.Statement = statements;
    this.#text = text;
  }

  override get text(): string {
    return (this.#text ??= JSON.stringify(this));
  }
}

/**
 * A document that is text, and is read when somebody asks for its statements: a synth asks for none. Otherwise it is
 * like any other, with two properties of its own.
 */
export class WrittenDocument extends TextDocument {
  declare readonly Statement: readonly Statement[];
  readonly #text: string;
  #statements: readonly Statement[] | undefined;

  /** @param text - a document as compact JSON: canonical statements, sorted by their text, none twice */
  constructor(text: string) {
    super();
    this.#text = text;
    Object.defineProperty(this, "Statement", WrittenDocument.#read);
  }

  override get text(): string {
    return this.#text;
  }

  /** One for all: documents then share their shape. */
  static readonly #read: PropertyDescriptor & ThisType<WrittenDocument> = Object.freeze({
    enumerable: true,
    get(this: WrittenDocument) {
      return (this.#statements ??= (JSON.parse(this.#text) as PolicyDocument).Statement);
    },
  });
}

/**
 * Merges statements where the meaning stays: those alike but for their actions get the union of the actions, then
 * those alike but for their resources the union of the resources, until nothing is alike. What any of them allows, the
 * result allows, and nothing more: every action still meets only the resources and conditions that it was written with.
 * @param statements - canonical ones; in other spellings, likeness is overlooked
 */
export function merged(statements: readonly Statement[]): readonly Statement[] {
  let before = statements;
  for (;;) {
    if (before.length < 2) return before;
    const after = mergeList(mergeList(before, "Action"), "Resource");
    if (after.length === before.length) return after;
    before = after;
  }
}

function mergeList(statements: readonly Statement[], element: "Action" | "Resource"): readonly Statement[] {
  const other = element === "Action" ? "Resource" : "Action";
  if (statements.length <= few && !someAlike(statements, other)) return statements;
  const groups = new Map<string, Statement[]>();
  for (const statement of statements) {
    const alike = textWithout(statement, element);
    const group = groups.get(alike);
    if (group === undefined) groups.set(alike, [statement]);
    else group.push(statement);
  }
  if (groups.size === statements.length) return statements;
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return first ?? { Effect: "Deny" };
    return { ...first, [element]: oneOrMany(group.flatMap((s) => many(s[element]))) };
  });
}

/** So few statements are compared with each other faster than by their texts. */
const few = 16;

/** Do any two statements have the same items in an element? Statements that differ there are not alike. */
function someAlike(statements: readonly Statement[], element: "Action" | "Resource"): boolean {
  return statements.some((a, i) => {
    for (let j = 0; j < i; j++) if (isSame(a[element], statements[j]?.[element])) return true;
    return false;
  });
}

/** Are these the same items, in the same order? */
export function isSame(a: OneOrMany | undefined, b: OneOrMany | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a.length !== b.length) return false;
  return a.every((item, i) => item === b[i]);
}

/** A text that statements share where they differ in the items of one element alone, and both have it. */
function textWithout(s: Statement, element: "Action" | "Resource"): string {
  const [Action, Resource] =
    element === "Action" ? [s.Action !== undefined, s.Resource] : [s.Action, s.Resource !== undefined];
  const others = [s.Sid, s.Effect, s.Principal, s.NotPrincipal, s.NotAction, s.NotResource, s.Condition];
  return JSON.stringify([Action, Resource, ...others]);
}

/** A document as compact JSON. */
export function documentText(document: PolicyDocument): string {
  return document instanceof TextDocument ? document.text : JSON.stringify(document);
}

/** The length that AWS's quotas count: the document as compact JSON, without white space. */
export function policyLength(document: PolicyDocument): number {
  return document instanceof TextDocument ? document.length : lengthOf(document);
}

/** Has a document at most so many characters, as AWS counts them? Where it has with its white space, none is looked for. */
export function isWithin(document: PolicyDocument, quota: number): boolean {
  return documentText(document).length <= quota || policyLength(document) <= quota;
}

/** The characters of a part of a document, as AWS counts those of all of it. */
export function lengthOf(part: PolicyDocument | Statement | string): number {
  return lengthWithoutSpace(JSON.stringify(part));
}

function lengthWithoutSpace(text: string): number {
  return /\s/.test(text) ? text.replace(/\s/g, "").length : text.length;
}

function canonicalPrincipal(
  principal: NonNullable<Statement["Principal"]>,
): NonNullable<Statement["Principal"]> {
  return principal === "*" ? principal : sortedEntries(principal, (values) => oneOrMany(many(values)));
}

function list<K extends string>(element: K, values: OneOrMany | undefined): Partial<Record<K, OneOrMany>> {
  return values === undefined ? {} : ({ [element]: oneOrMany(many(values)) } as Record<K, OneOrMany>);
}

function sortedEntries<T>(
  record: Readonly<Record<string, T>>,
  value: (v: T) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(record)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, value(v)]),
  );
}
