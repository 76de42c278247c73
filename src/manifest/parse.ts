import type { z } from "zod";
import type { Origin, Problem } from "../diagnostics/diagnostic";
import { followIncludes } from "./includes";
import { problemsOf } from "./issues";
import { createLocator, sourceText } from "./locator";
import type { SourceText } from "./locator";
import type { ManifestFiles, ParsedEntry, ParseResult } from "./parsedManifest";
import { includedSchema, manifestSchema } from "./schema";
import { readSource } from "./sourceFile";
import { readYaml } from "./yaml";

/**
 * Reads a manifest and the files that it includes. Whatever is wrong with one is reported together with whatever is
 * wrong with the others; nothing that is read can make it throw, or walk a tree without end.
 * @param file - the main manifest, as the user named it
 */
export function parseManifest(file: string, files: ManifestFiles): ParseResult {
  const sources = new Map<string, SourceText>();
  const locator = createLocator(sources);
  const read = (name: string, named: Origin) => readFile(name, named, files, sources);

  const main = examine(read(file, { file, path: [] }), manifestSchema, file, false);
  const patterns = member(main.raw, "include");
  const includes = followIncludes(file, Array.isArray(patterns) ? patterns : [], files);
  const included = includes.files.map(({ file: name, pattern }) => ({
    name,
    ...examine(read(name, pattern), includedSchema, name, true),
  }));
  const problems = bounded([...main.problems, ...includes.problems, ...included.flatMap((p) => p.problems)]);

  if (main.value === undefined || problems.length > 0) return { ok: false, problems, locator };
  const entries = [
    ...entriesOf(file, main.value, true),
    ...included.flatMap(({ name, value }) => (value === undefined ? [] : entriesOf(name, value, false))),
  ];
  return {
    ok: true,
    parsed: { file, manifest: main.value, entries, passedOver: includes.passedOver },
    locator,
  };
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

/** A file's value before its schema has seen it, if it has one, and what is wrong with the file so far. */
interface RawFile {
  readonly raw: unknown;
  readonly source: SourceText | undefined;
  readonly problems: readonly Problem[];
}

function readFile(
  file: string,
  named: Origin,
  files: ManifestFiles,
  sources: Map<string, SourceText>,
): RawFile {
  const read = readSource(file, named, files);
  const source = read.text === undefined ? undefined : sourceText(read.text);
  if (source !== undefined) sources.set(file, source);
  if (!read.ok) return { raw: undefined, source, problems: [read.problem] };
  const { value, problems } = readYaml(read.text);
  const located = problems.map(({ offset, ...problem }): Problem => {
    const position = source?.positions().at(offset);
    return { ...problem, origin: { file, path: [] }, ...(position && { position }) };
  });
  return { raw: value, source, problems: located };
}

interface Examined<T> {
  readonly raw: unknown;
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

function examine<T>(
  { raw, source, problems }: RawFile,
  schema: z.ZodType<T>,
  file: string,
  included: boolean,
): Examined<T> {
  if (raw === undefined || source === undefined) return { raw, value: undefined, problems };
  const result = schema.safeParse(raw);
  const issues = result.error?.issues.slice(0, maxProblems + 1) ?? [];
  const found = problemsOf(issues, { file, value: raw, schema, source, included });
  const misplaced = included ? reservedKeys(file, raw) : [];
  return { raw, value: result.data, problems: [...problems, ...found, ...misplaced] };
}

/** Keys of an entry that give or take over what nothing else checks: they belong to the main manifest. */
const reserved = Object.freeze([
  "statements",
  "managedPolicies",
  "permissionsBoundary",
  "name",
  "path",
  "adopt",
]);

function reservedKeys(file: string, raw: unknown): readonly Problem[] {
  return (["orgs", "repos"] as const).flatMap((list) => {
    const entries = member(raw, list);
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: unknown, index) => {
      const grants = member(entry, "grants");
      const roles = (Array.isArray(grants) ? grants : []).flatMap((grant: unknown, i) =>
        member(grant, "role") === undefined ? [] : [["grants", i, "role"]],
      );
      const keys = reserved.filter((key) => member(entry, key) !== undefined).map((key) => [key]);
      return [...keys, ...roles].map((path): Problem => ({
        code: "M08",
        origin: { file, path: [list, index, ...path] },
        at: "key",
        message: `${list}[${index}]: "${path.at(-1) ?? ""}" belongs to the main manifest: included files are other teams'`,
        remedy:
          path.at(-1) === "name" || path.at(-1) === "path"
            ? "take it out, or move the entry to the main manifest"
            : "grant what is needed by another kind of grants, or move the entry to the main manifest",
      }));
    });
  });
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function entriesOf(
  file: string,
  part: z.output<typeof includedSchema>,
  mainManifest: boolean,
): readonly ParsedEntry[] {
  const orgs = part.orgs ?? [];
  const repos = part.repos ?? [];
  return [
    ...orgs.map((value, i): ParsedEntry => ({
      kind: "org",
      origin: { file, path: ["orgs", i] },
      mainManifest,
      value,
    })),
    ...repos.map((value, i): ParsedEntry => ({
      kind: "repo",
      origin: { file, path: ["repos", i] },
      mainManifest,
      value,
    })),
  ];
}
