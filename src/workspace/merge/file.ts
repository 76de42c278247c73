import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Path } from "../../diagnostics/diagnostic";
import { pathText } from "../../diagnostics/quote";
import { escapeHidden } from "../../diagnostics/quote";
import type { TaskFormat } from "../../model/accessModel";
import { readTaskFile, taskFileNames, type TaskFile } from "../lint/taskFile";
import { type Comment, commentsOf, type Markers, markersOf, tasksDigest } from "./markers";
import type { Task } from "./tasks";
import { lineBreakOf, positionAt, type Refused, refusal, type Written } from "./text";

/** Our tasks in a file: items `first` up to `end` of its list. */
export interface OurBlock {
  readonly markers: Markers;
  readonly first: number;
  readonly end: number;
}

/** A file of tasks that can be edited: its text, what Gitpod or Ona reads in it, and where it stands. */
export interface ExistingFile extends Written {
  readonly format: TaskFormat;
  /** What the file says; empty where it says nothing. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The tasks of `value`, ours included; empty where it has none. */
  readonly tasks: readonly Task[];
  readonly document: Document.Parsed;
  /** Null where the file says nothing. */
  readonly root: YAMLMap | null;
  /** The pair of `tasks`; null where there is none. */
  readonly pair: Pair | null;
  /** The nodes of `tasks`, in its order. */
  readonly items: readonly Node[];
  readonly comments: readonly Comment[];
  /** Null where our tasks are not in the file. */
  readonly block: OurBlock | null;
}

type Read = { readonly ok: true; readonly file: ExistingFile } | Refused;

/**
 * Reads a file that may be edited. A file without any content, and one whose `tasks` is null, are fine although
 * Gitpod refuses them: our tasks fix that.
 * @param text - without a byte order mark
 * @param format - of a text that does not say it
 */
export function readExisting(text: string, format?: TaskFormat): Read {
  const gitpod = readTaskFile(text, format);
  // Gitpod's parser comes first: it limits how deep a file may be nested.
  if (gitpod.problems.some(({ offset }) => offset !== null)) return invalid(text, gitpod, null);
  const document = parseDocument(text, {
    keepSourceTokens: true,
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [error] = document.errors;
  if (error !== undefined)
    return refusal(text, error.pos[0], `not YAML: ${escapeHidden(error.message)}`, "correct this line");
  return readDocument(text, document, gitpod);
}

function readDocument(text: string, document: Document.Parsed, gitpod: TaskFile): Read {
  const { format } = gitpod;
  const written = { text, format, lineBreak: lineBreakOf(text), document, comments: commentsOf(text) };
  const root: Node | null = document.contents;
  if (root === null || (isScalar(root) && root.range?.[0] === root.range?.[1]))
    return {
      ok: true,
      file: { ...written, value: {}, tasks: [], root: null, pair: null, items: [], block: null },
    };
  if (!isMap(root))
    return refusal(
      text,
      startOf(root),
      `this is not a map; allowed: the keys of a ${taskFileNames[format]}`,
      "write keys, e.g. tasks:",
    );
  const value = gitpod.value as ExistingFile["value"];
  const pair = pairOf(root, "tasks") ?? null;
  const refused = unfit(text, gitpod, document) ?? aliases(text, document, value);
  if (refused !== null) return refused;
  if (isAlias(pair?.value) || (pair === null && "tasks" in value))
    return refusal(
      text,
      startOf(isAlias(pair?.value) ? pair.value : root),
      "tasks comes from an alias, and a change would reach what it stands for",
      "write the tasks out",
    );
  const items = itemsOf(pair);
  const tasks = items.map(([key, node], i) => taskOf(value["tasks"], key ?? i, node));
  if (tasks.includes(null))
    return refusal(
      text,
      startOf(root),
      "tasks has keys that are aliases, merges or numbers",
      "write each task below a word of its own",
    );
  const rest = { value, root, pair, items: items.map(([, node]) => node), block: null };
  return withBlock({ ...written, ...rest, tasks: tasks.filter((task) => task !== null) });
}

/** The nodes of the tasks; those of Ona with their keys, null for what is none. */
function itemsOf(pair: Pair | null): readonly (readonly [key: string | null, Node])[] {
  if (isSeq(pair?.value)) return pair.value.items.filter(isNode).map((node) => [null, node]);
  if (!isMap(pair?.value)) return [];
  return pair.value.items.flatMap(({ key, value }) =>
    isNode(value) ? [[isScalar(key) ? String(key.value) : "<<", value] as const] : [],
  );
}

/** The task at a place of a list, or below a key of a map; null where the map does not have it by that name. */
function taskOf(tasks: unknown, at: string | number, node: Node): Task | null {
  if (typeof at === "number") return (tasks as readonly Task[])[at] ?? null;
  const map = tasks as Readonly<Record<string, Task>>;
  return Object.hasOwn(map, at) && isNode(node) ? { key: at, ...map[at] } : null;
}

/** What Gitpod refuses, but for `tasks` without a value. */
function unfit(text: string, gitpod: TaskFile, document: Document.Parsed): Refused | null {
  const { value } = gitpod as { readonly value: ExistingFile["value"] | undefined };
  const unfilled = gitpod.problems.every(
    ({ path }) => path.length === 1 && path[0] === "tasks" && value?.["tasks"] === null,
  );
  return value !== undefined && unfilled ? null : invalid(text, gitpod, document);
}

/** Values that a file may have, aliases expanded. */
const mostValues = 100_000;

/** Aliases that stand for too much, or for what they are in: nothing could compare that. */
function aliases(text: string, document: Document.Parsed, value: unknown): Refused | null {
  if (valuesIn(value, new Map()) <= mostValues) return null;
  let [at, message] = [0, `aliases make this file more than ${mostValues} values`];
  visit(document, {
    Alias: (_, alias, path) => {
      const isInside = path.some((node) => isNode(node) && "anchor" in node && node.anchor === alias.source);
      if (at === 0 || isInside) at = startOf(alias);
      if (isInside) message = "this alias stands for what it is in";
      return isInside ? visit.BREAK : undefined;
    },
  });
  return refusal(text, at, message, "write out what it stands for");
}

/** How many values a value holds; without end where it holds itself. */
function valuesIn(value: unknown, counts: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return 1;
  const known = counts.get(value);
  if (known !== undefined) return known;
  counts.set(value, Infinity);
  const count = Object.values(value).reduce<number>((sum, entry) => sum + valuesIn(entry, counts), 1);
  counts.set(value, count);
  return count;
}

/** Finds our tasks, and refuses them where somebody changed what is between the markers. */
function withBlock(file: ExistingFile): Read {
  const markers = markersOf(file.text, file.comments);
  if (markers === null) return { ok: true, file };
  if (!("begin" in markers)) return { ok: false, problems: [markers] };
  const { begin, end, digest } = markers;
  const inside = (offset: number) => offset > begin.offset && offset < end.offset;
  const first = file.items.findIndex((item) => inside(startOf(item)));
  const count = file.items.filter((item) => inside(startOf(item))).length;
  const foreign = file.comments.find(({ offset }) => inside(offset));
  if (foreign === undefined && tasksDigest(file.tasks.slice(first, first + count)) === digest)
    return { ok: true, file: { ...file, block: { markers, first, end: first + count } } };
  const last = positionAt(file.text, end.offset).line;
  return refusal(
    file.text,
    foreign?.offset ?? begin.offset,
    `the tasks from here to line ${last} are of gitpod-aws-oidc, and were edited since: the next merge would lose the change`,
    `move the change to a task of your own or to the manifest, then take out what stands from the begin to line ${last}, and merge again`,
  );
}

function invalid(text: string, { problems, format }: TaskFile, document: Document.Parsed | null): Refused {
  const whose = format === "gitpod.yml" ? "Gitpod" : "Ona";
  return {
    ok: false,
    problems: problems.map(({ path, offset, message }) => ({
      position: positionAt(text, offset ?? placeOf(document, path)),
      message: `not valid for ${whose}: ${path.length === 0 ? "" : `${pathText(path)}: `}${message}`,
      remedy: `correct the file first: as it is, ${whose} does not take it`,
    })),
  };
}

/** Where the deepest node on the way to a path stands. */
function placeOf(document: Document.Parsed | null, path: Path): number {
  for (let length = path.length; document !== null && length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return startOf(node);
  }
  return 0;
}

/** Indices of the tasks that are not ours. */
export function ownIndices({ tasks, block }: ExistingFile): readonly number[] {
  return tasks.flatMap((_, i) => (block !== null && i >= block.first && i < block.end ? [] : [i]));
}

/** Whether two files say the same, apart from their tasks. */
export function sameBesideTasks(a: ExistingFile, b: ExistingFile): boolean {
  return isDeepStrictEqual({ ...a.value, tasks: null }, { ...b.value, tasks: null });
}

/** Where a node stands, behind its anchor and tag. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** The node of a key in a map; undefined where the map does not have it. */
export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === name);
}

/** The node whose change would reach another place too, for a key of a task; null where none would. */
export function sharedNode({ pair, document }: ExistingFile, task: Node, key: string): Node | null {
  const value = isMap(task) ? pairOf(task, key)?.value : undefined;
  const merge = isMap(task) && value === undefined ? pairOf(task, "<<")?.value : undefined;
  if (isNode(merge)) return merge;
  const aliased = new Set<string>();
  visit(document, { Alias: (_, alias) => void aliased.add(alias.source) });
  const isShared = (node: Node) => isAlias(node) || (node.anchor !== undefined && aliased.has(node.anchor));
  return [pair?.value, task, value].filter(isNode).find(isShared) ?? null;
}
