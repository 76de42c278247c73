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
  for (const token of tokens) {
    if (token === "many") {
      open = true;
      continue;
    }
    if (token !== "one" && open) {
      ordered.push("many");
      open = false;
    }
    ordered.push(token);
  }
  return open ? [...ordered, "many"] : ordered;
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
  // Row by row of a: at which places of b can the rest of both still meet?
  let below = rowOf(undefined, null, b);
  for (let i = a.length - 1; i >= 0; i--) below = rowOf(a[i], below, b);
  return below[0] ?? false;
}

/** Can what begins at this place of a, and at each place of b, meet? `below` is the row of a's next place. */
function rowOf(token: Token | undefined, below: readonly boolean[] | null, b: Pattern): readonly boolean[] {
  const row = new Array<boolean>(b.length + 1).fill(false);
  for (let j = b.length; j >= 0; j--) {
    const other = b[j];
    const skipA = token === "many" && (below?.[j] ?? false);
    const stayA = token === "many" && other !== undefined && (row[j + 1] ?? false);
    const skipB = other === "many" && (row[j + 1] ?? false);
    const stayB = other === "many" && token !== undefined && (below?.[j] ?? false);
    const both = sharePlace(token, other) && (below?.[j + 1] ?? false);
    row[j] = skipA || stayA || skipB || stayB || both || (token === undefined && other === undefined);
  }
  return row;
}

function sharePlace(a: Token | undefined, b: Token | undefined): boolean {
  if (a === undefined || b === undefined || a === "many" || b === "many") return false;
  return a === "one" || b === "one" || a.literal === b.literal;
}
