import { below, firstOf, nearest, quote, type DiagnosticCode, type Path, type Problem } from "../diagnostics";
import type { ManifestOrigin, WrittenRegion } from "../model/accessModel";
import type { Correction } from "../model/correction";

/** Collects problems, each once: a value of `defaults` reaches many entries, but is wrong in one place. */
export class Problems {
  readonly #seen = new Map<string, Problem>();
  readonly #unlisted = new Map<string, WrittenRegion>();

  at(origin: ManifestOrigin): ManifestPlace {
    return new ManifestPlace(origin, this);
  }

  add(problem: Problem): void {
    const { code, origin, message } = problem;
    this.#seen.set(JSON.stringify([code, origin.file, origin.path, message]), problem);
  }

  /** A region that our list does not have: no problem yet, since AWS may have opened it since. */
  unlistedRegion(region: string, origin: ManifestOrigin): void {
    this.#unlisted.set(JSON.stringify([origin.file, origin.path]), { region, origin });
  }

  /** Sorted by place. */
  get unlistedRegions(): readonly WrittenRegion[] {
    return [...this.#unlisted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, written]) => written);
  }

  get size(): number {
    return this.#seen.size;
  }

  get list(): readonly Problem[] {
    return [...this.#seen.values()];
  }
}

/** A place of the manifest, where problems are reported. */
export class ManifestPlace {
  readonly origin: ManifestOrigin;
  readonly problems: Problems;

  constructor(origin: ManifestOrigin, problems: Problems) {
    this.origin = origin;
    this.problems = problems;
  }

  below(...path: Path): ManifestPlace {
    return this.problems.at(below(this.origin, ...path));
  }

  /** `at` the key where the key is the mistake, and not its value. */
  refuse(
    code: DiagnosticCode,
    { problem, remedy, at = "value" }: Correction & { readonly at?: "key" | "value" },
  ): null {
    this.problems.add({ code, origin: this.origin, at, message: problem, remedy });
    return null;
  }

  /** A name that refers to nothing. `what` is the noun, e.g. `account`; `known` the names that exist; `meant` the one that was meant. */
  unknownName(what: string, name: string, known: readonly string[], meant?: string): null {
    // Looking for the nearest of many names, for many names, would take minutes.
    const near = meant ?? (this.problems.size < 200 ? nearest(name, known) : undefined);
    const some = firstOf(10, known.map(quote)) || "none";
    return this.refuse("R01", {
      problem: `no ${what} is named ${quote(name)}; there ${known.length === 1 ? "is" : "are"} ${some}`,
      remedy: near === undefined ? `declare it, or name one that exists` : `did you mean ${quote(near)}?`,
    });
  }
}

/** A correction that says first what it is about. */
export function about(text: string, { problem, remedy }: Correction): Correction {
  return { problem: `${quote(text)} ${problem}`, remedy };
}
