import { escapeHidden } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { isShardName } from "../model/shards";

/** How a synth's stacks differ from those that its folder had. */
export interface StackChanges {
  /** Names of stacks that are declared no longer: their configuration is gone, their state is left. */
  readonly abandoned: readonly string[];
  /** Names of accounts that have more stacks than the folder had: some of their roles are in another one now. */
  readonly spread: readonly string[];
}

const moveFirst =
  'move their state before you deploy, as "Changing the number of shards" in docs/deploying.md says';

/**
 * What somebody must know who deploys after stacks have come or gone, a line each.
 * @param outdir - the synth's folder, as it was given
 */
export function stackChanges(
  { accounts }: AccessModel,
  { abandoned, spread }: StackChanges,
  outdir: string,
): readonly string[] {
  const place = escapeHidden(outdir);
  const gone = abandoned.map((name) => {
    const owner = accounts.find((account) => isShardName(name, account.name));
    return owner === undefined
      ? `the account ${name} is declared no longer: its stack is gone from ${place}, and what it made is still in AWS`
      : `the stack ${name} is declared no longer: it is gone from ${place}, and what it made is still in AWS; if it was a shard of the account ${owner.name}, other stacks have its roles now: ${moveFirst}`;
  });
  const more = spread.map(
    (name) =>
      `the account ${name} has more stacks than ${place} had, and they have some of its roles now: deployed like this, Terraform destroys those and makes them again; ${moveFirst}`,
  );
  return [...gone, ...more];
}
