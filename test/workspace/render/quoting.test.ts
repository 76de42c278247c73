import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { load } from "js-yaml";
import { shellQuote, yamlQuote, yamlWord } from "../../../src/workspace/render/quoting";
import { onPath } from "../../support/tools";
import { anyText } from "../../support/nasty";

/** What breaks quoting: shell, YAML, Handlebars and Terraform syntax, and text that hides. */
const shards = [
  ...Array.from("'\"`$\\!#&|;<>(){}[]*?~^%@=: -\u2028\u2029\ufeff\u202e\u200bé😀"),
  ...["${HOME}", "$(echo no)", "%{if}", "{{x}}", "{{{x}}}", "--flag", "'\\''", "$'\\n'", "\\x21", "=ls"],
  ...["null", "yes", "012", "1:30:00", "&a", "*a", "!!str", "- x", "\u{e0001}", "\uffff"],
];
const keys = Array.from("\t\n\r\u0001\u0003\u001b\u007f\u0085");

const sample = (from: readonly string[], seed: number) =>
  fc.sample(
    fc
      .array(fc.oneof(fc.constantFrom(...from), anyText({ maxLength: 5 })), {
        maxLength: 12,
      })
      .map((parts) => parts.join("").replaceAll("\0", "")),
    { numRuns: 100, seed },
  );

/** Some 200 nasty strings of visible and of hidden text, the same in every run. */
const texts = sample(shards, 20260101).filter((text) => !/\p{Cc}/u.test(text));
const withKeys = sample([...shards, ...keys], 20260102);

test.each(["bash", "zsh"].filter((shell) => onPath(shell) !== undefined))(
  "a shell word comes out of %s as the text that went in",
  (shell) => {
    const input = texts.map((text) => `printf '%s\\0' ${shellQuote(text)}\n`).join("");
    const { stdout, stderr } = spawnSync(shell, [shell === "bash" ? "--norc" : "-f"], {
      input,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.split("\0").slice(0, -1)).toEqual(texts);
  },
);

test.each([
  ["arn:aws:iam::123456789012:role/a/b+c=d,e.@f_g-h", "arn:aws:iam::123456789012:role/a/b+c=d,e.@f_g-h"],
  ["/shared/dev/url", "/shared/dev/url"],
  ["my app", "'my app'"],
  ["=ls", "'=ls'"],
  ["it's", "'it'\\''s'"],
  ["", "''"],
])("the shell word of %j is %s", (text, word) => {
  expect(shellQuote(text)).toBe(word);
});

test("a YAML scalar is read as the text that went in, in a value, a key and a comment", () => {
  for (const text of [...texts, ...withKeys]) {
    const quoted = yamlQuote(text);
    expect(
      load(`# ${quoted}\na: ${quoted}\n${quoted.length < 900 ? `? ${quoted}\n: 1\n` : ""}`),
    ).toMatchObject({ a: text });
    expect(load(`a: ${yamlWord(text)}`)).toEqual({ a: text });
    expect(quoted).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
});

test.each(["aws", "log-in_2"])("the YAML word %s is plain", (text) => {
  expect(yamlWord(text)).toBe(text);
});

test.each(["yes", "Null", "123", "1e5", "0x1F", "-", "off"])("the YAML word %s is quoted", (text) => {
  expect(yamlWord(text)).toBe(`"${text}"`);
});

test.each([
  ["NUL", "a\0b"],
  ["half of a surrogate pair", "a\ud800b"],
])("%s is refused", (_, text) => {
  expect(() => shellQuote(text)).toThrow(RangeError);
  expect(() => yamlQuote(text)).toThrow(RangeError);
});

test("a key of a terminal is no part of a shell word", () => {
  for (const key of keys) expect(() => shellQuote(`a${key}`)).toThrow(RangeError);
});
