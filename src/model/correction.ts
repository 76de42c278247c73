/** Why a value cannot be one, and what to write instead. Neither quotes it. */
export interface Correction {
  readonly problem: string;
  readonly remedy: string;
}

/** What a reader returns for a text that it refuses. */
export interface Refusal extends Correction {
  readonly ok: false;
}

/** A result without a value. */
export function refuse(problem: string, remedy: string): Refusal {
  return { ok: false, problem, remedy };
}
