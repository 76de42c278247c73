import type { DiagnosticCode, Problem } from "../diagnostics/diagnostic";
import { isVisible, quote } from "../diagnostics/quote";
import type { IncludeMatch, ManifestFiles, PassedOver } from "./parsedManifest";

/** The files that a manifest includes, each with the pattern that named it, and what is wrong with the patterns. */
export interface Includes {
  readonly files: readonly IncludedFile[];
  readonly passedOver: readonly PassedOver[];
  readonly problems: readonly Problem[];
}

export interface IncludedFile {
  readonly file: string;
  readonly pattern: Problem["origin"];
}

type Explained = Pick<Problem, "code" | "message" | "remedy">;

/**
 * Follows the patterns of `include`. A file outside of the manifest's folder is named, never read.
 * @param patterns - as the manifest has them; what is not text is another problem and skipped
 */
export function followIncludes(
  manifestFile: string,
  patterns: readonly unknown[],
  files: ManifestFiles,
): Includes {
  const included: IncludedFile[] = [];
  const passedOver: PassedOver[] = [];
  const problems: Problem[] = [];
  const seen = new Map([[files.identity(manifestFile), "the main manifest"]]);
  for (const [index, pattern] of patterns.entries()) {
    if (typeof pattern !== "string" || pattern === "") continue;
    const origin = { file: manifestFile, path: ["include", index] };
    const report = (explained: Explained) => problems.push({ ...explained, origin });
    const refused = refuse(pattern);
    if (refused !== undefined) {
      report(refused);
      continue;
    }
    const matches = files.expand(manifestFile, pattern);
    const left = matches.filter(({ status }) => status === "passed-over");
    passedOver.push(...left.map(({ file }) => ({ file, origin })));
    if (matches.length === left.length) report(nothingFound(pattern));
    for (const match of matches) {
      if (match.status === "passed-over") continue;
      const problem = judge(match, match.status, seen);
      if (problem === undefined) included.push({ file: match.file, pattern: origin });
      else report(problem);
    }
  }
  return { files: included, passedOver, problems };
}

/** What a pattern may not look like, whatever is on the disk. */
const refusals: readonly (readonly [
  refused: (pattern: string) => boolean,
  Explained & { code: DiagnosticCode },
])[] = Object.freeze([
  [
    (pattern) => !isVisible(pattern) || pattern.includes("\\"),
    {
      code: "M04",
      message: "an include has no backslash and no invisible character",
      remedy: "separate folders with /, and retype the rest by hand",
    },
  ],
  [
    (pattern) => /^[!#]/.test(pattern),
    {
      code: "M04",
      message: "an include names files to read; it cannot exclude any",
      remedy: "take the first character out, or begin with ./",
    },
  ],
  [
    (pattern) => /^([/~]|[A-Za-z]:)/.test(pattern) || pattern.split("/").includes(".."),
    {
      code: "F05",
      message: "an include stays inside of the manifest's folder: it is relative and has no ..",
      remedy: "move the file into the manifest's folder, and write its path from there",
    },
  ],
]);

function refuse(pattern: string): Explained | undefined {
  const refusal = refusals.find(([refused]) => refused(pattern))?.[1];
  return refusal && { ...refusal, message: `found the include ${quote(pattern)}; ${refusal.message}` };
}

function nothingFound(pattern: string): Explained {
  return {
    code: "F04",
    message: `the include ${quote(pattern)} matches no file`,
    remedy: "correct the path, which starts at the manifest's folder, or take the include out",
  };
}

function judge(
  { file, identity }: IncludeMatch,
  status: Exclude<IncludeMatch["status"], "passed-over">,
  seen: Map<string, string>,
): Explained | undefined {
  switch (status) {
    case "outside":
      return {
        code: "F05",
        message: `the include leads to ${quote(file)}, which is outside of the manifest's folder`,
        remedy: "move the file into the manifest's folder; a symbolic link does not bring it in",
      };
    case "not-regular":
      return {
        code: "F06",
        message: `the include leads to ${quote(file)}, which is not a regular file`,
        remedy: "name a file; for all files of a folder, write folder/*.yaml",
      };
    case "ok": {
      const before = seen.get(identity);
      seen.set(identity, before ?? quote(file));
      if (before === undefined) return undefined;
      return {
        code: "F07",
        message: `the include leads to ${quote(file)}, which is read already, as ${before}`,
        remedy: "include each file once, and not the manifest itself",
      };
    }
  }
}
