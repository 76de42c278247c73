import { quote } from "../diagnostics";
import { maxFileSize } from "../manifest/parsedManifest";
import { CommandError } from "./commandError";
import { readProblems, readRegularFile } from "./files";
import type { CommandIo } from "./io";

/** How a ZIP archive begins, which a saved plan of Terraform is. */
const zip = "PK\u0003\u0004";

/** The text of a file, or of standard input for `-`, without a byte order mark. @param wanted - what it is to hold */
export function readInput(file: string, wanted: string, io: CommandIo): string {
  const name = file === "-" ? "standard input" : quote(file);
  const bytes = file === "-" ? stdinBytes(wanted, io) : fileBytes(file, wanted);
  if (bytes.length > maxFileSize)
    throw new CommandError(`${name} is larger than 16 MiB`, "pass less at a time");
  if (bytes.toString("latin1", 0, zip.length) === zip)
    throw new CommandError(
      `${name} is binary, as plans are that Terraform saves`,
      "pass what terraform show -json prints of it",
    );
  const text = decoded(bytes);
  if (text === null || text.includes("\0"))
    throw new CommandError(
      `${name} is not UTF-8`,
      "save it as UTF-8: in Windows PowerShell, > writes UTF-16",
    );
  if (text.trim() === "")
    throw new CommandError(`${name} is empty`, "look at what was to write it: it may have failed");
  return text;
}

function stdinBytes(wanted: string, io: CommandIo): Buffer {
  try {
    return Buffer.from(io.readStdin(), "utf8");
  } catch {
    throw new CommandError("standard input cannot be read", `pipe ${wanted} in, or pass a file`);
  }
}

function fileBytes(file: string, wanted: string): Buffer {
  const read = readRegularFile(file);
  if (read.ok) return Buffer.from(read.bytes);
  throw new CommandError(
    `${quote(file)} cannot be read: ${readProblems[read.reason]}`,
    `pass a file with ${wanted}, or - for standard input`,
  );
}

/** Null for bytes that are not UTF-8. */
export function decoded(bytes: Uint8Array, { ignoreBOM = false } = {}): string | null {
  try {
    return new TextDecoder("utf-8", { ignoreBOM, fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
