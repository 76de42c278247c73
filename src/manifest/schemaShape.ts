import type { z } from "zod";
import type { Path } from "../diagnostics/diagnostic";

/*
 * Questions about a schema that zod's issues leave open: which keys an object has, and what a value is for.
 */

type AnySchema = z.core.$ZodType;

/** The schemas that a value at a path may have: several below a union, none where no value is expected. */
export function schemasAt(root: AnySchema, path: Path): readonly AnySchema[] {
  let schemas = alternatives(root);
  for (const segment of path)
    schemas = schemas.flatMap((schema) => step(schema, segment)).flatMap(alternatives);
  return schemas;
}

/** The keys that a map at a path may have, in the schema's order; empty where any are allowed. */
export function keysAt(root: AnySchema, path: Path): readonly string[] {
  return schemasAt(root, path).flatMap((schema) => Object.keys(shapeOf(schema)));
}

/** What a value at a path is for, in the words of its description. */
export function descriptionAt(root: AnySchema, path: Path): string | undefined {
  const [parents, last] = [schemasAt(root, path.slice(0, -1)), path.at(-1)];
  if (last === undefined) return undefined;
  // Descriptions are on the outermost schema of a key: on the optional one, not on what it wraps.
  return parents
    .flatMap((parent) => step(parent, last))
    .map((schema) => (schema as z.ZodType).description)
    .find((description) => description !== undefined);
}

function defOf(schema: AnySchema): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

function shapeOf(schema: AnySchema): Readonly<Record<string, AnySchema>> {
  const def = defOf(schema);
  return def.type === "object" ? def.shape : {};
}

function step(schema: AnySchema, segment: string | number): readonly AnySchema[] {
  const def = defOf(schema);
  if (def.type === "array") return typeof segment === "number" ? [def.element] : [];
  if (def.type === "record") return [def.valueType];
  const key = String(segment);
  const shape = shapeOf(schema);
  const next = Object.hasOwn(shape, key) ? shape[key] : undefined;
  return next === undefined ? [] : [next];
}

/** A schema without what makes it optional, one for each branch of a union. */
function alternatives(schema: AnySchema): readonly AnySchema[] {
  const def = defOf(schema);
  if (def.type === "optional") return alternatives(def.innerType);
  return def.type === "union" ? def.options.flatMap(alternatives) : [schema];
}

/** What a schema's values are, in words for a message: `text`, `a list`, `one of "read", "write"`. */
export function kindOf(schema: AnySchema): string {
  const def = defOf(schema);
  if (def.type === "object") return `a map with ${Object.keys(def.shape).join(", ")}`;
  if (def.type === "record") return "a map";
  if (def.type === "array") return "a list";
  if (def.type === "boolean") return "true or false";
  if (def.type === "number") return "a whole number";
  if (def.type === "enum") return Object.values(def.entries).join(", ");
  return "text";
}
