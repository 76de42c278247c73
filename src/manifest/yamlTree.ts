import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from "js-yaml";

/** A node of a YAML document as it is written, with the offset at which it begins. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias;

interface Written<Kind, Event> {
  readonly kind: Kind;
  readonly start: number;
  readonly event: Event;
}

/** A scalar; an empty one begins where the text before it ends. */
interface YamlScalar extends Written<"scalar", ScalarEvent> {
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

export interface YamlAlias {
  readonly kind: "alias";
  readonly start: number;
  readonly name: string;
  /** What it stands for; or the reason why it stands for nothing. */
  readonly target: YamlNode | "unknown" | "cyclic";
}

interface Reader {
  readonly text: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, YamlNode | "cyclic">;
  index: number;
  /** Where the text of the last event ends. */
  end: number;
}

type NodeEvent = AliasEvent | MappingEvent | ScalarEvent | SequenceEvent;

/** Builds the tree of the first document of an event stream; undefined where there is none. */
export function yamlTree(text: string, events: readonly Event[]): YamlNode | undefined {
  return readNode({ text, events, anchors: new Map(), index: 1, end: 0 });
}

/** Reads one node, and what is inside of it: as deep as the parser let it be. Undefined at the end of a collection. */
function readNode(reader: Reader): YamlNode | undefined {
  const event = reader.events[reader.index++];
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
    return undefined;
  const { text } = reader;
  const start = startOf(event, reader);
  reader.end = Math.max(start, endOf(event));
  if (event.type === EVENT_ID.ALIAS) {
    const name = text.slice(event.anchorStart, event.anchorEnd);
    return { kind: "alias", start, name, target: reader.anchors.get(name) ?? "unknown" };
  }
  const anchor = event.anchorStart < 0 ? undefined : text.slice(event.anchorStart, event.anchorEnd);
  // While a node is being read, an alias to it is one to itself.
  if (anchor !== undefined) reader.anchors.set(anchor, "cyclic");
  const node = nodeOf(event, start, reader);
  if (anchor !== undefined) reader.anchors.set(anchor, node);
  return node;
}

function nodeOf(event: Exclude<NodeEvent, AliasEvent>, start: number, reader: Reader): YamlNode {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      const bare = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 && event.valueStart >= 0;
      const plain = bare ? reader.text.slice(event.valueStart, event.valueEnd) : undefined;
      return { kind: "scalar", start, event, value: getScalarValue(reader.text, event), plain };
    }
    case EVENT_ID.SEQUENCE: {
      const items: YamlNode[] = [];
      for (let item = readItem(event, reader); item !== undefined; item = readItem(event, reader))
        items.push(item);
      return { kind: "list", start, event, items };
    }
    case EVENT_ID.MAPPING: {
      const pairs: YamlPair[] = [];
      for (let key = readNode(reader); key !== undefined; key = readNode(reader)) {
        const value = readNode(reader);
        if (value === undefined) break;
        pairs.push({ key, value });
      }
      return { kind: "map", start, event, pairs };
    }
  }
}

function readItem(list: SequenceEvent, reader: Reader): YamlNode | undefined {
  if (list.style === COLLECTION_STYLE.BLOCK) {
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
