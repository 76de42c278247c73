import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "./commandError";
import type { CommandIo, ExitCode } from "./io";

const docs = join(__dirname, "..", "..", "docs");

/** `rule ID`: what a rule or the code of a diagnostic means, with an example, as the documentation says it. */
export function ruleCommand(id: string, io: CommandIo): ExitCode {
  const heading = `\n### ${id.toUpperCase()}: `;
  for (const page of ["rules.md", "diagnostics.md"]) {
    const text = readFileSync(join(docs, page), "utf8");
    const start = text.indexOf(heading);
    if (start === -1) continue;
    const section = text.slice(start + heading.length);
    const end = section.search(/^##+ /m);
    io.stdout.write(`${id.toUpperCase()}: ${section.slice(0, end === -1 ? undefined : end).trim()}\n`);
    return 0;
  }
  throw new CommandError(
    `${JSON.stringify(id)} is neither a rule nor a code`,
    "write an id such as T57 or M01",
  );
}
