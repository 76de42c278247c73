import {
  CORE_SCHEMA,
  YAMLException,
  floatYaml11Tag,
  intYaml11Tag,
  load,
  mergeTag,
  timestampTag,
} from "js-yaml";
import { z } from "zod";
import type { Path } from "../../diagnostics/diagnostic";
import { pathText } from "../../diagnostics/pathText";
import { escapeHidden } from "../../diagnostics/quote";

/*
 * The rules of .gitpod.yml that decide whether a workspace starts with it, written from Gitpod's documentation.
 * Sections that a snippet never has are checked for their outer shape only.
 */

/** Scalars as Gitpod's parser reads them: of YAML 1.1, with numbers to base 60 and dates, but `yes` is text. */
const gitpodYaml = CORE_SCHEMA.withTags(intYaml11Tag, floatYaml11Tag, timestampTag, mergeTag);

const taskSchema = z.strictObject({
  name: z.string().optional(),
  before: z.string().optional(),
  init: z.string().optional(),
  prebuild: z.string().optional(),
  command: z.string().optional(),
  env: z.record(z.string(), z.unknown()).optional(),
  openIn: z.enum(["bottom", "main", "left", "right"]).optional(),
  openMode: z.enum(["split-left", "split-right", "tab-before", "tab-after"]).optional(),
});

const section = z.record(z.string(), z.unknown()).optional();

const rootSchema = z.strictObject({
  tasks: z.array(taskSchema).optional(),
  env: z.record(z.string(), z.string("expected a string: write the value in quotes")).optional(),
  image: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  ports: z.array(z.record(z.string(), z.unknown())).optional(),
  checkoutLocation: z.string().optional(),
  workspaceLocation: z.string().optional(),
  mainConfiguration: z.string().optional(),
  additionalRepositories: z.array(z.record(z.string(), z.unknown())).optional(),
  experimentalNetwork: z.boolean().optional(),
  gitConfig: section,
  github: section,
  vscode: section,
  jetbrains: section,
  coreDump: section,
});

/** What is wrong at one place of a `.gitpod.yml`. */
export interface GitpodYmlProblem {
  /** The way down to it; empty for the whole file, and where the text is not YAML. */
  readonly path: Path;
  /** Where the parser stopped, in UTF-16 code units; null where it did not. */
  readonly offset: number | null;
  readonly message: string;
}

/** A `.gitpod.yml` as Gitpod reads it: what is wrong with it or, where nothing is, what it runs. */
export interface GitpodYml {
  /** What the text says, whether Gitpod accepts it or not; undefined where it is not one YAML document. */
  readonly value: unknown;
  /** The problems with their places, in the order of `problems`. */
  readonly details: readonly GitpodYmlProblem[];
  /** What keeps Gitpod from accepting the file, each as `path: problem`; empty for a valid one. */
  readonly problems: readonly string[];
  /** The shell code of all phases of all tasks, in the file's order; empty where there are problems. */
  readonly commands: readonly string[];
}

/**
 * Reads a `.gitpod.yml`.
 * @see https://www.gitpod.io/docs/references/gitpod-yml
 */
export function readGitpodYml(text: string): GitpodYml {
  const loaded = loadAsGitpod(text);
  if ("error" in loaded) {
    const { error, inserted } = loaded;
    const details = [yamlDetail(error, inserted)];
    return { value: undefined, details, problems: [yamlProblem(error)], commands: [] };
  }
  const { value } = loaded;
  const result = rootSchema.safeParse(value);
  if (!result.success) {
    const { issues } = result.error;
    return { value, details: issues.map(issueDetail), problems: issues.map(issueText), commands: [] };
  }
  return { value, details: [], problems: [], commands: (result.data.tasks ?? []).flatMap(phasesOf) };
}

/** Lines that are indented for the parser before it is taken at its word, and the blanks that each is given. */
const [mostRepairs, repair] = [100, " ".repeat(100)];

type Loaded = { readonly value: unknown } | { readonly error: YAMLException; readonly inserted: number };

/**
 * Gitpod's js-yaml 3 only warns where brackets or quoted text go on left of where they should; ours refuses, for
 * which there is no option. Blanks in front of such a line mean nothing, so it is given some.
 */
function loadAsGitpod(text: string): Loaded {
  let repaired = text;
  for (let count = 0; ; count++) {
    try {
      return { value: load(repaired, { schema: gitpodYaml }) };
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      // The mark is missing where the whole stream is wrong, whatever the types say.
      const mark = error.mark as { readonly position: number } | undefined;
      if (error.reason !== "deficient indentation" || mark === undefined || count === mostRepairs)
        return { error, inserted: repaired.length - text.length };
      const start = repaired.lastIndexOf("\n", mark.position - 1) + 1;
      repaired = repaired.slice(0, start) + repair + repaired.slice(start);
    }
  }
}

/** What keeps Gitpod from accepting `text` as a `.gitpod.yml`; empty for a valid file. */
export function checkGitpodYml(text: string): readonly string[] {
  return readGitpodYml(text).problems;
}

function phasesOf({ before, init, prebuild, command }: z.output<typeof taskSchema>): readonly string[] {
  return [before, init, prebuild, command].filter((phase) => phase !== undefined);
}

function yamlProblem(error: YAMLException): string {
  const mark = error.mark as { readonly line: number } | undefined;
  return `${mark === undefined ? "the file" : `line ${mark.line + 1}`}: ${escapeHidden(error.reason)}`;
}

/** @param inserted - characters that the parser saw before the place, and the text does not have */
function yamlDetail(error: YAMLException, inserted: number): GitpodYmlProblem {
  const mark = error.mark as { readonly position: number } | undefined;
  const offset = mark === undefined ? null : Math.max(0, mark.position - inserted);
  return { path: [], offset, message: escapeHidden(error.reason) };
}

function issueDetail(issue: z.core.$ZodIssue): GitpodYmlProblem {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const message = escapeHidden(issue.message);
  return { path, offset: null, message: `${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

function issueText(issue: z.core.$ZodIssue): string {
  const { path, message } = issueDetail(issue);
  return `${path.length === 0 ? "the file" : pathText(path)}: ${message}`;
}
