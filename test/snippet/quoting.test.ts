import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { load } from "js-yaml";
import { codedQuote, shellPieces, shellQuote, yamlQuote } from "../../src/snippet/quoting";
import { onPath } from "../support/tools";

/** What breaks quoting: shell, YAML, Handlebars and Terraform syntax, keys of a terminal, text that hides. */
const shards = [
  ...Array.from(
    "'\"`$\\!#&|;<>(){}[]*?~^%@=: -\t\n\r\u0001\u0003\u001b\u007f\u0085\u2028\u2029\ufeff\u202e\u200bé😀",
  ),
  ...[
    "${HOME}",
    "$(echo no)",
    "%{if}",
    "{{x}}",
    "{{{x}}}",
    "--flag",
    "\n---\n",
    "'\\''",
    "$'\\n'",
    "\\x21",
    "<<EOF\n",
  ],
  ...["null", "yes", "012", "1:30:00", "&a", "*a", "!!str", "- x", "\n\n\n", "\\\n", "\u{e0001}", "\uffff"],
];

const nasty = fc
  .array(fc.oneof(fc.constantFrom(...shards), fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 12 })
  .map((parts) => parts.join(""))
  .filter((text) => !text.includes("\0") && text.isWellFormed());

/** 600 nasty strings, the same in every run. */
const texts = fc.sample(nasty, { numRuns: 600, seed: 20260101 });

/** What bash makes of words, each a script's own line. */
function throughBash(words: readonly string[]): readonly string[] {
  const script = words.map((word) => `printf '%s\\0' ${word}\n`).join("");
  const { stdout, status } = spawnSync("bash", ["--norc"], { input: script, encoding: "utf8" });
  expect(status).toBe(0);
  return stdout.split("\0").slice(0, -1);
}

test("a shell word comes out of bash as the text that went in", () => {
  expect(throughBash(texts.map(shellQuote))).toEqual(texts);
});

test("a shell word is printable ASCII without what a terminal or bash's history acts on", () => {
  for (const text of texts) expect(shellQuote(text)).toMatch(/^[ -~]+$/);
  for (const text of texts) expect(shellQuote(text)).not.toContain("!");
});

/** What a shell makes of words for `printf %b`, as they are and inside a script in single quotes. */
function decodedBy(shell: string, words: readonly string[]): readonly string[] {
  const lines = words.map((word) => `printf %b ${word}; printf %b "\\0000"\n`).join("");
  const script = `${lines}bash -c '${lines}'\n`;
  const { stdout, stderr, status } = spawnSync(shell, ["-c", script], { encoding: "utf8" });
  expect([stderr.slice(0, 500), status]).toEqual(["", 0]);
  return stdout.split("\0").slice(0, -1);
}

test.each(["bash", "zsh", "fish"].filter((shell) => onPath(shell) !== undefined))(
  "a coded word comes out of printf in %s, and in a script within, as the text that went in",
  (shell) => {
    // A command line holds 128 KB at most.
    for (let i = 0; i < texts.length; i += 100) {
      const some = texts.slice(i, i + 100);
      expect(decodedBy(shell, some.map(codedQuote))).toEqual([...some, ...some]);
    }
  },
);

test("a coded word is printable ASCII without what a shell acts upon, and plain where it can be", () => {
  for (const text of texts) expect(codedQuote(text)).toMatch(/^"(?:[^"'$`\\!]|\\0[0-3][0-7]{2})*"$/);
  expect(codedQuote("my app/*?{a,b}")).toBe('"my app/*?{a,b}"');
});

test("a shell word that needs no escapes is plain", () => {
  expect(shellQuote("my app")).toBe("'my app'");
  expect(shellQuote("")).toBe("''");
});

test("pieces join to the text, and each fits on a line", () => {
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      const pieces = shellPieces(text, 60);
      expect(pieces.join("")).toBe(text);
      for (const piece of pieces) {
        expect(shellQuote(piece).length).toBeLessThanOrEqual(60);
        expect(codedQuote(piece).length).toBeLessThanOrEqual(60);
      }
    }),
  );
});

test("pieces end where lines end", () => {
  expect(shellPieces("a\nb\n\nc")).toEqual(["a\n", "b\n", "\n", "c"]);
});

test("a YAML scalar is read as the text that went in, in a value, a key and a comment", () => {
  for (const text of texts) {
    const quoted = yamlQuote(text);
    expect(
      load(`# ${quoted}\na: ${quoted}\n${quoted.length < 900 ? `? ${quoted}\n: 1\n` : ""}`),
    ).toMatchObject({ a: text });
  }
});

test("a YAML scalar shows every character that it holds", () => {
  for (const text of texts) expect(yamlQuote(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

test.each([
  ["NUL", "a\0b"],
  ["half of a surrogate pair", "a\ud800b"],
])("%s is refused", (_, text) => {
  expect(() => codedQuote(text)).toThrow(RangeError);
  expect(() => shellQuote(text)).toThrow(RangeError);
  expect(() => yamlQuote(text)).toThrow(RangeError);
});
