import { formatText, placed, type Diagnostic, type Finding, type RuleFinding } from "../diagnostics";
import { parseManifest, type Locator, type ManifestFiles } from "../manifest";
import type { AccessModel } from "../model/accessModel";
import { emptyReference, loadServiceReference, servicePrefixes } from "../policy";
import { resolve } from "../resolve";
import { check, type CheckOptions } from "../rules";
import { publishedData } from "./files";
import type { CommandIo } from "./io";
import { diskFiles } from "./manifestFiles";

/** A manifest that was read and not judged yet. */
export type ReadProject =
  | { readonly ok: true; readonly model: AccessModel; readonly locator: Locator }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** The manifest itself could not be read. */
      readonly unreadable: boolean;
      readonly locator: Locator;
    };

type Failed = Extract<ReadProject, { readonly ok: false }>;
type Sound = Extract<ReadProject, { readonly ok: true }>;

/** A manifest, read and judged: findings have no positions yet, which costs a second look at the files. */
export type Project = (Sound & { readonly findings: readonly RuleFinding[] }) | Failed;

/** Reads a manifest with all that it includes, and resolves it. */
export function readProject(file: string, files: ManifestFiles): ReadProject {
  const parsed = parseManifest(file, files);
  const { locator } = parsed;
  const failed = (problems: Parameters<Locator["diagnose"]>[0]): ReadProject => ({
    ok: false,
    diagnostics: locator.diagnose(problems),
    unreadable: problems.some(
      (p) => (p.code === "F01" || p.code === "F06") && p.origin.file === file && p.origin.path.length === 0,
    ),
    locator,
  });
  if (!parsed.ok) return failed(parsed.problems);
  const resolved = resolve(parsed.parsed);
  return resolved.ok ? { ok: true, model: resolved.model, locator } : failed(resolved.problems);
}

/** What keeps a manifest from being read, and findings of one that was, for a terminal. */
export function projectText(
  project: ReadProject,
  findings: readonly RuleFinding[],
  { colour }: { readonly colour: boolean },
): string {
  const { locator } = project;
  return formatText(project.ok ? [] : project.diagnostics, placedIn(findings, locator), {
    line: (file, line) => locator.line(file, line),
    colour,
  });
}

/** A project's findings with their places. */
export function placedIn(findings: readonly RuleFinding[], locator: Locator): readonly Finding[] {
  return placed(findings, (origin) => locator.locate(origin, "value"));
}

/** A manifest on the disk, read; null where it has diagnostics, which then are on stderr. */
export function readSound(file: string, io: CommandIo): Sound | null {
  const project = readProject(file, diskFiles());
  if (project.ok) return project;
  io.stderr.write(projectText(project, [], io));
  return null;
}

/** The services that the raw statements of a project name: what rules need of the Service Authorization Reference. */
export function servicesInUse(project: ReadProject): readonly string[] {
  if (!project.ok) return [];
  const roles = project.model.accounts.flatMap((account) => account.roles);
  const statements = roles.flatMap((role) => role.statements.map(({ statement }) => statement));
  return servicePrefixes([{ Version: "2012-10-17", Statement: statements }]);
}

/** Reads and judges a manifest. The Service Authorization Reference is loaded only where raw statements need it. */
export function loadProject(
  file: string,
  files: ManifestFiles,
  options: Omit<CheckOptions, "reference"> = {},
): Project {
  const project = readProject(file, files);
  if (!project.ok) return project;
  const raw = project.model.accounts.some(({ roles }) => roles.some((role) => role.statements.length > 0));
  const reference = raw ? loadServiceReference(servicesInUse(project), publishedData()) : emptyReference;
  return { ...project, findings: check(project.model, { ...options, reference }) };
}

/** The findings that stop a synth. */
export function blocking<F extends Pick<Finding, "severity" | "accepted">>(
  findings: readonly F[],
): readonly F[] {
  return findings.filter((f) => f.severity === "error" && !f.accepted);
}
