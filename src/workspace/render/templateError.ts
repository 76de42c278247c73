/**
 * Public codes of template mistakes: the folder lacks a file, a template is not Handlebars, it fails on a snippet,
 * or what it makes is not a `.gitpod.yml` that a terminal can take.
 */
export type TemplateErrorCode =
  "TEMPLATE_MISSING" | "TEMPLATE_SYNTAX" | "TEMPLATE_RENDER" | "TEMPLATE_RESULT";

/** A mistake in a folder of templates, which may be the user's own. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly code: TemplateErrorCode;
  /** File name of the template, e.g. `task.sh.hbs`. */
  readonly template: string;

  constructor(code: TemplateErrorCode, template: string, message: string) {
    super(message);
    this.code = code;
    this.template = template;
  }
}
