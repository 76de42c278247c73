import fc from "fast-check";
import { escapeHidden, isVisible, nearest, pathText, printable, quote } from "../../src/diagnostics";
import { anyText } from "../support/nasty";
import { runs } from "../proof/settings";

describe("quote", () => {
  test.each([
    ["plain", '"plain"'],
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ["a\tb\nc", '"a\\u0009b\\u000ac"'],
    ["\u007f\u0085\u009b", '"\\u007f\\u0085\\u009b"'],
    ["a\u202eb\u200b\u2028\ufeff", '"a\\u202eb\\u200b\\u2028\\ufeff"'],
    ["\ud800 and \u{e0041}", '"\\ud800 and \\udb40\\udc41"'],
    ["a\u00a0b", '"a\\u00a0b"'],
    ["ünïcode \u{1f600} 漢字", '"ünïcode \u{1f600} 漢字"'],
    ["x".repeat(80), `"${"x".repeat(80)}"`],
    ["x".repeat(81), `"${"x".repeat(80)}…"`],
    ["\u{1f600}".repeat(1000), `"${"\u{1f600}".repeat(80)}…"`],
  ])("shows %j whole, on one line", (text, expected) => {
    expect(quote(text)).toBe(expected);
  });

  test("nothing that it returns is hidden, whatever it is given", () => {
    fc.assert(
      fc.property(anyText(), fc.array(fc.integer({ min: 0, max: 0xffff })), (text, units) => {
        const nasty = text + String.fromCharCode(...units);
        for (const shown of [quote(nasty), printable(nasty), escapeHidden(nasty)])
          expect(isVisible(shown)).toBe(true);
      }),
      runs(200),
    );
  });

  test("text that JSON can hold is quoted as JSON means it", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 40 }), (text) => {
        expect(JSON.parse(quote(text))).toBe(text);
      }),
      runs(100),
    );
  });
});

test("printable text has the columns of its source: a TAB is one space", () => {
  expect(printable("\ta\u001b[31m")).toBe(" a\\u001b[31m");
});

describe("nearest", () => {
  const words = ["region", "repos", "orgs", "contexts", "sessionDuration"];
  test.each([
    ["regoin", "region"],
    ["REGION", "region"],
    ["repo", "repos"],
    ["org", "orgs"],
    ["sesionduration", "sessionDuration"],
    ["xyz", undefined],
    ["", undefined],
    ["r".repeat(100_000), undefined],
  ])("of %j is %j", (word, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });

  test("the first of equals wins, so that the order of the table decides", () => {
    expect(nearest("cat", ["bat", "hat"])).toBe("bat");
    expect(nearest("cat", ["hat", "bat"])).toBe("hat");
  });
});

test.each([
  [[], ""],
  [["repos", 0, "grants", 1, "secret"], "repos[0].grants[1].secret"],
  [["scmHosts", "git.acme.com"], 'scmHosts["git.acme.com"]'],
  [["a\u202eb", 0], '["a\\u202eb"][0]'],
  [["team-a", "x_1"], "team-a.x_1"],
])("the path %j is written %s", (path, expected) => {
  expect(pathText(path)).toBe(expected);
});
