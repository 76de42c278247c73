import { visit } from "yaml";
import type { Position } from "../diagnostics/diagnostic";
import { quote } from "../diagnostics/quote";
import { scalarOffsets } from "./lintScalar";
import { type MergeProblem, positionsOf } from "./mergeEdits";
import { type ExistingFile, startOf } from "./mergeFile";

/** A login that somebody wrote, and where. */
export interface FoundLogin {
  readonly roleArn: string;
  readonly position: Position;
}

/** Commands that log in to AWS, as they are written by hand; also as older documentation misspells them. */
const login =
  /\bgp\s+idp\s+(?:login\s+aws|aws\s+login)\b|(?:\baws\s+sts\s+)?\bassume-role-with-web-identity\b/g;

/**
 * Logins to our roles that the file has already, outside of our tasks: the role's ARN anywhere in it, in a command
 * or a variable, where any command logs in. Two logins to one role would race for one profile.
 * @param read - logins that a reading of the shell code found, ours included
 */
export function handWrittenLogins(
  file: ExistingFile,
  roleArns: readonly string[],
  read: readonly FoundLogin[] = [],
): readonly MergeProblem[] {
  const at = positionsOf(file.text);
  const markers = file.block?.markers;
  const [first, last] = [at(markers?.begin.offset ?? 0).line, at(markers?.end.offset ?? 0).line];
  const known = read.filter(({ roleArn, position: { line } }) => {
    const isOurs = markers !== undefined && line > first && line < last;
    return !isOurs && roleArns.includes(roleArn);
  });
  const lines = new Map<string, FoundLogin>();
  for (const one of [...writtenOut(file, roleArns, at), ...known]) {
    const key = `${one.position.line} ${one.roleArn}`;
    if (!lines.has(key)) lines.set(key, one);
  }
  return [...lines.values()].map(({ roleArn, position }) => ({
    position,
    message: `this logs in to ${quote(roleArn)} by hand, and so do our tasks`,
    remedy:
      "take the login out, or the whole task where it was pasted from a snippet, and let the tasks that need it wait with --await",
  }));
}

/** Our roles by their ARNs, in a file in which any command but ours logs in: each at its login, or at the ARN. */
function writtenOut(
  file: ExistingFile,
  roleArns: readonly string[],
  positionAt: (offset: number) => Position,
): readonly FoundLogin[] {
  const { begin, end } = file.block?.markers ?? {};
  const texts: { readonly code: string; readonly at: (index: number) => Position }[] = [];
  visit(file.document, {
    Scalar: (_, scalar) => {
      const start = startOf(scalar);
      const isOurs = begin !== undefined && end !== undefined && start > begin.offset && start < end.offset;
      if (isOurs || typeof scalar.value !== "string") return;
      const offsetOf = scalarOffsets(file.text, scalar);
      texts.push({ code: shellCode(scalar.value), at: (index) => positionAt(offsetOf(index)) });
    },
  });
  const logins = texts.map(({ code }) => [...code.matchAll(login)].map(({ index }) => index));
  if (logins.every((indices) => indices.length === 0)) return [];
  return texts.flatMap(({ code, at }, i) =>
    roleArns.flatMap((roleArn) =>
      placesOf(code, roleArn).map((place): FoundLogin => ({
        roleArn,
        position: at(logins[i]?.findLast((index) => index < place) ?? place),
      })),
    ),
  );
}

/** A command without its comments and with its continued lines joined; every character stays where it was. */
function shellCode(text: string): string {
  const blank = (part: string) => " ".repeat(part.length);
  return text.replace(/\\\r?\n/g, blank).replace(/^[ \t]*#.*$/gm, blank);
}

/** Where a text has an ARN, and not only the beginning of a longer one. */
function placesOf(code: string, arn: string): readonly number[] {
  const places: number[] = [];
  for (let at = code.indexOf(arn); at !== -1; at = code.indexOf(arn, at + 1))
    if (!/^[\w+=,.@/-]/.test(code.slice(at + arn.length, at + arn.length + 1))) places.push(at);
  return places;
}
