import { countsLine, formatText } from "../../src/diagnostics";
import { formatJson } from "../../src/diagnostics/formatJson";
import type { Diagnostic, Finding, TextOptions } from "../../src/diagnostics";

const source = ["version: 1", "\trepos: [", `x: ${"y".repeat(300)}`, "漢字: \u{1f600} z", ""];
const options: TextOptions = { line: (_file, line) => source[line - 1], colour: false };

const diagnostic: Diagnostic = {
  code: "M01",
  severity: "error",
  file: "m.yaml",
  line: 1,
  column: 10,
  message: 'unknown key "a"',
  remedy: "take it out",
};
const finding: Finding = {
  rule: "T57",
  severity: "warning",
  file: "m.yaml",
  line: 2,
  column: 2,
  path: "repos[0]",
  role: "gitpod-app",
  message: "anybody gets in",
  remedy: "accept it",
  accepted: false,
};

test("a diagnostic is its place, the line with a caret, and the remedy", () => {
  expect(formatText([diagnostic], [], options)).toBe(
    'm.yaml:1:10: error M01: unknown key "a"\n  version: 1\n           ^\n  remedy: take it out\n',
  );
});

test("accepted findings stay in the text, marked, and count as accepted only", () => {
  const text = formatText([], [{ ...finding, accepted: true }, finding], options);
  expect(text).toContain("m.yaml:2:2: warning T57 (role gitpod-app): anybody gets in (accepted)\n");
  expect(countsLine([], [{ ...finding, accepted: true }, finding])).toBe("1 warning, 1 accepted\n");
});

test("an accepted finding says why it is, in one line", () => {
  const text = formatText([], [{ ...finding, accepted: true, reason: "it is\n  private\n" }], options);
  expect(text).toContain("anybody gets in (accepted: it is private)\n");
});

test("what is said alike of several roles is said and counted once, with their names", () => {
  const alike = ["a", "b", "b", "c", "d", "e"].map((role) => ({ ...finding, role }));
  expect(formatText([], alike, options).match(/warning T57.*/g)).toEqual([
    "warning T57 (roles a, b, c and 2 more): anybody gets in",
  ]);
  expect(countsLine([], alike)).toBe("1 warning\n");
});

test.each([
  [2, "(also at m.yaml:1:2)"],
  [3, "(also at m.yaml:1:2, m.yaml:2:2)"],
  [100, "(also at m.yaml:1:2, m.yaml:2:2 and 97 more)"],
])("what is said alike at %d places is said and counted once, with three of them", (count, also) => {
  const alike = Array.from({ length: count }, (_, line) => ({ ...finding, role: `r${line}`, line }));
  expect(formatText([], alike, options).match(/^m.yaml:.*/gm)).toEqual([
    `m.yaml:0:2: warning T57 ${also}: anybody gets in`,
  ]);
  expect(countsLine([], alike)).toBe("1 warning\n");
});

test.each([
  ["message", { message: "nobody gets in" }],
  ["severity", { severity: "error" }],
  ["remedy", { remedy: "leave it" }],
  ["acceptance", { accepted: true }],
  ["reason", { accepted: true, reason: "so be it" }],
] as const)("findings that differ in their %s stay apart", (_name, change) => {
  const text = formatText([], [finding, { ...finding, role: "b", ...change }], options);
  expect(text.match(/^m\.yaml:/gm)).toHaveLength(2);
});

test("info has no frame, and what is accepted no remedy either", () => {
  const info: Finding = { ...finding, severity: "info" };
  expect(
    formatText([], [info, { ...finding, accepted: true, reason: "private" }], options).split("\n"),
  ).toEqual([
    "m.yaml:2:2: info T57 (role gitpod-app): anybody gets in",
    "  remedy: accept it",
    "m.yaml:2:2: warning T57 (role gitpod-app): anybody gets in (accepted: private)",
    "",
  ]);
});

test("nothing to say is no text at all", () => {
  expect(formatText([], [], options) + countsLine([], [])).toBe("");
});

test.each([
  ["a TAB is one column", 2, 2, 3],
  ["a long line is cut to its neighbourhood", 3, 200, 63],
  ["wide characters take two columns", 4, 5, 8],
  ["a place behind the end is behind the last character", 1, 99, 12],
])("the caret stands below the place: %s", (_name, line, column, expected) => {
  const [, shown, caret] = formatText([{ ...diagnostic, line, column }], [], options).split("\n");
  expect(caret?.indexOf("^")).toBe(expected);
  expect(shown?.length).toBeLessThan(130);
});

test("a file that cannot be shown, or an empty line, has no frame", () => {
  expect(formatText([{ ...diagnostic, line: 5 }], [], options).split("\n")).toHaveLength(3);
});

test("what a file is called cannot write to the terminal", () => {
  const text = formatText([{ ...diagnostic, file: "a\u001b[2J\u202e.yaml" }], [], options);
  expect(text).toContain("a\\u001b[2J\\u202e.yaml:1:10:");
});

test("colour changes nothing but the colours", () => {
  const coloured = formatText([diagnostic], [finding], { ...options, colour: true });
  expect(coloured).toContain("\u001b[31m");
  // eslint-disable-next-line no-control-regex
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(formatText([diagnostic], [finding], options));
});

test("the JSON has the documented keys in their order, and ends in a newline", () => {
  const shuffledKeys = Object.fromEntries(Object.entries(finding).reverse()) as unknown as Finding;
  const text = formatJson([diagnostic], [shuffledKeys]);
  expect(text.endsWith("}\n")).toBe(true);
  expect(
    text
      .match(/^ {6}"(\w+)"/gm)
      ?.map((key) => key.trim().slice(1, -1))
      .join(" "),
  ).toBe(
    "code severity file line column message remedy rule severity file line column path role message remedy accepted",
  );
  expect(JSON.parse(text)).toEqual({ diagnostics: [diagnostic], findings: [finding] });
});

test("the JSON of nothing is two empty lists", () => {
  expect(formatJson([], [])).toBe('{\n  "diagnostics": [],\n  "findings": []\n}\n');
});

test("the JSON means the same with its hidden characters escaped", () => {
  const file = "a\u202eb\u007f\u2028\u{e0041}";
  const text = formatJson([{ ...diagnostic, file }], []);
  expect(text).not.toMatch(/[\u007f\u202e\u2028]/);
  expect((JSON.parse(text) as { diagnostics: Diagnostic[] }).diagnostics[0]?.file).toBe(file);
});
