import { Drafts } from "../../src/cli/drafts";
import { draftStacks, type StackOptions } from "../../src/cli/stackFolder";
import type { AccessModel } from "../../src/model/accessModel";

/** Writes the stacks of a model, as `synth` does in a folder. @returns how many */
export function synthesize(
  model: AccessModel,
  { workingDirectory, ...options }: StackOptions & { readonly workingDirectory: string },
): number {
  const home = process.cwd();
  process.chdir(workingDirectory);
  const drafts = new Drafts();
  try {
    const count = draftStacks(drafts, model, options, process);
    const [obstacle] = drafts.obstacles;
    if (obstacle !== undefined) throw new Error(`${obstacle.path}: ${obstacle.message}`);
    drafts.commit();
    return count;
  } finally {
    drafts.discard();
    process.chdir(home);
  }
}
