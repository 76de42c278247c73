import { escapeHidden } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import {
  catalogueJson,
  catalogueJsonOwnership,
  catalogueOf,
  cataloguePage,
  cataloguePageOwnership,
  type SnippetRenderer,
} from "../snippet";
import type { CommandIo, ExitCode } from "./io";
import type { Settings } from "./settings";
import {
  applySnippets,
  discardSnippets,
  planSnippets,
  type Obstacle,
  type SnippetFile,
} from "./snippetFolder";
import { readTemplates } from "./templates";

/** Writes the snippets of all repositories to a folder, with an index for programs and a page for people. */
export function writeAll(folder: string, model: AccessModel, settings: Settings, io: CommandIo): ExitCode {
  const plan = planSnippets(folder, filesOf(model, readTemplates(settings.templates)));
  try {
    const failed = plan.obstacles.length > 0 ? plan.obstacles : applySnippets(plan);
    if (failed.length > 0) return reported(failed, io);
  } finally {
    discardSnippets(plan);
  }
  const changed = plan.write.length + plan.remove.length;
  io.stdout.write(
    `${model.snippets.length} snippet${model.snippets.length === 1 ? "" : "s"} in ${escapeHidden(folder)}, with index.json and index.html; ${changed === 0 ? "no" : changed} file${changed === 1 ? "" : "s"} changed\n`,
  );
  return 0;
}

function* filesOf(model: AccessModel, renderer: SnippetRenderer): Generator<SnippetFile> {
  for (const snippet of model.snippets)
    yield { file: snippet.file, text: renderer.renderSnippet(snippet, model) };
  const entries = catalogueOf(model);
  yield { file: "index.json", text: catalogueJson(entries), ownershipOf: catalogueJsonOwnership };
  yield { file: "index.html", text: cataloguePage(entries), ownershipOf: cataloguePageOwnership };
}

function reported(obstacles: readonly Obstacle[], io: CommandIo): ExitCode {
  for (const { path, message, remedy } of obstacles)
    io.stderr.write(`${escapeHidden(path)}: error F08: ${message}\n  remedy: ${remedy}\n`);
  return 1;
}
