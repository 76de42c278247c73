import Handlebars from "handlebars";
import { escapeHidden, quote } from "../../diagnostics/quote";
import type { Snippet } from "../../model/accessModel";
import { type SnippetContext, snippetContext } from "./context";
import { readGitpodYml } from "../lint/gitpodSchema";
import { withHeader } from "./ownership";
import { Unquoted } from "./quoting";
import { TemplateError } from "./templateError";

/** The file of a template folder that makes a whole `.gitpod.yml`; the others are its partials. */
export const rootTemplate = "gitpod.yml.hbs";

/** Bytes of a line that a terminal in line mode takes; Linux drops the rest after 4,095. */
const longestTypedLine = 4000;

/** Templates, ready to render any number of snippets. */
export interface SnippetRenderer {
  /**
   * The text of a snippet's file: its header, then a valid `.gitpod.yml`.
   * @throws TemplateError where a template fails on this snippet or makes something else
   */
  renderSnippet(snippet: Snippet, source: { readonly manifestName: string }): string;
  /**
   * The same without its header: for reading, pasting and merging.
   * @throws TemplateError where a template fails on this snippet or makes something else
   */
  renderBody(snippet: Snippet): string;
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
 * @throws TemplateError
 */
export function compileTemplates(sources: Readonly<Record<string, string>>): SnippetRenderer {
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
    renderSnippet: (snippet, { manifestName }) => withHeader(manifestName, renderBody(template, snippet)),
    renderBody: (snippet) => renderBody(template, snippet),
  };
}

/** An instance of its own, without the helpers that print to the console or look up by computed names. */
function isolatedHandlebars(): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper("log");
  handlebars.unregisterHelper("lookup");
  handlebars.registerHelper("shell", (value: unknown) => Unquoted.print(value, "shell"));
  handlebars.registerHelper("yaml", (value: unknown) => Unquoted.print(value, "yaml"));
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

function renderBody(template: HandlebarsTemplateDelegate<SnippetContext>, snippet: Snippet): string {
  let body: string;
  try {
    // A template that is one bare expression yields the value itself.
    const rendered: unknown = template(snippetContext(snippet), runtime);
    body = `${withoutLastNewlines(String(rendered))}\n`;
  } catch (error) {
    throw new TemplateError(
      "TEMPLATE_RENDER",
      rootTemplate,
      `template ${rootTemplate} fails on the snippet of ${quote(snippet.url)}: ${reasonOf(error)}`,
    );
  }
  const problems = bodyProblems(body);
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
