import { nearest, quote, type DiagnosticCode, type Origin, type Problem } from "../diagnostics";

/** Collects problems, each once: a value of `defaults` reaches many entries, but is wrong in one place. */
export class Problems {
  readonly #seen = new Map<string, Problem>();

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
    const some = known.slice(0, 10).map(quote).join(", ") || "none";
    const more = known.length > 10 ? ` and ${known.length - 10} more` : "";
    this.add(
      "R01",
      origin,
      `no ${what} is named ${quote(name)}; there ${known.length === 1 ? "is" : "are"} ${some}${more}`,
      near === undefined ? `declare it, or name one that exists` : `did you mean ${quote(near)}?`,
    );
  }

  get list(): readonly Problem[] {
    return [...this.#seen.values()];
  }
}

/** An origin further down. */
export function below(origin: Origin, ...path: readonly (string | number)[]): Origin {
  return { file: origin.file, path: [...origin.path, ...path] };
}
