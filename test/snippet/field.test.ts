import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { templateSources } from "../support/snippet";
import { onPath } from "../support/tools";

/** The awk program that takes one field out of a JSON secret, as the template has it. */
const program = templateSources()["field.awk.hbs"] ?? "";

const awks = ["mawk", "gawk", "busybox", "awk"].filter((name) => onPath(name) !== undefined);

test("the JSON reader holds nothing that a word in single quotes changes in bash, zsh or fish", () => {
  expect(program).toMatch(/^[\n -~]+$/);
  expect(program).not.toMatch(/'|\\\\|!/);
});

describe.each(awks)("the JSON reader in %s", (awk) => {
  const args = awk === "busybox" ? ["awk", program] : [program];

  function field(json: string, key: string) {
    const env = { ...process.env, LC_ALL: "C", key };
    const { stdout, stderr, status } = spawnSync(awk, args, { input: json, env, encoding: "utf8" });
    return status === 0 ? { value: stdout.replace(/\n$/, "") } : { problem: stderr.trim() };
  }

  test("reads what JSON.stringify writes", () => {
    const text = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom(...Array.from('"\\/\b\f\n\r\t{}[]:,é😀\u007f\u2028')),
          fc.string({ unit: "binary", maxLength: 1 }),
        ),
        maxLength: 12,
      })
      .filter((s) => !s.includes("\0") && s.isWellFormed());
    const scalar = fc.oneof(text, fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(
        fc.dictionary(
          text,
          fc.oneof(
            scalar,
            fc.json().map((j) => JSON.parse(j) as unknown),
          ),
        ),
        text,
        scalar,
        fc.boolean(),
        (others, key, value, ascii) => {
          const indented = JSON.stringify({ ...others, [key]: value }, null, ascii ? 1 : 0);
          const json = ascii
            ? indented.replace(/[^\n -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
            : indented;
          expect(field(json, key)).toEqual({
            value: typeof value === "string" ? value : JSON.stringify(value),
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  test("tells the keys, and never a value, where the field is missing or has no text", () => {
    const json = `{"user": "ada", "o": {"password": "s3cret"}, "list": ["s3cret"], "n": null}`;
    for (const key of ["password", "o", "list", "n", ""])
      expect(field(json, key)).toEqual({
        problem: `its JSON has no text, number or boolean under ${key}; it has: user, o, list, n`,
      });
  });

  test("takes the last of two fields with one name, as every JSON reader does", () => {
    expect(field(`{"a": 1, "a": "b"}`, "a")).toEqual({ value: "b" });
  });

  test.each([
    `s3cret`,
    `"s3cret"`,
    `["s3cret"]`,
    `{"a": "s3cret"`,
    `{"a": "s3cret",}`,
    `{"a": "s3cret"} x`,
    `{"a" "s3cret"}`,
    `{a: 1}`,
    `{"a": s3cret}`,
    `{"a": }`,
    `{"a": ]}`,
  ])("refuses %s", (json) => {
    expect(field(json, "a")).toEqual({ problem: "its text is not a JSON object" });
  });

  test.each([`{"a": "\\x"}`, `{"a": "\\u12g4"}`, `{"a": "\\`, `{"a": "\\u12`, `{"a": "b`])(
    "refuses the broken escape in %s",
    (json) => {
      expect(field(json, "a")).toEqual({ problem: "its JSON has a broken escape" });
    },
  );

  test.each([`{"a": "\\u0000"}`, `{"a": "\\ud800"}`, `{"a": "\\ud800\\u0041"}`, `{"a": "\\udc00"}`])(
    "refuses the character in %s",
    (json) => {
      expect(field(json, "a")).toEqual({ problem: "its JSON has a character that no variable can hold" });
    },
  );

  test("takes 64 KB in its stride", () => {
    const value = '\n"é'.repeat(13_000);
    expect(field(JSON.stringify({ other: ["x".repeat(100)], a: value }), "a")).toEqual({ value });
  });
});
