import { cell } from "../diagnostics";
import { durationWords, type AccessRow } from "./accessRow";
import { managedPermission } from "./permissionWords";

/** Roles for a pull request or a wiki: a table for each account. What others wrote stands in code spans. */
export function accessMarkdown(rows: readonly AccessRow[]): string {
  const accounts = new Map<string, AccessRow[]>();
  for (const row of rows) {
    const heading = `${cell(row.account.name)} ${cell(row.account.id)}`;
    const own = accounts.get(heading);
    if (own === undefined) accounts.set(heading, [row]);
    else own.push(row);
  }
  const tables = [...accounts].map(
    ([account, own]) =>
      `\n#### ${account}\n\n| role | admits | may | until | from | session | accepted | written |\n` +
      `|---|---|---|---|---|---|---|---|\n${own.map(tableRow).join("")}`,
  );
  const count = `${rows.length} role${rows.length === 1 ? "" : "s"}`;
  return `### gitpod-aws-oidc access\n\n${count}\n${tables.join("")}`;
}

function tableRow(row: AccessRow): string {
  const { entry, expires, permissionsBoundary, sourceCidrs, accepted } = row;
  const boundary = permissionsBoundary === null ? [] : [`within the boundary ${permissionsBoundary}`];
  const may = [
    ...row.may.map(({ words }) => words),
    ...row.managedPolicies.map((arn) => managedPermission(arn).words),
  ];
  const cells = [
    cell(row.role),
    lines(row.admits),
    may.length === 0 ? "nothing" : lines([...may, ...boundary]),
    expires === null ? "no end" : cell(expires),
    sourceCidrs.length === 0 ? "anywhere" : lines(sourceCidrs),
    cell(durationWords(row.sessionSeconds)),
    lines(
      accepted.map(
        ({ rule, reason, until }) => `${rule}: ${reason}${until === null ? "" : ` (until ${until})`}`,
      ),
    ),
    entry === null ? "" : cell(`${entry.file}:${entry.line}`),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

/** Items of a cell below each other. */
export function lines(items: readonly string[]): string {
  return items.map(cell).join("<br>");
}
