import { codedQuote, shellQuote, yamlQuote } from "./quoting";

const quoters = Object.freeze({ coded: codedQuote, shell: shellQuote, yaml: yamlQuote });

/** The helpers by which a template prints text: each makes one line of it. */
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

  /**
   * What a helper prints of its argument.
   * @throws TypeError for anything but {@link Unquoted}, a string literal of the template or a number
   * @throws RangeError for text that cannot be quoted
   */
  static print(value: unknown, quoting: Quoting): string {
    if (value instanceof Unquoted) return value.quoted(quoting);
    if (typeof value === "string" || typeof value === "number") return quoters[quoting](String(value));
    throw new TypeError(`a helper needs text, and was given ${value === null ? "null" : typeof value}`);
  }

  /** Is it this text? */
  is(text: string): boolean {
    return this.#text === text;
  }

  /** The text, and what a helper prints of it. */
  quotedAs(quoting: Quoting): { readonly text: string; readonly quoted: string } {
    return { text: this.#text, quoted: this.quoted(quoting) };
  }

  /** The text as a helper prints it. */
  quoted(quoting: Quoting): string {
    return quoters[quoting](this.#text);
  }

  /** @throws TypeError always: this is what Handlebars calls for a bare `{{x}}` */
  toString(): never {
    throw new TypeError(
      "a value is printed without quotes; write {{shell x}} in shell code, {{yaml x}} elsewhere",
    );
  }
}
