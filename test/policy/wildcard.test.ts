import fc from "fast-check";
import {
  coversPattern,
  literalStart,
  matchesPattern,
  patternOf,
  patternsMeet,
  spelled,
  type Pattern,
} from "../../src/policy";
import { runs } from "../proof/settings";

const like = (value: string): Pattern => {
  const pattern = patternOf(value, true);
  if (pattern === null) throw new Error(`${value} holds a variable`);
  return pattern;
};
const letters = ["a", "b"];
const values = fc.array(fc.constantFrom("a", "b", "?", "*", "*"), { maxLength: 5 }).map((c) => c.join(""));

/** Every text of up to eight letters: two patterns of five places with a star each need no longer one to meet. */
const texts: readonly string[] = (() => {
  let layer = [""];
  const all = [""];
  for (let i = 0; i < 8; i++) {
    layer = layer.flatMap((t) => letters.map((l) => t + l));
    all.push(...layer);
  }
  return all;
})();
const matched = (value: string): ReadonlySet<string> =>
  new Set(texts.filter((t) => matchesPattern(value, t, () => undefined)));

describe("how patterns relate", () => {
  it("two meet where a text matches both, and not otherwise", () => {
    const outcomes = new Map<boolean, number>();
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [left, right] = [matched(a), matched(b)];
        const expected = [...left].some((t) => right.has(t));
        outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1);
        expect([a, b, patternsMeet(like(a), like(b))]).toEqual([a, b, expected]);
      }),
      runs(100, 2_000),
    );
    expect(Math.min(outcomes.get(true) ?? 0, outcomes.get(false) ?? 0)).toBeGreaterThan(20);
  });

  it("one that covers another matches all that the other does", () => {
    let covering = 0;
    fc.assert(
      fc.property(values, values, (wide, narrow) => {
        const [outer, inner] = [matched(wide), matched(narrow)];
        const covers = coversPattern(like(wide), like(narrow));
        if (covers) {
          covering += 1;
          expect([...inner].filter((t) => !outer.has(t))).toEqual([]);
        }
        // A whole text is covered exactly by what matches it.
        const whole = narrow.replace(/[*?]/g, "a");
        expect(coversPattern(like(wide), like(whole))).toBe(matchesPattern(wide, whole, () => undefined));
      }),
      runs(100, 2_000),
    );
    expect(covering).toBeGreaterThan(10);
  });

  it.each([
    ["a*", "a*b", true],
    ["a*", "a", true],
    ["*?", "?*", true],
    ["a?", "a*", false],
    ["a*b", "a*", false],
    ["*..*", "https://h/a/../b", true],
    ["a${*}", "a${*}", true],
    ["a${*}", "ab", false],
  ])("%s covers %s: %s", (wide, narrow, expected) => {
    expect(coversPattern(like(wide), like(narrow))).toBe(expected);
  });

  it("an escape is a literal character, and a variable has no pattern", () => {
    expect(literalStart(like("a${*}b${?}c*d"))).toBe("a*b?c");
    expect(patternOf("a${aws:username}", true)).toBeNull();
    expect(spelled(like("a*b?c*"), "RUN", "1")).toBe("aRUNb1c");
    expect(literalStart(patternOf("a*b?", false) ?? [])).toBe("a*b?");
  });

  it("hostile patterns are given up, and count as not told", () => {
    const hostile = like("a*".repeat(30_000));
    expect(coversPattern(hostile, like(`${"a".repeat(60_000)}b`))).toBe(false);
    expect(patternsMeet(hostile, like("*b".repeat(30_000)))).toBe(true);
  });
});
