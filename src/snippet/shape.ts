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
  readonly slots: readonly { readonly text: number; readonly quoting: Quoting }[];
  /** Does what is fixed hold a control character other than a line feed? */
  readonly hasControls: boolean;
  /** The most characters that are fixed in one line. */
  readonly longestLine: number;
  /** The most slots in one line. */
  readonly mostSlots: number;
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
  const key = (value: unknown): string => {
    if (value instanceof Unquoted) {
      texts.push(value);
      return "text";
    }
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    return Array.isArray(value) ? `[${value.map(key).join()}]` : `{${Object.values(value).map(key).join()}}`;
  };
  return { key: key(context), texts };
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

/**
 * Fills texts into a form.
 * @throws RangeError for text that cannot be quoted
 */
export function fillForm({ fixed, slots, longestLine, mostSlots }: Form, texts: readonly Unquoted[]): Filled {
  let text = fixed[0] ?? "";
  let longest = 0;
  slots.forEach((slot, i) => {
    const quoted = texts[slot.text]?.quoted(slot.quoting) ?? "";
    longest = Math.max(longest, quoted.length);
    text += quoted + (fixed[i + 1] ?? "");
  });
  return { text, longestLine: longestLine + mostSlots * longest };
}
