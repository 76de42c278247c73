import { diagnosticCodes, type Diagnostic, type Finding, type Severity } from "./diagnostic";
import { cell } from "./markdown";
import { oneLine } from "./quote";
import { counts, firstThree, together, type RuleDescription } from "./report";

/** What GitHub takes in one comment is 65,536 characters: a job adds some of its own. */
const longestReport = 60_000;

interface Row {
  readonly severity: Severity;
  readonly line: string;
}

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
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const open = [
    ...diagnostics.map((d): Row => ({
      severity: d.severity,
      line: row([d], titled(d.code, diagnosticCodes[d.code]), d.message, d.remedy),
    })),
    ...together(findings.filter((f) => !f.accepted)).map((alike) => findingRow(alike, byId)),
  ];
  const accepted = together(findings.filter((f) => f.accepted)).map((alike) => findingRow(alike, byId));
  const page = bounded(`### gitpod-aws-oidc check\n\n${counts(diagnostics, findings)}\n`);
  for (const severity of ["error", "warning", "info"] as const)
    page.section(
      `\n#### ${title(severity)}\n\n`,
      header,
      open.filter((r) => r.severity === severity),
      "",
    );
  page.section("\n<details><summary>Accepted</summary>\n\n", acceptedHeader, accepted, "\n</details>\n");
  return page.text();
}

function title(severity: Severity): string {
  switch (severity) {
    case "error":
      return "Errors";
    case "warning":
      return "Warnings";
    case "info":
      return "Info";
  }
}

function findingRow(
  alike: readonly [Finding, ...Finding[]],
  byId: ReadonlyMap<string, RuleDescription>,
): Row {
  const [{ rule, severity, message, accepted, reason, remedy }] = alike;
  const last = accepted ? oneLine(reason ?? "") : remedy;
  return { severity, line: row(alike, titled(rule, byId.get(rule)?.title), message, last) };
}

/** An id with what it stands for. No link: the report is read where our pages are not. */
function titled(id: string, title: string | undefined): string {
  return title === undefined ? cell(id) : `${cell(id)} ${title}`;
}

function row(
  alike: readonly (Pick<Finding, "file" | "line" | "column"> & { readonly role?: string | null })[],
  rule: string,
  message: string,
  last: string,
): string {
  const places = new Set(alike.map(({ file, line, column }) => `${file}:${line}:${column}`));
  const roles = new Set(alike.flatMap(({ role }) => role ?? []));
  const cells = [
    cell(firstThree([...places])),
    rule,
    roles.size === 0 ? "" : cell(firstThree([...roles])),
    cell(message),
    cell(last),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

const header = "| place | rule | role | what is wrong | remedy |\n|---|---|---|---|---|\n";
const acceptedHeader = "| place | rule | role | what is accepted | why |\n|---|---|---|---|---|\n";

/** A page that takes rows as long as there is room, and says what it left out. */
function bounded(head: string): {
  readonly section: (before: string, header: string, rows: readonly Row[], after: string) => void;
  readonly text: () => string;
} {
  // Room for the end of a section and the line about what is missing.
  const limit = longestReport - 200;
  let page = head;
  let left = 0;
  return {
    section(before, header, rows, after) {
      if (rows.length === 0) return;
      let room = limit - page.length - before.length - header.length - after.length;
      const fitting: string[] = [];
      for (const { line } of rows) {
        room -= line.length;
        if (room < 0) break;
        fitting.push(line);
      }
      left += rows.length - fitting.length;
      if (fitting.length > 0) page += before + header + fitting.join("") + after;
    },
    text: () =>
      left === 0 ? page : `${page}\n${left} more are not shown here: run gitpod-aws-oidc check.\n`,
  };
}
