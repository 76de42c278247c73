/** A value of Terraform's JSON syntax. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * JSON as cdktf writes it: keys sorted by code unit, two spaces, and a line break inside of what is empty.
 * `JSON.stringify` does not: it puts the keys `9` and `10` of an object first, by their number.
 * @param line - the line break and indentation before the value's last line
 */
export function stableJson(value: Json, line = "\n"): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${line}  `;
  if (isList(value)) return `[${value.map((item) => inner + stableJson(item, inner)).join()}${line}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${inner}${JSON.stringify(key)}: ${stableJson(value[key] ?? null, inner)}`);
  return `{${members.join()}${line}}`;
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
