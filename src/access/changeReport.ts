import { createColors } from "picocolors";
import { cell, printable } from "../diagnostics";
import type { Change } from "./changes";
import { cells, factsText, tableHead, tableRow } from "./roleReport";

/** What GitHub takes in one comment is 65,536 characters: a job adds some of its own. */
const longestReport = 60_000;

function countOf(changes: readonly Change[], change: Change["change"]): number {
  return changes.filter((c) => c.change === change).length;
}

/** `2 gains, 1 loss`, or that nothing changes. */
function countsWords(changes: readonly Change[]): string {
  if (changes.length === 0) return "nobody gains or loses anything";
  const [gains, loses] = [countOf(changes, "gains"), countOf(changes, "loses")];
  return `${gains} gain${gains === 1 ? "" : "s"}, ${loses} loss${loses === 1 ? "" : "es"}`;
}

/** The JSON of `access --diff`. */
function changesJson(changes: readonly Change[]): string {
  const report = { changes, gains: countOf(changes, "gains"), loses: countOf(changes, "loses") };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Changes for a terminal, the worst first. */
function changesText(changes: readonly Change[], colour: boolean): string {
  const { red, green, bold } = createColors(colour);
  const texts = changes.map(({ change, role, account, why, who, what, file, line }) => {
    const paint = change === "gains" ? red : green;
    const place = printable(`${account}  ${why}  ${file}:${line}`);
    return `${paint(change)}  ${bold(printable(role))}  ${place}\n${factsText({ who, what })}`;
  });
  return [...texts, `${countsWords(changes)}\n`].join("\n");
}

/** Changes as they belong under a pull request, at most 60,000 characters: what does not fit is counted. */
function changesMarkdown(changes: readonly Change[]): string {
  let page = `### gitpod-aws-oidc access\n\n**${countsWords(changes)}**\n`;
  if (changes.length > 0) page += `\n${tableHead(["", "role", "who", "what", "why", "written"])}`;
  for (const [i, { change, account, role, who, what, why, file, line }] of changes.entries()) {
    const own = [cell(`${account} ${role}`), cells(who), cells(what), why, cell(`${file}:${line}`)];
    const row = tableRow([`**${change}**`, ...own]);
    if (page.length + row.length > longestReport)
      return `${page}\n${changes.length - i} more are not shown here: run npx gitpod-aws-oidc access --diff.\n`;
    page += row;
  }
  return page;
}

/** Changes in the formats that are text. */
export const changeFormats = Object.freeze({
  text: changesText,
  json: changesJson,
  markdown: changesMarkdown,
});
