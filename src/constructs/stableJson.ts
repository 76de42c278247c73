import type { Json, JsonObject } from "./terraform";

/**
 * JSON with its keys sorted, as cdktf writes it: two spaces, and a line break inside of what is empty. What is in
 * order already goes to `JSON.stringify` whole, which is several times as fast as a walk in JavaScript.
 * @param indent - what stands before the value's lines, but for the first
 */
export function stableJson(value: Json, indent = ""): string {
  if (isOrdered(value)) {
    const text = JSON.stringify(value, null, 2);
    return indent === "" ? text : text.replaceAll("\n", `\n${indent}`);
  }
  const inner = `${indent}  `;
  const [open, members, close] = isList(value)
    ? ["[", value.map((item) => stableJson(item, inner)), "]"]
    : ["{", membersOf(value as JsonObject, inner), "}"];
  return `${open}${members.map((member) => `\n${inner}${member}`).join()}\n${indent}${close}`;
}

function membersOf(object: JsonObject, indent: string): readonly string[] {
  return Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${stableJson(object[key] ?? null, indent)}`);
}

/** Does `JSON.stringify` write it as it should be: all keys in order, and nothing empty in it? */
function isOrdered(value: Json): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (isList(value)) return value.length > 0 && value.every(isOrdered);
  let last: string | undefined;
  for (const key in value) {
    if ((last !== undefined && key < last) || !isOrdered(value[key] ?? null)) return false;
    last = key;
  }
  return last !== undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
