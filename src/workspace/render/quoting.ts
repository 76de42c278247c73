/**
 * One word that bash and zsh read as `text`, typed or from a file: bare where it can be, else in single quotes.
 * @throws RangeError for control characters, which are keys of a terminal, and half of a surrogate pair
 */
export function shellQuote(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new RangeError("a control character cannot be typed into a terminal");
  refuseUnencodable(text);
  return /^[\w./:@+,-][\w./:@+,=-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A YAML scalar on one line that every parser reads as `text`: bare where it is a plain word, else quoted. */
export function yamlWord(text: string): string {
  const plain = /^[a-z][a-z0-9_-]*$/i.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : yamlQuote(text);
}

/**
 * A double-quoted YAML scalar on one line that every parser reads as `text`; what cannot be seen is escaped.
 * @throws RangeError for NUL or half of a surrogate pair
 */
export function yamlQuote(text: string): string {
  refuseUnencodable(text);
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

function refuseUnencodable(text: string): void {
  if (text.includes("\0")) throw new RangeError("text with a NUL character cannot be quoted");
  if (!text.isWellFormed()) throw new RangeError("text with half of a surrogate pair cannot be quoted");
}

const quoters = Object.freeze({ shell: shellQuote, yaml: yamlWord });

/** The helpers by which a template prints text. */
export type Quoting = keyof typeof quoters;

/**
 * Text in a template's context that must be quoted before it is printed: `{{shell x}}` or `{{yaml x}}`. A template
 * that prints it bare is an error, whoever wrote the template, so that no template can forget to quote.
 */
export class Unquoted {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** What a helper prints of its argument. @throws TypeError, RangeError - for what is no text, or cannot be quoted */
  static print(value: unknown, quoting: Quoting): string {
    if (value instanceof Unquoted) return quoters[quoting](value.#text);
    if (typeof value === "string" || typeof value === "number") return quoters[quoting](String(value));
    throw new TypeError(`a helper needs text, and was given ${value === null ? "null" : typeof value}`);
  }

  /** @throws TypeError always: this is what Handlebars calls for a bare `{{x}}` */
  toString(): never {
    throw new TypeError(
      "a value is printed without quotes; write {{shell x}} in shell code, {{yaml x}} elsewhere",
    );
  }
}
