import fc from "fast-check";
import { readJson } from "../../src/documents/json";
import { runs } from "../proof/settings";

const messages = (text: string) => readJson(text).problems.map(({ message }) => message);

describe("strict JSON", () => {
  test.each([
    ['{"a": 1,}', 1, 9],
    ["[1,]", 1, 4],
    ["// c\n{}", 1, 1],
    ["0/*", 1, 2],
    ["[/*", 1, 2],
    ["{} {}", 1, 4],
    ['{"a": 01}', 1, 8],
    ['{\n  "a": nope\n}', 2, 8],
    ['{"a": "\u0001"}', 1, 7],
    ['{"a": "open', 1, 7],
    ["", 1, 1],
    ["{'a': 1}", 1, 2],
  ])("%j is refused at its mistake", (text, line, column) => {
    const read = readJson(text);
    expect(read.value).toBeUndefined();
    expect(read.problems).toHaveLength(1);
    expect(read.problems[0]?.message).toMatch(/^this is not JSON/);
    expect(read.locate([])).toEqual({ line, column });
  });

  test("what it takes is what JavaScript takes, with the same value", () => {
    const tried = { taken: 0, refused: 0 };
    const text = fc.oneof(
      fc.json(),
      fc
        .tuple(fc.json(), fc.nat(), fc.constantFrom(",", "}", "]", '"', "/*", "0", "\\", "\u00a0"))
        .map(([json, at, piece]) => {
          const i = at % (json.length + 1);
          return json.slice(0, i) + piece + json.slice(i);
        }),
    );
    fc.assert(
      fc.property(text, (json) => {
        const read = readJson(json);
        let expected: unknown;
        try {
          expected = JSON.parse(json);
        } catch {
          tried.refused += 1;
          expect([json, read.value]).toEqual([json, undefined]);
          return;
        }
        tried.taken += 1;
        expect([json, read.value]).toEqual([json, expected]);
      }),
      runs(200, 10_000),
    );
    expect(Math.min(tried.taken, tried.refused)).toBeGreaterThan(50);
  });

  test("a key twice is said where it stands the second time, however it is spelled", () => {
    const read = readJson('{"a": {"b": 1,\n "\\u0062": 2}}');
    expect(read.problems).toMatchObject([
      { path: ["a", "b"], message: 'the key "b" stands here twice', remedy: "keep one of the two" },
    ]);
    expect(read.value).toEqual({ a: { b: 2 } });
    expect(read.locate(["a", "b"])).toEqual({ line: 2, column: 12 });
  });

  test("keys that are an object's own machinery are keys", () => {
    const read = readJson('{"__proto__": {"Statement": []}, "constructor": 1}');
    expect(Object.keys(read.value as object)).toEqual(["__proto__", "constructor"]);
    expect((read.value as { Statement?: unknown }).Statement).toBeUndefined();
    expect(read.locate(["__proto__", "Statement"])).toEqual({ line: 1, column: 29 });
  });
});

describe("depth", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  test("1,000 levels are read, and the first level beyond is named", () => {
    expect(messages(nested(1000))).toEqual([]);
    expect(messages(nested(1001))).toEqual(["this is nested deeper than 1000 levels"]);
    expect(readJson(nested(1001)).locate([])).toEqual({ line: 1, column: 1001 });
  });

  test.each([
    ["brackets", "[".repeat(4_000_000)],
    ["maps", '{"a":'.repeat(1_000_000)],
  ])("a bomb of %s is refused without exhausting the stack", (_name, text) => {
    expect(messages(text)).toEqual(["this is nested deeper than 1000 levels"]);
  });

  test("brackets in strings are no depth", () => {
    expect(messages(JSON.stringify("[".repeat(5000)))).toEqual([]);
  });
});

test("the place of what is not there is the place of what is around it", () => {
  const read = readJson('{\n  "a": [1, {"b": 2}]\n}');
  expect(read.locate(["a", 1, "b"])).toEqual({ line: 2, column: 18 });
  expect(read.locate(["a", 1, "c", 0])).toEqual({ line: 2, column: 12 });
  expect(read.locate(["a", 9])).toEqual({ line: 2, column: 8 });
  expect(read.locate(["x"])).toEqual({ line: 1, column: 1 });
});
