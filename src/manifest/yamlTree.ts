import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from "js-yaml";
import type { DiagnosticCode } from "../diagnostics";

/** Something wrong in a file's YAML, at an offset of its text. */
export interface YamlProblem {
  readonly code: DiagnosticCode;
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

/** The first document of a text, as it is written. */
export interface YamlDocument {
  /** Undefined where there is none, or where it is too large. */
  readonly root: YamlNode | undefined;
  /** Why its value must not be walked: aliases make a few bytes stand for a tree of any size, or for one without end. */
  readonly excess: YamlProblem | undefined;
  /** The offset of the marker behind which a second document begins; undefined where there is only one. */
  readonly second: number | undefined;
}

/** A node of a YAML document as it is written, with the offset at which it begins. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias;

interface Written<Kind, Event> {
  readonly kind: Kind;
  readonly start: number;
  readonly event: Event;
  /** Nodes that it stands for, aliases expanded. */
  readonly size: number;
}

/** A scalar; an empty one begins where the text before it ends. */
export interface YamlScalar extends Written<"scalar", ScalarEvent> {
  readonly value: string;
  /** The text as written, where it stands without quotes or tag and is not empty. */
  readonly plain: string | undefined;
}

interface YamlList extends Written<"list", SequenceEvent> {
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends Written<"map", MappingEvent> {
  readonly pairs: readonly YamlPair[];
}

export interface YamlPair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface YamlAlias extends Written<"alias", AliasEvent> {
  readonly name: string;
  /** What it stands for; or the reason why it stands for nothing. */
  readonly target: YamlNode | "unknown" | "cyclic";
}

/** Nodes that a document may have, aliases expanded: above any real manifest, below what would exhaust memory. */
const maxNodes = 2_000_000;

/** Nodes that aliases may add for each one that is written; a small document may have 10,000 more. */
const maxGrowth = 100;

const written: YamlProblem = Object.freeze({
  ...({ code: "F03", offset: 0 } as const),
  message: `the file has more values than the ${maxNodes} that are allowed`,
  remedy: "split it into several manifests",
});

/** @param offset - of the alias that is to blame */
export const expanded = (offset: number): YamlProblem => ({
  ...({ code: "Y05", offset } as const),
  message: `aliases make this file more than ${maxNodes} values, or a hundred times as many as it writes`,
  remedy: "write out what the aliases stand for, or say it once in defaults or grantSets",
});

const cyclic = (offset: number): YamlProblem => ({
  ...({ code: "Y05", offset } as const),
  message: "this alias stands inside of what it stands for",
  remedy: "take the alias out",
});

interface Reader {
  readonly text: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, YamlNode | "cyclic">;
  index: number;
  /** Where the text of the last event ends. */
  end: number;
  lastAlias: number;
  excess: YamlProblem | undefined;
}

type NodeEvent = AliasEvent | MappingEvent | ScalarEvent | SequenceEvent;

/** Reads the first document of an event stream, in time linear in what is written. */
export function yamlTree(text: string, events: readonly Event[]): YamlDocument {
  if (events.length > maxNodes) return { root: undefined, excess: written, second: undefined };
  const state = { index: 1, end: 0, lastAlias: 0, excess: undefined };
  const reader: Reader = { text, events, anchors: new Map(), ...state };
  const root = readNode(reader);
  return { root, excess: reader.excess, second: secondDocument(reader) };
}

/** The same but for the tree, which takes a while and is of use only where there are aliases or several documents. */
export function documentFaults(text: string, events: readonly Event[]): Omit<YamlDocument, "root"> {
  const marks = events.filter(({ type }) => type === EVENT_ID.DOCUMENT || type === EVENT_ID.ALIAS);
  const isPlain = marks.length < 2 && events.length <= maxNodes;
  return isPlain ? { excess: undefined, second: undefined } : yamlTree(text, events);
}

/** Where the maps begin that are items of a list in the root, by the list's key: the entries of a manifest. */
export type EntryStarts = ReadonlyMap<string, readonly (number | undefined)[]>;

/** Nothing is known of lists and maps that an alias stands for. */
export function entryStarts(text: string, events: readonly Event[]): EntryStarts {
  const starts = new Map<string, (number | undefined)[]>();
  let depth = 0;
  let key: string | undefined;
  let items: (number | undefined)[] = [];
  for (const event of events) {
    const { type } = event;
    if (type === EVENT_ID.POP) {
      depth -= 1;
      continue;
    }
    if (depth === 3) items.push(event.type === EVENT_ID.MAPPING ? event.start : undefined);
    else if (depth === 2 && key === undefined)
      key = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : "";
    else if (depth === 2 && key !== undefined) {
      items = [];
      if (event.type === EVENT_ID.SEQUENCE) starts.set(key, items);
      key = undefined;
    }
    if (type !== EVENT_ID.SCALAR && type !== EVENT_ID.ALIAS) depth += 1;
  }
  return starts;
}

function secondDocument({ text, events, end }: Reader): number | undefined {
  const [first, second] = events.filter(({ type }) => type === EVENT_ID.DOCUMENT);
  if (second === undefined) return undefined;
  // A marker stands at the beginning of a line, where no comment and no scalar can look like it.
  const marker = /^(---|\.\.\.)(?=\s|$)/gm;
  if (first?.type === EVENT_ID.DOCUMENT && first.explicitStart) marker.exec(text);
  marker.lastIndex = Math.max(marker.lastIndex, end);
  return marker.exec(text)?.index ?? 0;
}

/** Reads one node, and what is inside of it: as deep as the parser let it be. Undefined at the end of a collection. */
function readNode(reader: Reader): YamlNode | undefined {
  const event = reader.events[reader.index++];
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
    return undefined;
  const { text, anchors } = reader;
  const start = startOf(event, reader);
  reader.end = Math.max(start, endOf(event));
  const anchor = event.anchorStart < 0 ? "" : text.slice(event.anchorStart, event.anchorEnd);
  if (event.type === EVENT_ID.ALIAS) {
    const target = anchors.get(anchor) ?? "unknown";
    reader.lastAlias = start;
    if (target === "cyclic") reader.excess ??= cyclic(start);
    return {
      kind: "alias",
      start,
      event,
      name: anchor,
      target,
      size: typeof target === "string" ? 1 : target.size,
    };
  }
  // While a node is being read, an alias to it is one to itself.
  if (anchor !== "") anchors.set(anchor, "cyclic");
  const node = nodeOf(event, start, reader);
  if (anchor !== "") anchors.set(anchor, node);
  return node;
}

function nodeOf(event: Exclude<NodeEvent, AliasEvent>, start: number, reader: Reader): YamlNode {
  if (event.type === EVENT_ID.SCALAR) {
    const bare = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 && event.valueStart >= 0;
    const plain = bare ? reader.text.slice(event.valueStart, event.valueEnd) : undefined;
    return { kind: "scalar", start, event, size: 1, value: getScalarValue(reader.text, event), plain };
  }
  const items: YamlNode[] = [];
  let size = 1;
  for (let item = readItem(event, reader); item !== undefined; item = readItem(event, reader)) {
    items.push(item);
    size += item.size;
    if (size > Math.min(maxNodes, 10_000 + maxGrowth * reader.events.length))
      reader.excess ??= expanded(reader.lastAlias);
  }
  if (event.type === EVENT_ID.SEQUENCE) return { kind: "list", start, event, size, items };
  const pairs = items.flatMap((key, i): YamlPair[] => {
    const value = i % 2 === 0 ? items[i + 1] : undefined;
    return value === undefined ? [] : [{ key, value }];
  });
  return { kind: "map", start, event, size, pairs };
}

/** Reads the next item of a list, or the next key or value of a map. */
function readItem(parent: MappingEvent | SequenceEvent, reader: Reader): YamlNode | undefined {
  if (parent.type === EVENT_ID.SEQUENCE && parent.style === COLLECTION_STYLE.BLOCK) {
    // An empty item is where its dash is, which no event tells.
    const dash = afterSpaceAndComments(reader.text, reader.end);
    if (reader.text[dash] === "-") reader.end = dash + 1;
  }
  return readNode(reader);
}

/** The offset of the next character that is neither white space nor part of a comment: each is looked at once. */
function afterSpaceAndComments(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && " \t\r\n".includes(text[at] ?? "")) at += 1;
    if (text[at] !== "#") return at;
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end;
  }
}

/** The offset at which a person sees the node begin: its quote, its `|`, its first key. */
function startOf(event: NodeEvent, { text, end }: Reader): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return event.start;
  if (event.valueStart < 0) {
    if (event.tagStart >= 0) return event.tagStart;
    return event.anchorStart < 0 ? end : event.anchorStart - 1;
  }
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  if (isQuoted(event)) return event.valueStart - 1;
  const header = text.slice(end, event.valueStart).search(/[|>]/);
  return header < 0 ? event.valueStart : end + header;
}

function endOf(event: NodeEvent): number {
  if (event.type !== EVENT_ID.SCALAR) return event.anchorEnd;
  if (event.valueStart < 0) return Math.max(event.anchorEnd, event.tagEnd);
  return isQuoted(event) ? event.valueEnd + 1 : event.valueEnd;
}

function isQuoted({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
}

/** True for the key `<<`, which merges maps; in quotes it is a key like any other. */
export function isMerge(key: YamlNode): boolean {
  return key.kind === "scalar" && key.plain === "<<";
}
