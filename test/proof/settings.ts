/**
 * Proofs run on the same cases every time, so that a failure is one of the change at hand; with `FULL=1` in the
 * environment on many more, and new ones each time (fast-check prints the seed of a failure).
 */
export const full = process.env["FULL"] === "1";

/** Parameters of fast-check for a number of runs, and for that of the long proof. */
export function runs(numRuns: number, inFull: number): { readonly numRuns: number; readonly seed?: number } {
  return full ? { numRuns: inFull } : { numRuns, seed: 20260601 };
}
