/**
 * A manifest changed as a remedy says: `write KEY: VALUE at manifest.yaml:LINE` puts the key into the map that stands in
 * that line, in place of what it has; `add to repos: in manifest.yaml the line - …` adds an entry. Throws where it says
 * neither.
 */
export function applyRemedy(manifest: string, remedy: string): string {
  const added = /add to repos: in manifest\.yaml the line (- .*)$/.exec(remedy)?.[1];
  if (added !== undefined) return addEntry(manifest, added);
  const [, written, line] = /\bwrite (.*?) at manifest\.yaml:(\d+)/.exec(remedy) ?? [];
  if (written === undefined) throw new Error(`nothing to write: ${remedy}`);
  return written.split(" and ").reduce((text, pair) => setKey(text, Number(line), pair), manifest);
}

function addEntry(manifest: string, item: string): string {
  const lines = manifest.trimEnd().split("\n");
  const at = lines.indexOf("repos:");
  if (at < 0) return [...lines, "repos:", `  ${item}`, ""].join("\n");
  return [...lines.slice(0, at + 1), `  ${item}`, ...lines.slice(at + 1), ""].join("\n");
}

function setKey(manifest: string, line: number, pair: string): string {
  const [, under, key = "", value = ""] = /^(?:under (\w+): (?=- ))?(?:(\w+): )?(.*)$/s.exec(pair) ?? [];
  const lines = manifest.split("\n");
  const first = lines[line - 1] ?? "";
  const indent = " ".repeat(/^[ -]*/.exec(first)?.[0].length ?? 0);
  const name = under ?? key;
  const own = (text: string, i: number) =>
    i >= line - 1 && text.replace(/^( *)- /, "$1  ").startsWith(`${indent}${name}: `);
  const found = lines.findIndex(own);
  const wanted = under === undefined ? `${name}: ${value}` : `${name}: [${value.slice(2)}]`;
  if (found >= 0)
    return lines.with(found, `${(lines[found] ?? "").slice(0, indent.length)}${wanted}`).join("\n");
  return [...lines.slice(0, line), `${indent}${wanted}`, ...lines.slice(line)].join("\n");
}
