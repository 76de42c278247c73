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

/** How long all stacks take. */
export interface ScaleResult {
  readonly roles: number;
  readonly calls: number;
  /** Seconds from the first runner's start to the last one's end. */
  readonly seconds: number;
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

/** Calls of a stack that are in flight at one time, and the account that answers them. */
interface Stack {
  readonly account: number;
  left: number;
}

/** What IAM still answers at once for one account. */
interface Bucket {
  tokens: number;
  filled: number;
}

/**
 * Plays the runs of all stacks call by call: runners take the stacks in order, each stack keeps `parallelism` calls in
 * flight, and each account answers from a bucket of tokens that fills at `rate`, to `burst` at the most.
 * @param callsPerRole - of a refresh, or of the first apply
 */
export function simulate(a: ScaleAssumptions, callsPerRole: number): ScaleResult {
  const stacks = stacksOf(a, callsPerRole);
  const buckets = Array.from({ length: a.accounts }, (): Bucket => ({ tokens: a.burst, filled: 0 }));
  const rolesPerStack = a.repositories / (a.accounts * a.shards);
  const queue = new MomentQueue<Stack | "start">();
  for (let i = 0; i < Math.min(a.runners, stacks.length); i++) queue.add(0, "start");
  let [next, end] = [0, 0];
  for (let event = queue.take(); event !== undefined; event = queue.take()) {
    const { at, what } = event;
    end = Math.max(end, at);
    if (what === "start") {
      const stack = stacks[next++];
      if (stack === undefined) continue;
      const begin = at + a.fixedSeconds + a.ownSeconds * rolesPerStack;
      for (let i = 0; i < a.parallelism; i++) queue.add(begin, stack);
    } else if (what.left > 0) {
      what.left -= 1;
      const bucket = buckets[what.account];
      if (bucket !== undefined) queue.add(answered(bucket, at, a) + a.latency, what);
    } else if (what.left === 0) {
      // The last calls of a stack come back one by one; the first that finds no more work frees the runner.
      what.left = -1;
      queue.add(at, "start");
    }
  }
  const calls = stacks.length * Math.round(rolesPerStack * callsPerRole);
  return { roles: a.repositories, calls, seconds: end };
}

function stacksOf(a: ScaleAssumptions, callsPerRole: number): readonly Stack[] {
  const calls = Math.round((a.repositories / (a.accounts * a.shards)) * callsPerRole);
  // Shards of one account are far apart in the queue: together they would wait for one bucket.
  return Array.from({ length: a.accounts * a.shards }, (_, i) => ({ account: i % a.accounts, left: calls }));
}

/** When a call that is made at a moment gets its token. */
function answered(bucket: Bucket, at: number, { rate, burst }: ScaleAssumptions): number {
  const since = Math.max(bucket.filled, at);
  const tokens = Math.min(burst, bucket.tokens + (since - bucket.filled) * rate);
  const wait = tokens >= 1 ? 0 : (1 - tokens) / rate;
  bucket.tokens = tokens + wait * rate - 1;
  bucket.filled = since + wait;
  return since + wait;
}

/** What happens when: the earliest first, in the order of adding among equals. A heap. */
class MomentQueue<T> {
  readonly #heap: { readonly at: number; readonly order: number; readonly what: T }[] = [];
  #order = 0;

  add(at: number, what: T): void {
    const heap = this.#heap;
    heap.push({ at, order: this.#order++, what });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfLater(parent, i)) return;
      i = parent;
    }
  }

  take(): { readonly at: number; readonly what: T } | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      const child = right < heap.length && this.#isLater(left, right) ? right : left;
      if (child >= heap.length || !this.#swapIfLater(i, child)) return first;
      i = child;
    }
  }

  #isLater(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (!x || !y) return false;
    return x.at > y.at || (x.at === y.at && x.order > y.order);
  }

  #swapIfLater(a: number, b: number): boolean {
    if (!this.#isLater(a, b)) return false;
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (x && y) [this.#heap[a], this.#heap[b]] = [y, x];
    return true;
  }
}

/**
 * The same by arithmetic, without playing it: whichever is the bottleneck of one stack, the account's rate or
 * Terraform's own parallelism, times the rounds that the runners need.
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
