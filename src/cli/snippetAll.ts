import { escapeHidden } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { catalogueJson, catalogueJsonOwnership, catalogueOf } from "../workspace/render/catalogue";
import { reportObstacles, withDrafts } from "./drafts";
import type { CommandIo, ExitCode } from "./io";
import type { Settings } from "./settings";
import { draftSnippets } from "./snippetFolder";
import { readTemplates } from "./templates";

/** Writes the snippets of all repositories to a folder, with an index for programs. */
export function writeAll(
  folder: string,
  model: AccessModel,
  settings: Settings,
  io: CommandIo,
): Promise<ExitCode> {
  const renderer = readTemplates(settings.templates);
  const index = {
    file: "index.json",
    text: catalogueJson(catalogueOf(model)),
    ownershipOf: catalogueJsonOwnership,
  };
  return withDrafts(io, async (drafts) => {
    const snippets = await draftSnippets(drafts, folder, { model, renderer, others: [index] }, io);
    if (drafts.obstacles.length > 0) return reportObstacles(drafts.obstacles, io);
    drafts.commit();
    const changed = snippets.changed + snippets.removed;
    io.stdout.write(
      `${model.snippets.length} snippet${model.snippets.length === 1 ? "" : "s"} in ${escapeHidden(folder)}, with index.json; ${changed === 0 ? "no" : changed} file${changed === 1 ? "" : "s"} changed\n`,
    );
    return 0;
  });
}
