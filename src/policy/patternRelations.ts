import { covers, tokenize, type Token } from "./wildcard";

/** A value of a string operator, place by place; runs of wildcards are in one order, so that equal ones look equal. */
export type Pattern = readonly Token[];

/** Steps that a comparison of two patterns may take before it is given up, as one that could not be decided. */
const maxSteps = 4_000_000;

/**
 * The places of a value; null where it holds a policy variable.
 * @param wildcards - true for `StringLike`, whose `*` and `?` are wildcards
 */
export function patternOf(value: string, wildcards: boolean): Pattern | null {
  const tokens = tokenize(value, () => undefined, wildcards);
  if (tokens === null) return null;
  const ordered: Token[] = [];
  let open = false;
  for (const token of [...tokens, null]) {
    if (open && token !== "one" && token !== "many") ordered.push("many");
    open = token === "many" || (open && token === "one");
    if (token !== "many" && token !== null) ordered.push(token);
  }
  return ordered;
}

/** The text that everything begins with that a pattern matches, and whether a wildcard follows it. */
export function literalStart(pattern: Pattern): string {
  const end = pattern.findIndex((token) => typeof token === "string");
  return spelled(end < 0 ? pattern : pattern.slice(0, end), "", "");
}

/** A text that the pattern matches: `run` stands for its first `*`, `one` for each `?`, nothing for the other `*`. */
export function spelled(pattern: Pattern, run: string, one: string): string {
  const first = pattern.indexOf("many");
  return pattern
    .map((token, i) => (token === "many" ? (i === first ? run : "") : token === "one" ? one : token.literal))
    .join("");
}

/** Does one pattern match everything that the other does? False also where that takes too long to tell. */
export function coversPattern(wide: Pattern, narrow: Pattern): boolean {
  return wide.length * narrow.length <= maxSteps && covers(wide, narrow);
}

/** Is there a text that both of two texts with wildcards match? Taken for so of policy variables. */
export function textsMeet(one: string, other: string): boolean {
  const [a, b] = [patternOf(one, true), patternOf(other, true)];
  return a === null || b === null || patternsMeet(a, b);
}

/** Does a text with wildcards match everything that another one does? Not certain, and so false, of policy variables. */
export function coversText(wide: string, narrow: string): boolean {
  const [w, n] = [patternOf(wide, true), patternOf(narrow, true)];
  return w !== null && n !== null && coversPattern(w, n);
}

/** Is there a text that both patterns match? True also where that takes too long to tell. */
export function patternsMeet(a: Pattern, b: Pattern): boolean {
  if (a.length * b.length > maxSteps) return true;
  // From the end of a: at which places of b can the rest of both meet?
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row = new Array<boolean>(b.length + 1).fill(false);
    for (let j = b.length; j >= 0; j--) {
      const [one, other] = [a[i], b[j]];
      const [down, right] = [below[j] ?? false, row[j + 1] ?? false];
      row[j] =
        (one === undefined && other === undefined) ||
        (one === "many" && (down || (other !== undefined && right))) ||
        (other === "many" && (right || (one !== undefined && down))) ||
        (sharePlace(one, other) && (below[j + 1] ?? false));
    }
    below = row;
  }
  return below[0] ?? false;
}

function sharePlace(a: Token | undefined, b: Token | undefined): boolean {
  if (a === undefined || b === undefined || a === "many" || b === "many") return false;
  return a === "one" || b === "one" || a.literal === b.literal;
}
