import { lstatSync, readdirSync, rmdirSync, rmSync, type Dirent } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { quote } from "../diagnostics";
import { ownershipOf } from "../snippet";
import { CommandError } from "./commandError";
import { errorCode, readRegularFile, writeAtomically } from "./files";

/** A file to be in the snippet folder: `file` below it with `/` between, and its whole text. */
export interface SnippetFile {
  readonly file: string;
  readonly text: string;
}

/** Something in the way of a file: nothing was or will be written. */
export interface Obstacle {
  readonly path: string;
  /** Lower case, no final period. */
  readonly message: string;
  readonly remedy: string;
}

/** What brings the folder to the wanted state. */
export interface FolderPlan {
  readonly folder: string;
  readonly write: readonly SnippetFile[];
  /** Paths of files of ours that no entry needs any more. */
  readonly remove: readonly string[];
  readonly obstacles: readonly Obstacle[];
}

/** Compares the folder with what is wanted, and touches nothing. */
export function planSnippets(folder: string, wanted: readonly SnippetFile[]): FolderPlan {
  if (!relative(resolve(folder), process.cwd()).startsWith("..")) {
    throw new CommandError(
      `the snippet folder ${quote(folder)} is the working directory, or holds it`,
      "choose a folder for the snippets alone, e.g. snippets",
    );
  }
  const write: SnippetFile[] = [];
  const obstacles: Obstacle[] = [];
  for (const file of wanted) {
    const verdict = judge(folder, file);
    if (verdict === "write") write.push(file);
    else if (verdict !== "same") obstacles.push(verdict);
  }
  const kept = new Set(wanted.map(({ file }) => join(folder, file)));
  const remove = ours(folder).filter((path) => !kept.has(path));
  return { folder, write, remove, obstacles };
}

/**
 * Carries a plan out: each file whole or not at all.
 * @returns what could not be written; empty where all was
 */
export function applySnippets(plan: FolderPlan): readonly Obstacle[] {
  const failed: Obstacle[] = [];
  for (const path of plan.remove) {
    rmSync(path, { force: true });
    removeEmptyFolders(resolve(plan.folder), resolve(path));
  }
  for (const { file, text } of plan.write) {
    const written = writeAtomically(plan.folder, join(plan.folder, file), text);
    if (!written.ok)
      failed.push({
        path: written.path,
        message: `it cannot be written: ${written.reason}`,
        remedy: "look at what is there, at who may write it, and at the space left",
      });
  }
  return failed;
}

function judge(folder: string, { file, text }: SnippetFile): "write" | "same" | Obstacle {
  const parts = file.split("/");
  for (let i = 0; i <= parts.length; i++) {
    const path = join(folder, ...parts.slice(0, i));
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return "write";
    if (stat.isSymbolicLink())
      return obstacle(path, "it is a symbolic link, and nothing is written through one");
    if (i < parts.length && !stat.isDirectory()) return obstacle(path, "it is not a folder");
    if (i === parts.length && !stat.isFile()) return obstacle(path, "it is not a regular file");
  }
  const path = join(folder, file);
  const read = readRegularFile(path);
  if (!read.ok) return obstacle(path, "it cannot be read");
  const present = new TextDecoder().decode(read.bytes);
  if (present === text) return "same";
  switch (ownershipOf(present)) {
    case "ours":
      return "write";
    case "edited":
      return obstacle(path, "somebody edited it since it was written, and it would be overwritten");
    case "foreign":
      return obstacle(path, "this tool did not write it");
  }
}

function obstacle(path: string, message: string): Obstacle {
  return { path, message, remedy: "move it away, or delete it to have it written anew" };
}

/**
 * Files of the snippet folder that this tool wrote there and nobody edited: `<installation>/<host>/….gitpod.yml`. A
 * copy that somebody put elsewhere is theirs. Links are not followed.
 */
function ours(folder: string, depth = 0): readonly string[] {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return [];
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ours(path, depth + 1);
    if (depth < 2 || !entry.isFile() || !/.\.gitpod\.yml$/.test(entry.name)) return [];
    const read = readRegularFile(path);
    return read.ok && ownershipOf(new TextDecoder().decode(read.bytes)) === "ours" ? [path] : [];
  });
}

/** What is in a folder; nothing where another synth has just removed it. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function removeEmptyFolders(folder: string, path: string): void {
  try {
    for (let parent = dirname(path); parent.startsWith(folder + sep); parent = dirname(parent))
      rmdirSync(parent);
  } catch (error) {
    if (!["ENOTEMPTY", "ENOENT", "EEXIST"].includes(errorCode(error))) throw error;
  }
}
