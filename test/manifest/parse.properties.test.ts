import fc from "fast-check";
import { dump } from "js-yaml";
import { formatText } from "../../src/diagnostics";
import { parseManifest } from "../../src/manifest";
import type { ParseResult } from "../../src/manifest";
import { memoryFiles } from "./memoryFiles";
import { runs } from "../proof/settings";
import { anyText } from "../support/nasty";

function parse(content: string | Uint8Array): ParseResult {
  return parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": content } }));
}

/** Everything that a failed parse leads to: places inside of the text, messages on one line. */
function assertReportable(result: ParseResult, text: string): void {
  if (result.ok) return;
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const diagnostics = result.locator.diagnose(result.problems);
  expect(diagnostics.length).toBeGreaterThan(0);
  for (const { line, column, message, remedy } of diagnostics) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(`${message}${remedy}`).not.toMatch(/[\p{Cc}\p{Cf}]|\.$/u);
  }
  const printed = formatText(diagnostics, [], {
    line: (file, n) => result.locator.line(file, n),
    colour: false,
  });
  expect(printed).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
}

/** Pieces of manifests and of YAML's syntax: what random text almost never is. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ..."version: 1|\n|  |- |: |repos:|orgs:|accounts:|url: |&a |*a|<<: *a|{|}|[|]|, |'|\"|\\|!!str |!x |? |#|---\n|...|%YAML 1.2\n".split(
        "|",
      ),
      ...["|\n", ">-\n", "\t", "\r\n", "\r", "\u2028", "\u202e", "\ufeff", "\0", "__proto__", "0123", "~"],
    ),
    anyText({ maxLength: 4 }),
  ),
  { maxLength: 40 },
);

test("no text makes it throw, and every place is inside of the text", () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join("").toWellFormed();
      assertReportable(parse(text), text);
    }),
    // A hidden character in a key that seems to go on behind a comma.
    { ...runs(50, 3_000), examples: [[["\u202eversion: 1!\r\nurl: "]]] },
  );
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assertReportable(parse(bytes), new TextDecoder().decode(bytes));
    }),
    runs(20, 1_000),
  );
});

test("no value below the right keys makes it throw", () => {
  const root = fc.constantFrom(
    "version",
    "accounts",
    "installations",
    "include",
    "grantSets",
    "defaults",
    "orgs",
  );
  const key = fc.oneof(
    root,
    fc.constantFrom("url", "grants", "statements", "contexts", "tags", "dev", "Condition"),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.constantFrom(null, true, 1, -0.5, ""), fc.string()),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(key, fc.string()), tie("value"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(root, value), (manifest) => {
      const text = dump(manifest);
      assertReportable(parse(text), text);
    }),
    runs(20, 1_000),
  );
});

const manifest = {
  version: 1,
  accounts: {
    dev: { id: "012345678901", region: "us-east-1", tags: { a: "b", c: "d" } },
    prod: { id: "123456789012", region: "eu-west-1" },
  },
  installations: { gitpod: { host: "gitpod.io", openSignup: true } },
  defaults: { sessionDuration: "1h", tags: { e: "f" } },
  repos: [
    {
      url: "https://github.com/acme/app",
      accounts: ["dev"],
      grants: [{ secret: "a", env: "A" }],
      adopt: true,
    },
    { url: "https://github.com/acme/web", accounts: ["prod"], contexts: ["all"] },
  ],
};

/** The same value with the keys of every map in another order. */
function shuffled(value: unknown, order: readonly number[]): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([k, v], i) => ({
    k,
    v: shuffled(v, order),
    rank: order[i] ?? i,
  }));
  return Object.fromEntries(entries.sort((a, b) => a.rank - b.rank).map(({ k, v }) => [k, v]));
}

test("the order of keys means nothing", () => {
  const expected = parse(dump(manifest));
  if (!expected.ok) throw new Error("the manifest of this test is wrong");
  const texts = new Set<string>();
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
      const text = dump(shuffled(manifest, order));
      texts.add(text);
      const result = parse(text);
      expect(result.ok && result.parsed).toEqual(expected.parsed);
    }),
    runs(50),
  );
  expect(texts.size).toBeGreaterThan(20);
});
