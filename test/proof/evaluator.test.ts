import fc from "fast-check";
import { evaluateTrust } from "../../src/policy";
import { naiveAdmits } from "../support/naive";
import { full, runs } from "./settings";
import { trustCase } from "./trustCases";

const requestsPerPolicy = 5;

describe("the evaluator", () => {
  it("decides any trust policy as a naive reading of AWS's documentation does", () => {
    let admitted = 0;
    let refused = 0;
    fc.assert(
      fc.property(trustCase(requestsPerPolicy), ({ policy, requests }) => {
        for (const request of requests) {
          const expected = naiveAdmits(policy, request);
          if (expected) admitted += 1;
          else refused += 1;
          expect(evaluateTrust(policy, request).allowed).toBe(expected);
        }
      }),
      runs(300, 20_000),
    );
    const pairs = admitted + refused;
    expect(pairs).toBeGreaterThanOrEqual(full ? 100_000 : 1_500);
    expect(admitted / pairs).toBeGreaterThan(0.15);
    expect(refused / pairs).toBeGreaterThan(0.15);
    if (full) process.stderr.write(`${pairs} pairs, ${admitted} admitted\n`);
  }, 30_000);
});
