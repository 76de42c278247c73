import Handlebars from "handlebars";
import { escapeHidden, quote } from "../../diagnostics";
import type { Snippet, TaskFormat } from "../../model/accessModel";
import { problemTexts, readTaskFile, taskFileNames, taskPhases } from "../lint/taskFile";
import { snippetContext } from "./context";
import { Unquoted } from "./quoting";

/** Bytes of a line that a terminal in line mode takes; Linux drops the rest after 4,095. */
const longestTypedLine = 4000;

/** A mistake in a folder of templates, which may be the user's own. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Renders a snippet as a valid file of its format. @throws TemplateError - where a template fails on it */
export type RenderSnippet = (snippet: Snippet) => string;

const options: CompileOptions = Object.freeze({
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { shell: true, yaml: true },
});

/**
 * Compiles a folder of templates at once: `<format>.hbs` makes a whole file of tasks, the others are partials.
 * @param areOurs - tests prove that these are valid, and so is what they make: a synth neither compiles them first nor
 *   reads back what they make
 */
export function compileTemplates(sources: Readonly<Record<string, string>>, areOurs = false): RenderSnippet {
  const handlebars = isolatedHandlebars();
  for (const [file, source] of Object.entries(sources))
    handlebars.registerPartial(file.replace(/\.hbs$/, ""), compiled(handlebars, file, source, areOurs));
  return (snippet) => {
    const { format, url } = snippet;
    const template = handlebars.partials[format] as HandlebarsTemplateDelegate | undefined;
    if (template === undefined)
      throw new TemplateError(
        `template ${format}.hbs is missing; copy it from the templates folder of gitpod-aws-oidc and change the copy`,
      );
    const body = `${template(snippetContext(snippet), { ...runtime, data: { url } }).trimEnd()}\n`;
    const problems = areOurs ? typingProblems(body) : bodyProblems(body, format);
    if (problems.length === 0) return body;
    throw new TemplateError(
      `template ${format}.hbs makes no valid ${taskFileNames[format]} of the snippet of ${quote(url)}: ${problems.join("; ")}`,
    );
  };
}

const runtime: Handlebars.RuntimeOptions = Object.freeze({
  allowProtoMethodsByDefault: false,
  allowProtoPropertiesByDefault: false,
});

/** An instance of its own, without the helpers that print to the console or look up by computed names. */
function isolatedHandlebars(): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper("log");
  handlebars.unregisterHelper("lookup");
  handlebars.registerHelper("shell", (value: unknown) => Unquoted.print(value, "shell"));
  handlebars.registerHelper("yaml", (value: unknown) => Unquoted.print(value, "yaml"));
  return handlebars;
}

/** A template whose errors say its name, or that of the partial in which they happened: Handlebars does not. */
function compiled(
  handlebars: typeof Handlebars,
  file: string,
  source: string,
  areOurs: boolean,
): HandlebarsTemplateDelegate {
  const text = source.replaceAll("\r\n", "\n");
  try {
    // What is compiled in the next step is not looked at before it is first used.
    if (!areOurs) handlebars.precompile(text, { ...options });
  } catch (error) {
    throw new TemplateError(
      `template ${quote(file)} is not valid Handlebars: ${reasonOf(error)}; helpers are shell, yaml, each, if, unless and with`,
    );
  }
  const template = handlebars.compile<unknown>(text, options);
  return (context: unknown, given) => {
    try {
      // A template that is one bare expression yields the value itself.
      const rendered: unknown = template(context, given);
      return String(rendered);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const { url } = given?.data as { readonly url: string };
      throw new TemplateError(`template ${file} fails on the snippet of ${quote(url)}: ${reasonOf(error)}`);
    }
  };
}

/** What is wrong with a rendered file: for Gitpod or Ona, and for the terminal that commands are typed into. */
function bodyProblems(body: string, format: TaskFormat): readonly string[] {
  const file = readTaskFile(body, format);
  if (file.problems.length > 0) return problemTexts(body, file);
  if (file.format !== format) return [`these are tasks of ${taskFileNames[file.format]}`];
  if (format === "automations.yaml") return [];
  const { tasks = [] } = file.value as { readonly tasks?: readonly Readonly<Record<string, string>>[] };
  return tasks.flatMap((task) => taskPhases.flatMap((phase) => typingProblems(task[phase] ?? "")));
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
