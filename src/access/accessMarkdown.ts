import { cell } from "../diagnostics";
import { acceptedWords, durationWords, mayWords, type ShownRole } from "./shownRole";

/** Roles for a pull request or a wiki: a table for each account. What others wrote stands in code spans. */
export function accessMarkdown(rows: readonly ShownRole[]): string {
  const accounts = new Map<string, ShownRole[]>();
  for (const row of rows) {
    const heading = `${cell(row.role.account.name)} ${cell(row.role.account.id)}`;
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

function tableRow({ role, may, line }: ShownRole): string {
  const { entry, expires, permissionsBoundary, sourceCidrs } = role;
  const boundary = permissionsBoundary === null ? [] : [`within the boundary ${permissionsBoundary}`];
  const cells = [
    cell(role.name),
    lines(role.admits),
    lines([...mayWords(may, role.managedPolicies), ...boundary]),
    expires === null ? "no end" : cell(expires),
    sourceCidrs.length === 0 ? "anywhere" : lines(sourceCidrs),
    cell(durationWords(role.sessionSeconds)),
    lines(acceptedWords(role)),
    entry === null ? "" : cell(`${role.origin.file}:${line}`),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

/** Items of a cell below each other. */
export function lines(items: readonly string[]): string {
  return items.map(cell).join("<br>");
}
