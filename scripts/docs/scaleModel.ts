/** What the arithmetic of docs/scale.md rests on. Change a figure and run `npm run generate`. */
export interface ScaleAssumptions {
  readonly repositories: number;
  readonly accounts: number;
  /** Stacks that one account's roles are spread over: `shards`. */
  readonly shards: number;
  /** Terraform processes that run at one time. */
  readonly runners: number;
  /** Calls that one Terraform makes at a time: its `-parallelism`. */
  readonly parallelism: number;
  /** Seconds from a call to its answer. */
  readonly latency: number;
  /** Calls per second that IAM answers for one account in the long run. */
  readonly rate: number;
  /** Calls that it answers at once before that. */
  readonly burst: number;
  /** Calls of a refresh for each role. */
  readonly refreshCalls: number;
  /** Calls that make a role, those that read it again included. */
  readonly createCalls: number;
  /** Seconds of Terraform's own work for each role of a stack, refresh aside. */
  readonly ownSeconds: number;
  /** Seconds of a run that do not depend on its size: checkout, init, lock, reading and writing the state. */
  readonly fixedSeconds: number;
  /** Bytes of the state for each role. */
  readonly stateBytes: number;
}

export const assumptions: ScaleAssumptions = Object.freeze({
  repositories: 100_000,
  accounts: 100,
  shards: 1,
  runners: 20,
  parallelism: 10,
  latency: 0.1,
  rate: 20,
  burst: 100,
  refreshCalls: 5,
  createCalls: 7,
  ownSeconds: 0.013,
  fixedSeconds: 30,
  stateBytes: 2_750,
});

/**
 * Seconds until all stacks are done: whichever is the bottleneck of one stack, the account's rate or Terraform's own
 * parallelism, times the rounds that the runners need.
 * @param callsPerRole - of a refresh, or of the first apply
 */
export function estimate(a: ScaleAssumptions, callsPerRole: number): number {
  const rolesPerStack = a.repositories / (a.accounts * a.shards);
  const calls = rolesPerStack * callsPerRole;
  // Shards of one account that run at once share its bucket.
  const together = Math.min(a.shards, Math.max(1, a.runners / a.accounts));
  const atRate = Math.max(0, calls * together - a.burst) / a.rate;
  const inParallel = (calls * a.latency) / a.parallelism;
  const one = a.fixedSeconds + a.ownSeconds * rolesPerStack + Math.max(atRate, inParallel);
  return one * Math.ceil((a.accounts * a.shards) / a.runners);
}
