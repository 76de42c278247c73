import { readProject } from "../../src/cli/project";
import { countsLine, diagnosticCodes, formatJson, formatText } from "../../src/diagnostics";
import { block, code, page, table } from "./markdown";

const families: Readonly<Record<string, string>> = Object.freeze({
  F: "files",
  Y: "YAML",
  M: "keys and values, each by itself",
  R: "what they say together",
});

const broken = `version: 1
accounts:
  dev: { id: 012345678901, region: us-east-1 }
installations:
  acme: { host: acme.gitpod.cloud }
repos:
  - url: https://github.com/acme/app
    grant: []
`;

/** docs/diagnostics.md: the codes of what keeps a manifest from being one. */
export function diagnosticsPage(): string {
  return page(
    "# Diagnostics",
    `What keeps a manifest from being one; where there is one, nothing is written and the exit status is 1, or 2 where the
manifest itself cannot be read. What is valid but risky is a [finding of a rule](rules.md). Codes never change their meaning.`,
    `They are reported together, in two rounds. First everything that is seen of each file and each value by itself: ${code("F")},
${code("Y")} and most of ${code("M")}. Where that finds nothing, everything that takes the manifest as a whole: ${code("R")}, and the values (${code("M04")}) whose
bounds a word's form does not show, such as ${code("sessionDuration: 30h")}, a region, an ARN or the name of a branch. So fixing the
first round may bring up a second; there is no third, and [findings](rules.md) come after both.`,
    ...Object.entries(families).flatMap(([letter, about]) => [
      `## ${letter}: ${about}`,
      table(
        ["code", "meaning"],
        Object.entries(diagnosticCodes)
          .filter(([id]) => id.startsWith(letter))
          .map(([id, meaning]) => [code(id), meaning]),
      ),
    ]),
    "## How they look",
    "Of this manifest",
    block("yaml", broken),
    `${code("gitpod-aws-oidc check")} says`,
    block("text", example("text")),
    `and with ${code("--format json")}:`,
    block("json", example("json")),
    `Keys of this JSON are only ever added. Findings have ${code("rule")} in place of ${code("code")}, and besides ${code("path")}, ${code("role")} and ${code("accepted")}.`,
  );
}

/** What the command really says of the broken manifest. */
function example(format: "text" | "json"): string {
  const project = readProject("manifest.yaml", {
    read: () => ({ ok: true, bytes: new TextEncoder().encode(broken) }),
    expand: () => [],
    identity: (file) => file,
  });
  const diagnostics = project.ok ? [] : project.diagnostics;
  if (format === "json") return formatJson(diagnostics, []);
  const text = formatText(diagnostics, [], {
    line: (file, line) => project.locator.line(file, line),
    colour: false,
  });
  return text + countsLine(diagnostics, []);
}
