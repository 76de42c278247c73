import { Drafts } from "../../src/cli/drafts";
import { draftStacks, type StackOptions } from "../../src/cli/stackFolder";
import type { AccessModel } from "../../src/model/accessModel";

/** Writes the stacks of a model, as `synth` does. @returns how many */
export function synthesize(model: AccessModel, options: StackOptions): number {
  const drafts = new Drafts();
  try {
    const count = draftStacks(drafts, model, options);
    const [obstacle] = drafts.obstacles;
    if (obstacle !== undefined) throw new Error(`${obstacle.path}: ${obstacle.message}`);
    drafts.commit();
    return count;
  } finally {
    drafts.discard();
  }
}
