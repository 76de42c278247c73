import { isScalar, type Scalar } from "yaml";
import { escapeHidden, textPositions } from "../../diagnostics";
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
import { textOf, yamlTree } from "./lintTree";
import type { LintNode, YamlTree } from "./lintTree";

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

/** What the parts of the reading share. */
interface Context {
  readonly text: string;
  readonly tree: YamlTree;
  readonly parser: ShellParser;
  readonly placeAt: (path: Place["path"], offset: number) => Place;
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
  const positions = textPositions(text);
  const context: Context = {
    ...{ text, parser, left: longestScripts },
    ...{ secrets: [], keys: [], placeholders: [], unread: [] },
    tree: yamlTree(tooLong ? "" : text, read.value !== undefined),
    placeAt: (path, offset) => ({ path, ...positions.at(offset) }),
  };
  const message = `the file is longer than the ${longestGitpodYml} characters that are read`;
  if (tooLong) context.unread.push({ place: context.placeAt([], 0), message });
  const facts = factsOf(read, context);
  const mask = secretMask(context.secrets.map(({ value }) => value));
  const ranges = context.secrets.flatMap(({ range }) => range ?? []);
  const shown = textPositions(withoutRanges(text, ranges));
  return {
    ...{ facts, mask, unread: context.unread },
    line: (number) => {
      const line = shown.line(number);
      return line === undefined ? undefined : mask(line);
    },
  };
}

function factsOf(read: TaskFile, context: Context): GitpodYmlFacts {
  const { tree, placeAt } = context;
  const listed = tree.get(tree.root, "tasks");
  const ofOna = [...tree.entries(listed), ...tree.entries(tree.get(tree.root, "services"))];
  const { format } = read;
  const variables = new Map<string, Word>();
  const settings = [...readEnv(tree.get(tree.root, "env"), variables, context)];
  const tasks =
    format === "automations.yaml"
      ? ofOna.map(([key, task]) => onaTask(String(key.path.at(-1)), task, context))
      : tree.items(listed).map((task): TaskFacts => {
          const own = new Map<string, Word | null>(variables);
          settings.push(...readEnv(tree.get(task, "env"), own, context));
          context.left -= own.size;
          const scripts = taskPhases.map((phase) => ({ phase, node: tree.get(task, phase) }));
          const name = textOf(tree.get(task, "name")?.node) ?? null;
          return { name, commands: commandsOf(scripts, own, context) };
        });
  for (const { commands } of tasks) for (const command of commands) addKeys(command, context);
  scanText(context);
  hideNamed(context);
  const forks = ["github", "prebuilds", "pullRequestsFromForks"].reduce<LintNode | undefined>(
    (node, key) => tree.get(node, key),
    tree.root,
  );
  const image = tree.get(tree.root, "image");
  return {
    ...{ format, tasks, settings, placeholders: context.placeholders },
    problems: problemsOf(read, context),
    ours: ourTasks(read, context),
    image: image === undefined ? null : (placed(image, context) ?? "built"),
    forkPrebuilds:
      forks !== undefined && isScalar(forks.node) && forks.node.value === true
        ? placeAt(forks.path, startOf(forks))
        : null,
    staticKeys: onePerLine(context.keys),
  };
}

/** A task or a service of Ona: its commands, each for itself. */
function onaTask(name: string, task: LintNode, context: Context): TaskFacts {
  const { tree } = context;
  const commands = tree.get(task, "commands");
  const nodes = [tree.get(task, "command"), ...tree.entries(commands).map(([, value]) => value)];
  const scripts = nodes.map((node) => ({ phase: "command" as const, node }));
  return { name, commands: commandsOf(scripts, new Map(), context) };
}

function commandsOf(
  scripts: readonly { readonly phase: TaskPhase; readonly node: LintNode | undefined }[],
  variables: Map<string, Word | null>,
  context: Context,
): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  const functions = new Set<string>();
  for (const { phase, node } of scripts) {
    if (node === undefined || !isScalar(node.node)) continue;
    const text = textOf(node.node) ?? "";
    const place = context.placeAt(node.path, startOf(node));
    context.left -= text.length;
    if (text.length > longestScript || context.left < 0) {
      const all = "the file has more shell text than is read";
      const here = `the shell text here is longer than the ${longestScript} characters that are read`;
      const message = text.length > longestScript ? here : all;
      if (!context.unread.some((part) => part.message === all)) context.unread.push({ place, message });
      continue;
    }
    const offsetOf = scalarOffsets(context.text, node.node);
    const placeAt = (index: number): Place => context.placeAt(node.path, offsetOf(index));
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
function readEnv(
  env: LintNode | undefined,
  variables: Map<string, Word | null>,
  context: Context,
): readonly Setting[] {
  return context.tree.entries(env).flatMap(([{ path }, value]): readonly Setting[] => {
    const found = placed(value, context);
    if (found === null || !isScalar(value.node)) return [];
    const name = String(path.at(-1));
    const { text, place } = found;
    variables.set(name, { text, place, known: true, unquoted: [] });
    for (const [guide] of text.matchAll(placeholder)) context.placeholders.push({ text: guide, place });
    const [start, end] = value.node.range ?? [0, 0];
    addKey(name, found, context, { start, end });
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

/** Keys that stand anywhere else: in comments, in text that is written into files, behind escapes. */
function scanText({ text, tree, keys, secrets, placeAt }: Context): void {
  const scan = (source: string, whole?: SecretRange): void => {
    const add = (what: string, found: SecretRange): void => {
      const range = whole ?? found;
      keys.push({ what, place: placeAt([], range.start) });
      secrets.push({ value: source.slice(found.start, found.end), range });
    };
    for (const found of keyIds(source)) add("the id of an access key", found);
    for (const found of secretKeys(source)) add("a secret access key", found);
  };
  scan(text);
  for (const scalar of tree.scalars) {
    const [start, end] = scalar.range ?? [0, 0];
    const value = textOf(scalar);
    if (scalar.type === "QUOTE_DOUBLE" && value !== undefined && text.slice(start, end).includes("\\"))
      scan(value, { start, end });
  }
}

/** Values of keys that say that nobody else may see them, whatever they are for: they are not shown. */
function hideNamed({ tree, secrets }: Context): void {
  for (const map of tree.maps) {
    for (const [{ path }, { node }] of tree.entries(map)) {
      if (!isScalar(node) || !isSecretName(String(path.at(-1)))) continue;
      const [start, end] = node.range ?? [0, 0];
      // Where a variable's name stands, nothing is secret; and what is shown must stay readable.
      if (end > start && !/^["']?\$/.test(String(node.value)))
        secrets.push({ value: String(node.value), range: { start, end } });
    }
  }
}

function problemsOf({ problems, value }: TaskFile, { tree, placeAt }: Context): readonly Placed[] {
  return problems.slice(0, mostProblems).map(({ path, offset, message }) => {
    const node = path.reduce<LintNode | undefined>(
      (from, key) =>
        typeof key === "number"
          ? tree.items(from).find((item) => item.path.at(-1) === key)
          : tree.get(from, key),
      tree.root,
    );
    const unknownKey = tree
      .entries(node)
      .find(([{ path: keyPath }]) => message.includes(`key: ${JSON.stringify(keyPath.at(-1))}`))?.[0];
    const found = unknownKey ?? node;
    // Where nothing says which of several documents is meant, it is the file.
    const whole = found === undefined || (unknownKey === undefined && value === undefined);
    const said = message.length > longestProblem ? `${message.slice(0, longestProblem)}…` : message;
    return { text: escapeHidden(said), place: placeAt(path, offset ?? (whole ? 0 : startOf(found))) };
  });
}

function placed(found: LintNode | undefined, { placeAt }: Context): Placed | null {
  const text = textOf(found?.node);
  return found === undefined || text === undefined
    ? null
    : { text, place: placeAt(found.path, startOf(found)) };
}

function startOf({ node }: LintNode): number {
  return node.range?.[0] ?? 0;
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
function ourTasks({ value }: TaskFile, { text, tree, placeAt }: Context): OurTasks | null {
  const markers = text.includes("gitpod-aws-oidc begin") ? markersOf(commentsOf(text)) : null;
  if (markers === null) return null;
  const isPair = "begin" in markers;
  const place = placeAt([], isPair ? markers.begin.offset : markers.offset);
  if (!isPair) return { place, lastLine: place.line, digest: null };
  const list = tree.get(tree.root, "tasks");
  const nodes = [...tree.items(list), ...tree.entries(list).map(([, task]) => task)];
  const all = tasksOf((value as { readonly tasks?: unknown } | null | undefined)?.tasks);
  const inside = nodes
    .filter((node) => startOf(node) >= markers.begin.offset && startOf(node) <= markers.end.offset)
    .map(({ path }) => path.at(-1))
    .map((last) => (typeof last === "number" ? all[last] : all.find(({ key }) => key === last)));
  const digest = tasksDigest(inside) === markers.digest ? markers.digest : null;
  return { place, lastLine: placeAt([], markers.end.offset).line, digest };
}

/**
 * For each index of a scalar's value, its offset in the text of the file. White space folds and indents; all other
 * characters stand in the text in their order. Where an escape hides one, each index is at the scalar's beginning.
 */
function scalarOffsets(text: string, scalar: Scalar): (index: number) => number {
  const [start, end] = scalar.range ?? [0, 0];
  const first = start + (scalar.type?.startsWith("QUOTE") === true ? 1 : 0);
  const written = bodyOf(text.slice(first, end - (first - start)), scalar.type);
  const offsets = [...written.matchAll(/[^ \t\r\n]/g)].map(({ index }) => first + index);
  let seen = 0;
  const ofValue = String(scalar.value)
    .split("")
    .map((character) => offsets[/[ \t\r\n]/.test(character) ? seen : seen++]);
  return (index) => (seen === offsets.length ? (ofValue[index] ?? offsets.at(-1) ?? start) : start);
}

/** What is written of a scalar, with blanks for what its value does not have. */
function bodyOf(written: string, type: Scalar["type"]): string {
  if (type === "QUOTE_SINGLE") return written.replaceAll("''", "' ");
  if (type === "QUOTE_DOUBLE")
    return written.replace(
      /\\([ntr \r\n"\\/])/g,
      (_, meant: string) => ` ${/["\\/]/.test(meant) ? meant : " "}`,
    );
  return type?.startsWith("BLOCK") === true
    ? written.replace(/^.*/, (line) => " ".repeat(line.length))
    : written;
}
