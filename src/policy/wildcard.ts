/** One place of a pattern: a character to match literally, any one character, or any run of them. */
type Token = { readonly literal: string } | "one" | "many";

/** Looks up a policy variable by its name without `${}`; undefined where the request has no such key. */
export type Variables = (name: string) => string | undefined;

/** For documents of a version before 2012-10-17, in which `${…}` is text and no variable. */
export const textOnly: Variables = () => undefined;

/**
 * Matches text against a pattern as IAM's StringLike does: `*` any run of characters, `/` and line ends included, `?`
 * any one, `${*}`, `${?}` and `${$}` the characters themselves, other `${…}` variables, whose values are literal.
 * A pattern with a variable that the request does not have matches nothing, unless the variable has a default.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function matchesPattern(pattern: string, text: string, variables: Variables): boolean {
  // A policy of AWS's own may have thousands of actions, each asked about hundreds of times.
  const plain = pattern.search(/[*?$]/);
  if (plain < 0) return pattern === text;
  if (!text.startsWith(pattern.slice(0, plain))) return false;
  const tokens = tokenize(pattern.slice(plain), variables, true);
  const literals = Array.from(text.slice(plain), (literal) => ({ literal }));
  return tokens !== null && covers(tokens, literals);
}

/** Does one pattern match all that the other does? Greedy, with one place to go back to: `wide × narrow` steps. */
function covers(wide: readonly Token[], narrow: readonly Token[]): boolean {
  let w = 0;
  let n = 0;
  let backW = -1;
  let backN = 0;
  while (n < narrow.length) {
    const token = wide[w];
    if (token === "many") {
      backW = w;
      backN = n;
      w += 1;
    } else if (token !== undefined && coversPlace(token, narrow[n])) {
      w += 1;
      n += 1;
    } else if (backW >= 0) {
      w = backW + 1;
      backN += 1;
      n = backN;
    } else {
      return false;
    }
  }
  return wide.slice(w).every((token) => token === "many");
}

function coversPlace(wide: Token, narrow: Token | undefined): boolean {
  if (narrow === undefined || narrow === "many") return false;
  if (wide === "one") return true;
  return typeof wide === "object" && typeof narrow === "object" && wide.literal === narrow.literal;
}

/** A value of an operator without wildcards, its variables replaced; null where the request lacks one. */
export function expandVariables(value: string, variables: Variables): string | null {
  if (variables === textOnly || !value.includes("$")) return value;
  const tokens = tokenize(value, variables, false);
  return tokens === null ? null : tokens.map((t) => (typeof t === "object" ? t.literal : "")).join("");
}

/** The places of a pattern; null where it holds a variable without a value. Without `wildcards`, `*` and `?` are literal. */
function tokenize(pattern: string, variables: Variables, wildcards: boolean): readonly Token[] | null {
  const tokens: Token[] = [];
  const literal = (s: string): void => {
    for (const c of s) tokens.push({ literal: c });
  };
  // Text and what may be special take turns.
  const special = variables === textOnly ? /([*?])/ : /(\$\{[^}]*\}|[*?])/;
  for (const [i, part] of pattern.split(special).entries()) {
    if (i % 2 === 1 && part.startsWith("${")) {
      const value = variableValue(part.slice(2, -1), variables);
      if (value === undefined) return null;
      literal(value);
    } else if (wildcards && part === "*") {
      tokens.push("many");
    } else if (wildcards && part === "?") {
      tokens.push("one");
    } else {
      literal(part);
    }
  }
  return tokens;
}

function variableValue(expression: string, variables: Variables): string | undefined {
  if (expression === "*" || expression === "?" || expression === "$") return expression;
  const [, name = "", fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(expression) ?? [];
  return variables(name) ?? fallback;
}

/** A value of a string operator, place by place; runs of wildcards are in one order, so that equal ones look equal. */
export type Pattern = readonly Token[];

/** Steps that a comparison of two patterns may take before it is given up, as one that could not be decided. */
const maxSteps = 4_000_000;

/** The places of a value, in which `*` and `?` are wildcards or not; null where it holds a policy variable. */
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
