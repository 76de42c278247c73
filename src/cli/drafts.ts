import { randomBytes } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, normalize, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { getSystemErrorMap } from "node:util";
import { escapeHidden, quote } from "../diagnostics";
import type { Ownership } from "../workspace/render/ownership";
import { CommandError } from "./commandError";
import { errorCode, isMissing, readRegularFile } from "./files";
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

/** Something in the way of files. */
export interface Obstacle {
  readonly path: string;
  /** Lower case, no final period. */
  readonly message: string;
}

/** A folder that files go into: where their drafts are made, which is another folder as long as it is missing. */
interface Place {
  readonly folder: string;
  readonly isMissing: boolean;
}

/** Drafts are `.<name>.<process>-<run>.tmp` beside the file or folder that they become. */
const draftName = /^\.(.+)\.(\d+)-([0-9a-f]{8})\.tmp$/s;

/**
 * Files that are written together. Each is written to a draft beside its place, so that the two are on one file system
 * wherever folders are mounted; what is missing of its folders is drafted with it. {@link commit} then renames drafts
 * into place, one after the other, and {@link discard} takes them back. Nothing is written through a link, and drafts of
 * runs that were killed are removed.
 */
export class Drafts {
  readonly #run = randomBytes(4).toString("hex");
  readonly #places = new Map<string, Place | Obstacle>();
  /** Drafts by the file or folder that they become, in order. */
  readonly #moves = new Map<string, string>();
  readonly #removals = new Map<string, () => void>();
  readonly #obstacles = new Map<string, Obstacle>();
  #scratch: string | null = null;
  #isCommitted = false;

  /** What is in the way, each thing once: where there is something, nothing may be committed. */
  get obstacles(): readonly Obstacle[] {
    return [...this.#obstacles.values()];
  }

  /**
   * Drafts a file; one that stands there with the same text needs none.
   * @param root - a folder that the caller trusts: a link above it is followed
   * @returns whether the file changes
   * @throws CommandError - where the draft cannot be written
   */
  add(root: string, { file, text, mode, ownershipOf }: WantedFile): boolean {
    const path = join(root, file);
    try {
      const place = this.#place(dirname(path), root);
      const found = "message" in place ? place : place.isMissing ? "missing" : look(path, "file");
      const verdict = found === "present" ? compare(path, text, ownershipOf) : found;
      if (verdict === "same") return false;
      if (typeof verdict === "object") this.#obstacles.set(verdict.path, verdict);
      else if ("folder" in place)
        this.#draft(path, place, (draft) => {
          writeNew(draft, text, mode);
        });
      return true;
    } catch (error) {
      throw failure(`${path} cannot be written`, error, []);
    }
  }

  /** Makes the draft of what stands in a place; in a folder that is missing it needs no move of its own. */
  #draft(path: string, place: Place, make: (draft: string) => void): string {
    const name = basename(path);
    const draft = join(place.folder, place.isMissing ? name : this.#nameOf(name));
    if (!place.isMissing) this.#moves.set(path, draft);
    make(draft);
    return draft;
  }

  #nameOf(name: string): string {
    return `.${shortened(name)}.${process.pid}-${this.#run}.tmp`;
  }

  #place(folder: string, root: string): Place | Obstacle {
    let place = this.#places.get(folder);
    if (place === undefined) this.#places.set(folder, (place = this.#newPlace(folder, root)));
    return place;
  }

  #newPlace(folder: string, root: string): Place | Obstacle {
    const isAbove = folder !== root && !folder.startsWith(root + sep) && root !== ".";
    if (isAbove && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
      return { folder, isMissing: false };
    const above: Place | Obstacle =
      folder === dirname(folder) ? { folder, isMissing: false } : this.#place(dirname(folder), root);
    if ("message" in above) return above;
    const found = above.isMissing ? "missing" : look(folder, "folder");
    if (typeof found === "object") return found;
    if (found === "present") return { folder, isMissing: false };
    if (!above.isMissing) this.clear(above.folder, basename(folder));
    return { folder: this.#draft(folder, above, mkdirSync), isMissing: true };
  }

  /** A folder outside of all others, for what another program writes. It is gone afterwards. */
  scratch(): string {
    this.clear(tmpdir(), "gitpod-aws-oidc");
    this.#scratch ??= join(tmpdir(), this.#nameOf("gitpod-aws-oidc"));
    mkdirSync(this.#scratch, { mode: 0o700 });
    return this.#scratch;
  }

  /**
   * Regular files below a folder, with `/` between. Drafts of killed runs are removed on the way, and those of the
   * folder itself.
   * @param depth - how many folders deep
   */
  filesBelow(folder: string, depth: number): readonly string[] {
    this.clear(dirname(folder), basename(folder));
    return look(folder, "folder") === "present" ? this.#filesIn(folder, depth) : [];
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
      if (!isOther && !isRunning(Number(process))) removeIfAllowed(join(folder, entry));
    }
  }

  /** Removes a file when everything else is done, and the folders up to `root` that are empty then. */
  remove(root: string, file: string): void {
    this.#removals.set(join(root, file), () => {
      rmSync(join(root, file), { force: true });
      removeEmptyFolders(root, dirname(file));
    });
  }

  /**
   * Moves all drafts into place, then removes what is to go.
   * @throws CommandError - status 1 where nothing was changed, 2 where something was: it names what is new
   */
  commit(): void {
    const done: string[] = [];
    for (const [path, draft] of this.#moves)
      try {
        renameSync(draft, path);
        this.#isCommitted = true;
        done.push(path);
        this.#moves.delete(path);
      } catch (error) {
        throw failure(`${path} cannot be written`, error, done);
      }
    for (const [path, remove] of this.#removals)
      try {
        remove();
      } catch (error) {
        throw failure(`${path} cannot be removed`, error, done);
      }
  }

  /** Has anything been moved into place? */
  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** Takes back what was not committed. */
  discard(): void {
    for (const draft of [...this.#moves.values(), ...(this.#scratch === null ? [] : [this.#scratch])])
      rmSync(draft, { recursive: true, force: true });
    this.#moves.clear();
  }
}

function writeNew(draft: string, text: string, mode: number | undefined): void {
  // Where the encoding is named, Node writes in one call.
  writeFileSync(draft, text, { encoding: "utf8", flag: "wx", mode: mode ?? 0o644 });
  if (mode !== undefined) chmodSync(draft, mode);
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

/** What another user left in the temporary folder is not ours to remove, and in nobody's way. */
function removeIfAllowed(draft: string): void {
  try {
    rmSync(draft, { recursive: true });
  } catch {
    // It stays.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What is at a path: nothing, what belongs there, or something in the way. */
function look(path: string, wanted: "folder" | "file"): "missing" | "present" | Obstacle {
  let stat;
  try {
    stat = lstatSync(path);
  } catch (error) {
    if (isMissing(error)) return "missing";
    throw error;
  }
  if (stat.isSymbolicLink())
    return { path, message: "it is a symbolic link, and nothing is written through one" };
  if (wanted === "folder") return stat.isDirectory() ? "present" : { path, message: "it is not a folder" };
  return stat.isFile() ? "present" : { path, message: "it is not a regular file" };
}

function compare(
  path: string,
  text: string,
  owner: WantedFile["ownershipOf"],
): "present" | "same" | Obstacle {
  const read = readRegularFile(path, Infinity);
  if (!read.ok) return owner === undefined ? "present" : { path, message: "it cannot be read" };
  const present = new TextDecoder().decode(read.bytes);
  if (present === text) return "same";
  switch (owner?.(present) ?? "ours") {
    case "ours":
      return "present";
    case "edited":
      return { path, message: "somebody edited it since it was written, and it would be overwritten" };
    case "foreign":
      return { path, message: "this tool did not write it" };
  }
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
 * Does work with drafts, and takes back what it did not commit. A signal comes through where the work awaits
 * something; it takes the drafts back, and then ends the process as whoever sent it expects.
 */
export async function withDrafts<T>(
  { stderr }: Pick<CommandIo, "stderr">,
  work: (drafts: Drafts) => T | Promise<T>,
): Promise<T> {
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
    return await work(drafts);
  } finally {
    drafts.discard();
    await setImmediate();
    for (const signal of signals) process.off(signal, end);
  }
}

/**
 * Writes files, all of them or none.
 * @throws CommandError - status 1, where something is in the way, or one cannot be written
 */
export function writeFiles(files: readonly (Omit<WantedFile, "file"> & { readonly path: string })[]): void {
  const drafts = new Drafts();
  try {
    for (const { path, ...wanted } of files) {
      drafts.clear(dirname(path), basename(path));
      drafts.add(dirname(path), { ...wanted, file: basename(path) });
    }
    for (const { path, message } of drafts.obstacles)
      throw new CommandError(`${quote(path)} cannot be written: ${message}`, "name another file", 1);
    drafts.commit();
  } finally {
    drafts.discard();
  }
}

/** Says what is in the way of files: nothing was written. */
export function reportObstacles(
  obstacles: readonly Obstacle[],
  { stderr }: Pick<CommandIo, "stderr">,
): ExitCode {
  for (const { path, message } of obstacles)
    stderr.write(
      `${escapeHidden(path)}: error F08: ${message}\n  remedy: move it away, or delete it to have it written anew\n`,
    );
  return 1;
}
