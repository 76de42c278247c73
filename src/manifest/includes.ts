import { isVisible, quote, type DiagnosticCode, type Origin, type Problem } from "../diagnostics";
import type { IncludeMatch, ManifestFiles, PassedOver } from "./parsedManifest";

/**
 * The files that a manifest includes, each with the pattern that named it, and what is wrong with the patterns. A file
 * outside of the manifest's folder is named, never read.
 * @param patterns - as the manifest has them; what is not text is another problem and skipped
 */
export function followIncludes(manifestFile: string, patterns: readonly unknown[], files: ManifestFiles) {
  const included: { file: string; pattern: Origin }[] = [];
  const passedOver: PassedOver[] = [];
  const problems: Problem[] = [];
  const seen = new Map([[files.identity(manifestFile), "the main manifest"]]);
  for (const [index, pattern] of patterns.entries()) {
    if (typeof pattern !== "string" || pattern === "") continue;
    const origin = { file: manifestFile, path: ["include", index] };
    const refuse = (code: DiagnosticCode, message: string, remedy: string) =>
      problems.push({ code, origin, message, remedy });
    const refusal = refusals.find(([refused]) => refused(pattern));
    if (refusal !== undefined) {
      const [, code, problem, remedy] = refusal;
      refuse(code, `found the include ${quote(pattern)}; ${problem}`, remedy);
      continue;
    }
    const matches = files.expand(manifestFile, pattern);
    if (matches.every(({ status }) => status === "passed-over"))
      refuse(
        "F04",
        `the include ${quote(pattern)} matches no file`,
        "correct the path, which starts at the manifest's folder, or take the include out",
      );
    for (const match of matches) {
      const { file, identity, status } = match;
      const before = status === "ok" ? seen.get(identity) : undefined;
      if (status === "passed-over") passedOver.push({ file, origin });
      else if (status === "ok" && before === undefined) {
        seen.set(identity, quote(file));
        included.push({ file, pattern: origin });
      } else {
        const [code, problem, remedy] = status === "ok" ? twice(before ?? "") : unreadable[status];
        refuse(code, `the include leads to ${quote(file)}, which ${problem}`, remedy);
      }
    }
  }
  return { files: included, passedOver, problems };
}

type Explained = readonly [code: DiagnosticCode, problem: string, remedy: string];

/** What a pattern may not look like, whatever is on the disk. */
const refusals: readonly (readonly [refused: (pattern: string) => boolean, ...Explained])[] = Object.freeze([
  [
    (pattern) => !isVisible(pattern) || pattern.includes("\\"),
    "M04",
    "an include has no backslash and no invisible character",
    "separate folders with /, and retype the rest by hand",
  ],
  [
    (pattern) => /^[!#]/.test(pattern),
    "M04",
    "an include names files to read; it cannot exclude any",
    "take the first character out, or begin with ./",
  ],
  [
    (pattern) => /^([/~]|[A-Za-z]:)/.test(pattern) || pattern.split("/").includes(".."),
    "F05",
    "an include stays inside of the manifest's folder: it is relative and has no ..",
    "move the file into the manifest's folder, and write its path from there",
  ],
]);

const unreadable: Readonly<Record<Exclude<IncludeMatch["status"], "ok" | "passed-over">, Explained>> =
  Object.freeze({
    outside: [
      "F05",
      "is outside of the manifest's folder",
      "move the file into the manifest's folder; a symbolic link does not bring it in",
    ],
    "not-regular": [
      "F06",
      "is not a regular file",
      "name a file; for all files of a folder, write folder/*.yaml",
    ],
  });

const twice = (before: string): Explained => [
  "F07",
  `is read already, as ${before}`,
  "include each file once, and not the manifest itself",
];
