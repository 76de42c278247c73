import { createColors } from "picocolors";
import { cell, oneLine, printable } from "../diagnostics";
import type { ManifestOrigin } from "../model/accessModel";
import type { AccessRole } from "./accessRole";
import { managedPermission, type Permission } from "./permissionWords";

/** The line of a place in its file. */
export type LineOf = (origin: ManifestOrigin) => number;

/** A role as it is shown. */
export interface ShownRole {
  readonly role: AccessRole;
  /** What of its permissions is shown. */
  readonly may: () => readonly Permission[];
  /** Of its entry, or of the role in a file. */
  readonly line: number;
  /** The lines of its entry. */
  readonly lines: () => readonly string[];
}

/** The JSON of `access`: stable, one role after the other. */
function accessJson(shown: readonly ShownRole[]): string {
  const roles = shown.map(({ role, may, line }) => {
    const { name, arn, account, installation, entry, origin, admits, subjects, accepted } = role;
    const { managedPolicies, permissionsBoundary, sessionSeconds, expires, sourceCidrs } = role;
    return {
      role: name,
      arn,
      account: { name: account.name, id: account.id },
      installation,
      entry: entry && { kind: entry.kind, url: entry.url, file: origin.file, line },
      admits,
      subjects,
      may: may().map(({ words, reach }) => ({ words, ...reach() })),
      managedPolicies,
      permissionsBoundary,
      sessionSeconds,
      expires,
      sourceCidrs,
      issuers: role.issuers,
      audience: role.audience,
      accepted,
    };
  });
  return `${JSON.stringify({ roles }, null, 2)}\n`;
}

/** What is said of something, by titles. */
export type Facts = Readonly<Record<string, readonly string[]>>;

function factsOf({ role, may, line }: ShownRole): Facts {
  const { expires, sourceCidrs, permissionsBoundary, audience } = role;
  return {
    admits: role.admits,
    may: mayWords(may(), role.managedPolicies),
    until: [expires === null ? "no end" : `${expires}, 00:00 UTC`],
    from: sourceCidrs.length === 0 ? ["anywhere"] : sourceCidrs,
    session: [durationWords(role.sessionSeconds)],
    boundary: permissionsBoundary === null ? [] : [permissionsBoundary],
    issuer: role.issuers.map((issuer) => `${issuer} for ${audience}`),
    accepted: role.accepted.map(
      ({ rule, reason, until }) => `${rule}: ${reason}${until === null ? "" : ` (until ${until})`}`,
    ),
    written: role.entry === null ? [] : [`${role.origin.file}:${line}`],
  };
}

/** `90m` as `1h30m`. */
export function durationWords(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((count, i) => (count === 0 ? "" : `${count}${"hms".charAt(i)}`)).join("") || "0s";
}

/** What a role may do, in words. */
export function mayWords(may: readonly Permission[], managedPolicies: readonly string[]): readonly string[] {
  const all = [...may, ...managedPolicies.map(managedPermission)].map(({ words }) => words);
  return all.length === 0 ? ["nothing"] : all;
}

/** Roles for a terminal: each with its facts below each other, in at most 100 columns where words allow it. */
export function accessText(shown: readonly ShownRole[], colour: boolean): string {
  const { bold } = createColors(colour);
  const roles = shown.map((one) => {
    const { name, account } = one.role;
    return `${bold(printable(name))}  ${printable(account.name)} (${printable(account.id)})\n${factsText(factsOf(one))}`;
  });
  return [...roles, countLine(shown)].join("\n");
}

function countLine({ length }: readonly ShownRole[]): string {
  return `${length} role${length === 1 ? "" : "s"}\n`;
}

/** Facts for a terminal, below each other: each behind its title. */
export function factsText(facts: Facts): string {
  const titles = Object.keys(facts);
  const indent = Math.max(...titles.map((title) => title.length)) + 4;
  const lines: string[] = [];
  for (const title of titles) {
    let before = `  ${title}`.padEnd(indent);
    for (const item of facts[title] ?? [])
      for (const line of wrap(printable(oneLine(item)), 100 - indent)) {
        lines.push(before, line, "\n");
        before = "".padEnd(indent);
      }
  }
  return lines.join("");
}

/** Lines of at most so many characters, the later ones indented; a word that is longer keeps a line of its own. */
function wrap(text: string, columns: number): readonly string[] {
  if (text.length < columns - 1) return [text];
  const lines = text.match(new RegExp(`.{1,${columns - 2}}(?: |$)|[^ ]+(?: |$)`, "g")) ?? [""];
  return lines.map((line, i) => (i === 0 ? line : `  ${line}`).trimEnd());
}

/** Roles for a pull request or a wiki: a table for each account. What others wrote stands in code spans. */
function accessMarkdown(shown: readonly ShownRole[]): string {
  const facts = shown.map(factsOf);
  const titles = Object.keys(facts[0] ?? {}).filter(
    (title) => title !== "issuer" && facts.some((own) => own[title]?.length !== 0),
  );
  const rows = shown.map(({ role: { name, account } }, i) => {
    const isFirst = shown[i - 1]?.role.account.id !== account.id;
    const head = `\n#### ${cell(account.name)} ${cell(account.id)}\n\n${tableHead(["role", ...titles])}`;
    const own = titles.map((title) => cells(facts[i]?.[title] ?? []));
    return `${isFirst ? head : ""}${tableRow([cell(name), ...own])}`;
  });
  return `### gitpod-aws-oidc access\n\n${countLine(shown)}${rows.join("")}`;
}

/** The first two lines of a table. */
export function tableHead(titles: readonly string[]): string {
  return `${tableRow(titles)}|${"---|".repeat(titles.length)}\n`;
}

/** A line of a table. */
export function tableRow(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |\n`;
}

/** Items of a cell below each other. */
export function cells(items: readonly string[]): string {
  return items.map(cell).join("<br>");
}

/** Roles in the formats that are text. */
export const roleFormats = Object.freeze({ text: accessText, json: accessJson, markdown: accessMarkdown });
