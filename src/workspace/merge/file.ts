import { isDeepStrictEqual } from "node:util";
import { parseEvents } from "js-yaml";
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Alias, Document, Node, Pair, YAMLMap } from "yaml";
import { escapeHidden, pathText, type Path } from "../../diagnostics";
import { yamlTree } from "../../manifest/yamlTree";
import type { TaskFormat } from "../../model/accessModel";
import { readTaskFile, taskFileNames, type TaskFile } from "../lint/taskFile";
import { type Comment, commentsOf, type Markers, markersOf, tasksDigest } from "./markers";
import type { Task } from "./tasks";
import { lineBreakOf, type Refused, refused, type Written } from "./text";

/** A task, and where it stands. */
export interface FileTask {
  readonly node: Node;
  readonly task: Task;
  readonly isOurs: boolean;
}

/** A file of tasks that can be edited: its text, what Gitpod or Ona reads in it, and where it stands. */
export interface ExistingFile extends Written {
  readonly format: TaskFormat;
  /** What the file says; empty where it says nothing. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Null where the file says nothing. */
  readonly root: YAMLMap | null;
  /** The pair of `tasks`; null where there is none. */
  readonly pair: Pair | null;
  readonly tasks: readonly FileTask[];
  readonly comments: readonly Comment[];
  /** Null where our tasks are not in the file. */
  readonly markers: Markers | null;
  /** Anchors that an alias refers to. */
  readonly aliased: ReadonlySet<string>;
  /** Where the document ends: other lines may follow. */
  readonly end: number;
}

type Read = { readonly ok: true; readonly file: ExistingFile } | Refused;

/** Reads a file that may be edited. One without content, or with `tasks: null`, is fine: our tasks fix that. */
export function readExisting(text: string, format?: TaskFormat): Read {
  const gitpod = readTaskFile(text, format);
  // Gitpod's parser comes first: it limits how deep a file may be nested.
  if (gitpod.problems.some(({ offset }) => offset !== null)) return invalid(gitpod, null);
  const document = parseDocument(text, {
    keepSourceTokens: true,
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [error] = document.errors;
  if (error !== undefined)
    return refused(error.pos[0], `not YAML: ${escapeHidden(error.message)}`, "correct this line");
  const root: Node | null = document.contents;
  const map = isMap(root) ? root : null;
  const isEmpty = root === null || (isScalar(root) && root.range?.[0] === root.range?.[1]);
  if (map === null && !isEmpty) {
    const message = `this is not a map; allowed: the keys of a ${taskFileNames[gitpod.format]}`;
    return refused(startOf(root), message, "write keys, e.g. tasks:");
  }
  const value = isEmpty ? {} : (gitpod.value as ExistingFile["value"] | undefined);
  const unfilled = ({ path }: TaskFile["problems"][number]) =>
    path.length === 1 && path[0] === "tasks" && value?.["tasks"] === null;
  if (value === undefined || !(isEmpty || gitpod.problems.every(unfilled))) return invalid(gitpod, document);
  const aliases = aliasesOf(document, gitpod);
  if ("ok" in aliases) return aliases;
  const comments = commentsOf(text);
  const markers = markersOf(comments);
  if (markers !== null && "offset" in markers) return { ok: false, problems: [markers] };
  const pair = (map === null ? undefined : pairOf(map, "tasks")) ?? null;
  const tasks = tasksOf(map, pair, value["tasks"], markers);
  if ("ok" in tasks) return tasks;
  const foreign = comments.find(({ offset }) => isBetween(markers, offset));
  const ours = tasks.filter(({ isOurs }) => isOurs).map(({ task }) => task);
  if (markers !== null && (foreign !== undefined || tasksDigest(ours) !== markers.digest)) {
    const last = text.slice(0, markers.end.offset).split("\n").length;
    return refused(
      foreign?.offset ?? markers.begin.offset,
      `the tasks from here to line ${last} are of gitpod-aws-oidc, and were edited since: the next merge would lose the change`,
      `move the change to a task of your own or to the manifest, then take out what stands from the begin to line ${last}, and merge again`,
    );
  }
  return {
    ok: true,
    file: {
      ...{ text, lineBreak: lineBreakOf(text), format: gitpod.format, value, root: map, pair, comments },
      ...{ tasks, markers, aliased: aliases, end: document.range[1] },
    },
  };
}

function isBetween(markers: Markers | null, offset: number): boolean {
  return markers !== null && offset > markers.begin.offset && offset < markers.end.offset;
}

/** What stands below `tasks`, as Gitpod or Ona reads it. */
function tasksOf(
  root: YAMLMap | null,
  pair: Pair | null,
  values: unknown,
  markers: Markers | null,
): readonly FileTask[] | Refused {
  if (root === null) return [];
  const list = pair?.value;
  if (isAlias(list) || (pair === null && values !== undefined)) {
    const message = "tasks comes from an alias, and a change would reach what it stands for";
    return refused(startOf(isAlias(list) ? list : root), message, "write the tasks out");
  }
  const fileTask = (node: unknown, task: Task | undefined): readonly FileTask[] =>
    isNode(node) && task !== undefined ? [{ node, task, isOurs: isBetween(markers, startOf(node)) }] : [];
  if (isSeq(list)) return list.items.flatMap((node, i) => fileTask(node, (values as readonly Task[])[i]));
  if (!isMap(list)) return [];
  const map = values as Readonly<Record<string, Task>>;
  const tasks = list.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : "<<";
    return fileTask(value, Object.hasOwn(map, name) ? { key: name, ...map[name] } : undefined);
  });
  if (tasks.length === list.items.length) return tasks;
  const message = "tasks has keys that are aliases, merges or numbers";
  return refused(startOf(root), message, "write each task below a word of its own");
}

/** Anchors that aliases refer to; refused where these stand for too much, or for what they are in: nothing could compare that. */
function aliasesOf(document: Document.Parsed, { text }: TaskFile): ReadonlySet<string> | Refused {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  if (yamlTree(text, parseEvents(text, {})).excess === undefined)
    return new Set(aliases.map(({ source }) => source));
  const message = "the aliases of this file stand for too many values, or for what they are in";
  return refused(aliases[0]?.range?.[0] ?? 0, message, "write out what they stand for");
}

function invalid({ problems, format }: TaskFile, document: Document.Parsed | null): Refused {
  const whose = format === "gitpod.yml" ? "Gitpod" : "Ona";
  return {
    ok: false,
    problems: problems.map(({ path, offset, message }) => ({
      offset: offset ?? placeOf(document, path),
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

/** The tasks that are not ours. */
export function ownTasks({ tasks }: ExistingFile): readonly FileTask[] {
  return tasks.filter(({ isOurs }) => !isOurs);
}

/** Whether two files say the same, apart from their tasks. */
export function sameBesideTasks(a: ExistingFile, b: ExistingFile): boolean {
  return isDeepStrictEqual({ ...a.value, tasks: null }, { ...b.value, tasks: null });
}

/** Where a node stands, behind its anchor and tag. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Where the key of the tasks stands. */
export function startOfKey({ pair }: ExistingFile): number {
  return isNode(pair?.key) ? startOf(pair.key) : 0;
}

/** The pair of a key in a map; undefined where the map does not have it. */
export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

/** The node whose change would reach another place too, for a key of a task; null where none would. */
export function sharedNode({ pair, aliased }: ExistingFile, task: Node, key: string): Node | null {
  const value = isMap(task) ? pairOf(task, key)?.value : undefined;
  const merge = isMap(task) && value === undefined ? pairOf(task, "<<")?.value : undefined;
  if (isNode(merge)) return merge;
  const isShared = (node: Node) => isAlias(node) || (node.anchor !== undefined && aliased.has(node.anchor));
  return [pair?.value, task, value].filter(isNode).find(isShared) ?? null;
}
