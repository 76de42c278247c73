import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { escapeHidden } from "../diagnostics";
import { jsonValue, own, readJson } from "../documents/json";
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
import { unknownName } from "./commandError";
import { namesIn, tidyPath, type Drafts } from "./drafts";
import { readRegularFile } from "./files";
import type { CommandIo } from "./io";

/** Writes stacks, and the list of them, into an empty folder, as cdktf does. */
export type StackWriter = (folder: string, stacks: readonly StackSource[]) => void;

/** Where stacks are written, and which. */
export interface StackOptions {
  /** Folder of the synth's output, `cdktf.out` as a rule; relative to the working directory, where local states are. */
  readonly outdir: string;
  /** This account's stacks alone. @default - all of them */
  readonly only?: string | undefined;
  /** Annotations of the stacks, by name. @default - none */
  readonly findings?: ReadonlyMap<string, StackFindings>;
  /** @default - what needs no cdktf */
  readonly write?: StackWriter | undefined;
}

const stackNames = /^[a-z0-9][a-z0-9-]{0,34}$/;

/** What a deploy may destroy: what local states hold, and of stacks without one what the last synth wrote. */
export function lastStacks(
  model: AccessModel,
  { outdir, only }: StackOptions,
  io: Pick<CommandIo, "stderr">,
): readonly DeployedStack[] {
  const stacks = join(outdir, stacksFolder);
  const declared = model.accounts.flatMap(stacksOf);
  const files = [
    ...namesIn(stacks).map((name) => [name, join(stacks, name, stackFile)] as const),
    ...declared.flatMap(({ name, account: { backend } }) =>
      backend.kind === "local" ? [[name, backend.path] as const] : [],
    ),
    // The state of a stack that is no longer declared is where a manifest has it that says nothing else.
    ...namesIn(".")
      .map((file) => [/^terraform\.(.+)\.tfstate$/.exec(file)?.[1] ?? "", file] as const)
      .filter(([name]) => declared.every((stack) => stack.name !== name)),
  ].filter(
    ([name]) => stackNames.test(name) && (only === undefined || name === only || isShardName(name, only)),
  );
  // A state comes later, and counts alone: it is what there is.
  const found = new Map(
    files.flatMap(([name, file]) => {
      const value = jsonIn(file, io);
      return value === undefined ? [] : [[name, deployedIn(name, value)] as const];
    }),
  );
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What Terraform or the last synth wrote; undefined where there is nothing, and where stderr says that it is damaged. */
function jsonIn(file: string, { stderr }: Pick<CommandIo, "stderr">): unknown {
  const read = readRegularFile(file, Infinity);
  if (!read.ok) return undefined;
  const text = new TextDecoder().decode(read.bytes);
  // Terraform leaves an empty state where its first plan is killed.
  const value = text.trim() === "" ? {} : jsonValue(text);
  if (value !== undefined) return value;
  const { problems, locate } = readJson(text);
  const { line, column } = locate([]);
  stderr.write(
    `${escapeHidden(file)}:${line}:${column}: ${problems[0]?.message ?? "this is not JSON"}, so what it lists does not count\n`,
  );
  return undefined;
}

/** Drafts the stacks of a model and their list, and removes the configuration, but not the state, of others of ours. */
export function draftStacks(
  drafts: Drafts,
  model: AccessModel,
  { only, findings, write, ...given }: StackOptions,
  io: Pick<CommandIo, "stderr">,
): number {
  const outdir = tidyPath(given.outdir);
  // From a stack's folder, where Terraform runs: no absolute path enters the output.
  const root = relative(join(resolve(outdir), stacksFolder, "any"), resolve(".")).replaceAll(sep, "/");
  const stacks = stackSources(model, selected(model, only), root, findings);
  const present = drafts.filesBelow(outdir, 2);
  const texts = write === undefined ? null : textsBy(write, stacks);
  for (const stack of stacks) {
    const file = fileOf(stack);
    drafts.add(outdir, { file, text: texts?.get(file) ?? stackText(stack) });
  }
  const names = model.accounts.flatMap(({ name, shards }) =>
    Array.from({ length: shards }, (_, i) => stackName(name, i + 1)),
  );
  const list = texts?.get(synthManifestFile) ?? synthManifestText(stacks);
  const last = only === undefined ? undefined : jsonIn(join(outdir, synthManifestFile), io);
  drafts.add(outdir, { file: synthManifestFile, text: completed(names, list, last) });
  for (const file of present) {
    const name = basename(dirname(file));
    const isStack = file === fileOf({ name }) && stackNames.test(name);
    if (isStack && !names.includes(name) && (only === undefined || isShardName(name, only)))
      drafts.remove(outdir, file);
  }
  return stacks.length;
}

function fileOf({ name }: Pick<StackSource, "name">): string {
  return `${stacksFolder}/${name}/${stackFile}`;
}

/** What another writer makes of stacks, by file. */
function textsBy(write: StackWriter, stacks: readonly StackSource[]): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-"));
  try {
    write(folder, stacks);
    const files = [...stacks.map(fileOf), synthManifestFile];
    return new Map(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function selected(model: AccessModel, only: string | undefined): readonly Account[] {
  if (only === undefined) return model.accounts;
  const found = model.accounts.filter((a) => a.name === only);
  if (found.length > 0) return found;
  throw unknownName(
    "account",
    only,
    model.accounts.map((a) => a.name),
  );
}

/** A list of stacks in the order of the model, completed by what the last one has of others that are still declared. */
function completed(names: readonly string[], list: string, last: unknown): string {
  const { stacks: written, version } = jsonValue(list) as {
    readonly stacks: object;
    readonly version: string;
  };
  const stacks = names.flatMap((name) => {
    const entry = own(written, name) ?? own(own(last, "stacks"), name);
    return entry === undefined ? [] : [[name, entry] as const];
  });
  return `${JSON.stringify({ stacks: Object.fromEntries(stacks), version }, null, 2)}\n`;
}
