import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { basename, dirname, join, normalize, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { getSystemErrorMap } from "node:util";
import { escapeHidden } from "../diagnostics";
import type { Ownership } from "../workspace/render/ownership";
import { CommandError } from "./commandError";
import { errorCode, isFolder, isMissing, readRegularFile } from "./files";
import type { CommandIo, ExitCode } from "./io";

/** A file that is wanted. */
export interface WantedFile {
  /** Below a folder that the caller trusts, with `/` between. */
  readonly file: string;
  readonly text: string;
  /** Permissions, to the bit. @default - 0644, less what the process' umask takes away */
  readonly mode?: number | undefined;
  /** Whose a file is that stands there already: only ours is replaced. @default - every regular file is */
  readonly ownershipOf?: (text: string) => Ownership;
}

/** Something in the way of files. The message is in lower case, without a final period. */
class Obstacle extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Drafts are `.<name>.<process>-<run>.tmp` beside the file or folder that they become. */
const draftName = /^\.(.+)\.(\d+)-([0-9a-f]{8})\.tmp$/s;

/**
 * Files that are written together. Each is drafted beside its place, on its file system however folders are mounted,
 * with what is missing of its folders; {@link commit} renames drafts into place. Nothing is written through a link.
 */
export class Drafts {
  readonly #run = randomBytes(4).toString("hex");
  /** Where a folder's files are drafted: in itself or, as long as it is missing, in its own draft. */
  readonly #places = new Map<string, string>();
  /** Drafts by the file or folder that they become, in order. */
  readonly #moves = new Map<string, string>();
  /** Files to remove, with the folder up to which folders may go with them. */
  readonly #removals: (readonly [root: string, file: string])[] = [];
  readonly #obstacles = new Map<string, string>();
  readonly #done: string[] = [];

  /** What is in the way, each thing once: where there is something, nothing may be committed. */
  get obstacles(): readonly { readonly path: string; readonly message: string }[] {
    return Array.from(this.#obstacles, ([path, message]) => ({ path, message }));
  }

  /** Drafts a file on its own. A link above it is followed. */
  addFile(path: string, text: string, mode?: number): boolean {
    this.clear(dirname(path), basename(path));
    return this.add(dirname(path), { file: basename(path), text, mode });
  }

  /**
   * Drafts a file, and says whether it changes: one with the same text needs no draft.
   * @param root - a folder that the caller trusts: a link above it is followed
   */
  add(root: string, { file, text, mode, ownershipOf }: WantedFile): boolean {
    const path = join(root, file);
    try {
      const place = this.#placeOf(dirname(path), root);
      if (place === dirname(path) && isThere(path, "file") && isSame(path, text, ownershipOf)) return false;
      const draft = this.#draftOf(path, place);
      writeNew(draft, text, mode ?? 0o644);
      if (mode !== undefined) chmodSync(draft, mode);
    } catch (error) {
      if (!(error instanceof Obstacle)) throw failure(`${path} cannot be written`, error, []);
      this.#obstacles.set(error.path, error.message);
    }
    return true;
  }

  /** Where to make the draft of what stands in a folder; where that is missing, it needs no move of its own. */
  #draftOf(path: string, place: string): string {
    const [folder, name] = [dirname(path), basename(path)];
    if (place !== folder) return join(place, name);
    const draft = join(folder, `.${shortened(name)}.${process.pid}-${this.#run}.tmp`);
    this.#moves.set(path, draft);
    return draft;
  }

  #placeOf(folder: string, root: string): string {
    const place = this.#places.get(folder) ?? this.#newPlace(folder, root);
    this.#places.set(folder, place);
    return place;
  }

  #newPlace(folder: string, root: string): string {
    const parent = dirname(folder);
    const isAbove = folder !== root && !folder.startsWith(root + sep) && root !== ".";
    if ((isAbove && isFolder(folder)) || folder === parent) return folder;
    const above = this.#placeOf(parent, root);
    if (above === parent) {
      if (isThere(folder, "folder")) return folder;
      this.clear(parent, basename(folder));
    }
    const draft = this.#draftOf(folder, above);
    mkdirSync(draft);
    return draft;
  }

  /** Regular files below a folder, at most `depth` folders deep. Drafts of killed runs are removed on the way. */
  filesBelow(folder: string, depth: number): readonly string[] {
    this.clear(dirname(folder), basename(folder));
    return statOf(folder)?.isDirectory() === true ? this.#filesIn(folder, depth) : [];
  }

  #filesIn(folder: string, depth: number): readonly string[] {
    this.clear(folder);
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isFile()) return [entry.name];
      const isOurs = entry.isDirectory() && entry.name !== ".git" && !draftName.test(entry.name);
      if (!isOurs || depth === 0) return [];
      return this.#filesIn(join(folder, entry.name), depth - 1).map((file) => `${entry.name}/${file}`);
    });
  }

  /** Removes drafts that killed runs left in a folder. @param name - those of this file or folder alone */
  clear(folder: string, name?: string): void {
    for (const entry of namesIn(folder)) {
      const [, of, process, run] = draftName.exec(entry) ?? [];
      const isOther = of === undefined || run === this.#run || (name !== undefined && of !== shortened(name));
      if (!isOther && !isRunning(Number(process))) rmSync(join(folder, entry), { recursive: true });
    }
  }

  /** Removes a file when everything else is done, and the folders up to `root` that are empty then. */
  remove(root: string, file: string): void {
    this.#removals.push([root, file]);
  }

  /** Moves all drafts into place, then removes what is to go. @throws CommandError - it names what is new */
  commit(): void {
    const attempt = (what: string, action: () => void): void => {
      try {
        action();
      } catch (error) {
        throw failure(what, error, this.#done);
      }
    };
    for (const [path, draft] of this.#moves)
      attempt(`${path} cannot be written`, () => {
        renameSync(draft, path);
        this.#done.push(path);
        this.#moves.delete(path);
      });
    for (const [root, file] of this.#removals)
      attempt(`${join(root, file)} cannot be removed`, () => {
        rmSync(join(root, file), { force: true });
        removeEmptyFolders(root, dirname(file));
      });
  }

  /** Has anything been moved into place? */
  get isCommitted(): boolean {
    return this.#done.length > 0;
  }

  /** Takes back what was not committed. */
  discard(): void {
    for (const draft of this.#moves.values()) rmSync(draft, { recursive: true, force: true });
    this.#moves.clear();
  }
}

/** Writes a file that must not be there yet. Some lines at a time: to encode a long text, Node takes three times its memory. */
function writeNew(path: string, text: string, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    for (let start = 0, end; start < text.length; start = end) {
      end = text.indexOf("\n", start + 65_536) + 1 || text.length;
      writeFileSync(file, text.slice(start, end), "utf8");
    }
  } finally {
    closeSync(file);
  }
}

/** As much of a name as leaves room for the rest of a draft's. */
function shortened(name: string): string {
  return name.slice(0, 60);
}

/** A process with our own number is no other one: a container counts from 1 again. */
function isRunning(process_: number): boolean {
  try {
    return process_ !== process.pid && process.kill(process_, 0);
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** The names in a folder; none where it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What stands at a path, itself and not what it links to. Node throws where a file stands above it. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Is there a file or folder, as wanted? @throws Obstacle - where something else is */
function isThere(path: string, wanted: "folder" | "file"): boolean {
  const stat = statOf(path);
  if (stat === undefined) return false;
  if (stat.isSymbolicLink())
    throw new Obstacle(path, "it is a symbolic link, and nothing is written through one");
  if (wanted === "folder" ? stat.isDirectory() : stat.isFile()) return true;
  throw new Obstacle(path, wanted === "folder" ? "it is not a folder" : "it is not a regular file");
}

/** Does a file hold a text already? @throws Obstacle - where it does not, and is not ours to replace */
function isSame(path: string, text: string, owner: WantedFile["ownershipOf"]): boolean {
  const read = readRegularFile(path, Infinity);
  if (!read.ok && owner === undefined) return false;
  if (!read.ok) throw new Obstacle(path, "it cannot be read");
  if (Buffer.from(text).equals(read.bytes)) return true;
  const why = {
    ours: null,
    edited: "somebody edited it since it was written, and it would be overwritten",
    foreign: "this tool did not write it",
  }[owner?.(new TextDecoder().decode(read.bytes)) ?? "ours"];
  if (why !== null) throw new Obstacle(path, why);
  return false;
}

function removeEmptyFolders(root: string, below: string): void {
  try {
    for (let folder = below; folder !== "."; folder = dirname(folder)) rmdirSync(join(root, folder));
  } catch {
    // It holds something, or something is mounted there.
  }
}

/** The error of a write that the system refused. @param done - what was written before it */
function failure(what: string, error: unknown, done: readonly string[]): unknown {
  const code = errorCode(error);
  if (code === "") return error;
  const { errno } = error as { readonly errno?: number };
  const why = (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? code;
  const state = done.length === 0 ? "nothing was written" : `these are new already: ${done.join(", ")}`;
  return new CommandError(
    `${what}: ${why}; ${state}`,
    "make room, or look at what is there and who may write it",
    done.length === 0 ? 1 : 2,
  );
}

/** The one spelling of a path, without a separator at its end. */
export function tidyPath(path: string): string {
  return normalize(path).replace(/(?<=.)\/$/, "");
}

const signals = Object.freeze(["SIGINT", "SIGTERM", "SIGHUP"] as const);

/**
 * Drafts files and puts them into place, all of them or none: 1 where something is in the way, which stderr names. A
 * signal that comes while it awaits something takes the drafts back, and then ends the process as its sender expects.
 */
export async function writeTogether<T>(
  { stdout, stderr }: Pick<CommandIo, "stdout" | "stderr">,
  draft: (drafts: Drafts) => T | Promise<T>,
  say: (drafted: T) => string,
): Promise<ExitCode> {
  const drafts = new Drafts();
  const end = (signal: NodeJS.Signals): void => {
    drafts.discard();
    for (const each of signals) process.off(each, end);
    stderr.write(
      `interrupted: ${drafts.isCommitted ? "everything was written before" : "nothing was written"}\n`,
    );
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, end);
  try {
    const drafted = await draft(drafts);
    for (const { path, message } of drafts.obstacles)
      stderr.write(
        `${escapeHidden(path)}: error F08: ${message}\n  remedy: move it away, or name another place\n`,
      );
    if (drafts.obstacles.length > 0) return 1;
    drafts.commit();
    stdout.write(say(drafted));
    return 0;
  } finally {
    drafts.discard();
    await setImmediate();
    for (const signal of signals) process.off(signal, end);
  }
}
