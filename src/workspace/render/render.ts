import Handlebars from "handlebars";
import { escapeHidden, quote } from "../../diagnostics/quote";
import type { Snippet, TaskFormat } from "../../model/accessModel";
import { type SnippetContext, snippetContext } from "./context";
import { problemTexts, readTaskFile, taskFileNames } from "../lint/taskFile";
import { withHeader } from "./ownership";
import { Unquoted } from "./quoting";
import { TemplateError } from "./templateError";

/** The file of a template folder that makes a whole file of tasks; the others are partials. */
export function rootTemplate(format: TaskFormat): string {
  return `${format}.hbs`;
}

/** Bytes of a line that a terminal in line mode takes; Linux drops the rest after 4,095. */
const longestTypedLine = 4000;

/** Templates, ready to render any number of snippets. */
export interface SnippetRenderer {
  /**
   * The text of a snippet's file: its header, then a valid file of its format.
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
 * @param areOurs - whether they come with the product: tests prove that what these make is valid, whatever is filled in,
 *   so that a synth need not read back each of thousands of files
 * @throws TemplateError
 */
export function compileTemplates(
  sources: Readonly<Record<string, string>>,
  areOurs = false,
): SnippetRenderer {
  const handlebars = isolatedHandlebars();
  for (const [file, source] of Object.entries(sources)) {
    const text = source.replaceAll("\r\n", "\n");
    checkSyntax(handlebars, file, text);
    const partial = handlebars.compile<unknown>(text, options);
    handlebars.registerPartial(file.replace(/\.hbs$/, ""), (context, given) =>
      named(file, () => partial(context, given)),
    );
  }
  const renderBody = (snippet: Snippet): string => {
    const template = handlebars.partials[snippet.format] as
      HandlebarsTemplateDelegate<SnippetContext> | undefined;
    if (template === undefined) throw missing(rootTemplate(snippet.format));
    return bodyOf(template, snippet, areOurs);
  };
  return {
    renderSnippet: (snippet, { manifestName }) => withHeader(manifestName, renderBody(snippet)),
    renderBody,
  };
}

function missing(file: string): TemplateError {
  const copy = "copy it from the templates folder of gitpod-aws-oidc and change the copy";
  return new TemplateError("TEMPLATE_MISSING", file, `template ${file} is missing; ${copy}`);
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

function bodyOf(
  template: HandlebarsTemplateDelegate<SnippetContext>,
  snippet: Snippet,
  areOurs: boolean,
): string {
  const file = rootTemplate(snippet.format);
  let body: string;
  try {
    // A template that is one bare expression yields the value itself.
    const rendered: unknown = template(snippetContext(snippet), runtime);
    body = `${withoutLastNewlines(String(rendered))}\n`;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new TemplateError(
      "TEMPLATE_RENDER",
      error.template,
      `template ${error.template} fails on the snippet of ${quote(snippet.url)}: ${reasonOf(error.cause)}`,
    );
  }
  const problems = areOurs ? typingProblems(body) : bodyProblems(body, snippet.format);
  if (problems.length > 0)
    throw new TemplateError(
      "TEMPLATE_RESULT",
      file,
      `template ${file} makes no valid ${taskFileNames[snippet.format]} of the snippet of ${quote(snippet.url)}: ${problems.join("; ")}`,
    );
  return body;
}

/** An error of Handlebars, which does not say itself in which template it happened. */
class Failed extends Error {
  readonly template: string;

  constructor(template: string, cause: unknown) {
    super("", { cause });
    this.template = template;
  }
}

/** Renders; an error says the template that is nearest to it. */
function named(template: string, render: () => string): string {
  try {
    return render();
  } catch (error) {
    throw error instanceof Failed ? error : new Failed(template, error);
  }
}

/** A pattern that ends in `$` would look at every newline of the text, and again at those behind it. */
function withoutLastNewlines(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "\n") end -= 1;
  return text.slice(0, end);
}

/**
 * What is wrong with a rendered file: for Gitpod or Ona, and for the terminal that Gitpod types its commands into, where
 * control characters are keys and long lines are cut.
 */
function bodyProblems(body: string, format: TaskFormat): readonly string[] {
  const file = readTaskFile(body, format);
  if (file.problems.length > 0) return problemTexts(body, file);
  if (file.format !== format) return [`these are tasks of ${taskFileNames[file.format]}`];
  const { tasks = [] } = file.value as { readonly tasks?: readonly TaskCode[] };
  return format === "gitpod.yml" ? tasks.flatMap(codeOf).flatMap(typingProblems) : [];
}

type TaskCode = Readonly<Partial<Record<"before" | "init" | "prebuild" | "command", string>>>;

function codeOf({ before, init, prebuild, command }: TaskCode): readonly string[] {
  return [before, init, prebuild, command].filter((phase) => phase !== undefined);
}

function typingProblems(command: string): readonly string[] {
  const problems: string[] = [];
  if (/[^\P{Cc}\n]|[\p{Cs}\ufffe\uffff]/u.test(command))
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
