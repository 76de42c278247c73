import { SCALAR_STYLE } from "js-yaml";
import { escapeHidden, textPositions, type Path, type Position } from "../../diagnostics";
import { sourceText, written, type SourceText } from "../../manifest/locator";
import type { YamlNode, YamlScalar } from "../../manifest/yamlTree";
import type {
  GitpodYmlFacts,
  OurTasks,
  Place,
  Placed,
  Setting,
  ShellCommand,
  StaticKey,
  TaskFacts,
  TaskPhase,
  Word,
} from "../../model/gitpodYml";
import { commentsOf, markersOf, tasksDigest } from "../merge/markers";
import { tasksOf } from "../merge/tasks";
import { behind, readCommands, type ShellParser } from "./commands";
import { readTaskFile, type TaskFile, taskPhases } from "./taskFile";
import { isKey, isSecretKey, isSecretName, keyIds, secretKeys, secretMask } from "./secrets";
import type { SecretRange } from "./secrets";

/** A file that is longer is not read: 256 KiB. */
export const longestGitpodYml = 262_144;

/** Longer shell text is not read: of one phase, and of all phases together, however often an alias repeats them. */
const [longestScript, longestScripts] = [65_536, longestGitpodYml];

/** Problems and keys of one file that are told, and the characters of each: who has more fixes these first. */
const [mostProblems, longestProblem] = [20, 300];

/** What the guide and its readers write where a value is to be filled in. */
const placeholder =
  /<(?:your|my)[-_ ][\w -]{1,60}>|(?<=role-arn[ =]["']?|arn:aws[a-z-]{0,9}:iam::[\w:/-]{0,100})<[\w -]{1,60}>/gi;

const keyName = /^AWS_(?:(?:SECRET_)?ACCESS_KEY|ACCESS_KEY_ID|SECRET_KEY)$/i;

/** A part of the file that was not judged, and why. */
export interface UnreadPart {
  readonly place: Place;
  /** Lower case, no final period; quotes nothing. */
  readonly message: string;
}

/** A file as its lint sees it. */
export interface LintedFile {
  readonly facts: GitpodYmlFacts;
  readonly unread: readonly UnreadPart[];
  /** Takes secrets out of a text that is to be shown. */
  readonly mask: (text: string) => string;
  /** A line of the file for showing: without its end, and without its secrets. */
  readonly line: (number: number) => string | undefined;
}

/** A node of the file, with the way down to it: through aliases and merges, as Gitpod's parser goes. */
interface LintNode {
  readonly path: Path;
  readonly node: YamlNode;
}

/** What the parts of the reading share. */
interface Context {
  /** As Gitpod's parser takes it: offsets are those of this text. */
  readonly text: string;
  readonly source: SourceText;
  readonly parser: ShellParser;
  readonly placeAt: (path: Path, where: number | Position) => Place;
  /** How many blanks the parser gave the text. */
  readonly blanks: number;
  readonly secrets: { readonly value: string; readonly range: SecretRange | undefined }[];
  readonly keys: StaticKey[];
  readonly placeholders: Placed[];
  readonly unread: UnreadPart[];
  /** Characters of shell text that may still be read. */
  left: number;
}

/** Reads what a `.gitpod.yml`, or an automations file of Ona, does with AWS. */
export function readForLint(text: string, parser: ShellParser): LintedFile {
  const tooLong = text.length > longestGitpodYml;
  const read = readTaskFile(tooLong ? "{}" : text);
  const taken = tooLong ? text : read.text;
  const source = sourceText(read.text);
  const [lines, positions] = [text.split(/\r\n|\n|\r/), textPositions(taken)];
  // Blanks that its parser gave a line do not count.
  const added = taken.split(/\r\n|\n|\r/).map((line, i) => line.length - (lines[i]?.length ?? 0));
  const context: Context = {
    ...{ text: taken, source, parser, left: longestScripts, blanks: taken.length - text.length },
    ...{ secrets: [], keys: [], placeholders: [], unread: [] },
    placeAt: (path, where) => {
      const { line, column } = typeof where === "number" ? positions.at(where) : where;
      return { path, line, column: Math.max(1, column - (added[line - 1] ?? 0)) };
    },
  };
  const message = `the file is longer than the ${longestGitpodYml} characters that are read`;
  if (tooLong) context.unread.push({ place: context.placeAt([], 0), message });
  const facts = factsOf(read, context);
  const mask = secretMask(context.secrets.map(({ value }) => value));
  const ranges = context.secrets.flatMap(({ range }) => range ?? []);
  const shown = textPositions(withoutRanges(taken, ranges));
  return {
    ...{ facts, mask, unread: context.unread },
    line: (number) => {
      const line = shown.line(number)?.replace(new RegExp(`^ {${added[number - 1] ?? 0}}`), "");
      return line === undefined ? undefined : mask(line);
    },
  };
}

function factsOf(read: TaskFile, context: Context): GitpodYmlFacts {
  const { source, placeAt } = context;
  const { format } = read;
  const variables = new Map<string, Word>();
  const settings = [...readEnv(["env"], variables, context)];
  const tasks =
    format === "automations.yaml"
      ? [...below(["tasks"], context), ...below(["services"], context)].map(({ path }) =>
          onaTask(path, context),
        )
      : below(["tasks"], context).map(({ path }): TaskFacts => {
          const own = new Map<string, Word | null>(variables);
          settings.push(...readEnv([...path, "env"], own, context));
          context.left -= own.size;
          const scripts = taskPhases.map((phase) => ({ phase, path: [...path, phase] }));
          const name = textOf(source.node([...path, "name"])) ?? null;
          return { name, commands: commandsOf(scripts, own, context) };
        });
  for (const { commands } of tasks) for (const command of commands) addKeys(command, context);
  scanText(context);
  hideNamed(context);
  const forksPath = ["github", "prebuilds", "pullRequestsFromForks"];
  const forks = source.node(forksPath);
  return {
    ...{ format, tasks, settings, placeholders: context.placeholders },
    problems: problemsOf(read, context),
    ours: ourTasks(read, context),
    image: source.node(["image"]) === undefined ? null : (placed(["image"], context) ?? "built"),
    forkPrebuilds:
      forks?.kind === "scalar" && /^true$/i.test(forks.plain ?? "") ? placeAt(forksPath, forks.start) : null,
    staticKeys: onePerLine(context.keys),
  };
}

/** What stands in a list or a map: items, or values in the file's order, merged ones last. */
function below(path: Path, { source }: Context): readonly LintNode[] {
  const node = source.node(path);
  const keys =
    node?.kind === "list" ? node.items.keys() : node?.kind === "map" ? source.pairs(node).keys() : [];
  return [...keys].flatMap((key) => {
    const found = source.node([...path, key]);
    return found === undefined ? [] : [{ path: [...path, key], node: found }];
  });
}

/** Every node that is written in the file, once, in its order. */
function* writtenIn(node: YamlNode | undefined): Generator<YamlNode> {
  if (node === undefined) return;
  yield node;
  if (node.kind === "list") for (const item of node.items) yield* writtenIn(item);
  if (node.kind !== "map") return;
  for (const { key, value } of node.pairs) {
    yield* writtenIn(key);
    yield* writtenIn(value);
  }
}

/** The text of a scalar; undefined for what is none, and where nothing is written. */
function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.event.valueStart >= 0 ? node.value : undefined;
}

/** A task or a service of Ona: its commands, each for itself. */
function onaTask(path: Path, context: Context): TaskFacts {
  const commands = below([...path, "commands"], context).map((one) => one.path);
  const scripts = [[...path, "command"], ...commands].map((script) => {
    return { phase: "command", path: script } as const;
  });
  return { name: String(path.at(-1)), commands: commandsOf(scripts, new Map(), context) };
}

function commandsOf(
  scripts: readonly { readonly phase: TaskPhase; readonly path: Path }[],
  variables: Map<string, Word | null>,
  context: Context,
): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  const functions = new Set<string>();
  for (const { phase, path } of scripts) {
    const node = context.source.node(path);
    const text = textOf(node);
    if (node?.kind !== "scalar" || text === undefined) continue;
    const place = context.placeAt(path, node.start);
    context.left -= text.length;
    if (text.length > longestScript || context.left < 0) {
      const all = "the file has more shell text than is read";
      const here = `the shell text here is longer than the ${longestScript} characters that are read`;
      const message = text.length > longestScript ? here : all;
      if (!context.unread.some((part) => part.message === all)) context.unread.push({ place, message });
      continue;
    }
    const offsetOf = scalarOffsets(context.text, node);
    const placeAt = (index: number): Place => context.placeAt(path, offsetOf(index));
    try {
      readCommands({
        ...{ parser: context.parser, phase, placeAt, variables, functions, commands },
        text: withoutPlaceholders(text, placeAt, context),
      });
    } catch (error) {
      // The parser, and the walk behind it, go down to any depth.
      if (!(error instanceof RangeError)) throw error;
      context.unread.push({ place, message: "the shell text here is nested too deep to be read" });
    }
  }
  return commands;
}

/** A placeholder is a word to its writer; the shell would take its brackets for redirections. */
function withoutPlaceholders(text: string, placeAt: (index: number) => Place, context: Context): string {
  return text.replace(placeholder, (found, index: number) => {
    context.placeholders.push({ text: found, place: placeAt(index) });
    return found.replace(/[<> ]/g, "_");
  });
}

/** Reads an `env` into a shell's variables. */
function readEnv(env: Path, variables: Map<string, Word | null>, context: Context): readonly Setting[] {
  return below(env, context).flatMap(({ path, node }): readonly Setting[] => {
    const found = placed(path, context);
    if (found === null || node.kind !== "scalar") return [];
    const name = String(path.at(-1));
    const { text, place } = found;
    variables.set(name, { text, place, known: true, unquoted: [] });
    for (const [guide] of text.matchAll(placeholder)) context.placeholders.push({ text: guide, place });
    addKey(name, found, context, rangeOf(node));
    return [{ name, value: found }];
  });
}

/** Notes a key of an AWS user, if the value is one: under one of its names, in whatever case. */
function addKey(
  what: string,
  { text, place }: Placed,
  { keys, secrets }: Context,
  range?: SecretRange,
): void {
  // Others have names of their own for it, such as TF_VAR_secret_key.
  const isNamed = keyName.test(what) || (/secret_?(?:access_?)?key$/i.test(what) && isSecretKey(text));
  // Gitpod expands no variable in an env: what refers to one is no key.
  if (!isNamed || !isKey(text) || text.includes("$")) return;
  keys.push({ what, place });
  secrets.push({ value: text, range });
}

/** Keys in a command: `export NAME=value`, `docker run -e NAME=value`, `aws configure set`, and in front of it. */
function addKeys({ words, environment }: ShellCommand, context: Context): void {
  for (const [name, value] of environment) if (value.known) addKey(name, value, context);
  words.forEach((word, i) => {
    const equals = word.text.indexOf("=");
    if (equals > 0 && word.known) addKey(word.text.slice(0, equals), behind(word, equals + 1), context);
    const next = words[i + 1];
    if (words[i - 1]?.text !== "set" || next?.known !== true) return;
    const configured = /^(?:[\w.-]{1,60}\.)?(aws_(?:access_key_id|secret_access_key))$/.exec(word.text)?.[1];
    if (configured !== undefined) addKey(configured, next, context);
  });
}

/** Keys that stand anywhere else: in comments, and in text that is written into files. */
function scanText({ text, keys, secrets, placeAt }: Context): void {
  // A line end that is an escape is one, and no part of a word.
  const plain = text.replace(/\\[nrt]/g, "  ");
  for (const [what, found] of [
    ["the id of an access key", keyIds(plain)],
    ["a secret access key", secretKeys(plain)],
  ] as const)
    for (const range of found) {
      keys.push({ what, place: placeAt([], range.start) });
      secrets.push({ value: text.slice(range.start, range.end), range });
    }
}

/** Values of keys that say that nobody else may see them, whatever they are for: they are not shown. */
function hideNamed({ source, secrets }: Context): void {
  for (const node of writtenIn(source.node([]))) {
    for (const pair of node.kind === "map" ? node.pairs : []) {
      const [name, value] = [textOf(written(pair.key)), written(pair.value)];
      // Where a variable's name stands, nothing is secret; and what is shown must stay readable.
      if (value?.kind === "scalar" && isSecretName(name ?? "") && !/^["']?\$/.test(textOf(value) ?? "$"))
        secrets.push({ value: value.value, range: rangeOf(value) });
    }
  }
}

function problemsOf({ problems }: TaskFile, { source, placeAt, blanks }: Context): readonly Placed[] {
  return problems.slice(0, mostProblems).map(({ path, offset, message }) => {
    const [, unknownKey] = /^unrecognized key: "(.*)"$/.exec(message) ?? [];
    const where =
      unknownKey === undefined ? source.locate(path, "value") : source.locate([...path, unknownKey], "key");
    const said = message.length > longestProblem ? `${message.slice(0, longestProblem)}…` : message;
    // The parser stopped behind all blanks that it was given.
    return { text: escapeHidden(said), place: placeAt(path, offset === null ? where : offset + blanks) };
  });
}

function placed(path: Path, { source, placeAt }: Context): Placed | null {
  const node = source.node(path);
  const text = textOf(node);
  return node === undefined || text === undefined ? null : { text, place: placeAt(path, node.start) };
}

/** Where the value of a scalar is written, without its quotes. */
function rangeOf({ event: { valueStart, valueEnd } }: YamlScalar): SecretRange {
  return { start: valueStart, end: valueEnd };
}

/** One key is seen by its name and by its shape: the first that saw it has the better path. */
function onePerLine(keys: readonly StaticKey[]): readonly StaticKey[] {
  const lines = new Map<number, StaticKey>();
  for (const key of keys) if (!lines.has(key.place.line)) lines.set(key.place.line, key);
  return [...lines.values()].slice(0, mostProblems);
}

/** A text without some stretches of it, line by line. */
function withoutRanges(text: string, ranges: readonly SecretRange[]): string {
  let [shown, at] = ["", 0];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    shown += text.slice(at, from) + text.slice(from, end).replace(/[^\r\n]+/g, "****");
    at = end;
  }
  return shown + text.slice(at);
}

/** The tasks that an earlier merge put into a file; null where there are none. */
function ourTasks({ value }: TaskFile, context: Context): OurTasks | null {
  const { text, placeAt } = context;
  const markers = text.includes("gitpod-aws-oidc begin") ? markersOf(commentsOf(text)) : null;
  if (markers === null) return null;
  const isPair = "begin" in markers;
  const place = placeAt([], isPair ? markers.begin.offset : markers.offset);
  if (!isPair) return { place, lastLine: place.line, digest: null };
  const all = tasksOf((value as { readonly tasks?: unknown } | null | undefined)?.tasks);
  const inside = below(["tasks"], context)
    .filter(({ node }) => node.start >= markers.begin.offset && node.start <= markers.end.offset)
    .map(({ path }) => path.at(-1))
    .map((last) => (typeof last === "number" ? all[last] : all.find(({ key }) => key === last)));
  const digest = tasksDigest(inside) === markers.digest ? markers.digest : null;
  return { place, lastLine: placeAt([], markers.end.offset).line, digest };
}

/**
 * For each index of a scalar's value, its offset in the text of the file. White space folds and indents; all other
 * characters stand in the text in their order. Where an escape hides one, each index is at the scalar's beginning.
 */
function scalarOffsets(text: string, { event, start, value }: YamlScalar): (index: number) => number {
  const { valueStart, valueEnd, style } = event;
  const body = withoutEscapes(text.slice(valueStart, valueEnd), style);
  const offsets = [...body.matchAll(/[^ \t\r\n]/g)].map(({ index }) => valueStart + index);
  let seen = 0;
  const ofValue = value.split("").map((character) => offsets[/[ \t\r\n]/.test(character) ? seen : seen++]);
  return (index) => (seen === offsets.length ? (ofValue[index] ?? offsets.at(-1) ?? start) : start);
}

/** What is written of a scalar, with blanks for what its value does not have. */
function withoutEscapes(text: string, style: YamlScalar["event"]["style"]): string {
  if (style === SCALAR_STYLE.SINGLE_QUOTED) return text.replaceAll("''", "' ");
  if (style !== SCALAR_STYLE.DOUBLE_QUOTED) return text;
  return text.replace(/\\([ntr \r\n"\\/])/g, (_, meant: string) => ` ${/["\\/]/.test(meant) ? meant : " "}`);
}
