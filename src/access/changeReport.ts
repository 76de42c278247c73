import { createColors } from "picocolors";
import { cell, oneLine, printable } from "../diagnostics";
import { lines } from "./accessMarkdown";
import { wrap } from "./accessText";
import type { Change } from "./changes";

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
export function changesJson(changes: readonly Change[]): string {
  const report = { changes, gains: countOf(changes, "gains"), loses: countOf(changes, "loses") };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Changes for a terminal, the worst first. */
export function changesText(changes: readonly Change[], colour: boolean): string {
  const colors = createColors(colour);
  const texts = changes.map((change) => {
    const paint = change.change === "gains" ? colors.red : colors.green;
    const place = `${change.file}:${change.line}`;
    const head = `${paint(change.change)}  ${colors.bold(printable(change.role))}  ${printable(change.account)}`;
    return `${head}  ${change.why}  ${printable(place)}\n${listText("who", change.who)}${listText("what", change.what)}`;
  });
  return [...texts, `${countsWords(changes)}\n`].join("\n");
}

function listText(title: string, items: readonly string[]): string {
  return items
    .flatMap((item) => wrap(printable(oneLine(item)), 92))
    .map((line, i) => `  ${(i === 0 ? title : "").padEnd(6)}${line}\n`)
    .join("");
}

/** Changes as they belong under a pull request, at most 60,000 characters: what does not fit is counted. */
export function changesMarkdown(changes: readonly Change[]): string {
  const head = `### gitpod-aws-oidc access\n\n**${countsWords(changes)}**\n`;
  if (changes.length === 0) return head;
  let page = `${head}\n| | role | who | what | why | written |\n|---|---|---|---|---|---|\n`;
  for (const [i, change] of changes.entries()) {
    const { account, role, who, what, why, file, line } = change;
    const cells = [cell(`${account} ${role}`), lines(who), lines(what), why, cell(`${file}:${line}`)];
    const row = `| **${change.change}** | ${cells.join(" | ")} |\n`;
    if (page.length + row.length > longestReport)
      return `${page}\n${changes.length - i} more are not shown here: run npx gitpod-aws-oidc access --diff.\n`;
    page += row;
  }
  return page;
}
