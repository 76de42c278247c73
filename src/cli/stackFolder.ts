import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AccessModel } from "../model/accessModel";
import type { DeployedStack } from "../model/deployed";
import { isShardName, stackName, stacksOf } from "../model/shards";
import { deployedIn } from "../terraform/deployed";
import { stackFile } from "../terraform/stack";
import { SynthError } from "./synthError";

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
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/**
 * Takes away the configuration of stacks that are no longer declared; their state may still be needed.
 * @param stacks - the folder that holds a folder for each stack
 * @param only - of this account alone
 * @returns their names, sorted
 */
export function abandon(model: AccessModel, stacks: string, only: string | undefined): readonly string[] {
  if (!existsSync(stacks)) return [];
  folder(stacks);
  const declared = new Set(namesOfStacks(model));
  const abandoned = readdirSync(stacks, { withFileTypes: true })
    .filter((e) => e.isDirectory() && stackNames.test(e.name) && !declared.has(e.name))
    .map((e) => e.name)
    .filter((name) => only === undefined || isShardName(name, only))
    .filter((name) => existsSync(join(stacks, name, stackFile)))
    .sort();
  for (const name of abandoned) {
    rmSync(join(stacks, name, stackFile));
    removeIfEmpty(join(stacks, name));
  }
  return abandoned;
}

/** What Terraform keeps in a stack's folder may still be needed. */
function removeIfEmpty(path: string): void {
  if (readdirSync(path).length === 0) rmdirSync(path);
}

/** The names of all stacks of a model, in the order of its accounts. */
export function namesOfStacks({ accounts }: AccessModel): readonly string[] {
  return accounts.flatMap(({ name, shards }) =>
    Array.from({ length: shards }, (_, i) => stackName(name, i + 1)),
  );
}

/**
 * Makes sure that a path is a folder, and not a link to one: nothing is written through a link.
 * @throws SynthError - `not-a-folder`
 */
export function folder(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) mkdirSync(path, { recursive: true });
  else if (!stat.isDirectory()) {
    const what = stat.isSymbolicLink() ? "a link" : "a file";
    throw new SynthError(
      "not-a-folder",
      `${path} is ${what}: remove it, stacks are written into folders only`,
    );
  }
}
