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
   * The text of a helper's argument.
   * @throws TypeError for anything but {@link Unquoted}, a string literal of the template or a number
   */
  static textOf(value: unknown): string {
    if (value instanceof Unquoted) return value.#text;
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new TypeError(`a helper needs text, and was given ${value === null ? "null" : typeof value}`);
  }

  /** @throws TypeError always: this is what Handlebars calls for a bare `{{x}}` */
  toString(): never {
    throw new TypeError(
      "a value is printed without quotes; write {{shell x}} in shell code, {{yaml x}} elsewhere",
    );
  }
}
