import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { readProject } from "../../src/cli/project";
import { countsLine, diagnosticCodes, formatText } from "../../src/diagnostics";
import { formatJson } from "../../src/diagnostics/formatJson";
import { block, code, page, sentence } from "./markdown";

const families: Readonly<Record<string, string>> = Object.freeze({
  F: "files",
  Y: "YAML",
  M: "keys and values, each by itself",
  R: "what they say together",
});

/** Files by name: a text, or null for a folder. */
type Files = Readonly<Record<string, string | null>>;

const examples = load(
  readFileSync(join(__dirname, "..", "..", "test", "manifest", "codes.yaml"), "utf8"),
) as Readonly<Partial<Record<string, Files>>>;

/** Codes that no small manifest shows. */
const withoutExample: Readonly<Record<string, string>> = Object.freeze({
  F02: "The message says where the first other byte is. Save the file as UTF-8.",
  F03: "A manifest and each file that it includes may have 16 MiB. Move entries into files, and `include` them.",
  F08: "`synth` and `snippet` overwrite a file only if they wrote it and nobody has edited it since. Move yours away, or remove it.",
});

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
      ...Object.entries(diagnosticCodes)
        .filter(([id]) => id.startsWith(letter))
        .flatMap(([id, meaning]) => [`### ${id}: ${meaning}`, ...example(id)]),
    ]),
    "## As JSON",
    `Of the example of ${code("M06")}, ${code("gitpod-aws-oidc check --format json")} says`,
    block("json", check(examples["M06"] ?? {}, "json")),
    `Keys of this JSON are only ever added. Findings have ${code("rule")} in place of ${code("code")}, and besides ${code("path")}, ${code("role")} and ${code("accepted")}.`,
  );
}

/** The files that show a code, and what is said of them. */
function example(id: string): readonly string[] {
  const files = examples[id];
  if (files === undefined) return [sentence(withoutExample[id] ?? "")];
  const shown = Object.entries(files).flatMap(([name, text]) =>
    text === null ? [] : [block("yaml", name === "manifest.yaml" ? text : `# ${name}\n${text}`)],
  );
  return [...shown, block("text", check(files, "text"))];
}

/** What `check` says of a folder with these files. */
function check(files: Files, format: "text" | "json"): string {
  const project = readProject("manifest.yaml", {
    read: (file) => {
      const text = files[file];
      if (typeof text === "string") return { ok: true, bytes: new TextEncoder().encode(text) };
      return { ok: false, reason: text === null ? "not-regular" : "missing" };
    },
    expand: (_, pattern) =>
      files[pattern] === undefined
        ? []
        : [{ file: pattern, identity: pattern, status: files[pattern] === null ? "not-regular" : "ok" }],
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
