import type * as z from "zod";
import type { Path } from "../diagnostics";

type AnySchema = z.core.$ZodType;

/** The schemas that a value at a path may have: several below a union, none where no value is expected. */
export function schemasAt(root: AnySchema, path: Path): readonly AnySchema[] {
  return declaredAt(root, path).flatMap(alternatives);
}

/** The keys that a map at a path may have, in the schema's order; empty where any are allowed. */
export function keysAt(root: AnySchema, path: Path): readonly string[] {
  return schemasAt(root, path).flatMap((schema) => Object.keys(shapeOf(schema)));
}

/** What a value at a path is for, in the words of its description. */
export function descriptionAt(root: AnySchema, path: Path): string | undefined {
  return declaredAt(root, path)
    .map((schema) => (schema as z.ZodType).description)
    .find((description) => description !== undefined);
}

const list = { words: "a list", remedy: "write it as a list, in [brackets] or after a dash" };
const map = { words: "a map", remedy: "write keys and values here, each after a colon and a space" };
const whole = { words: "a whole number", remedy: "write digits, without quotes" };

/** What values are, by the type of their schema, and how to write one. */
export const kinds: Readonly<Record<string, { readonly words: string; readonly remedy: string }>> =
  Object.freeze({
    string: { words: "text", remedy: "write text here, a single value" },
    boolean: { words: "true or false", remedy: "write true or false, without quotes" },
    ...{ number: whole, int: whole, array: list, object: map, record: map },
  });

/** What a schema's values are, in words for a message: `text`, `a list`, `read, write`. */
export function kindOf(schema: AnySchema): string {
  const def = defOf(schema);
  if (def.type === "object") return `a map with ${Object.keys(def.shape).join(", ")}`;
  if (def.type === "enum") return Object.values(def.entries).join(", ");
  return kinds[def.type]?.words ?? "text";
}

/** The schemas of a path as they are declared: a description is on what makes its schema optional. */
function declaredAt(root: AnySchema, path: Path): readonly AnySchema[] {
  let schemas: readonly AnySchema[] = [root];
  for (const segment of path) schemas = schemas.flatMap(alternatives).flatMap((s) => step(s, segment));
  return schemas;
}

function step(schema: AnySchema, segment: string | number): readonly AnySchema[] {
  const def = defOf(schema);
  if (def.type === "array") return typeof segment === "number" ? [def.element] : [];
  if (def.type === "record") return [def.valueType];
  const shape = shapeOf(schema);
  const next = Object.hasOwn(shape, segment) ? shape[segment] : undefined;
  return next === undefined ? [] : [next];
}

/** A schema without what makes it optional, one for each branch of a union. */
function alternatives(schema: AnySchema): readonly AnySchema[] {
  const def = defOf(schema);
  if (def.type === "optional") return alternatives(def.innerType);
  return def.type === "union" ? def.options.flatMap(alternatives) : [schema];
}

function shapeOf(schema: AnySchema): Readonly<Record<string, AnySchema>> {
  const def = defOf(schema);
  return def.type === "object" ? def.shape : {};
}

function defOf(schema: AnySchema): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as z.core.$ZodTypes)._zod.def;
}
