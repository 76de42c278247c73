import type { Event } from "js-yaml";
import type { DiagnosticCode } from "../diagnostics/diagnostic";
import { quote } from "../diagnostics/quote";
import type { TextPositions } from "../diagnostics/textPositions";
import { constructAlone, keyError } from "./yamlSchema";
import { isMerge } from "./yamlTree";
import type { YamlNode, YamlProblem } from "./yamlTree";

/**
 * Every problem in a document that does not keep its tree from being built: duplicate keys, keys that are not text,
 * unknown tags, aliases to nothing. YAML's own constructor stops at the first.
 */
export function yamlProblems(
  text: string,
  events: readonly Event[],
  root: YamlNode,
  positions: TextPositions,
): readonly YamlProblem[] {
  const found: YamlProblem[] = [];
  const report = (code: DiagnosticCode, offset: number, message: string, remedy: string) => {
    found.push({ code, offset, message, remedy });
  };
  const visit = (node: YamlNode): void => {
    if (node.kind === "alias") {
      if (node.target === "unknown")
        report(
          "Y01",
          node.start,
          `the alias ${quote(`*${node.name}`)} refers to nothing above it`,
          `write the anchor ${quote(`&${node.name}`)} before it, or quote the text if no alias is meant`,
        );
      return;
    }
    const { tagStart, tagEnd } = node.event;
    if (tagStart >= 0 && !constructAlone(text, events, node.event).ok)
      report(
        "Y01",
        tagStart,
        `found the tag ${quote(text.slice(tagStart, tagEnd))}, which is unknown or does not fit its value`,
        "take the tag out; put text in quotes",
      );
    if (node.kind === "list") for (const item of node.items) visit(item);
    if (node.kind !== "map") return;
    const first = new Map<string, number>();
    for (const { key } of node.pairs) {
      const word = keyText(key);
      const before = word === undefined ? undefined : first.get(word);
      if (word !== undefined && before === undefined) first.set(word, key.start);
      if (word === undefined || before === undefined) continue;
      const message = `duplicate key ${quote(word)}: it stands on line ${positions.at(before).line} already`;
      report("Y04", key.start, message, "keep one of the two");
    }
    for (const pair of node.pairs) visit(pair.value);
  };
  /** The key's text, if it is one to compare with others. */
  const keyText = (key: YamlNode): string | undefined => {
    const node = key.kind === "alias" && typeof key.target !== "string" ? key.target : key;
    if (node.kind === "alias") return undefined;
    if (node.kind !== "scalar") {
      const remedy = "write a plain word as the key; put text that begins with { or [ in quotes";
      report("M02", key.start, `found a ${node.kind} as a key; allowed: text`, remedy);
      return undefined;
    }
    const made = constructAlone(text, events, node.event);
    if (!made.ok || isMerge(node)) return undefined;
    const error = keyError(made.value);
    if (error === undefined) return node.value;
    const isText = typeof made.value === "string";
    const remedy = isText ? "take it out" : `put the key in quotes: ${quote(node.value)}`;
    report(isText ? "M01" : "M02", key.start, `found ${error}: ${quote(node.value)}`, remedy);
    return undefined;
  };
  visit(root);
  return found;
}
