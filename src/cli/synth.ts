import { join } from "node:path";
import { countsLine, escapeHidden } from "../diagnostics";
import { checkDeploy } from "../rules";
import { stacksFolder } from "../terraform/stack";
import { CommandError } from "./commandError";
import { writeTogether } from "./drafts";
import { diskFiles } from "./manifestFiles";
import type { CommandIo, ExitCode } from "./io";
import { blocking, loadProject, projectText, type Project } from "./project";
import { readSettings, type Settings } from "./settings";
import { count, draftSnippets, type SnippetFolder } from "./snippetFolder";
import { stackFindings } from "./stackFindings";
import { draftStacks, lastStacks, type StackOptions } from "./stackFolder";
import { readTemplates } from "./templates";

/** What to synthesize. */
export interface SynthArguments extends Pick<StackOptions, "write"> {
  readonly manifest?: string | undefined;
  /** This account's stacks alone, and no snippets. @default - all of them */
  readonly only?: string | undefined;
}

interface ProjectOptions extends Settings, Pick<StackOptions, "only" | "write"> {}

/** `synth`: judges the manifest, and writes stacks and snippets, all or nothing. Findings go to stderr. */
export async function synthCommand(
  { manifest, only, write }: SynthArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const options: ProjectOptions = { ...readSettings({ manifest }, io.env), only, write };
  refuseHcl(io.env);
  const project = loadProject(options.manifest, diskFiles());
  // What deploying does depends on the last synth, and so reaches no output.
  const findings = project.ok
    ? [...project.findings, ...checkDeploy(lastStacks(project.model, options, io), project.model)]
    : [];
  const listed = findings.filter((f) => f.severity !== "info" && !f.accepted);
  const diagnostics = project.ok ? [] : project.diagnostics;
  io.stderr.write(projectText(project, listed, io));
  const which = listed.length === 0 ? "them" : "the rest";
  const hidden = listed.length < findings.length ? `: npx gitpod-aws-oidc check lists ${which}\n` : "\n";
  io.stdout.write(countsLine(diagnostics, findings).replace("\n", hidden));
  if (!project.ok) return project.unreadable ? 2 : 1;
  if (blocking(project.findings).length > 0) return 1;
  return written(project, options, io);
}

function refuseHcl(env: CommandIo["env"]): void {
  if (/^(1|true)$/.test(env["SYNTH_HCL_OUTPUT"] ?? ""))
    throw new CommandError(
      "--hcl is refused: cdktf's HCL writer does not escape text, so that a description could break the configuration or become part of it",
      "leave --hcl out: Terraform reads the JSON just as well",
      1,
    );
}

/** So many snippets take seconds: somebody may wonder what is going on. */
const many = 1000;

/** Writes stacks and snippets, all or nothing. */
function written(
  { model, findings }: Extract<Project, { readonly ok: true }>,
  { outdir, only, write, snippets, templates }: ProjectOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const { length } = model.snippets;
  if (only === undefined && length >= many) io.stderr.write(`rendering ${length} snippets\n`);
  const said = stackFindings(model, findings);
  return writeTogether(
    io,
    async (drafts) => {
      const stacks = draftStacks(drafts, model, { outdir, only, write, findings: said }, io);
      if (only !== undefined) return { stacks, folder: null };
      const render = readTemplates(templates);
      return { stacks, folder: await draftSnippets(drafts, snippets, { model, render }, io) };
    },
    ({ stacks, folder }) =>
      `wrote ${count(stacks, "stack")} to ${escapeHidden(join(outdir, stacksFolder))}\n` +
      (folder === null
        ? ""
        : `${count(folder.wanted, "snippet")} in ${escapeHidden(snippets)}, ${changes(folder)}\n`),
  );
}

/** `2 changed, 1 removed`. */
function changes({ changed, removed }: SnippetFolder): string {
  const words = [[changed, "changed"] as const, [removed, "removed"] as const]
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`);
  return words.join(", ") || "none changed";
}
