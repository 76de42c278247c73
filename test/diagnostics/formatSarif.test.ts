import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic, Finding } from "../../src/diagnostics";
import { formatSarif } from "../../src/diagnostics/formatSarif";
import { rules } from "../../src/rules";
import { fullTest } from "../support/process";

const { $schema: _, ...schema } = JSON.parse(
  readFileSync(join(__dirname, "../fixtures/sarif-2.1.0.json"), "utf8"),
) as Record<string, unknown>;
const valid = new Ajv().compile(schema);

const finding: Finding = {
  ...{ rule: "T57", severity: "warning", file: "teams/a b#.yaml", line: 3, column: 5, path: "repos[0]" },
  ...{ role: "app", message: "anybody gets in", remedy: "accept it", accepted: false },
};
const diagnostic: Diagnostic = {
  ...{ code: "M01", severity: "error", file: "m.yaml", line: 1, column: 1 },
  ...{ message: "unknown key", remedy: "take it out" },
};

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: object;
    };
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions?: readonly object[];
}
interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly invocations: readonly [{ readonly toolExecutionNotifications?: readonly object[] }];
      readonly results: readonly Result[];
    },
  ];
}
const text = (findings: readonly Finding[], diagnostics: readonly Diagnostic[] = []) =>
  formatSarif(diagnostics, findings, rules, "0.1.0");
const run = (...given: Parameters<typeof text>) => (JSON.parse(text(...given)) as Log).runs[0];
const result = (changes: Partial<Finding>): Result => {
  const [first] = run([{ ...finding, ...changes }]).results;
  if (first === undefined) throw new Error("no result");
  return first;
};

test("a log is valid by the published schema, with everything in it or nothing", () => {
  for (const log of [
    text([]),
    text(
      [
        finding,
        { ...finding, severity: "info", role: null },
        { ...finding, accepted: true, reason: "private" },
      ],
      [diagnostic],
    ),
  ]) {
    valid(JSON.parse(log));
    expect(valid.errors).toBeNull();
  }
  expect(valid({ version: "2.1.0", runs: [{ results: [{}] }] })).toBe(false);
});

test("a result refers to its rule by id and index, diagnostics too", () => {
  const { tool, results } = run([finding], [diagnostic]);
  expect(results.map(({ ruleId, ruleIndex }) => [ruleId, tool.driver.rules[ruleIndex]?.id])).toEqual([
    ["M01", "M01"],
    ["T57", "T57"],
  ]);
  expect(new Set(tool.driver.rules.map(({ id }) => id)).size).toBe(tool.driver.rules.length);
});

test.each([
  ["teams/a b#.yaml", "teams/a%20b%23.yaml"],
  ["..\\x\\y.yaml", "../x/y.yaml"],
  ["a:b%.json", "a%3Ab%25.json"],
  ["/tmp/x.json", "file:///tmp/x.json"],
  ["<stdin>", "%3Cstdin%3E"],
  ["\ud800.json", "%EF%BF%BD.json"],
])("the file %j is the URI %s", (file, uri) => {
  expect(result({ file }).locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
});

test.each([
  ["error", "error"],
  ["warning", "warning"],
  ["info", "note"],
] as const)("the severity %s is the level %s", (severity, level) => {
  expect(result({ severity }).level).toBe(level);
});

test("an accepted finding is suppressed, with its reason", () => {
  expect(result({ accepted: true, reason: "it is [private](https://evil)" }).suppressions).toEqual([
    { kind: "inSource", status: "accepted", justification: "it is [private] (https://evil)" },
  ]);
  expect(result({}).suppressions).toBeUndefined();
});

test("braces of a text are no placeholders: a reader of message strings gets them back once", () => {
  /** As section 3.11.5 has it: a doubled brace is one, and what stands in single ones is a placeholder. */
  const shown = (message: string) =>
    message.replace(/\{\{|\}\}|\{\d+\}/g, (part) =>
      part.length === 2 && part[0] === part[1] ? (part[0] ?? "") : "?",
    );
  const message = "a{0} b${*} {{1}} }{";
  expect(shown(result({ message, remedy: "{2}" }).message.text)).toBe(`${message}. Remedy: {2}.`);
  const log = JSON.parse(text([])) as {
    runs: { tool: { driver: { rules: { id: string; help: object }[] } } }[];
  };
  const escapes = rules.filter((rule) => rule.remedy.includes("${*}"));
  expect(escapes.length).toBeGreaterThan(0);
  for (const { id, remedy } of escapes) {
    const help = log.runs[0]?.tool.driver.rules.find((rule) => rule.id === id)?.help;
    for (const string of Object.values(help ?? {}) as string[])
      expect(shown(string).toLowerCase()).toContain(remedy.toLowerCase());
  }
});

test("a message is no link", () => {
  expect(result({ message: "see [this](https://evil.example)" }).message.text).not.toContain("](");
});

test("fingerprints stay where lines and indices move, and tell results apart", () => {
  const hash = (changes: Partial<Finding>) => result(changes).partialFingerprints.primaryLocationLineHash;
  expect(hash({ line: 99, column: 1, path: "repos[7]" })).toBe(hash({}));
  for (const other of [{ rule: "T54" }, { file: "x" }, { role: null }, { message: "x" }])
    expect(hash(other)).not.toBe(hash({}));
  const twice = run([finding, { ...finding, line: 9 }]).results.map((r) => r.partialFingerprints);
  expect(twice.map((p) => p.primaryLocationLineHash.slice(-2))).toEqual([":1", ":2"]);
});

test("the gravest come first", () => {
  const { results } = run([{ ...finding, severity: "info" }, finding]);
  expect(results.map(({ level }) => level)).toEqual(["warning", "note"]);
});

fullTest("the gravest come first, and of more results than GitHub takes the rest is counted", () => {
  const info = Array.from({ length: 25_000 }, (_unused, i): Finding => ({
    ...finding,
    severity: "info",
    line: i + 1,
  }));
  const { results, invocations } = run([...info, finding]);
  expect(results).toHaveLength(25_000);
  expect(results[0]?.level).toBe("warning");
  expect(JSON.stringify(invocations)).toContain("1 results of less weight are left out");
});

test("the same findings are the same bytes, with no hidden character", () => {
  const nasty = [{ ...finding, message: "a\u202eb\u001b[2J" }];
  expect(text(nasty)).toBe(text(nasty));
  // eslint-disable-next-line no-control-regex
  expect(text(nasty)).not.toMatch(/[\u001b\u202e]/);
});
