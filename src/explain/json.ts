/** A JSON object, as far as the following stages look at one. */
export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonResult =
  { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly problem: string };

/** Deeper than any token or event; far below what exhausts a stack. */
const deepest = 32;

/** Keys that mean something else to programs than to people. */
const treacherous: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads a JSON object that everybody reads alike: no key twice, none that is an object's own machinery, no nesting
 * beyond 32. The problem never quotes the text: it may be a token.
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-4
 */
export function readJsonObject(text: string): JsonResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: "is not JSON" };
  }
  if (!isObject(value)) return { ok: false, problem: "is not a JSON object" };
  const problem = keyProblem(text);
  return problem === null ? { ok: true, value } : { ok: false, problem };
}

/** What is wrong with the keys of valid JSON; null where nothing is. */
function keyProblem(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  // A string with the colon behind it is a key, and the innermost object's.
  for (const [token, key] of text.matchAll(/[{}[\]]|("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"/g)) {
    if (token === "{" || token === "[") {
      if (open.push(token === "{" ? new Set() : null) > deepest)
        return `is nested deeper than ${deepest} levels`;
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (key !== undefined) {
      const name = String(JSON.parse(key));
      if (treacherous.has(name)) return `holds the key ${name}`;
      const keys = open.at(-1);
      if (keys?.has(name)) return "holds a key twice";
      keys?.add(name);
    }
  }
  return null;
}

/** A key of the object itself; undefined where it has none of that name. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** True for an object that is no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
