import { createColors } from "picocolors";
import { oneLine, printable } from "../diagnostics";
import { acceptedWords, durationWords, mayWords, type ShownRole } from "./shownRole";

const width = 100;
const label = 12;

/** Roles for a terminal: each with its facts below each other, in at most 100 columns where words allow it. */
export function accessText(shown: readonly ShownRole[], colour: boolean): string {
  const colors = createColors(colour);
  const roles = shown.map((one) => {
    const { name, account } = one.role;
    const facts = factsOf(one).flatMap(([title, lines]) => {
      const wrapped = lines.flatMap((line) => wrap(printable(oneLine(line)), width - label));
      return wrapped.map((line, i) => `  ${(i === 0 ? title : "").padEnd(label - 2)}${line}\n`);
    });
    return `${colors.bold(printable(name))}  ${printable(account.name)} (${printable(account.id)})\n${facts.join("")}`;
  });
  const count = `${shown.length} role${shown.length === 1 ? "" : "s"}`;
  return [...roles, `${count}\n`].join("\n");
}

function factsOf({
  role,
  may,
  line,
}: ShownRole): readonly (readonly [label: string, lines: readonly string[]])[] {
  const { expires, sourceCidrs, permissionsBoundary, issuers, audience } = role;
  return [
    ["admits", role.admits],
    ["may", mayWords(may, role.managedPolicies)],
    ["until", [expires === null ? "no end" : `${expires}, 00:00 UTC`]],
    ["from", sourceCidrs.length === 0 ? ["anywhere"] : sourceCidrs],
    ["session", [durationWords(role.sessionSeconds)]],
    ["boundary", permissionsBoundary === null ? [] : [permissionsBoundary]],
    ["issuer", issuers.map((issuer) => `${issuer} for ${audience}`)],
    ["accepted", acceptedWords(role)],
    ["written", role.entry === null ? [] : [`${role.origin.file}:${line}`]],
  ];
}

/** Lines of at most so many characters, the later ones indented; a word that is longer keeps a line of its own. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= columns || line.trim() === "") line = longer;
    else {
      lines.push(line);
      line = `  ${word}`;
    }
  }
  return [...lines, line];
}
