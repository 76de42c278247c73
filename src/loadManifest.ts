import { diskFiles } from "./cli/manifestFiles";
import { blocking, loadProject, projectText } from "./cli/project";
import { stackFindings } from "./cli/stackFindings";
import type { AccessModel } from "./model/accessModel";
import { stackSources, type StackSource } from "./terraform/stack";

/** A manifest that a synth would take. */
export interface LoadedManifest {
  readonly model: AccessModel;
  /** The stacks that a synth makes of it, each with the props of its `AccountStack`. */
  readonly stacks: readonly StackSource[];
}

/** A manifest that no synth would take. Its message is all that a check says against it. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly code = "manifest-refused";
}

/**
 * Reads a manifest with all that it includes, and judges it.
 * @param path - relative to the working directory
 * @throws ManifestError - with all diagnostics and errors as text, where a synth would write nothing
 */
export function loadManifest(path: string): LoadedManifest {
  const project = loadProject(path, diskFiles());
  const errors = project.ok ? blocking(project.findings) : [];
  if (!project.ok || errors.length > 0) {
    const text = projectText(project, errors, { colour: false });
    throw new ManifestError(`a synth would take nothing of ${path}\n${text}`);
  }
  const { model, findings } = project;
  return { model, stacks: stackSources(model, model.accounts, "../../..", stackFindings(model, findings)) };
}
