import type { FileRead, IncludeMatch, ManifestFiles } from "../../src/manifest";

/** A folder that exists in memory only. */
export interface MemoryFolder {
  /** Contents by file name; `null` is something that is no regular file. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  /** What each include pattern matches, where it is not the file of the same name. */
  readonly matches?: Readonly<Record<string, readonly IncludeMatch[]>>;
  /** Collects the names of the files that are read. */
  readonly readings?: string[];
}

/** The files of a folder in memory, for tests of everything that is not the disk. */
export function memoryFiles({ files, matches = {}, readings = [] }: MemoryFolder): ManifestFiles {
  return {
    read(file): FileRead {
      readings.push(file);
      const content = files[file];
      if (content === undefined) return { ok: false, reason: "missing" };
      if (content === null) return { ok: false, reason: "not-regular" };
      return { ok: true, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
    },
    expand(_manifestFile, pattern) {
      const status = files[pattern] === null ? "not-regular" : "ok";
      return (
        matches[pattern] ?? (pattern in files ? [{ file: pattern, identity: `/${pattern}`, status }] : [])
      );
    },
    identity: (file) => `/${file}`,
  };
}
