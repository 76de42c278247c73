import { constructFromEvents, CORE_SCHEMA, EVENT_ID, mapTag, mergeTag, YAMLException } from "js-yaml";
import type { Event, MappingTagDefinition, Schema } from "js-yaml";

/** Keys that a merge (`<<`) may copy in one file: 10,000 entries with defaults of 200 keys. */
const maxTotalMergeKeys = 2_000_000;

type Maps = MappingTagDefinition<Record<string, unknown>>;

const refusesKeys: Maps = {
  ...mapTag,
  addPair: (map, key, value) => keyError(key) ?? mapTag.addPair(map, key, value),
};

const dropsKeys: Maps = {
  ...mapTag,
  addPair: (map, key, value) => (keyError(key) === undefined ? mapTag.addPair(map, key, value) : ""),
};

const schemas: Readonly<Record<"strict" | "lenient", Schema>> = Object.freeze({
  strict: CORE_SCHEMA.withTags(refusesKeys, mergeTag),
  lenient: CORE_SCHEMA.withTags(dropsKeys, mergeTag),
});

/**
 * Why a value cannot be a key; undefined where it can. Numbers and such would silently become text (`0123` the key
 * "123"), and a key `__proto__` is an attack.
 */
export function keyError(key: unknown): string | undefined {
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
export function constructAlone(source: string, events: readonly Event[], node: Event): Attempt<unknown> {
  const closing: Event[] = node.type === EVENT_ID.SCALAR ? [] : [{ type: EVENT_ID.POP }];
  return construct(source, [...events.slice(0, 1), node, ...closing, { type: EVENT_ID.POP }], "strict");
}
