import { diagnosticCodes, type Diagnostic, type Finding, type Severity } from "./diagnostic";
import { cell } from "./markdown";
import { oneLine } from "./quote";
import { asFinding, counts, firstOf, together, type RuleDescription } from "./report";

/** What GitHub takes in one comment is 65,536 characters: a job adds some of its own. */
const longestReport = 60_000;

/**
 * Diagnostics and findings for a pull request: counts, then a table for each severity, accepted findings folded away.
 * What others wrote stands in code spans, so that it can neither link, mention, nor be HTML. At most 60,000 characters;
 * what does not fit is counted.
 * @see https://github.github.com/gfm/
 */
export function formatMarkdown(
  diagnostics: readonly Diagnostic[],
  findings: readonly Finding[],
  rules: readonly RuleDescription[],
): string {
  const titles = new Map([
    ...rules.map(({ id, title }) => [id, title] as const),
    ...Object.entries(diagnosticCodes),
  ]);
  const all = [...diagnostics.map((d) => [asFinding(d)] as const), ...together(findings)];
  const rows = (isIn: (finding: Finding) => boolean) =>
    all.filter(([first]) => isIn(first)).map((alike) => row(alike, titles));
  const open = (heading: string, severity: Severity): Section => [
    `\n#### ${heading}\n\n| place | rule | role | what is wrong | remedy |\n|---|---|---|---|---|\n`,
    rows((finding) => finding.severity === severity && !finding.accepted),
    "",
  ];
  return bounded(`### gitpod-aws-oidc check\n\n${counts(diagnostics, findings)}\n`, [
    open("Errors", "error"),
    open("Warnings", "warning"),
    open("Info", "info"),
    [
      "\n<details><summary>Accepted</summary>\n\n| place | rule | role | what is accepted | why |\n|---|---|---|---|---|\n",
      rows(({ accepted }) => accepted),
      "\n</details>\n",
    ],
  ]);
}

type Section = readonly [before: string, rows: readonly string[], after: string];

/** What is alike, as a row. A rule has its title and no link: the report is read where our pages are not. */
function row(alike: readonly [Finding, ...Finding[]], titles: ReadonlyMap<string, string>): string {
  const [{ rule, message, accepted, reason = "", remedy }] = alike;
  const places = new Set(alike.map(({ file, line, column }) => `${file}:${line}:${column}`));
  const roles = new Set(alike.flatMap(({ role }) => role ?? []));
  const title = titles.get(rule);
  const cells = [
    cell(firstOf(3, [...places])),
    `${cell(rule)}${title === undefined ? "" : ` ${title}`}`,
    roles.size === 0 ? "" : cell(firstOf(3, [...roles])),
    cell(message),
    cell(accepted ? oneLine(reason) : remedy),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

/** A page that takes rows as long as there is room, and says how many it left out. */
function bounded(head: string, sections: readonly Section[]): string {
  // Room for the line about what is missing.
  let room = longestReport - 200 - head.length;
  let page = head;
  let left = 0;
  for (const [before, rows, after] of sections) {
    room -= before.length + after.length;
    const fitting = rows.filter((row) => (room -= row.length) >= 0);
    left += rows.length - fitting.length;
    if (fitting.length > 0) page += before + fitting.join("") + after;
  }
  return left === 0 ? page : `${page}\n${left} more are not shown here: run npx gitpod-aws-oidc check.\n`;
}
