import { Unquoted, type Quoting } from "./unquoted";

/*
 * The built-in templates print text by helpers alone, and look into none: two contexts that differ in nothing but text
 * come out alike but for what the helpers print. So a template runs once for each shape of context, with slots in
 * place of the texts, and the other contexts of the shape are filled in. Ten thousand snippets have a handful of
 * shapes.
 */

/** What a template makes of all contexts of one shape: texts as they are written, with a slot between each two. */
export interface Form {
  /** One more than there are slots. */
  readonly fixed: readonly string[];
  readonly slots: readonly FormSlot[];
  /** Does what is fixed hold a control character other than a line feed? */
  readonly hasControls: boolean;
  /** The most characters that are fixed in one line. */
  readonly longestLine: number;
  /** The most slots in one line. */
  readonly mostSlots: number;
}

/** Where a form has text, and how the text is quoted there. */
interface FormSlot {
  /** Number of the text in its context. */
  readonly text: number;
  readonly quoting: Quoting;
  /** The last text that stood here, and what it was quoted as: most are the same in all snippets. */
  last: { readonly text: string; readonly quoted: string } | null;
}

/** A context, taken apart. */
export interface Shape {
  /** Equal for contexts that a template cannot tell apart but by their texts. */
  readonly key: string;
  /** The texts, in the order in which they stand in the context. */
  readonly texts: readonly Unquoted[];
}

/** Takes a context apart. Its objects have the keys of their types, all of them and in one order. */
export function shapeOf(context: object): Shape {
  const texts: Unquoted[] = [];
  let key = "";
  const add = (value: unknown): void => {
    if (value instanceof Unquoted) {
      texts.push(value);
      key += "text,";
    } else if (Array.isArray(value)) {
      key += "[";
      value.forEach(add);
      key += "],";
    } else if (typeof value === "object" && value !== null) {
      key += "{";
      for (const name in value) add((value as Readonly<Record<string, unknown>>)[name]);
      key += "},";
    } else key += typeof value === "string" ? JSON.stringify(value) : `${String(value)},`;
  };
  add(context);
  return { key, texts };
}

/** A slot: prints its number, between characters that no quoted text can hold. */
class Slot extends Unquoted {
  readonly #index: number;

  constructor(index: number) {
    super("\0");
    this.#index = index;
  }

  override quoted(quoting: Quoting): string {
    return `\0${quoting} ${this.#index}\0`;
  }
}

/**
 * The form of a context's shape; null where the template fails, or quotes what is quoted already, which a slot cannot
 * know: such templates run for each context.
 * @param render - runs the template, whose own text holds no NUL and which takes nothing from what a helper printed
 */
export function formOf<C extends object>(context: C, render: (context: C) => string): Form | null {
  let count = 0;
  const slotted = (value: unknown): unknown => {
    if (value instanceof Unquoted) return new Slot(count++);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(slotted);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, slotted(inner)]));
  };
  let text: string;
  try {
    text = render(slotted(context) as C);
  } catch {
    return null;
  }
  const pieces = text.split(/\0(coded|shell|yaml) (\d+)\0/);
  const fixed = pieces.filter((_, i) => i % 3 === 0);
  const lines = text.split("\n").map((line) => line.split("\0"));
  return {
    fixed,
    slots: fixed.slice(1).map((_, i) => ({
      quoting: pieces[3 * i + 1] as Quoting,
      text: Number(pieces[3 * i + 2]),
      last: null,
    })),
    hasControls: fixed.some((part) => /[^\P{Cc}\n]/u.test(part)),
    longestLine: Math.max(...lines.map((parts) => parts.join("").length)),
    mostSlots: Math.max(...lines.map((parts) => (parts.length - 1) / 2)),
  };
}

/** A filled form, and a bound on the characters of its longest line. */
export interface Filled {
  readonly text: string;
  readonly longestLine: number;
}

function quotedAt(slot: FormSlot, texts: readonly Unquoted[]): string {
  const text = texts[slot.text];
  if (text === undefined) return "";
  if (slot.last === null || !text.is(slot.last.text)) slot.last = text.quotedAs(slot.quoting);
  return slot.last.quoted;
}

/**
 * Fills texts into a form.
 * @throws RangeError for text that cannot be quoted
 */
export function fillForm({ fixed, slots, longestLine, mostSlots }: Form, texts: readonly Unquoted[]): Filled {
  let text = fixed[0] ?? "";
  let longest = 0;
  slots.forEach((slot, i) => {
    const quoted = quotedAt(slot, texts);
    if (quoted.length > longest) longest = quoted.length;
    text += quoted + (fixed[i + 1] ?? "");
  });
  return { text, longestLine: longestLine + mostSlots * longest };
}
