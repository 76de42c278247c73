import { EVENT_ID } from "js-yaml";
import type { Event } from "js-yaml";
import type { DiagnosticCode } from "../diagnostics/diagnostic";
import { quote } from "../diagnostics/quote";
import type { TextPositions } from "../diagnostics/textPositions";
import { constructAlone, keyError } from "./yamlSchema";
import type { YamlAlias, YamlMap, YamlNode } from "./yamlTree";

/** Something wrong in a file's YAML, at an offset of its text. */
export interface YamlProblem {
  readonly code: DiagnosticCode;
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

interface Context {
  readonly text: string;
  readonly events: readonly Event[];
  readonly positions: TextPositions;
  readonly found: YamlProblem[];
}

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
  const context: Context = { text, events, positions, found: [] };
  visit(root, context);
  return context.found;
}

function visit(node: YamlNode, context: Context): void {
  if (node.kind === "alias") {
    visitAlias(node, context);
    return;
  }
  if (node.event.tagStart >= 0) visitTag(node, context);
  switch (node.kind) {
    case "scalar":
      return;
    case "list":
      for (const item of node.items) visit(item, context);
      return;
    case "map":
      visitKeys(node, context);
      for (const pair of node.pairs) visit(pair.value, context);
  }
}

function visitAlias(alias: YamlAlias, { found }: Context): void {
  if (alias.target !== "unknown") return;
  found.push({
    code: "Y01",
    offset: alias.start,
    message: `the alias ${quote(`*${alias.name}`)} refers to nothing above it`,
    remedy: `write the anchor ${quote(`&${alias.name}`)} before it, or quote the text if no alias is meant`,
  });
}

function visitTag(node: Exclude<YamlNode, YamlAlias>, { text, events, found }: Context): void {
  if (constructAlone(text, events, node.event).ok) return;
  const tag = text.slice(node.event.tagStart, node.event.tagEnd);
  found.push({
    code: "Y01",
    offset: node.event.tagStart,
    message: `found the tag ${quote(tag)}, which is unknown or does not fit its value`,
    remedy: "take the tag out; put text in quotes",
  });
}

function visitKeys(map: YamlMap, context: Context): void {
  const first = new Map<string, number>();
  for (const { key } of map.pairs) {
    const text = visitKey(key, context);
    if (text === undefined) continue;
    const before = first.get(text);
    if (before === undefined) {
      first.set(text, key.start);
      continue;
    }
    const { line } = context.positions.at(before);
    context.found.push({
      code: "Y04",
      offset: key.start,
      message: `duplicate key ${quote(text)}: it stands on line ${line} already`,
      remedy: "keep one of the two",
    });
  }
}

/** The key's text, if it is one to compare with others. */
function visitKey(key: YamlNode, { text, events, found }: Context): string | undefined {
  const node = key.kind === "alias" && typeof key.target !== "string" ? key.target : key;
  if (node.kind === "alias") return undefined;
  if (node.kind !== "scalar") {
    found.push({
      code: "M02",
      offset: key.start,
      message: `found a ${node.kind} as a key; allowed: text`,
      remedy: "write a plain word as the key; put text that begins with { or [ in quotes",
    });
    return undefined;
  }
  const made = constructAlone(text, events, node.event);
  if (!made.ok || isMerge(node)) return undefined;
  const error = keyError(made.value);
  if (error === undefined) return node.value;
  found.push({
    code: typeof made.value === "string" ? "M01" : "M02",
    offset: key.start,
    message: `found ${error}: ${quote(node.value)}`,
    remedy: typeof made.value === "string" ? "take it out" : `put the key in quotes: ${quote(node.value)}`,
  });
  return undefined;
}

/** True for the key `<<`, which merges maps; in quotes it is a key like any other. */
export function isMerge(key: YamlNode): boolean {
  return key.kind === "scalar" && key.plain === "<<";
}

/** The offset of the marker behind which a second document begins; undefined where there is only one. */
export function secondDocument(text: string, events: readonly Event[]): number | undefined {
  const second = events.findIndex((event, i) => i > 0 && event.type === EVENT_ID.DOCUMENT);
  if (second < 0) return undefined;
  const [first, ...inside] = events.slice(0, second);
  // A marker stands at the beginning of a line, where no comment and no scalar can look like it.
  const marker = /^(---|\.\.\.)(?=\s|$)/gm;
  if (first?.type === EVENT_ID.DOCUMENT && first.explicitStart) marker.exec(text);
  for (const event of inside)
    if ("valueEnd" in event) marker.lastIndex = Math.max(marker.lastIndex, event.valueEnd);
  return marker.exec(text)?.index ?? 0;
}
