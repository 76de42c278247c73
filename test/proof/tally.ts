/** Counts of outcomes: a proof that met one of them too rarely shows nothing. */
export class Tally {
  private readonly counts = new Map<string, number>();

  count(outcome: string): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
  }

  /** How many of all had this outcome, 0 to 1. */
  share(outcome: string): number {
    const all = [...this.counts.values()].reduce((a, b) => a + b, 0);
    return all === 0 ? 0 : (this.counts.get(outcome) ?? 0) / all;
  }
}
