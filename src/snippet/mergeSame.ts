/**
 * Whether two values of YAML say the same; keys may come in any order. Takes time in what the files hold, however
 * often aliases repeat it, and ends where something stands inside of itself.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return new Comparison().same(a, b);
}

class Comparison {
  /** What was compared already, or is being compared: pairs that were found different end the comparison. */
  readonly #seen = new Map<object, Set<object>>();

  same(a: unknown, b: unknown): boolean {
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
    if (a instanceof Date || b instanceof Date)
      return a instanceof Date && b instanceof Date && Object.is(a.getTime(), b.getTime());
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const partners = this.#seen.get(a) ?? new Set();
    if (partners.has(b)) return true;
    this.#seen.set(a, partners.add(b));
    const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
    return (
      left.length === Object.keys(b).length &&
      left.every(([key, value]) => Object.hasOwn(right, key) && this.same(value, right[key]))
    );
  }
}
