import * as z from "zod";
import { codes } from "./markdown";

/** What a page says about one key of the manifest. */
export interface KeyRow {
  /** From the section's own map: `backend.s3.bucket`, `accept[].rule`. */
  readonly key: string;
  readonly required: boolean;
  /** Markdown. */
  readonly allowed: string;
  /** What leaving the key out means, in the words of its description; empty where that is nothing. */
  readonly byDefault: string;
  readonly meaning: string;
  /** For what leads further: the schema of the key's value. */
  readonly schema: z.ZodType;
}

/** Schemas that have a section of their own, with the markdown that leads there. */
export type Sections = ReadonlyMap<z.core.$ZodType, string>;

type AnySchema = z.core.$ZodType;

/** The rows of a map's keys, those of maps below it included, except where they have a section of their own. */
export function keyRows(schema: AnySchema, sections: Sections, prefix = ""): readonly KeyRow[] {
  const def = defOf(schema);
  if (def.type !== "object") return [];
  return Object.entries(def.shape).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    const described = splitDefault(descriptionOf(value));
    const row: KeyRow = {
      key,
      required: defOf(value).type !== "optional",
      allowed: allowedText(value, sections),
      ...described,
      schema: value as z.ZodType,
    };
    return [row, ...rowsBelow(value, sections, key)];
  });
}

/** What the schema's own rules demand beyond the types of its keys, such as one of two keys. */
export function demands(schema: z.ZodType): readonly string[] {
  // Such a rule speaks once the keys are right by themselves: with none, or with those that no rule is about.
  const issues = [{}, { Effect: "Allow" }].flatMap((probe) => schema.safeParse(probe).error?.issues ?? []);
  return [...new Set(issues.filter((i) => i.code === "custom").map((i) => firstLine(i.message)))];
}

function rowsBelow(schema: AnySchema, sections: Sections, key: string): readonly KeyRow[] {
  if (sections.has(schema)) return [];
  const def = defOf(schema);
  if (def.type === "optional") return rowsBelow(def.innerType, sections, key);
  if (def.type === "array") return rowsBelow(def.element, sections, `${key}[]`);
  return keyRows(schema, sections, `${key}.`);
}

/** What a value may be, as markdown. */
function allowedText(schema: AnySchema, sections: Sections): string {
  const section = sections.get(schema);
  if (section !== undefined) return section;
  const def = defOf(schema);
  if (def.type === "optional") return allowedText(def.innerType, sections);
  if (def.type === "array") return `list${itemCount(schema)}: ${allowedText(def.element, sections)}`;
  if (def.type === "record")
    return `map: ${allowedText(def.keyType, sections)} → ${allowedText(def.valueType, sections)}`;
  if (def.type === "object") return "map";
  if (def.type === "union")
    return def.options.map((option, i) => optionText(option, sections, def.options[i - 1])).join(", or ");
  if (def.type === "enum") return codes(Object.values(def.entries).map(String));
  if (def.type === "literal") return codes(def.values.map(String));
  if (def.type === "boolean") return codes(["true", "false"]);
  if (def.type === "number") return `a whole number${range(bounds(schema), "minimum", "maximum")}`;
  return textRule(schema);
}

/** One option of a union, which may be a list of what the option before it is. */
function optionText(option: AnySchema, sections: Sections, before: AnySchema | undefined): string {
  const def = defOf(option);
  if (def.type === "array" && def.element === before) return `a list${itemCount(option)} of these`;
  return allowedText(option, sections);
}

/** What a text must look like, as markdown: the words of its message, or else its length. */
export function textRule(schema: AnySchema): string {
  const lengths = range(bounds(schema), "minLength", "maxLength");
  const said = [null, "\u0000"]
    .flatMap((probe) => z.safeParse(schema, probe).error?.issues ?? [])
    .find((issue) => issue.message.includes("\n"));
  if (said === undefined || firstLine(said.message) === "text without invisible characters")
    return `text${lengths === "" ? "" : `${lengths} characters`}`;
  return firstLine(said.message);
}

/** A description without what it says of the default, and that. */
function splitDefault(description: string): Pick<KeyRow, "byDefault" | "meaning"> {
  const match = /^(.*?)[,;]? ?\bby default (.+)$/.exec(description);
  return match === null
    ? { meaning: description, byDefault: "" }
    : { meaning: match[1] ?? "", byDefault: match[2] ?? "" };
}

function descriptionOf(schema: AnySchema): string {
  const own = (schema as z.ZodType).description;
  const def = defOf(schema);
  if (own !== undefined || def.type !== "optional") return own ?? "";
  return descriptionOf(def.innerType);
}

function itemCount(schema: AnySchema): string {
  return range(bounds(schema), "minItems", "maxItems");
}

type Bounds = Readonly<Record<string, number | undefined>>;

function range(found: Bounds, from: string, to: string): string {
  const [least, most] = [found[from], found[to]];
  if (most === undefined) return "";
  return least === undefined ? ` of at most ${most}` : ` of ${least} to ${most}`;
}

/** The bounds of a schema, in the words of JSON Schema. */
function bounds(schema: AnySchema): Bounds {
  const json: Readonly<Record<string, unknown>> = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return Object.fromEntries(
    Object.entries(json).filter((e): e is [string, number] => typeof e[1] === "number"),
  );
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

function defOf(schema: AnySchema): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as z.core.$ZodTypes)._zod.def;
}
