import { assumptions, estimate, simulate } from "../../scripts/docs/scaleModel";

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
