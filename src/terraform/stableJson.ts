/** A value of Terraform's JSON syntax. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * JSON as cdktf writes it: keys sorted by code unit, two spaces, and a line break inside of what is empty.
 * @param line - the line break and indentation before the value's last line
 */
export function stableJson(value: Json, line = "\n"): string {
  if (typeof value !== "object" || value === null || isInOrder(value)) {
    const text = JSON.stringify(value, null, 2);
    return line === "\n" ? text : text.replaceAll("\n", line);
  }
  const inner = `${line}  `;
  if (isList(value)) return `[${value.map((item) => inner + stableJson(item, inner)).join()}${line}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${inner}${JSON.stringify(key)}: ${stableJson(value[key] ?? null, inner)}`);
  return `{${members.join()}${line}}`;
}

/** Does `JSON.stringify` write it so, many times faster? It leaves keys as they stand, but for numbers, and what is empty on one line. */
function isInOrder(value: Json): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (isList(value)) return value.length > 0 && value.every(isInOrder);
  let last = "";
  for (const key in value) {
    if (key < last || !isInOrder(value[key] ?? null)) return false;
    last = key;
  }
  return Object.keys(value).length > 0;
}

/** An object without what Terraform takes as absent: undefined, null, and what is empty. */
export function withoutEmpty(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  const result: Record<string, Json> = {};
  for (const key in object) {
    const value = object[key] ?? "";
    if (typeof value === "object" ? Object.keys(value).length > 0 : value !== "") result[key] = value;
  }
  return result;
}

/** Is this an array? `Array.isArray` does not narrow readonly ones. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Is this an object, and no list? */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
