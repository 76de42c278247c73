import { assumptions, estimate, type ScaleAssumptions } from "../../scripts/docs/scaleModel";

const small = { ...assumptions, repositories: 2_000, accounts: 10, runners: 4 };

test.each([
  ["as assumed", {}],
  ["one runner", { runners: 1 }],
  ["as many runners as accounts", { runners: 10 }],
  ["shards one after the other", { shards: 4 }],
  ["shards of one account at once", { shards: 4, runners: 40 }],
  ["an IAM that is never full", { rate: 1_000, burst: 10_000 }],
  ["an IAM that answers slowly", { rate: 5 }],
  ["long ways to IAM", { latency: 2 }],
])("the arithmetic agrees with the simulation to a tenth: %s", (_, change) => {
  const a = { ...small, ...change };
  for (const calls of [a.refreshCalls, a.createCalls]) {
    const { seconds } = simulate(a, calls);
    expect(Math.abs(seconds - estimate(a, calls)) / seconds).toBeLessThan(0.1);
  }
});

test("the simulation makes every call, and no account answers faster than its rate", () => {
  const one = { ...small, accounts: 1, repositories: 500, fixedSeconds: 0, ownSeconds: 0 };
  const { calls, seconds } = simulate(one, one.refreshCalls);
  expect(calls).toBe(2_500);
  expect(seconds).toBeGreaterThanOrEqual((calls - one.burst) / one.rate);
});

/** How long all stacks take. */
interface ScaleResult {
  readonly roles: number;
  readonly calls: number;
  /** Seconds from the first runner's start to the last one's end. */
  readonly seconds: number;
}

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
function simulate(a: ScaleAssumptions, callsPerRole: number): ScaleResult {
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
