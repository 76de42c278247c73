import { escapeHidden } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { catalogueJson, catalogueJsonOwnership, catalogueOf } from "../workspace/render/catalogue";
import type { SnippetRenderer } from "../workspace/render/render";
import { holdInterrupts } from "./interrupts";
import type { CommandIo, ExitCode } from "./io";
import type { Settings } from "./settings";
import {
  applySnippets,
  discardSnippets,
  editedLines,
  planSnippets,
  type FolderPlan,
  type Obstacle,
  type SnippetFile,
} from "./snippetFolder";
import { readTemplates } from "./templates";

/** Writes the snippets of all repositories to a folder, with an index for programs. */
export async function writeAll(
  folder: string,
  model: AccessModel,
  settings: Settings,
  io: CommandIo,
): Promise<ExitCode> {
  const renderer = readTemplates(settings.templates);
  const interrupts = holdInterrupts();
  let plan: FolderPlan | null = null;
  try {
    plan = await planSnippets(folder, filesOf(model, renderer), interrupts.turn);
    const failed = plan.obstacles.length > 0 ? plan.obstacles : applySnippets(plan);
    if (failed.length > 0) return reported(failed, io);
  } finally {
    if (plan !== null) discardSnippets(plan);
    interrupts.end();
  }
  for (const line of editedLines(plan)) io.stderr.write(`${escapeHidden(line)}\n`);
  const changed = plan.write.length + plan.remove.length;
  io.stdout.write(
    `${model.snippets.length} snippet${model.snippets.length === 1 ? "" : "s"} in ${escapeHidden(folder)}, with index.json; ${changed === 0 ? "no" : changed} file${changed === 1 ? "" : "s"} changed\n`,
  );
  return 0;
}

function* filesOf(model: AccessModel, renderer: SnippetRenderer): Generator<SnippetFile> {
  for (const snippet of model.snippets)
    yield { file: snippet.file, text: renderer.renderSnippet(snippet, model) };
  const entries = catalogueOf(model);
  yield { file: "index.json", text: catalogueJson(entries), ownershipOf: catalogueJsonOwnership };
}

function reported(obstacles: readonly Obstacle[], io: CommandIo): ExitCode {
  for (const { path, message, remedy } of obstacles)
    io.stderr.write(`${escapeHidden(path)}: error F08: ${message}\n  remedy: ${remedy}\n`);
  return 1;
}
