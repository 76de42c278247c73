import { quote, type Diagnostic, type Finding } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { checkGitpodYmlFacts } from "../rules";
import { loadShellParser } from "../workspace/lint/commands";
import { readForLint } from "../workspace/lint/readForLint";
import { tasksDigest } from "../workspace/merge/markers";
import { snippetTasks } from "../workspace/merge/tasks";

/** What the lint of a `.gitpod.yml` has to say, without a secret of the file anywhere in it. */
export interface LintReport {
  /** Parts that could not be judged. */
  readonly diagnostics: readonly Diagnostic[];
  readonly findings: readonly Finding[];
  /** A line of the file for showing, its secrets hidden. */
  readonly line: (number: number) => string | undefined;
}

/** What is known around a `.gitpod.yml`. */
export interface LintSurroundings {
  /** The file as the user named it. */
  readonly file: string;
  readonly model: AccessModel;
  /** Renders what a merge would put into the file: one for each installation. @default - not known */
  readonly render?: () => readonly string[];
  /** Canonical URLs of the repository that it is in; empty: not known. */
  readonly repositories: readonly string[];
}

/** Judges a `.gitpod.yml` by the manifest: the S rules. */
export async function lintGitpodYml(
  text: string,
  { file, model, repositories, render }: LintSurroundings,
): Promise<LintReport> {
  const { facts, unread, mask, line } = readForLint(text, await loadShellParser());
  const shown = (part: string): string => quote(mask(part));
  // Most files have nothing to compare it with.
  const current =
    facts.ours === null || render === undefined
      ? null
      : new Set(render().map((body) => tasksDigest(snippetTasks(body))));
  const findings = checkGitpodYmlFacts(file, { facts, model, repositories, current, shown });
  return {
    diagnostics: unread.map(({ place, message }): Diagnostic => ({
      ...{ code: "F03", severity: "error", file, line: place.line, column: place.column },
      ...{ message, remedy: "split the file, or move its scripts into files of their own" },
    })),
    // What rules quote is masked already: this is for the paths and for what they took over.
    findings: findings.map((finding) => ({
      ...finding,
      path: mask(finding.path),
      message: mask(finding.message),
      remedy: mask(finding.remedy),
    })),
    line,
  };
}
