import {
  CORE_SCHEMA,
  YAMLException,
  floatYaml11Tag,
  intYaml11Tag,
  load,
  mergeTag,
  timestampTag,
} from "js-yaml";
import * as z from "zod";
import { escapeHidden, pathText, type Path } from "../../diagnostics";
import type { TaskFormat } from "../../model/accessModel";
import type { TaskPhase } from "../../model/gitpodYml";

/*
 * The rules of .gitpod.yml and .ona/automations.yaml that decide whether a workspace starts with them, written from the
 * documentation of both. Sections that a snippet never has are checked for their outer shape only.
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

const gitpodSchema = z.strictObject({
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

const automationKey = z.string().regex(/^[\w-]{1,128}$/, "expected letters, digits, _ and -, at most 128");

/** @see https://ona.com/docs/ona/reference/automations-yaml-schema */
const automationsSchema = z.strictObject({
  tasks: z
    .record(
      automationKey,
      z.strictObject({
        name: z.string(),
        command: z.string().optional(),
        description: z.string().optional(),
        dependsOn: z.array(automationKey).optional(),
        triggeredBy: z
          .array(
            z.enum(["manual", "postDevcontainerStart", "postEnvironmentStart", "prebuild", "beforeSnapshot"]),
          )
          .optional(),
        runsOn: z.unknown().optional(),
        prebuildRequiresSuccess: z.boolean().optional(),
      }),
    )
    .optional(),
  services: z.record(automationKey, z.record(z.string(), z.unknown())).optional(),
});

const schemas: Readonly<Record<TaskFormat, z.ZodType>> = Object.freeze({
  "gitpod.yml": gitpodSchema,
  "automations.yaml": automationsSchema,
});

/** Where in a repository each stands. */
export const taskFileNames: Readonly<Record<TaskFormat, string>> = Object.freeze({
  "gitpod.yml": ".gitpod.yml",
  "automations.yaml": ".ona/automations.yaml",
});

/** The commands of a task, in the order in which they run. */
export const taskPhases: readonly TaskPhase[] = Object.freeze(["before", "init", "prebuild", "command"]);

/** What is wrong at one place of a file of tasks. */
export interface TaskFileProblem {
  /** The way down to it; empty for the whole file, and where the text is not YAML. */
  readonly path: Path;
  /** Where the parser stopped, in UTF-16 code units; null where it did not. */
  readonly offset: number | null;
  readonly message: string;
}

/** A file of tasks as Gitpod or Ona reads it. */
export interface TaskFile {
  readonly format: TaskFormat;
  /** What the parser read: the text, with blanks before lines that Gitpod accepts and the parser does not. */
  readonly text: string;
  /** What the text says, whether it is accepted or not; undefined where it is not one YAML document. */
  readonly value: unknown;
  /** What keeps it from being accepted; empty for a valid file. */
  readonly problems: readonly TaskFileProblem[];
}

/**
 * Reads a `.gitpod.yml` or `.ona/automations.yaml`: its content says which, or else `format`.
 * @see https://www.gitpod.io/docs/references/gitpod-yml
 */
export function readTaskFile(text: string, format: TaskFormat = "gitpod.yml"): TaskFile {
  const { problem, ...read } = loadAsGitpod(text);
  if (problem !== undefined) return { ...read, format, problems: [problem] };
  const found = formatOf(read.value) ?? format;
  const issues = schemas[found].safeParse(read.value).error?.issues ?? [];
  return { ...read, format: found, problems: issues.map(issueProblem) };
}

function formatOf(value: unknown): TaskFormat | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { tasks, ...others } = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(tasks)) return "gitpod.yml";
  const isMap = (found: unknown) => typeof found === "object" && found !== null && !Array.isArray(found);
  const inside: readonly unknown[] = isMap(tasks) ? Object.values(tasks as object) : ["none"];
  if (inside.length === 0 || inside.some(isMap) || "services" in others) return "automations.yaml";
  return Object.keys(others).length > 0 ? "gitpod.yml" : null;
}

/** The problems of a file as `path: problem`; where it is not YAML, as `line 3: problem`. */
export function problemTexts(text: string, file: TaskFile = readTaskFile(text)): readonly string[] {
  return file.problems.map(({ path, offset, message }) => {
    const line = offset === null ? null : text.slice(0, offset).split("\n").length;
    return `${line === null ? (path.length === 0 ? "the file" : pathText(path)) : `line ${line}`}: ${message}`;
  });
}

/** Lines that are indented for the parser before it is taken at its word, and the blanks that each is given. */
const [mostRepairs, repair] = [100, " ".repeat(100)];

/** Gitpod's js-yaml 3 only warns where brackets or quoted text go on too far left; ours is given blanks. */
function loadAsGitpod(
  text: string,
): Pick<TaskFile, "text" | "value"> & { readonly problem?: TaskFileProblem } {
  let repaired = text;
  for (let count = 0; ; count++) {
    try {
      return { text: repaired, value: load(repaired, { schema: gitpodYaml }) };
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      // The mark is missing where the whole stream is wrong, whatever the types say.
      const { position } = (error.mark ?? { position: null }) as { readonly position: number | null };
      if (error.reason !== "deficient indentation" || position === null || count === mostRepairs) {
        const offset = position === null ? null : Math.max(0, position - repaired.length + text.length);
        const problem = { path: [], offset, message: escapeHidden(error.reason) };
        return { text: repaired, value: undefined, problem };
      }
      const start = repaired.lastIndexOf("\n", position - 1) + 1;
      repaired = repaired.slice(0, start) + repair + repaired.slice(start);
    }
  }
}

function issueProblem(issue: z.core.$ZodIssue): TaskFileProblem {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const message = escapeHidden(issue.message);
  return { path, offset: null, message: `${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}
