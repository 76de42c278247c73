import { isScalar } from "yaml";
import { escapeHidden, textPositions } from "../diagnostics";
import type { GitpodYmlFacts, Placed, StaticKey } from "../model/gitpodYml";
import { readGitpodYml } from "./gitpodSchema";
import type { GitpodYml } from "./gitpodSchema";
import { scalarOffsets } from "./lintScalar";
import { ourTasks } from "./lintOurs";
import { addKey } from "./lintContext";
import type { LintContext, UnreadPart } from "./lintContext";
import { isSecretName, keyIds, secretKeys, secretMask } from "./lintSecrets";
import type { SecretRange } from "./lintSecrets";
import { lacksAwsCli } from "./lintTable";
import { lintTask } from "./lintTask";
import type { LintedTask } from "./lintTask";
import { lintTree, textOf } from "./lintTree";
import type { LintNode, LintTree } from "./lintTree";
import type { ShellParser } from "./shellParser";
import { exportVariable, literalWord, shellScope } from "./shellScope";
import type { ShellScope } from "./shellScope";

/** A `.gitpod.yml` that is longer is not read: 256 KiB. */
export const longestGitpodYml = 262_144;

/** Problems of one file that are told, and the characters of each: who has more mends these first. */
const mostProblems = 20;
const longestProblem = 300;

/** What may be followed in one file, in characters of shell text and steps through it. */
const readingBudget = 1_000_000;

/** A `.gitpod.yml` as its lint sees it. */
export interface LintedFile {
  readonly facts: GitpodYmlFacts;
  readonly unread: readonly UnreadPart[];
  /** Takes secrets out of a text that is to be shown. */
  readonly mask: (text: string) => string;
  /** A line of the file for showing: without its end, and without its secrets. */
  readonly line: (number: number) => string | undefined;
}

/** Reads what a `.gitpod.yml` does with AWS. Any text is read, in time that is linear in its length. */
export function readForLint(text: string, parser: ShellParser): LintedFile {
  const tooLong = text.length > longestGitpodYml;
  const read: GitpodYml = readGitpodYml(tooLong ? "{}" : text);
  const positions = textPositions(text);
  const budget = { left: readingBudget };
  const tree = tooLong ? null : lintTree(text, read.value !== undefined, budget);
  const context: LintContext = {
    text,
    tree: tree ?? emptyTree,
    parser,
    budget,
    placeAt: (path, offset) => ({ path, ...positions.at(offset) }),
    secrets: [],
    keys: [],
    unread: [],
  };
  if (tooLong) context.unread.push({ place: context.placeAt([], 0), message: tooLongText });
  const facts = factsOf(read, context);
  const mask = secretMask(context.secrets.map(({ value }) => value));
  const hidden = hiddenColumns(
    context.secrets.map(({ range }) => range),
    positions,
  );
  return {
    facts,
    unread: context.unread,
    mask,
    line: (number) => {
      const line = positions.line(number);
      return line === undefined ? undefined : mask(withoutColumns(line, hidden.get(number) ?? []));
    },
  };
}

const emptyTree: LintTree = Object.freeze<LintTree>({
  ...{ root: undefined, scalars: [], maps: [] },
  ...{ get: () => undefined, entries: () => [], items: () => [] },
});

const tooLongText = `the file is longer than the ${longestGitpodYml} characters that are read`;

function factsOf(read: GitpodYml, context: LintContext): GitpodYmlFacts {
  const { tree } = context;
  const scope = shellScope();
  const fileRoles = readEnv(tree.get(tree.root, "env"), scope, context);
  const tasks = tree.items(tree.get(tree.root, "tasks")).map((task) => {
    context.budget.left -= 1 + scope.variables.size;
    if (context.budget.left < 0) return { roles: [], ...unreadTask(task, context) };
    const inherited = shellScope(scope.variables);
    const roles = readEnv(tree.get(task, "env"), inherited, context);
    return { roles, ...lintTask(task, inherited, context) };
  });
  scanText(context);
  hideNamed(context);
  const forks = ["github", "prebuilds", "pullRequestsFromForks"].reduce<LintNode | undefined>(
    (node, key) => tree.get(node, key),
    tree.root,
  );
  const image = placed(tree.get(tree.root, "image"), context);
  return {
    problems: problemsOf(read, context),
    tasks: tasks.map(({ steps }) => ({ steps })),
    ours: ourTasks(read, context),
    image,
    imageLacksAwsCli: image !== null && lacksAwsCli(image.text),
    installsAwsCli: tasks.some((task) => task.installsAwsCli),
    forkPrebuilds:
      forks !== undefined && isScalar(forks.node) && forks.node.value === true
        ? context.placeAt(forks.path, startOf(forks))
        : null,
    roleSettings: [...fileRoles, ...tasks.flatMap(({ roles }) => roles)],
    staticKeys: onePerLine(context.keys),
  };
}

function unreadTask(task: LintNode, { unread, placeAt }: LintContext): LintedTask {
  // Said once: where one task is too much, so are all behind it.
  const message = "the file is too much to follow to its end";
  if (!unread.some((part) => part.message === message))
    unread.push({ place: placeAt(task.path, startOf(task)), message });
  return { steps: [], installsAwsCli: false };
}

/** Reads an `env` into a shell's variables; returns the roles that it names. */
function readEnv(env: LintNode | undefined, scope: ShellScope, context: LintContext): readonly Placed[] {
  const roles: Placed[] = [];
  const entries = context.tree.entries(env);
  context.budget.left -= entries.length;
  if (context.budget.left < 0) return roles;
  // What an entry says itself comes before what it merges: that is set last.
  for (const [{ path }, { node }] of [...entries].reverse()) {
    const name = String(path.at(-1));
    const value = textOf(node);
    if (value === undefined || !isScalar(node)) continue;
    const offsetOf = scalarOffsets(context.text, node);
    const start = node.range?.[0] ?? 0;
    scope.variables.set(name, { words: [literalWord(value, start, offsetOf)], exported: false });
    exportVariable(scope, name);
    if (name === "IDP_AWS_ROLE_ARN") roles.push({ text: value, place: context.placeAt(path, start) });
    const end = node.range?.[1] ?? start;
    addKey(name, value, { start, end }, context.placeAt(path, start), context);
  }
  return roles;
}

/** Keys that stand anywhere else: in comments, in text that is written into files, behind escapes. */
function scanText({ text, tree, keys, secrets, placeAt }: LintContext): void {
  const scan = (source: string, rangeOf: (range: SecretRange) => SecretRange): void => {
    const add = (what: string, found: SecretRange): void => {
      const range = rangeOf(found);
      keys.push({ what, place: placeAt([], range.start) });
      secrets.push({ value: source.slice(found.start, found.end), range });
    };
    for (const range of keyIds(source)) add("the id of an access key", range);
    for (const range of secretKeys(source)) add("a secret access key", range);
  };
  scan(text, (range) => range);
  for (const scalar of tree.scalars) {
    const [start, end] = scalar.range ?? [0, 0];
    const value = textOf(scalar);
    if (scalar.type === "QUOTE_DOUBLE" && value !== undefined && text.slice(start, end).includes("\\"))
      scan(value, () => ({ start, end }));
  }
}

/** Values of keys that say that nobody else may see them, whatever they are for: they are not shown. */
function hideNamed({ tree, secrets, budget }: LintContext): void {
  for (const map of tree.maps) {
    for (const [{ path }, { node }] of tree.entries(map)) {
      budget.left -= 1;
      if (!isScalar(node) || !isSecretName(String(path.at(-1)))) continue;
      const [start, end] = node.range ?? [0, 0];
      // Where a variable's name stands, nothing is secret; and what is shown must stay readable.
      if (end > start && !/^["']?\$/.test(String(node.value)))
        secrets.push({ value: String(node.value), range: { start, end } });
    }
  }
}

function problemsOf({ details, value }: GitpodYml, context: LintContext): readonly Placed[] {
  return details.slice(0, mostProblems).map(({ path, offset, message }) => {
    const node = path.reduce<LintNode | undefined>(
      (from, key) =>
        typeof key === "number"
          ? context.tree.items(from).find((item) => item.path.at(-1) === key)
          : context.tree.get(from, key),
      context.tree.root,
    );
    const unknownKey = context.tree
      .entries(node)
      .find(([{ path: keyPath }]) => message.includes(`key: ${JSON.stringify(keyPath.at(-1))}`))?.[0];
    const found = unknownKey ?? node;
    // Where nothing says which of several documents is meant, it is the file.
    const whole = found === undefined || (unknownKey === undefined && value === undefined);
    const at = offset ?? (whole ? 0 : startOf(found));
    const said = message.length > longestProblem ? `${message.slice(0, longestProblem)}…` : message;
    return { text: escapeHidden(said), place: context.placeAt(path, at) };
  });
}

function placed(found: LintNode | undefined, { placeAt }: LintContext): Placed | null {
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
  return [...lines.values()];
}

/** From where to where the lines of a text hold secrets. */
type Columns = readonly [from: number, to: number];

function hiddenColumns(
  ranges: readonly SecretRange[],
  { at }: Pick<ReturnType<typeof textPositions>, "at">,
): ReadonlyMap<number, readonly Columns[]> {
  const hidden = new Map<number, Columns[]>();
  const seen = new Set<string>();
  for (const { start, end } of ranges) {
    const key = `${start}:${end}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [from, to] = [at(start), at(end)];
    for (let line = from.line; line <= to.line; line++) {
      const columns = hidden.get(line) ?? [];
      columns.push([line === from.line ? from.column - 1 : 0, line === to.line ? to.column - 1 : Infinity]);
      hidden.set(line, columns);
    }
  }
  return hidden;
}

function withoutColumns(line: string, columns: readonly Columns[]): string {
  let [shown, at] = ["", 0];
  for (const [from, to] of [...columns].sort(([a], [b]) => a - b)) {
    if (to <= from || from >= line.length) continue;
    if (from >= at) shown += `${line.slice(at, from)}****`;
    at = Math.max(at, Math.min(to, line.length));
  }
  return shown + line.slice(at);
}
