/**
 * Proofs run on the same cases every time, so that a failure is one of the change at hand: with `FULL=1` in the
 * environment on many more, and with `SEED=…`, a whole number, on new ones.
 */
export const full = process.env["FULL"] === "1";
const seed = Number(process.env["SEED"] ?? 20260601);

/** Parameters of fast-check for a number of runs, and for that of the long proof. */
export function runs(numRuns: number, inFull = numRuns): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: full ? inFull : numRuns, seed };
}
