import { pathText, type Diagnostic, type Finding } from "../diagnostics";
import { parseManifest, type Locator, type ManifestFiles } from "../manifest";
import type { AccessModel } from "../model/accessModel";
import { resolve } from "../resolve";
import { check, type CheckOptions } from "../rules";

/** A manifest, read and judged. */
export type Project =
  | {
      readonly ok: true;
      readonly model: AccessModel;
      readonly findings: readonly Finding[];
      readonly locator: Locator;
    }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** The manifest itself could not be read. */
      readonly unreadable: boolean;
      readonly locator: Locator;
    };

/** Reads a manifest with all that it includes, resolves it and applies the rules. */
export function loadProject(file: string, files: ManifestFiles, options: CheckOptions = {}): Project {
  const parsed = parseManifest(file, files);
  const { locator } = parsed;
  const failed = (problems: Parameters<Locator["diagnose"]>[0]): Project => ({
    ok: false,
    diagnostics: locator.diagnose(problems),
    unreadable: problems.some(
      (p) => (p.code === "F01" || p.code === "F06") && p.origin.file === file && p.origin.path.length === 0,
    ),
    locator,
  });
  if (!parsed.ok) return failed(parsed.problems);
  const resolved = resolve(parsed.parsed);
  if (!resolved.ok) return failed(resolved.problems);
  const findings = check(resolved.model, options).map((finding): Finding => {
    const { line, column } = locator.locate(finding.origin, "value");
    const { rule, severity, role, message, remedy, accepted } = finding;
    return {
      ...{ rule, severity, file: finding.origin.file, line, column },
      ...{ path: pathText(finding.origin.path), role, message, remedy, accepted },
    };
  });
  return { ok: true, model: resolved.model, findings: findings.sort(byPlace), locator };
}

/** The findings that stop a synth. */
export function blocking(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((f) => f.severity === "error" && !f.accepted);
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  if (a.column !== b.column) return a.column - b.column;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return (a.role ?? "") < (b.role ?? "") ? -1 : 1;
}
