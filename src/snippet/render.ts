import Handlebars from "handlebars";
import { escapeHidden, quote } from "../diagnostics/quote";
import type { Snippet } from "../model/accessModel";
import { type SnippetContext, snippetContext } from "./context";
import { readGitpodYml } from "./gitpodSchema";
import { withHeader } from "./ownership";
import { shellQuote, yamlQuote } from "./quoting";
import { Unquoted } from "./unquoted";

/** The file of a template folder that makes a whole `.gitpod.yml`; the others are its partials. */
export const rootTemplate = "gitpod.yml.hbs";

/** Bytes of a line that a terminal in line mode takes; Linux drops the rest after 4,095. */
const longestTypedLine = 4000;

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

/** Templates, ready to render any number of snippets. */
export interface SnippetRenderer {
  /**
   * The text of a snippet's file: its header, then a valid `.gitpod.yml`.
   * @throws TemplateError where a template fails on this snippet or makes something else
   */
  renderSnippet(snippet: Snippet, source: { readonly manifestName: string }): string;
}

const options: CompileOptions = Object.freeze({
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { shell: true, yaml: true },
});

const runtime: Handlebars.RuntimeOptions = Object.freeze({
  allowProtoMethodsByDefault: false,
  allowProtoPropertiesByDefault: false,
});

/**
 * Compiles a folder of templates, all at once, so that a mistake shows before anything is rendered.
 * @param sources - file name, which ends in `.hbs`, to text
 * @param proven - of templates whose every result is known to be a valid `.gitpod.yml`, only what depends on the
 * snippet's text is checked again; a template that somebody may have written has all its results read back
 * @throws TemplateError
 */
export function compileTemplates(
  sources: Readonly<Record<string, string>>,
  proven: "proven" | "unproven" = "unproven",
): SnippetRenderer {
  const handlebars = isolatedHandlebars();
  for (const [file, source] of Object.entries(sources)) {
    const text = source.replaceAll("\r\n", "\n");
    checkSyntax(handlebars, file, text);
    handlebars.registerPartial(file.replace(/\.hbs$/, ""), handlebars.compile<unknown>(text, options));
  }
  const root = Object.hasOwn(sources, rootTemplate) ? sources[rootTemplate] : undefined;
  if (root === undefined)
    throw new TemplateError(
      "TEMPLATE_MISSING",
      rootTemplate,
      `template ${rootTemplate} is missing; copy it from the templates folder of gitpod-aws-oidc and change the copy`,
    );
  const template = handlebars.compile<SnippetContext>(root.replaceAll("\r\n", "\n"), options);
  return {
    renderSnippet: (snippet, { manifestName }) =>
      withHeader(manifestName, renderBody(template, snippet, proven)),
  };
}

/** An instance of its own, without the helpers that print to the console or look up by computed names. */
function isolatedHandlebars(): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper("log");
  handlebars.unregisterHelper("lookup");
  handlebars.registerHelper("shell", (value: unknown) => shellQuote(Unquoted.textOf(value)));
  handlebars.registerHelper("yaml", (value: unknown) => yamlQuote(Unquoted.textOf(value)));
  return handlebars;
}

function checkSyntax(handlebars: typeof Handlebars, file: string, text: string): void {
  try {
    handlebars.precompile(text, { ...options });
  } catch (error) {
    throw new TemplateError(
      "TEMPLATE_SYNTAX",
      file,
      `template ${quote(file)} is not valid Handlebars: ${reasonOf(error)}; helpers are shell, yaml, each, if, unless and with`,
    );
  }
}

function renderBody(
  template: HandlebarsTemplateDelegate<SnippetContext>,
  snippet: Snippet,
  proven: "proven" | "unproven",
): string {
  const context = snippetContext(snippet);
  let body: string;
  try {
    // A template that is one bare expression yields the value itself.
    const rendered: unknown = template(context, runtime);
    body = `${withoutLastNewlines(String(rendered))}\n`;
  } catch (error) {
    throw new TemplateError(
      "TEMPLATE_RENDER",
      rootTemplate,
      `template ${rootTemplate} fails on the snippet of ${quote(snippet.url)}: ${reasonOf(error)}`,
    );
  }
  const problems = proven === "proven" && isTyped(body) ? [] : bodyProblems(body);
  if (problems.length > 0)
    throw new TemplateError(
      "TEMPLATE_RESULT",
      rootTemplate,
      `template ${rootTemplate} makes no valid .gitpod.yml of the snippet of ${quote(snippet.url)}: ${problems.join("; ")}`,
    );
  return body;
}

/** A pattern that ends in `$` would look at every newline of the text, and again at those behind it. */
function withoutLastNewlines(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "\n") end -= 1;
  return text.slice(0, end);
}

/** True for a body without control characters or lines that come near the longest that a terminal takes. */
function isTyped(body: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(body)) return false;
  for (let from = 0; from < body.length;) {
    const end = body.indexOf("\n", from);
    // A UTF-16 unit takes three bytes at the most.
    if (end < 0 || (end - from) * 3 > longestTypedLine) return false;
    from = end + 1;
  }
  return true;
}

/**
 * What is wrong with a rendered file: for Gitpod, and for the terminal that Gitpod types its commands into, where
 * control characters are keys and long lines are cut.
 */
function bodyProblems(body: string): readonly string[] {
  const { problems, commands } = readGitpodYml(body);
  return [...problems, ...commands.flatMap(typingProblems)];
}

function typingProblems(command: string): readonly string[] {
  const problems: string[] = [];
  if (/[^\P{Cc}\n]/u.test(command))
    problems.push("a command holds a TAB or another control character; write spaces");
  if (command.split("\n").some((line) => Buffer.byteLength(line) > longestTypedLine))
    problems.push(`a command has a line of more than ${longestTypedLine} bytes; break it`);
  return problems;
}

/** An error of Handlebars on one line, made harmless. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return escapeHidden(message.replace(/\s+/g, " ").slice(0, 500));
}
