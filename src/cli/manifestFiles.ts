import { readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type * as Globs from "tinyglobby";
import type { IncludeMatch, ManifestFiles } from "../manifest";
import { isFolder, isMissing, readRegularFile } from "./files";

/** The manifest's files on the disk. */
export function diskFiles(): ManifestFiles {
  return {
    read: (file) => readRegularFile(file),
    expand: expandPattern,
    identity: (file) => realPath(file) ?? resolve(file),
  };
}

/** Loaded where a manifest includes something, as few do; an `import()` would make everybody wait who reads one. */
const globs = () =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require("tinyglobby") as typeof Globs;

/** Folders as the glob sees them: left alone, it would pass over links and FIFOs without a word. */
function listFolder(path: string, unreadable: string[]) {
  let entries: readonly Dirent[] = [];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (!isMissing(error)) unreadable.push(path);
  }
  return entries.map((entry) => {
    const listed = entry.isSymbolicLink() ? isFolder(join(path, entry.name)) : entry.isDirectory();
    return {
      name: entry.name,
      isDirectory: () => listed,
      isFile: () => !listed,
      isSymbolicLink: () => false,
    };
  });
}

/** Braces and extended globs are off: a pattern is what it looks like, and cannot hide a `..`. */
const globOptions = Object.freeze({
  braceExpansion: false,
  extglob: false,
  expandDirectories: false,
  followSymbolicLinks: false,
});

function expandPattern(manifestFile: string, pattern: string): readonly IncludeMatch[] {
  const folder = dirname(manifestFile);
  const root = realPath(folder);
  if (root === undefined) return [];
  const isGlob = globs().isDynamicPattern(pattern);
  // Folders outside are not even listed: what a glob starts from must be inside.
  const fixed = isGlob ? pattern.split("/").slice(0, fixedSegments(pattern)).join("/") : pattern;
  const start = shownName(folder, fixed);
  if (realPath(start) === undefined) return [];
  const first = matchOf(start, root);
  if (!isGlob || first.status === "outside") return [first];
  const { names, unreadable, outside } = glob(pattern, folder, root, false);
  const shown = (path: string) => shownName(folder, relative(folder, path));
  const [closed] = unreadable.sort();
  if (closed !== undefined) return [{ file: shown(closed), identity: closed, status: "not-regular" }];
  const withDots = glob(pattern, folder, root, true).names;
  const matches = [
    ...names.map((name) => matchOf(shownName(folder, name), root)),
    ...outside.map((path): IncludeMatch => ({ file: shown(path), identity: path, status: "outside" })),
    ...hiddenNames(pattern, names, withDots).map((name): IncludeMatch => {
      const file = shownName(folder, name);
      return { file, identity: resolve(file), status: "passed-over" };
    }),
  ];
  return matches.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The files of a glob, the folders that it could not read, and the links by which it would have left `root`. */
function glob(pattern: string, folder: string, root: string, dot: boolean) {
  const unreadable: string[] = [];
  const outside: string[] = [];
  const list = (path: string) => {
    const real = realPath(path);
    if (real !== undefined && !isInside(root, real)) {
      outside.push(path);
      return [];
    }
    return isLoop(path, real, folder) ? [] : listFolder(path, unreadable);
  };
  const fs = { readdirSync: list as unknown as typeof readdirSync };
  const names = globs().globSync(pattern, { ...globOptions, dot, ignore: ["**/.git"], cwd: folder, fs });
  return { names, unreadable, outside };
}

/** Has a link led back into a folder that the glob is in already? */
function isLoop(path: string, real: string | undefined, folder: string): boolean {
  let parent = path;
  while (relative(folder, parent) !== "") {
    parent = dirname(parent);
    if (realPath(parent) === real) return true;
  }
  return false;
}

/** What a glob passes over for the dot that its name begins with: files, or whole folders. */
function hiddenNames(
  pattern: string,
  names: readonly string[],
  withDots: readonly string[],
): readonly string[] {
  const plain = new Set(names);
  const written = new Set(pattern.split("/"));
  const hidden = withDots
    .filter((name) => !plain.has(name))
    .map((name) => {
      const segments = name.split("/");
      const first = segments.findIndex((segment) => segment.startsWith(".") && !written.has(segment));
      return segments.slice(0, first + 1).join("/");
    });
  return [...new Set(hidden)];
}

/** What an include finds at a path. @param root - the manifest's folder, links resolved */
function matchOf(file: string, root: string): IncludeMatch {
  const identity = realPath(file);
  if (identity === undefined) return { file, identity: resolve(file), status: "not-regular" };
  const status = !isInside(root, identity) ? "outside" : statSync(identity).isFile() ? "ok" : "not-regular";
  return { file, identity, status };
}

/** How many folders of a pattern stand before the first that has a wildcard. */
function fixedSegments(pattern: string): number {
  return pattern.split("/").findIndex((segment) => globs().isDynamicPattern(segment));
}

/** A file as its user would name it, from where they named the manifest. */
function shownName(folder: string, name: string): string {
  return join(folder, name).split(sep).join("/");
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
