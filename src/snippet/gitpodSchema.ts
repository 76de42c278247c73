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
import { pathText } from "../diagnostics/pathText";
import { escapeHidden } from "../diagnostics/quote";

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

/** A `.gitpod.yml` as Gitpod reads it: what is wrong with it or, where nothing is, what it runs. */
export interface GitpodYml {
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
  let value: unknown;
  try {
    value = load(text, { schema: gitpodYaml });
  } catch (error) {
    return { problems: [yamlProblem(error)], commands: [] };
  }
  const result = rootSchema.safeParse(value);
  if (!result.success) return { problems: result.error.issues.map(issueText), commands: [] };
  return { problems: [], commands: (result.data.tasks ?? []).flatMap(phasesOf) };
}

/** What keeps Gitpod from accepting `text` as a `.gitpod.yml`; empty for a valid file. */
export function checkGitpodYml(text: string): readonly string[] {
  return readGitpodYml(text).problems;
}

function phasesOf({ before, init, prebuild, command }: z.output<typeof taskSchema>): readonly string[] {
  return [before, init, prebuild, command].filter((phase) => phase !== undefined);
}

function yamlProblem(error: unknown): string {
  if (!(error instanceof YAMLException)) throw error;
  // The mark is missing where the whole stream is wrong, whatever the types say.
  const mark = error.mark as { readonly line: number } | undefined;
  return `${mark === undefined ? "the file" : `line ${mark.line + 1}`}: ${escapeHidden(error.reason)}`;
}

function issueText(issue: z.core.$ZodIssue): string {
  const path = pathText(issue.path.map((key) => (typeof key === "number" ? key : String(key))));
  const message = escapeHidden(issue.message);
  return `${path === "" ? "the file" : path}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
