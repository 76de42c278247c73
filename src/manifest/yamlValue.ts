import { constructFromEvents, CORE_SCHEMA, EVENT_ID, mapTag, mergeTag, YAMLException } from "js-yaml";
import type { Event, MappingTagDefinition } from "js-yaml";
import { quote, type DiagnosticCode, type TextPositions } from "../diagnostics";
import { isMerge } from "./yamlTree";
import type { YamlNode, YamlProblem } from "./yamlTree";

/** Keys that a merge (`<<`) may copy in one file: 10,000 entries with defaults of 200 keys. */
const maxTotalMergeKeys = 2_000_000;

/** @param onWrongKey - what is made of an error in a key: itself, or nothing, which drops the key */
const schemaWith = (onWrongKey: (error: string) => string) => {
  const maps: MappingTagDefinition<Record<string, unknown>> = {
    ...mapTag,
    addPair(map, key, value) {
      const error = keyError(key);
      return error === undefined ? mapTag.addPair(map, key, value) : onWrongKey(error);
    },
  };
  return CORE_SCHEMA.withTags(maps, mergeTag);
};

const schemas = Object.freeze({ strict: schemaWith((error) => error), lenient: schemaWith(() => "") });

/**
 * Why a value cannot be a key; undefined where it can. Numbers and such would silently become text (`0123` the key
 * "123"), and a key `__proto__` is an attack.
 */
function keyError(key: unknown): string | undefined {
  if (typeof key !== "string") return "a key that is not text";
  return key === "__proto__" ? "a key that is not allowed" : undefined;
}

/** What was made of a text, or the error in it. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: YAMLException };

export function attempt<T>(make: () => T): Attempt<T> {
  try {
    return { ok: true, value: make() };
  } catch (error) {
    if (error instanceof YAMLException) return { ok: false, error };
    throw error;
  }
}

/**
 * Makes the value of an event stream's first document.
 * @param mode - strict refuses duplicate keys and keys that are not text; lenient keeps the last of the ones and
 *   drops the others, so that the rest can be examined as well
 */
export function construct(
  source: string,
  events: readonly Event[],
  mode: "strict" | "lenient",
): Attempt<unknown> {
  const options = { source, schema: schemas[mode], json: mode === "lenient", maxTotalMergeKeys };
  return attempt(() => constructFromEvents([...events], options)[0]);
}

/** Makes the value of a single node: of a collection, the empty one with the same tag. */
function constructAlone(source: string, events: readonly Event[], node: Event): Attempt<unknown> {
  const closing: Event[] = node.type === EVENT_ID.SCALAR ? [] : [{ type: EVENT_ID.POP }];
  return construct(source, [...events.slice(0, 1), node, ...closing, { type: EVENT_ID.POP }], "strict");
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
