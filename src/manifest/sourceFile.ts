import type { Origin, Problem } from "../diagnostics/diagnostic";
import { quote } from "../diagnostics/quote";
import { maxFileSize } from "./parsedManifest";
import type { FileRead, ManifestFiles } from "./parsedManifest";

/** A file's text, or why there is none. `text` is what can be shown of it beside the problem. */
export type SourceFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Problem; readonly text?: string };

/**
 * Reads a file that must be UTF-8, at most 16 MiB.
 * @param named - where the file is named: what points at a file that cannot be read
 */
export function readSource(file: string, named: Origin, files: ManifestFiles): SourceFile {
  const read = files.read(file);
  if (!read.ok) return { ok: false, problem: unreadable(file, read.reason, named) };
  if (read.bytes.length > maxFileSize) return { ok: false, problem: unreadable(file, "too-large", named) };
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(read.bytes) };
  } catch {
    return notUtf8(file, read.bytes);
  }
}

function notUtf8(file: string, bytes: Uint8Array): SourceFile {
  const text = new TextDecoder("utf-8").decode(bytes);
  const before = text.slice(0, Math.max(0, text.indexOf("\ufffd"))).split(/\r\n|\n|\r/);
  return {
    ok: false,
    text,
    problem: {
      code: "F02",
      origin: { file, path: [] },
      position: { line: before.length, column: (before.at(-1) ?? "").length + 1 },
      message: "the file is not UTF-8 from here on",
      remedy: "save the file as UTF-8",
    },
  };
}

function unreadable(
  file: string,
  reason: Extract<FileRead, { ok: false }>["reason"],
  origin: Origin,
): Problem {
  const name = quote(file);
  switch (reason) {
    case "missing":
      return {
        code: "F01",
        origin,
        message: `the file ${name} does not exist`,
        remedy:
          "correct the path, as argument or in GITPOD_AWS_MANIFEST; npx gitpod-aws-oidc init writes a first manifest",
      };
    case "unreadable":
      return {
        code: "F01",
        origin,
        message: `the file ${name} cannot be read`,
        remedy: "look at the permissions of the file and of its folders",
      };
    case "not-regular":
      return {
        code: "F06",
        origin,
        message: `${name} is not a regular file`,
        remedy: "give the path of a file",
      };
    case "too-large":
      return {
        code: "F03",
        origin,
        message: `the file ${name} is larger than the 16 MiB that are allowed`,
        remedy: "split it, with include for entries of orgs and repos",
      };
  }
}
