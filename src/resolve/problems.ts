import { firstOf, nearest, quote, type DiagnosticCode, type Origin, type Problem } from "../diagnostics";
import type { WrittenRegion } from "../model/accessModel";

/** Collects problems, each once: a value of `defaults` reaches many entries, but is wrong in one place. */
export class Problems {
  readonly #seen = new Map<string, Problem>();
  readonly #unlisted = new Map<string, WrittenRegion>();

  add(
    code: DiagnosticCode,
    origin: Origin,
    message: string,
    remedy: string,
    at: "key" | "value" = "value",
  ): void {
    const problem: Problem = { code, origin, at, message, remedy };
    this.#seen.set(JSON.stringify([code, origin.file, origin.path, message]), problem);
  }

  /** A name that refers to nothing. `what` is the noun, e.g. `account`; `known` the names that exist; `meant` the one that was meant. */
  unknownName(origin: Origin, what: string, name: string, known: readonly string[], meant?: string): void {
    // Looking for the nearest of many names, for many names, would take minutes.
    const near = meant ?? (this.#seen.size < 200 ? nearest(name, known) : undefined);
    const some = firstOf(10, known.map(quote)) || "none";
    this.add(
      "R01",
      origin,
      `no ${what} is named ${quote(name)}; there ${known.length === 1 ? "is" : "are"} ${some}`,
      near === undefined ? `declare it, or name one that exists` : `did you mean ${quote(near)}?`,
    );
  }

  /** A region that our list does not have: no problem yet, since AWS may have opened it since. */
  unlistedRegion(region: string, origin: Origin): void {
    this.#unlisted.set(JSON.stringify([origin.file, origin.path]), { region, origin });
  }

  /** Sorted by place. */
  get unlistedRegions(): readonly WrittenRegion[] {
    return [...this.#unlisted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, written]) => written);
  }

  get list(): readonly Problem[] {
    return [...this.#seen.values()];
  }
}
