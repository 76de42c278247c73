import { parseEvents } from "js-yaml";
import type { YAMLException } from "js-yaml";
import { printable, quote, textPositions } from "../diagnostics";
import { documentFaults, entryStarts, expanded, yamlTree } from "./yamlTree";
import type { EntryStarts, YamlProblem } from "./yamlTree";
import { attempt, construct, yamlProblems } from "./yamlValue";

/** What one YAML file holds: a value that is safe to walk where there is one, and everything wrong with its YAML. */
interface YamlFile {
  /** Undefined where the problems leave nothing to examine. */
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  /** Of a file without problems: places that take no second look at it. */
  readonly starts?: EntryStarts;
}

/** Reads a text that must be one YAML document: the core schema, and merges. */
export function readYaml(text: string): YamlFile {
  const parsed = attempt(() => parseEvents(text, {}));
  if (!parsed.ok) return { value: undefined, problems: [syntaxProblem(parsed.error, text)] };
  const { value: events } = parsed;
  const { excess, second } = documentFaults(text, events);
  const failure = (...problems: readonly YamlProblem[]): YamlFile => ({ value: undefined, problems });
  if (second !== undefined)
    return failure({
      ...({ code: "Y02", offset: second } as const),
      message: "a second document begins here; allowed: one",
      remedy: "take the line out, or move what follows into a file of its own and include it",
    });
  if (excess !== undefined) return failure(excess);
  const strict = construct(text, events, "strict");
  if (strict.ok && (strict.value ?? null) === null) return failure(empty);
  if (strict.ok) return { value: strict.value, problems: [], starts: entryStarts(text, events) };
  // It stopped at the first mistake: these are all, and what can be saved nevertheless.
  const { root } = yamlTree(text, events);
  const problems = root === undefined ? [] : yamlProblems(text, events, root, textPositions(text));
  if (problems.length === 0) return failure(syntaxProblem(strict.error, text));
  const lenient = construct(text, events, "lenient");
  if (lenient.ok) return { value: lenient.value, problems };
  // An unknown tag or alias stops both constructions: it has been said.
  const said = problems.some((problem) => problem.code === "Y01");
  return failure(...problems, ...(said ? [] : [syntaxProblem(lenient.error, text)]));
}

const empty: YamlProblem = Object.freeze({
  code: "Y03",
  offset: 0,
  message: "the file is empty; allowed: one YAML document",
  remedy: "write a manifest, or let npx gitpod-aws-oidc init write a first one",
});

/** What to do about the syntax errors that happen most, by what the parser says. */
const remedies: readonly (readonly [RegExp, string])[] = Object.freeze([
  [/\btab\b/, "indent with spaces"],
  [/indentation/, "align it with the keys that it belongs to, with spaces"],
  [/nesting exceeded/, "take out the brackets: no part of a manifest is nested that deep"],
  [/non-printable|null byte/, "take the invisible character out"],
  [/merge/, "let << stand before an alias of a map, e.g. <<: *defaults"],
  [/whitespace character is expected/, "write a space after the colon"],
  [/multiline key|expected ':'/, "write a colon and a space after the key; quote text of several lines"],
  [/end of the stream within|missed comma/, "close every bracket and quote, and write a comma between items"],
]);

function syntaxProblem(error: YAMLException, text: string): YamlProblem {
  const offset = error.mark?.position ?? 0;
  if (error.reason.startsWith("merge keys exceeded")) return expanded(offset);
  const remedy = unquotedColon(text, offset) ?? remedies.find(([pattern]) => pattern.test(error.reason))?.[1];
  return {
    code: "Y01",
    offset,
    message: `not YAML: ${printable(error.reason).replace(/^nesting exceeded.*$/, "nested more than 100 levels deep")}`,
    remedy: remedy ?? "look at this line and the one above; put text with special characters in quotes",
  };
}

/** The forms of `key: text: more`, in a block and in a flow map: in both the text wants quotes. */
const unquoted: readonly RegExp[] = Object.freeze([
  /^ *(?:- +)*([\w-]{1,64}): +((?!["'{[|>&*!#])\S.*?:(?: .*)?)$/,
  /[{,] *([\w-]{1,64}): +((?!["'{[|>&*!#])[^,{}[\]]*?: [^,{}[\]]*?) *(?=[,}\]]|$)/,
]);

/** The remedy where the line of an error holds text with a colon that YAML takes for a key's. */
function unquotedColon(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const line = /.{0,500}/.exec(text.slice(start, start + 500))?.[0].trimEnd() ?? "";
  for (const pattern of unquoted) {
    const [, key, value] = pattern.exec(line) ?? [];
    if (key !== undefined && value !== undefined) return `put the text in quotes: ${key}: ${quote(value)}`;
  }
  return undefined;
}
