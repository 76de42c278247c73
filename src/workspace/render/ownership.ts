import { createHash } from "node:crypto";
import { quote } from "../../diagnostics";

/** Whose a file of the snippet folder is: ours as written, ours but edited since, or never ours. */
export type Ownership = "ours" | "edited" | "foreign";

const firstLine = "# Written by gitpod-aws-oidc from ";
const digestLine = "# Do not edit. sha256 of what follows: ";
/** Version 0.1.0 wrote more words before the digest. */
const header = new RegExp(
  `^${firstLine}[^\\n]*\\n# Do not edit[^\\n]* sha256 of what follows: ([0-9a-f]{64})\\n`,
);

/** The file as it is written, with the digest by which {@link ownershipOf} knows it. No template can lose it. */
export function withHeader(manifestName: string, body: string): string {
  return `${firstLine}${quote(manifestName)}\n${digestLine}${digest(body)}\n${body}`;
}

/** Whose a file is. Only `ours` may be overwritten or removed. Line ends do not count, since git may change them. */
export function ownershipOf(text: string): Ownership {
  const unixText = text.replaceAll("\r\n", "\n");
  const match = header.exec(unixText);
  if (match === null) return unixText.startsWith(firstLine) ? "edited" : "foreign";
  return match[1] === digest(unixText.slice(match[0].length)) ? "ours" : "edited";
}

/** What tells a file that somebody edited. */
export function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
