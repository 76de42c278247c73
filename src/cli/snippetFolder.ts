import { join, relative, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { escapeHidden, quote } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { ownershipOf, withHeader } from "../workspace/render/ownership";
import type { RenderSnippet } from "../workspace/render/render";
import { CommandError } from "./commandError";
import { tidyPath, type Drafts, type WantedFile } from "./drafts";
import { readRegularFile } from "./files";
import type { CommandIo } from "./io";

/** What a folder of snippets will be like. */
export interface SnippetFolder {
  /** How many files are wanted, changed or not. */
  readonly wanted: number;
  readonly changed: number;
  readonly removed: number;
}

/** `1 snippet`, `2 snippets`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Files between two moments at which a signal comes through: some milliseconds. */
const filesInTurn = 100;

/** Drafts a model's snippets and `others`, and removes ours that nobody needs; one that somebody edited stays. */
export async function draftSnippets(
  drafts: Drafts,
  given: string,
  {
    model,
    render,
    others = [],
  }: { model: AccessModel; render: RenderSnippet; others?: readonly WantedFile[] },
  { stderr }: CommandIo,
): Promise<SnippetFolder> {
  const folder = tidyPath(given);
  if (!relative(resolve(folder), process.cwd()).startsWith(".."))
    throw new CommandError(
      `the snippet folder ${quote(given)} is the working directory, or holds it`,
      "choose a folder for the snippets alone, e.g. snippets",
    );
  const present = drafts.filesBelow(folder, Infinity);
  const files = new Set<string>();
  let changed = 0;
  const add = (wanted: WantedFile): void => {
    files.add(wanted.file);
    if (drafts.add(folder, { ownershipOf, ...wanted })) changed++;
  };
  for (const [i, snippet] of model.snippets.entries()) {
    add({ file: snippet.file, text: withHeader(model.manifestName, render(snippet)) });
    if (i % filesInTurn === 0) await setImmediate();
  }
  others.forEach(add);
  let removed = 0;
  for (const file of present) {
    if (files.has(file) || !isSnippet.test(file)) continue;
    const path = join(folder, file);
    const owner = ownerOf(path);
    if (owner === "ours") {
      drafts.remove(folder, file);
      removed++;
    }
    if (owner === "edited")
      stderr.write(
        `${escapeHidden(path)} stays: no entry needs it any more, but somebody edited it; delete it, or move it away\n`,
      );
  }
  return { wanted: files.size, changed, removed };
}

/** `<installation>/<host>/….gitpod.yml`: a copy that somebody put elsewhere is theirs. */
const isSnippet = /^[^/]+\/[^/]+\/.+\.(gitpod\.yml|automations\.yaml)$/s;

function ownerOf(path: string) {
  const read = readRegularFile(path);
  return read.ok ? ownershipOf(new TextDecoder().decode(read.bytes)) : "foreign";
}
