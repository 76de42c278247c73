/** A way down into a document: map keys and list indices from the root, `[]` for the root itself. */
export type Path = readonly (string | number)[];

/** A node of a manifest file by its path: the position is looked up only when there is something to report. */
export interface Origin {
  /** The file as the user would name it: relative to where they stand, never made absolute by us. */
  readonly file: string;
  readonly path: Path;
}

/** A place inside another one. */
export function below(origin: Origin, ...path: Path): Origin {
  return { file: origin.file, path: origin.path.concat(path) };
}

/** A position in a text, both counted from 1; columns count UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Severity = "error" | "warning" | "info";

/** Something in a manifest that is not the manifest language: it always stops a synth. */
export interface Problem {
  /** See {@link diagnosticCodes}. */
  readonly code: DiagnosticCode;
  readonly origin: Origin;
  /** Point at the key of the last path segment rather than at its value. @default - the value */
  readonly at?: "key" | "value";
  /** Overrides the position found by `origin.path`, e.g. that of a syntax error. @default - looked up */
  readonly position?: Position;
  /** What was found and what is allowed: lower case, no final period. User text goes through `quote`. */
  readonly message: string;
  /** What to do about it, in the same style. */
  readonly remedy: string;
}

/** A {@link Problem} with its place found: what is printed, and the JSON of `check`. */
export interface Diagnostic extends Pick<Finding, "file" | "line" | "column" | "message" | "remedy"> {
  readonly code: DiagnosticCode;
  readonly severity: "error";
}

/** What a rule says about a role, before its position is found. */
export interface RuleFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly origin: Origin;
  /** The name of the role it is about; null where it is about something else. */
  readonly role: string | null;
  readonly message: string;
  readonly remedy: string;
  /** True where an `accept` of the entry waives it. */
  readonly accepted: boolean;
  /** Why it is accepted. @default - it is not */
  readonly reason?: string | undefined;
}

/** A {@link RuleFinding} with its place found. `path` is the origin's path as text, e.g. `repos[0].grants[1]`. */
export interface Finding extends Omit<RuleFinding, "origin"> {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

/** The public codes, never reused: F the file, Y its YAML, M its shape and values, R what its parts say together. */
export const diagnosticCodes = Object.freeze({
  F01: "the file cannot be read",
  F02: "the file is not UTF-8",
  F03: "the file is too large",
  F04: "an include matches nothing",
  F05: "an include leaves the manifest's folder",
  F06: "an include is not a regular file",
  F07: "a file is included twice, or includes itself",
  F08: "a file is in the way that this tool did not write, or that somebody edited since",
  Y01: "not YAML",
  Y02: "the file holds several documents",
  Y03: "the file is empty",
  Y04: "duplicate key",
  Y05: "aliases expand to too much",
  M01: "unknown key",
  M02: "wrong type",
  M03: "missing key",
  M04: "value not allowed",
  M05: "empty list",
  M06: "a number where digits in quotes are needed",
  M08: "not allowed in an included file",
  R01: "a name that refers to nothing",
  R02: "a name must be given, because there is more than one",
  R03: "not a URL of an organization or repository",
  R04: "two roles with one name",
  R05: "a setting contradicts the account's",
  R06: "one environment variable twice in a snippet",
  R07: "two snippets at one path",
  R08: "not valid in this combination",
} as const);

export type DiagnosticCode = keyof typeof diagnosticCodes;
