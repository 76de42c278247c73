import { isUtf8 } from "node:buffer";
import type * as z from "zod";
import { quote, type DiagnosticCode, type Origin, type Problem } from "../diagnostics";
import { followIncludes } from "./includes";
import { problemsOf } from "./issues";
import { createLocator, sourceText } from "./locator";
import type { SourceText } from "./locator";
import { valueAt } from "./meant";
import { maxFileSize } from "./parsedManifest";
import type { FileRead, ManifestFiles, ParsedEntry, ParseResult } from "./parsedManifest";
import { includedSchema, manifestSchema } from "./schema";
import { readYaml } from "./yaml";

/**
 * Reads a manifest and the files that it includes. Whatever is wrong with one is reported together with whatever is
 * wrong with the others; nothing that is read can make it throw, or walk a tree without end.
 * @param file - the main manifest, as the user named it
 */
export function parseManifest(file: string, files: ManifestFiles): ParseResult {
  const sources = new Map<string, SourceText>();
  const locator = createLocator(sources);
  const main = readFile(file, { file, path: [] }, manifestSchema, files, sources);
  const patterns = valueAt(main.raw, ["include"]);
  const includes = followIncludes(file, Array.isArray(patterns) ? patterns : [], files);
  const included = includes.files.map(({ file: name, pattern }) => ({
    name,
    ...readFile(name, pattern, includedSchema, files, sources),
  }));
  const problems = bounded([...main.problems, ...includes.problems, ...included.flatMap((p) => p.problems)]);

  if (main.value === undefined || problems.length > 0) return { ok: false, problems, locator };
  const entries = [
    ...entriesOf(file, main.value, true),
    ...included.flatMap(({ name, value }) => (value === undefined ? [] : entriesOf(name, value, false))),
  ];
  const { passedOver } = includes;
  return { ok: true, parsed: { file, manifest: main.value, entries, passedOver }, locator };
}

/** Problems that are reported of one manifest: more than anybody reads, few enough for any terminal or memory. */
const maxProblems = 10_000;

/** The first problems; the last of them says that there are more. */
function bounded(problems: readonly Problem[]): readonly Problem[] {
  const last = problems[maxProblems - 1];
  if (problems.length <= maxProblems || last === undefined) return problems;
  const message = `${last.message} (and more problems, which are not listed)`;
  return [...problems.slice(0, maxProblems - 1), { ...last, message }];
}

type Unreadable = Extract<FileRead, { ok: false }>["reason"];

/** Why a file cannot be read, and what to do about it. */
const unreadable: Readonly<Record<Unreadable, readonly [DiagnosticCode, problem: string, remedy: string]>> =
  Object.freeze({
    missing: [
      "F01",
      "does not exist",
      "correct the path, as argument or in GITPOD_AWS_MANIFEST; npx gitpod-aws-oidc init writes a first manifest",
    ],
    unreadable: ["F01", "cannot be read", "look at the permissions of the file and of its folders"],
    "not-regular": ["F06", "is not a regular file", "give the path of a file"],
    "too-large": [
      "F03",
      "is larger than the 16 MiB that are allowed",
      "split it, with include for entries of orgs and repos",
    ],
  });

/**
 * Reads a file that must be UTF-8, at most 16 MiB: its value before and after its schema has seen it, and what is wrong.
 * @param named - where the file is named: what points at a file that cannot be read
 */
function readFile<T>(
  file: string,
  named: Origin,
  schema: z.ZodType<T>,
  files: ManifestFiles,
  sources: Map<string, SourceText>,
): { readonly raw?: unknown; readonly value?: T | undefined; readonly problems: readonly Problem[] } {
  const read = files.read(file);
  if (!read.ok || read.bytes.length > maxFileSize) {
    const [code, problem, remedy] = unreadable[read.ok ? "too-large" : read.reason];
    return { problems: [{ code, origin: named, message: `the file ${quote(file)} ${problem}`, remedy }] };
  }
  const text = new TextDecoder("utf-8").decode(read.bytes);
  const { value: raw, problems: ofYaml, starts } = isUtf8(read.bytes) ? readYaml(text) : notUtf8(text);
  const source = sourceText(text, starts);
  sources.set(file, source);
  const problems = ofYaml.map(({ offset, ...problem }): Problem => {
    return { ...problem, origin: { file, path: [] }, position: source.positions.at(offset) };
  });
  if (raw === undefined) return { problems };
  const { data: value, error } = schema.safeParse(raw);
  const issues = error?.issues.slice(0, maxProblems + 1) ?? [];
  const examined = { file, value: raw, schema, source, included: file !== named.file };
  return { raw, value, problems: [...problems, ...problemsOf(issues, examined)] };
}

function notUtf8(text: string): ReturnType<typeof readYaml> {
  const problem = {
    ...({ code: "F02", offset: text.indexOf("\ufffd") } as const),
    message: "the file is not UTF-8 from here on",
    remedy: "save the file as UTF-8",
  };
  return { value: undefined, problems: [problem] };
}

function entriesOf(
  file: string,
  { orgs = [], repos = [] }: z.output<typeof includedSchema>,
  mainManifest: boolean,
): readonly ParsedEntry[] {
  const place = (list: string, i: number) => ({ origin: { file, path: [list, i] }, mainManifest });
  return [
    ...orgs.map((value, i): ParsedEntry => ({ kind: "org", value, ...place("orgs", i) })),
    ...repos.map((value, i): ParsedEntry => ({ kind: "repo", value, ...place("repos", i) })),
  ];
}
