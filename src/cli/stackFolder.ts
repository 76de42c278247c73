import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AccessModel, Account } from "../model/accessModel";
import { isShardName, stackName } from "../model/shards";
import { stackFile } from "../terraform/stack";
import { SynthError } from "./synthError";

const stackNames = /^[a-z0-9][a-z0-9-]{0,34}$/;

/**
 * Has the account more stacks than the last synth wrote?
 * @param stacks - the folder that holds a folder for each stack
 */
export function isSpread({ name, shards }: Account, stacks: string): boolean {
  const written = (shard: number) => existsSync(join(stacks, stackName(name, shard), stackFile));
  return shards > 1 && written(1) && !written(shards);
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
