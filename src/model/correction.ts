/** Why a value cannot be one, and what to write instead. Neither quotes it. */
export interface Correction {
  readonly problem: string;
  readonly remedy: string;
}
