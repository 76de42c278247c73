import Handlebars from "handlebars";
import { escapeHidden, quote } from "../diagnostics/quote";
import type { Snippet } from "../model/accessModel";
import { type SnippetContext, snippetContext } from "./context";
import { readGitpodYml } from "./gitpodSchema";
import { withHeader } from "./ownership";
import { fillForm, formOf, shapeOf, type Form } from "./shape";
import { TemplateError } from "./templateError";
import { Unquoted } from "./unquoted";

/** The file of a template folder that makes a whole `.gitpod.yml`; the others are its partials. */
export const rootTemplate = "gitpod.yml.hbs";

/** Bytes of a line that a terminal in line mode takes; Linux drops the rest after 4,095. */
const longestTypedLine = 4000;

/** Bytes of one argument that Linux passes to a program, less some room: the end of it counts too. */
const longestWord = 131_000;

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
  knownHelpers: { coded: true, shell: true, yaml: true },
});

const runtime: Handlebars.RuntimeOptions = Object.freeze({
  allowProtoMethodsByDefault: false,
  allowProtoPropertiesByDefault: false,
});

/**
 * Compiles a folder of templates, all at once, so that a mistake shows before anything is rendered.
 * @param sources - file name, which ends in `.hbs`, to text
 * @param proven - templates whose every result is known to be a valid `.gitpod.yml` run once for each shape of
 * snippet, and only what depends on the snippet's text is checked again; a template that somebody may have written
 * runs for each snippet, and has all its results read back
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
  const body = bodyMaker(template, proven === "proven");
  return {
    renderSnippet: (snippet, { manifestName }) => withHeader(manifestName, renderBody(body, snippet, proven)),
    renderBody: (snippet) => renderBody(body, snippet, proven),
  };
}

/** A rendered file, and whether it is known to be free of what a terminal does not take. */
interface Body {
  readonly text: string;
  readonly typed: boolean;
}

/** Forms that are kept: contexts of more shapes than that take turns. */
const maxForms = 100;

/**
 * Renders contexts, by way of the forms of their shapes.
 * @param proven - a template that somebody may have written could look into what a helper printed: it has no forms
 */
function bodyMaker(
  template: HandlebarsTemplateDelegate<SnippetContext>,
  proven: boolean,
): (context: SnippetContext) => Body {
  const forms = new Map<string, Form | null>();
  const render = (context: SnippetContext): string => {
    // A template that is one bare expression yields the value itself.
    const rendered: unknown = template(context, runtime);
    return `${withoutLastNewlines(String(rendered))}\n`;
  };
  return (context) => {
    const { key, texts } = shapeOf(context);
    let form = proven ? forms.get(key) : null;
    if (form === undefined) {
      if (forms.size >= maxForms) forms.clear();
      forms.set(key, (form = formOf(context, render)));
    }
    if (form === null) return { text: render(context), typed: false };
    const { text, longestLine } = fillForm(form, texts);
    // What helpers print has no control characters. A UTF-16 unit takes three bytes at the most.
    const typed = longestLine * 3 <= longestTypedLine && text.length * 3 <= longestWord;
    return { text, typed: !form.hasControls && typed };
  };
}

/** An instance of its own, without the helpers that print to the console or look up by computed names. */
function isolatedHandlebars(): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper("log");
  handlebars.unregisterHelper("lookup");
  handlebars.registerHelper("coded", (value: unknown) => Unquoted.print(value, "coded"));
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
      `template ${quote(file)} is not valid Handlebars: ${reasonOf(error)}; helpers are coded, shell, yaml, each, if, unless and with`,
    );
  }
}

function renderBody(
  makeBody: (context: SnippetContext) => Body,
  snippet: Snippet,
  proven: "proven" | "unproven",
): string {
  const context = snippetContext(snippet);
  let body: Body;
  try {
    body = makeBody(context);
  } catch (error) {
    throw new TemplateError(
      "TEMPLATE_RENDER",
      rootTemplate,
      `template ${rootTemplate} fails on the snippet of ${quote(snippet.url)}: ${reasonOf(error)}`,
    );
  }
  const problems = proven === "proven" && body.typed ? [] : bodyProblems(body.text);
  if (problems.length > 0)
    throw new TemplateError(
      "TEMPLATE_RESULT",
      rootTemplate,
      `template ${rootTemplate} makes no valid .gitpod.yml of the snippet of ${quote(snippet.url)}: ${problems.join("; ")}`,
    );
  return body.text;
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
  if ([...command.matchAll(/'[^']*'/g)].some(([word]) => Buffer.byteLength(word) > longestWord))
    problems.push(`a command has a word of more than ${longestWord} bytes, which no program can be given`);
  return problems;
}

/** An error of Handlebars on one line, made harmless. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return escapeHidden(message.replace(/\s+/g, " ").slice(0, 500));
}
