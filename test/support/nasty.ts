import fc from "fast-check";

/**
 * Texts of any characters of Unicode. The library's own unit for that, `binary`, makes a table of them all, in each
 * file of tests anew.
 */
export function anyText(bounds: fc.ArrayConstraints = {}): fc.Arbitrary<string> {
  const character = fc
    .integer({ min: 0, max: 0x10f7ff })
    // Halves of surrogate pairs are no characters.
    .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));
  return fc.array(character, bounds).map((characters) => characters.join(""));
}

const urlPart = fc.string({
  unit: fc.constantFrom(...Array.from("abzAZ09-._~!$&'()*+,;=:@"), "%41", "%2F", "%C3%A9"),
  maxLength: 6,
});

/** URLs as people may type them, with characters that a URL may hold. */
export const anyUrl: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("https://github.com", "https://a.b-c.example", "http://x1.example"),
    fc.array(urlPart, { maxLength: 4 }),
    fc.constantFrom("", "?", "?a="),
    urlPart,
  )
  .map(([host, segments, query, value]) =>
    [host, ...segments].join("/").concat(query === "" ? "" : query + value),
  );

/** What some language between a manifest and a shell takes for more than text. */
const pieces: readonly string[] = Object.freeze([
  ...[
    "${",
    "$${",
    "%{",
    "%%{",
    "${x}",
    '${file("/etc/passwd")}',
    "%{ if true }",
    "%{ endif }",
    "$",
    "%",
    "}",
  ],
  ...["{{x}}", "{{{x}}}", "{{> task.sh}}", "\\{{x}}", "${TfToken[TOKEN.0]}", "#{TfToken[TOKEN.1]}", "<<EOT"],
  ...["'", '"', "`", "\\", "\\n", "$(id)", "`id`", "$HOME", "!", "!!", "!str ", "; ", " && ", " | ", " > /x"],
  ...["\n", "\r\n", "\r", "\t", "\u0000", "\u0007", "\u001b[31m", "\u007f", "\u0085", "\u00a0"],
  ...[
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\ud800",
    "\udc00x",
    "😀",
    "é",
    "ÿ",
    "日本",
  ],
  ...["e\u0301", "\u212b", "\u1100\u1161", "\ufb1d", "\u0958"],
  ...["--flag", "--profile x", "-", "file:///etc/passwd", "fileb://x", "https://x/y", "ssm://x"],
  ...[
    "- ",
    ": ",
    " #",
    "? ",
    "& ",
    "*",
    "[",
    "]",
    "{",
    "}",
    "@",
    "|",
    ">",
    "~",
    "null",
    "yes",
    "0x1F",
    "1:30:00",
  ],
  ...[
    "..",
    "/../",
    "//",
    "%2e",
    "%2F",
    "?",
    "${*}",
    "__proto__",
    "constructor",
    "=",
    "+",
    ",",
    ":",
    "(",
    ")",
  ],
  ...["\n---\n", "\n...\n", "\nEOT\n", "*/", "//", "#", "%", "''", '""', " ", "  ", "\u3164"],
]);

/** What most places accept, so that a text is refused for one piece of it, or not at all. */
const tame: readonly string[] = Object.freeze([
  "a",
  "main",
  "acme",
  "x1",
  "A_B",
  "release/1.2",
  "dev",
  "/app",
  "9",
]);

const short = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...tame)), {
  minLength: 1,
  maxLength: 6,
});
const long = fc
  .tuple(short, fc.integer({ min: 60, max: 300 }))
  .map(([parts, times]) => [...parts, ...Array.from({ length: times }, () => "abcd")]);
const binary = anyText({ minLength: 1, maxLength: 20 }).map((text) => [text]);

/**
 * Texts that some language between a manifest and a shell may misread: every piece alone, and mixtures of them.
 * @param count - at least 200
 */
export function nastyTexts(count: number): readonly string[] {
  const mixture = fc.oneof(
    { weight: 10, arbitrary: short },
    { weight: 1, arbitrary: long },
    { weight: 1, arbitrary: binary },
  );
  const drawn = fc.sample(mixture, { numRuns: 2 * count, seed: 20261123 }).map((parts) => parts.join(""));
  return [...new Set([...pieces, ...tame, ...drawn])].slice(0, count);
}
