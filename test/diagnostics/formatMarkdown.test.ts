import { diagnosticCodes, type Diagnostic, type Finding } from "../../src/diagnostics";
import { formatMarkdown } from "../../src/diagnostics/formatMarkdown";
import { rules } from "../../src/rules";

const finding: Finding = {
  ...{ rule: "T57", severity: "warning", file: "m.yaml", line: 3, column: 5, path: "repos[0]" },
  ...{ role: "app", message: "anybody gets in", remedy: "accept it", accepted: false },
};
const diagnostic: Diagnostic = {
  ...{ code: "M01", severity: "error", file: "m.yaml", line: 1, column: 1 },
  ...{ message: "unknown key", remedy: "take it out" },
};
const text = (findings: readonly Finding[], diagnostics: readonly Diagnostic[] = []) =>
  formatMarkdown(diagnostics, findings, rules);

test("it counts, and has a table for each severity, the accepted folded", () => {
  const page = text(
    [finding, { ...finding, severity: "info" }, { ...finding, accepted: true }],
    [diagnostic],
  );
  expect(page).toContain("\n1 error, 1 warning, 1 info, 1 accepted\n");
  expect([...page.matchAll(/^(####.*|<.*>)$/gm)].map(([line]) => line)).toEqual([
    "#### Errors",
    "#### Warnings",
    "#### Info",
    "<details><summary>Accepted</summary>",
    "</details>",
  ]);
  expect(page).toContain("| `m.yaml:3:5` | `T57` anybody who may read the repository gets in | `app` |");
  expect(page).toContain("| `m.yaml:1:1` | `M01` unknown key |");
});

test("findings that differ in place and role alone are one row, with three of them", () => {
  const alike = Array.from({ length: 100 }, (_, line) => ({ ...finding, line, role: `r${line}` }));
  const page = text(alike);
  expect(page).toContain("\n1 warning\n");
  expect(page).toContain("| `m.yaml:0:5, m.yaml:1:5, m.yaml:2:5 and 97 more` |");
  expect(page).toContain("| `r0, r1, r2 and 97 more` |");
});

test("of nothing it is one line", () => {
  expect(text([])).toBe("### gitpod-aws-oidc check\n\nnothing found\n");
});

test("it has no links, which would lead nowhere in a user's repository, and titles are plain words", () => {
  const all = rules.map(({ id }) => ({ ...finding, rule: id }));
  const codes = Object.keys(diagnosticCodes) as (keyof typeof diagnosticCodes)[];
  const page = text(
    all,
    codes.map((code) => ({ ...diagnostic, code })),
  );
  expect(page).not.toMatch(/\]\(|https?:/);
  for (const title of [...rules.map((rule) => rule.title), ...Object.values(diagnosticCodes)]) {
    expect(page).toContain(`\` ${title} |`);
    expect(title).not.toMatch(/[*_`<>|[\]\\#@~&]/);
  }
});

test("an accepted finding shows why instead of a remedy, in one cell", () => {
  const page = text([{ ...finding, accepted: true, reason: "it | is\nprivate" }]);
  expect(page).toContain("| `anybody gets in` | `it \\u007c is private` |\n");
  expect(page).toContain("| what is accepted | why |");
  expect(page).not.toContain("accept it");
});

test.each([
  "a | b",
  "`code` ``more``",
  "@everyone",
  "[x](https://evil.example)",
  "<img src=x onerror=alert(1)>",
  "</details>",
  "line\nbreak",
  "\\| \\",
  "\u202e",
  "",
])("what others wrote stays inside its cell: %j", (message) => {
  const page = text([{ ...finding, message, role: message, remedy: message, file: message }]);
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  expect(rows).toHaveLength(2);
  const cells = (rows[1] ?? "").split("|");
  expect(cells).toHaveLength(7);
  for (const i of [1, 3, 4, 5]) {
    const [, fence = "", inside = ""] = /^ (`+)(.*)\1 $/s.exec(cells[i] ?? "") ?? [];
    expect([cells[i], fence.length]).not.toEqual([cells[i], 0]);
    expect([...inside.matchAll(/`+/g)].map(([run]) => run)).not.toContain(fence);
  }
});

test("it is at most 60,000 characters, the gravest first, and says what is left out", () => {
  const many = Array.from({ length: 5000 }, (_, i): Finding => ({
    ...finding,
    severity: "info",
    message: `anybody gets in ${i}`,
  }));
  const page = text([
    ...many,
    { ...finding, severity: "error" },
    ...many.map((f) => ({ ...f, accepted: true })),
  ]);
  expect(page.length).toBeLessThanOrEqual(60_000);
  expect(page).toContain("#### Errors");
  const rows = page.split("\n").filter((line) => line.startsWith("| `")).length;
  expect(page).toContain(`\n${10_001 - rows} more are not shown here`);
  const long = text([{ ...finding, message: "x".repeat(100_000) }]);
  expect(long.length).toBeLessThan(3_000);
});
