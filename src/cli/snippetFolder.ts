import { randomUUID } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  type Dirent,
} from "node:fs";
import { basename, dirname, join, normalize, relative, resolve, sep } from "node:path";
import { quote } from "../diagnostics";
import { ownershipOf, type Ownership } from "../workspace/render/ownership";
import { CommandError } from "./commandError";
import { errorCode, moveInto, readRegularFile } from "./files";
import type { Interrupts } from "./interrupts";

/** A file to be in the snippet folder: `file` below it with `/` between, and its whole text. */
export interface SnippetFile {
  readonly file: string;
  readonly text: string;
  /** Whose a file is that stands there already. @default - as the header of a snippet says */
  readonly ownershipOf?: (text: string) => Ownership;
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
  /** How many files are wanted, changed or not. */
  readonly wanted: number;
  /** Files to write, below the folder with `/` between: their text waits in `stage`. */
  readonly write: readonly string[];
  /** Paths of files of ours that no entry needs any more. */
  readonly remove: readonly string[];
  /** The same of files that somebody edited: they stay. */
  readonly edited: readonly string[];
  readonly obstacles: readonly Obstacle[];
  /** A folder beside the folder, with what is to be written; null where nothing is. */
  readonly stage: string | null;
}

/**
 * Compares the folder with what is wanted, and touches nothing in it: what differs is written to a folder beside it,
 * one file at a time, so that thousands of texts need not be in memory together. A plan is applied or discarded.
 * @param turn - lets signals through now and then; where it throws, nothing is left of the plan
 */
export async function planSnippets(
  given: string,
  wanted: Iterable<SnippetFile>,
  turn: Interrupts["turn"],
): Promise<FolderPlan> {
  const folder = withoutDetours(given);
  if (!relative(resolve(folder), process.cwd()).startsWith("..")) {
    throw new CommandError(
      `the snippet folder ${quote(given)} is the working directory, or holds it`,
      "choose a folder for the snippets alone, e.g. snippets",
    );
  }
  const write: string[] = [];
  const obstacles: Obstacle[] = [];
  const files: string[] = [];
  const stage = new Stage(folder);
  const judge = judgeOf(folder);
  try {
    for (const file of wanted) {
      files.push(file.file);
      const verdict = judge(file);
      if (verdict === "write") {
        stage.write(file);
        write.push(file.file);
      } else if (verdict !== "same") obstacles.push(verdict);
      if (files.length % filesInTurn === 0) await turn();
    }
    const found = unwanted(folder, () => new Set(files.map((file) => join(folder, file))));
    return { folder, wanted: files.length, write, ...found, obstacles, stage: stage.path };
  } catch (error) {
    discard(stage.path);
    throw error;
  }
}

/** Files between two moments at which a signal comes through: some milliseconds. */
const filesInTurn = 100;

/** The one spelling of a path: what `join` makes of it, without a separator at its end. */
function withoutDetours(path: string): string {
  const normal = normalize(path);
  return join(dirname(normal), basename(normal));
}

/** Lets go of a plan: nothing is written. Does nothing to one that was applied. */
export function discardSnippets(plan: FolderPlan): void {
  discard(plan.stage);
}

function discard(stage: string | null): void {
  if (stage !== null) rmSync(stage, { recursive: true, force: true });
}

const writeNew = Object.freeze({ encoding: "utf8", flag: "wx", mode: 0o644 });

/** A path with `/` between: what stands before the name, and the name. */
function splitPath(file: string): readonly [above: string, name: string] {
  const end = file.lastIndexOf("/");
  return end < 0 ? ["", file] : [file.slice(0, end), file.slice(end + 1)];
}

/** A folder beside another one, made at the first file. */
class Stage {
  readonly #folder: string;
  /** What was made in it, with a separator at the end, by the path that files have before their names. */
  readonly #made = new Map<string, string>();
  path: string | null = null;

  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  write({ file, text }: SnippetFile): void {
    this.path ??= join(dirname(this.#folder), `.${basename(this.#folder)}-${randomUUID()}.tmp`);
    const [above, name] = splitPath(file);
    let made = this.#made.get(above);
    if (made === undefined) {
      const parent = join(this.path, above);
      mkdirSync(parent, { recursive: true });
      this.#made.set(above, (made = parent + sep));
    }
    writeFileSync(made + name, text, writeNew);
  }
}

/**
 * Carries a plan out: each file whole or not at all. Where there is no folder yet, all of them come at once.
 * @returns what could not be written; empty where all was
 */
export function applySnippets(plan: FolderPlan): readonly Obstacle[] {
  for (const path of plan.remove) {
    rmSync(path, { force: true });
    removeEmptyFolders(resolve(plan.folder), resolve(path));
  }
  const { stage } = plan;
  if (stage === null || tookPlace(stage, plan.folder)) return [];
  try {
    const move = moveInto(plan.folder);
    return plan.write.flatMap((file): readonly Obstacle[] => {
      const moved = move(join(stage, file), join(plan.folder, file));
      return moved.ok
        ? []
        : [
            {
              path: moved.path,
              message: `it cannot be written: ${moved.reason}`,
              remedy: "look at what is there, at who may write it, and at the space left",
            },
          ];
    });
  } finally {
    discard(stage);
  }
}

/** Moves the stage to where there is no folder yet. */
function tookPlace(stage: string, folder: string): boolean {
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return false;
  try {
    renameSync(stage, folder);
    return true;
  } catch {
    return false;
  }
}

/** Judges one wanted file after the other; what was found of a folder holds for all files in it. */
function judgeOf(folder: string): (file: SnippetFile) => "write" | "same" | Obstacle {
  const folders = new Map<string, "missing" | "present" | Obstacle>();
  const judgeFolder = (path: string): "missing" | "present" | Obstacle => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const above = path === folder ? "present" : judgeFolder(dirname(path));
    const verdict = above === "present" ? lookAt(path, "folder") : above;
    folders.set(path, verdict);
    return verdict;
  };
  const parents = new Map<string, ReturnType<typeof judgeFolder>>();
  const judgeParent = (above: string): ReturnType<typeof judgeFolder> => {
    let verdict = parents.get(above);
    if (verdict === undefined) parents.set(above, (verdict = judgeFolder(join(folder, above))));
    return verdict;
  };
  return ({ file, text, ownershipOf: owner = ownershipOf }) => {
    const above = judgeParent(splitPath(file)[0]);
    if (above === "missing") return "write";
    const path = join(folder, file);
    const verdict = above === "present" ? lookAt(path, "file") : above;
    if (verdict === "missing") return "write";
    return verdict === "present" ? judgeText(path, text, owner) : verdict;
  };
}

/** What is at a path: nothing, what belongs there, or something in the way. */
function lookAt(path: string, wanted: "folder" | "file"): "missing" | "present" | Obstacle {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "missing";
  if (stat.isSymbolicLink())
    return obstacle(path, "it is a symbolic link, and nothing is written through one");
  if (wanted === "folder") return stat.isDirectory() ? "present" : obstacle(path, "it is not a folder");
  return stat.isFile() ? "present" : obstacle(path, "it is not a regular file");
}

function judgeText(
  path: string,
  text: string,
  owner: (text: string) => Ownership,
): "write" | "same" | Obstacle {
  const read = readRegularFile(path);
  if (!read.ok) return obstacle(path, "it cannot be read");
  const present = new TextDecoder().decode(read.bytes);
  if (present === text) return "same";
  switch (owner(present)) {
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
 * Files of the snippet folder that this tool wrote there and nobody needs any more:
 * `<installation>/<host>/….gitpod.yml`. A copy that somebody put elsewhere is theirs. Links are not followed.
 */
function unwanted(
  folder: string,
  kept: () => ReadonlySet<string>,
): { readonly remove: readonly string[]; readonly edited: readonly string[] } {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  const found = { remove: [] as string[], edited: [] as string[] };
  if (stat?.isDirectory()) findUnwanted(folder, kept(), 0, found);
  return found;
}

function findUnwanted(
  folder: string,
  kept: ReadonlySet<string>,
  depth: number,
  found: { readonly remove: string[]; readonly edited: string[] },
): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) findUnwanted(path, kept, depth + 1, found);
    if (depth < 2 || kept.has(path) || !entry.isFile() || !/.\.gitpod\.yml$/.test(entry.name)) continue;
    const read = readRegularFile(path);
    const owner = read.ok ? ownershipOf(new TextDecoder().decode(read.bytes)) : "foreign";
    if (owner === "ours") found.remove.push(path);
    if (owner === "edited") found.edited.push(path);
  }
}

/** What is to be said of files that were edited and that no entry needs any more, a line each. */
export function editedLines({ edited }: FolderPlan): readonly string[] {
  return edited.map(
    (path) => `${path} stays: no entry needs it any more, but somebody edited it; delete it, or move it away`,
  );
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
