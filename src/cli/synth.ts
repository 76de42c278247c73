import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { countsLine, escapeHidden, formatText, quote, type RuleFinding } from "../diagnostics";
import type { AccessModel, Account } from "../model/accessModel";
import { checkDeploy } from "../rules";
import type { SnippetRenderer } from "../workspace/render/render";
import {
  stackFile,
  stacksFolder,
  stackSources,
  stackText,
  synthManifestFile,
  synthManifestText,
  type StackFindings,
  type StackSource,
} from "../terraform/stack";
import { CommandError } from "./commandError";
import { diskFiles } from "./files";
import { holdInterrupts, type Interrupts } from "./interrupts";
import type { CommandIo, ExitCode } from "./io";
import { startProgress, type Progress } from "./progress";
import { blocking, loadJudged, placed, type JudgedProject } from "./project";
import { readSettings, type Settings } from "./settings";
import {
  applySnippets,
  discardSnippets,
  editedLines,
  planSnippets,
  type FolderPlan,
  type SnippetFile,
} from "./snippetFolder";
import { stackFindings } from "./stackFindings";
import { abandon, folder, lastStacks, namesOfStacks } from "./stackFolder";
import { SynthError } from "./synthError";
import { readTemplates } from "./templates";

/** Writes stacks, and the list of them, into an empty folder as a synth's folder has them. */
export type StackWriter = (folder: string, stacks: readonly StackSource[]) => void;

/** Without cdktf. */
const writeStacks: StackWriter = (folder, stacks) => {
  for (const stack of stacks) {
    const place = join(folder, stacksFolder, stack.name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, stackFile), stackText(stack), "utf8");
  }
  writeFileSync(join(folder, synthManifestFile), synthManifestText(stacks), "utf8");
};

/** Where stacks are written, and which. */
export interface SynthesizeOptions {
  /** Folder of the synth's output, `cdktf.out` as a rule; relative to the working directory. */
  readonly outdir: string;
  /** Folder of `cdktf.json`: local state is kept relative to it. */
  readonly workingDirectory: string;
  /** Write this account's stacks alone. @default - all of them */
  readonly only?: string | undefined;
  /** Annotations of the stacks, by name. @default - none */
  readonly findings?: ReadonlyMap<string, StackFindings>;
  /** @default - what needs no cdktf */
  readonly write?: StackWriter | undefined;
}

/** What a synth changed, for the user to hear of. */
export interface Synthesis {
  /** Names of the stacks that were written. */
  readonly stacks: readonly string[];
  /** Names of stacks that are no longer declared: their configuration is gone, their state is left. */
  readonly abandoned: readonly string[];
}

/**
 * Refuses `cdktf synth --hcl`.
 * @throws SynthError - `hcl-output`
 */
export function refuseHcl(env: Readonly<Record<string, string | undefined>>): void {
  if (!/^(1|true)$/.test(env["SYNTH_HCL_OUTPUT"] ?? "")) return;
  throw new SynthError(
    "hcl-output",
    "--hcl is refused: cdktf's HCL writer does not escape text, so that a description could break the configuration or become part of it; leave --hcl out, Terraform reads the JSON just as well",
  );
}

/**
 * Writes a model's stacks below `outdir`, each file whole: they are written into a folder beside it, from where
 * the files are moved. What else stands in the stacks' folders, such as state, locks and `.terraform`, stays.
 * @throws SynthError - `not-a-folder` where a link or file is in the way
 * @throws CommandError - where `only` is no account
 */
export function synthesize(model: AccessModel, options: SynthesizeOptions): Synthesis {
  const accounts = selected(model, options.only);
  const outdir = resolve(options.workingDirectory, options.outdir);
  folder(outdir);
  const draft = mkdtempSync(join(dirname(outdir), `.${basename(outdir)}-`));
  try {
    const root = stateRoot(outdir, options.workingDirectory);
    const stacks = stackSources(model, accounts, root, options.findings);
    (options.write ?? writeStacks)(draft, stacks);
    const written = join(outdir, stacksFolder);
    const abandoned = abandon(model, written, options.only);
    for (const { name } of stacks) {
      const file = join(stacksFolder, name, stackFile);
      folder(written);
      folder(dirname(join(outdir, file)));
      renameSync(join(draft, file), join(outdir, file));
    }
    listStacks(model, draft, outdir);
    renameSync(join(draft, synthManifestFile), join(outdir, synthManifestFile));
    return { stacks: stacks.map((s) => s.name), abandoned };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function selected(model: AccessModel, only: string | undefined): readonly Account[] {
  if (only === undefined) return model.accounts;
  const found = model.accounts.filter((a) => a.name === only);
  if (found.length > 0) return found;
  const names = model.accounts.map((a) => a.name).join(", ");
  throw new CommandError(`no account is named ${quote(only)}`, `write --only with one of ${names}`);
}

/** From a stack's folder, where Terraform runs, to the folder of `cdktf.json`: no absolute path enters the output. */
function stateRoot(outdir: string, workingDirectory: string): string {
  return relative(join(outdir, stacksFolder, "any"), resolve(workingDirectory)).replaceAll(sep, "/");
}

/** Completes the draft's list of stacks by what the last synth said of other stacks that are still declared. */
function listStacks(model: AccessModel, draft: string, outdir: string): void {
  const file = join(draft, synthManifestFile);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  const entries = { ...listedIn(join(outdir, synthManifestFile)), ...listedIn(file) };
  const stacks = Object.fromEntries(
    namesOfStacks(model)
      .map((name) => [name, entries[name]] as const)
      .filter(([, entry]) => entry !== undefined),
  );
  writeFileSync(file, `${JSON.stringify({ stacks, version }, null, 2)}\n`);
}

function listedIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { stacks?: unknown } | null;
    return typeof manifest?.stacks === "object" && manifest.stacks !== null ? { ...manifest.stacks } : {};
  } catch {
    return {};
  }
}

/** What to synthesize. */
export interface SynthArguments extends Pick<SynthesizeOptions, "write"> {
  readonly manifest?: string | undefined;
  /** This account's stacks alone, and no snippets. @default - all of them */
  readonly only?: string | undefined;
}

/**
 * `synth`: reads the manifest, judges it, and writes stacks and snippets. Findings go to stderr; with a diagnostic, an
 * error, or a file in the way, nothing is written.
 */
export async function synthCommand(
  { manifest, only, write }: SynthArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const options: ProjectOptions = { ...readSettings({ manifest }, io.env), only, write };
  refuseHcl(io.env);
  const progress = startProgress(io);
  const project = loadJudged(options.manifest, diskFiles());
  const findings = project.ok ? [...project.findings, ...deployFindings(project.model, options)] : [];
  const listed = findings.filter((f) => f.severity !== "info" && !f.accepted);
  const diagnostics = project.ok ? [] : project.diagnostics;
  io.stderr.write(
    formatText(diagnostics, placed(listed, project.locator), {
      line: (file, line) => project.locator.line(file, line),
      colour: io.colour,
    }),
  );
  io.stdout.write(countsLine(diagnostics, findings));
  if (!project.ok) return project.unreadable ? 2 : 1;
  if (blocking(project.findings).length > 0) return 1;

  const interrupts = holdInterrupts();
  let plan: FolderPlan | null = null;
  try {
    if (options.only === undefined) plan = await planned(project.model, options, progress, interrupts);
    if (plan !== null && plan.obstacles.length > 0) return reported(plan.obstacles, io);
    progress.step("writing stacks");
    return written(project, plan, options, io, progress);
  } finally {
    progress.clear();
    if (plan !== null) discardSnippets(plan);
    interrupts.end();
  }
}

/** What deploying does to the stacks that the last synth wrote. It depends on that one, and so reaches no output. */
function deployFindings(model: AccessModel, { outdir, only }: ProjectOptions): readonly RuleFinding[] {
  const stacks = join(outdir, stacksFolder);
  return checkDeploy(lastStacks(model, { stacks, workingDirectory: ".", only }), model);
}

interface ProjectOptions extends Settings, Pick<SynthesizeOptions, "only" | "write"> {}

/** Writes what was planned: stacks first, then snippets. */
function written(
  { model, findings }: Extract<JudgedProject, { readonly ok: true }>,
  plan: FolderPlan | null,
  options: ProjectOptions,
  io: CommandIo,
  progress: Progress,
): ExitCode {
  const { outdir, only, write, snippets } = options;
  const synthesis = synthesize(model, {
    ...{ outdir, only, write, workingDirectory: "." },
    findings: stackFindings(model, findings),
  });
  progress.clear();
  io.stdout.write(
    `wrote ${count(synthesis.stacks.length, "stack")} to ${escapeHidden(join(outdir, "stacks"))}\n`,
  );
  if (plan === null) return 0;
  const failed = applySnippets(plan);
  if (failed.length > 0) return reported(failed, io);
  for (const line of editedLines(plan)) io.stderr.write(`${escapeHidden(line)}\n`);
  const changed = [
    ...(plan.write.length === 0 ? [] : [`${plan.write.length} changed`]),
    ...(plan.remove.length === 0 ? [] : [`${plan.remove.length} removed`]),
  ];
  io.stdout.write(
    `${count(plan.wanted, "snippet")} in ${escapeHidden(snippets)}, ${changed.join(", ") || "none changed"}\n`,
  );
  return 0;
}

async function planned(
  model: AccessModel,
  options: ProjectOptions,
  progress: Progress,
  { turn }: Interrupts,
): Promise<FolderPlan> {
  const renderer = readTemplates(options.templates);
  try {
    return await planSnippets(options.snippets, rendered(model, renderer, progress), turn);
  } finally {
    progress.clear();
  }
}

/** The files of the snippets, each rendered when its turn comes. */
function* rendered(
  model: AccessModel,
  renderer: SnippetRenderer,
  progress: Progress,
): Generator<SnippetFile> {
  for (const [i, snippet] of model.snippets.entries()) {
    progress.step(`snippet ${i + 1} of ${model.snippets.length}`);
    yield { file: snippet.file, text: renderer.renderSnippet(snippet, model) };
  }
}

function reported(obstacles: FolderPlan["obstacles"], io: CommandIo): ExitCode {
  for (const { path, message, remedy } of obstacles) {
    io.stderr.write(`${escapeHidden(path)}: error F08: ${message}\n  remedy: ${remedy}\n`);
  }
  return 1;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
