import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { quote } from "../diagnostics";
import type { AccessModel, Account } from "../model/accessModel";
import type { DeployedStack } from "../model/deployed";
import { isShardName, stackName, stacksOf } from "../model/shards";
import { deployedIn } from "../terraform/deployed";
import {
  stackFile,
  stacksFolder,
  stackSources,
  stackText,
  synthManifestFile,
  synthManifestText,
  type StackFindings,
  type StackSource,
} from "../terraform/stack";
import { CommandError } from "./commandError";
import { tidyPath, type Drafts } from "./drafts";
import { readRegularFile } from "./files";

const stackNames = /^[a-z0-9][a-z0-9-]{0,34}$/;

/**
 * What a deploy may destroy: what local states hold, and of stacks without one what the last synth wrote.
 * @param stacks - the folder that holds a folder for each stack
 * @param workingDirectory - where local states are
 * @param only - of this account alone
 */
export function lastStacks(
  model: AccessModel,
  { stacks, workingDirectory, only }: { stacks: string; workingDirectory: string; only: string | undefined },
): readonly DeployedStack[] {
  const declared = model.accounts.flatMap(stacksOf);
  const isNew = (name: string) => !declared.some((stack) => stack.name === name);
  const files = [
    ...namesIn(stacks).map((name) => ({ name, file: join(stacks, name, stackFile) })),
    ...declared.flatMap(({ name, account: { backend } }) =>
      backend.kind === "local" ? [{ name, file: join(workingDirectory, backend.path) }] : [],
    ),
    // The state of a stack that is no longer declared is where a manifest has it that says nothing else.
    ...namesIn(workingDirectory)
      .map((file) => ({
        name: /^terraform\.(.+)\.tfstate$/.exec(file)?.[1] ?? "",
        file: join(workingDirectory, file),
      }))
      .filter(({ name }) => isNew(name)),
  ].filter(
    ({ name }) => stackNames.test(name) && (only === undefined || name === only || isShardName(name, only)),
  );
  const found = new Map<string, DeployedStack>();
  for (const { name, file } of files) {
    const text = textOf(file);
    if (text === null) continue;
    // A state comes later, and counts alone: it is what there is.
    found.set(name, deployedIn(name, text));
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function textOf(file: string): string | null {
  const read = readRegularFile(file, Infinity);
  return read.ok ? new TextDecoder().decode(read.bytes) : null;
}

/** Writes stacks, and the list of them, into an empty folder, as cdktf does. */
export type StackWriter = (folder: string, stacks: readonly StackSource[]) => void;

/** Where stacks are written, and which. */
export interface StackOptions {
  /** Folder of the synth's output, `cdktf.out` as a rule; relative to the working directory. */
  readonly outdir: string;
  /** Folder of `cdktf.json`: local state is kept relative to it. */
  readonly workingDirectory: string;
  /** This account's stacks alone. @default - all of them */
  readonly only?: string | undefined;
  /** Annotations of the stacks, by name. @default - none */
  readonly findings?: ReadonlyMap<string, StackFindings>;
  /** @default - what needs no cdktf */
  readonly write?: StackWriter | undefined;
}

/**
 * Drafts the stacks of a model and the list of them, and the removal of stacks that are no longer declared: of their
 * configuration, since their state may still be needed. What else is in the folders of stacks stays.
 * @returns how many stacks there are
 * @throws CommandError - where `only` is no account
 */
export function draftStacks(drafts: Drafts, model: AccessModel, options: StackOptions): number {
  const { only, workingDirectory, findings, write } = options;
  const outdir = tidyPath(
    isAbsolute(options.outdir) ? options.outdir : join(workingDirectory, options.outdir),
  );
  // From a stack's folder, where Terraform runs: no absolute path enters the output.
  const root = relative(join(resolve(outdir), stacksFolder, "any"), resolve(workingDirectory));
  const stacks = stackSources(model, selected(model, only), root.replaceAll(sep, "/"), findings);
  const present = drafts.filesBelow(outdir, 2);
  const { textOfStack, list } = texts(stacks, drafts, write);
  for (const stack of stacks)
    drafts.add(outdir, { file: `${stacksFolder}/${stack.name}/${stackFile}`, text: textOfStack(stack) });
  const listed = whole(model, list, textOf(join(outdir, synthManifestFile)));
  drafts.add(outdir, { file: synthManifestFile, text: listed });
  const declared = new Set(namesOfStacks(model));
  for (const file of present) {
    const name = basename(dirname(file));
    const isStack = file === `${stacksFolder}/${name}/${stackFile}` && stackNames.test(name);
    if (isStack && !declared.has(name) && (only === undefined || isShardName(name, only)))
      drafts.remove(outdir, file);
  }
  return stacks.length;
}

function selected(model: AccessModel, only: string | undefined): readonly Account[] {
  if (only === undefined) return model.accounts;
  const found = model.accounts.filter((a) => a.name === only);
  if (found.length > 0) return found;
  const names = model.accounts.map((a) => a.name).join(", ");
  throw new CommandError(`no account is named ${quote(only)}`, `write --only with one of ${names}`);
}

function texts(
  stacks: readonly StackSource[],
  drafts: Drafts,
  write: StackWriter | undefined,
): { readonly textOfStack: (stack: StackSource) => string; readonly list: string } {
  if (write === undefined) return { textOfStack: stackText, list: synthManifestText(stacks) };
  const folder = drafts.scratch();
  write(folder, stacks);
  const text = (...path: readonly string[]) => readFileSync(join(folder, ...path), "utf8");
  return {
    textOfStack: ({ name }) => text(stacksFolder, name, stackFile),
    list: text(synthManifestFile),
  };
}

/** A list of stacks, completed by what the last synth said of others that are still declared. */
function whole(model: AccessModel, list: string, last: string | null): string {
  const { stacks: written, version } = JSON.parse(list) as StackList;
  const entries = { ...listedIn(last ?? ""), ...written };
  const stacks = Object.fromEntries(
    namesOfStacks(model)
      .map((name) => [name, entries[name]] as const)
      .filter(([, entry]) => entry !== undefined),
  );
  return `${JSON.stringify({ stacks, version }, null, 2)}\n`;
}

interface StackList {
  readonly stacks: Readonly<Record<string, unknown>>;
  readonly version: string;
}

function listedIn(text: string): StackList["stacks"] {
  try {
    const list = JSON.parse(text) as { stacks?: unknown } | null;
    return typeof list?.stacks === "object" && list.stacks !== null ? { ...list.stacks } : {};
  } catch {
    return {};
  }
}

/** The names of all stacks of a model, in the order of its accounts. */
function namesOfStacks({ accounts }: AccessModel): readonly string[] {
  return accounts.flatMap(({ name, shards }) =>
    Array.from({ length: shards }, (_, i) => stackName(name, i + 1)),
  );
}
