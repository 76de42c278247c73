import { createHash } from "node:crypto";
import { CST, Lexer } from "yaml";
import type { Refusal } from "./text";

/*
 * Our tasks stand between two comment lines. The first says how they came into the file, so that taking them out
 * gives back what was there, and what they mean, so that a change by hand is seen and not overwritten. Version 0.1.0
 * wrote the same lines.
 */

/**
 * How our tasks came in: into a `list` that was there, or was nothing; below a `key` of ours; so too, in a
 * `file` that was not there; below a `null` or `[]` that is a comment since; or `inline`, in the middle of a line
 * between brackets.
 */
export type Mode = "list" | "key" | "file" | "null" | "inline";

/** A comment of a file: never text that only looks like one, inside of a scalar. */
export interface Comment {
  readonly offset: number;
  readonly source: string;
}

/** The two lines around our tasks. */
export interface Markers {
  readonly mode: Mode;
  readonly digest: string;
  readonly begin: Comment;
  readonly end: Comment;
}

const ending = /^#\s*gitpod-aws-oidc end\b/;
const either = /^#\s*gitpod-aws-oidc (?:begin|end)\b/;
const whole = /^#\s*gitpod-aws-oidc begin (list|key|file|null|inline) ([0-9a-f]{16}):/;

/** The first line, for tasks of a digest. */
export function beginMarker(mode: Mode, digest: string): string {
  return `# gitpod-aws-oidc begin ${mode} ${digest}: do not edit up to the end; change the manifest instead`;
}

/** The last line. */
export const endMarker = "# gitpod-aws-oidc end";

/** All comments of a text, in its order; never a scalar's text. */
export function commentsOf(text: string): readonly Comment[] {
  const comments: Comment[] = [];
  let offset = 0;
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    // The lexer announces scalars, documents and broken flows by control characters that are not of the text.
    const control = type === "scalar" || type === "doc-mode" || type === "flow-error-end";
    if (type === "comment") comments.push({ offset, source: source.replace(/\r$/, "") });
    if (!control) offset += source.length;
  }
  return comments;
}

/** The markers of a file: null where it has none; a refusal where they are not one pair. */
export function markersOf(comments: readonly Comment[]): Markers | Refusal | null {
  const [begin, end, other] = comments.filter(({ source }) => either.test(source));
  if (begin === undefined) return null;
  const [, mode, digest] = whole.exec(begin.source) ?? [];
  const paired = mode !== undefined && digest !== undefined && end !== undefined && ending.test(end.source);
  if (paired && other === undefined) return { mode: mode as Mode, digest, begin, end };
  return {
    offset: (paired ? other : begin)?.offset ?? 0,
    message: "this comment of gitpod-aws-oidc is not one of a pair of begin and end as it writes them",
    remedy: "restore the merged file from git, or delete these comments and the tasks between them",
  };
}

/** What tasks mean, in 16 hex digits: equal for tasks that parse equal, however they are indented and quoted. */
export function tasksDigest(tasks: readonly unknown[]): string {
  const json = JSON.stringify(tasks.map(sorted));
  return createHash("sha256").update(json, "utf8").digest("hex").slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]: [string, unknown]) => [key, sorted(entry)]);
}
