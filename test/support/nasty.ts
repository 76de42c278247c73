import fc from "fast-check";

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
const binary = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).map((text) => [text]);

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
