import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Path } from "../diagnostics/diagnostic";
import { pathText } from "../diagnostics/pathText";
import { escapeHidden } from "../diagnostics/quote";
import { type GitpodYml, readGitpodYml } from "./gitpodSchema";
import { lineBreakOf, type MergeProblem, positionAt, refusal, type Written } from "./mergeEdits";
import { type Comment, commentsOf, type Markers, markersOf } from "./mergeMarkers";
import { tasksDigest } from "./mergeTasks";

/** Our tasks in a file: items `first` up to `end` of its list. */
export interface OurBlock {
  readonly markers: Markers;
  readonly first: number;
  readonly end: number;
}

/** A `.gitpod.yml` that can be edited: its text, what Gitpod reads in it, and where it stands. */
export interface ExistingFile extends Written {
  /** What the file says; empty where it says nothing. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The tasks of `value`, ours included; empty where it has none. */
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly document: Document.Parsed;
  /** Null where the file says nothing. */
  readonly root: YAMLMap | null;
  /** The pair of `tasks`; null where there is none. */
  readonly pair: Pair | null;
  /** The nodes of `tasks`, in its order. */
  readonly items: readonly Node[];
  readonly comments: readonly Comment[];
  /** Names of the anchors that something refers to. */
  readonly aliased: ReadonlySet<string>;
  /** Null where our tasks are not in the file. */
  readonly block: OurBlock | null;
}

type Read =
  | { readonly ok: true; readonly file: ExistingFile }
  | { readonly ok: false; readonly problems: readonly MergeProblem[] };

/**
 * Reads a file that may be edited. A file without any content, and one whose `tasks` is null, are fine although
 * Gitpod refuses them: our tasks mend that.
 */
export function readExisting(text: string): Read {
  const unreadable = characterProblem(text);
  if (unreadable !== null) return unreadable;
  const gitpod = readGitpodYml(text);
  // Gitpod's parser comes first: it limits how deep a file may be nested.
  if (gitpod.details.some(({ offset }) => offset !== null)) return invalid(text, gitpod, null);
  const [document, second] = parseAllDocuments(text, {
    keepSourceTokens: true,
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  }) as readonly Document.Parsed[];
  if (second !== undefined)
    return refusal(
      text,
      second.range[0],
      "a second document begins here; allowed: one",
      "take one of the documents out",
    );
  const [error] = document?.errors ?? [];
  if (error !== undefined)
    return refusal(text, error.pos[0], `not YAML: ${escapeHidden(error.message)}`, "correct this line");
  return document === undefined ? emptyFile(text) : readDocument(text, document, gitpod);
}

function emptyFile(text: string): Read {
  const [document] = parseAllDocuments("{}") as readonly Document.Parsed[];
  if (document === undefined) throw new Error("a YAML text without a document");
  return {
    ok: true,
    file: { ...nothing, text, lineBreak: lineBreakOf(text), document, comments: commentsOf(text) },
  };
}

const nothing = Object.freeze({
  value: Object.freeze({}),
  tasks: Object.freeze([]),
  root: null,
  pair: null,
  items: Object.freeze([]),
  aliased: new Set<string>(),
  block: null,
});

function readDocument(text: string, document: Document.Parsed, gitpod: GitpodYml): Read {
  const comments = commentsOf(text);
  const root: Node | null = document.contents;
  if (root === null || (isScalar(root) && root.range?.[0] === root.range?.[1]))
    return { ok: true, file: { ...nothing, text, lineBreak: lineBreakOf(text), document, comments } };
  if (!isMap(root))
    return refusal(
      text,
      startOf(root),
      "this is no map; allowed: the keys of a .gitpod.yml",
      "write keys, e.g. tasks:",
    );
  if (gitpod.value === undefined) return invalid(text, gitpod, document);
  const value = gitpod.value as ExistingFile["value"];
  const unfilled = gitpod.details.every(
    ({ path }) => path.length === 1 && path[0] === "tasks" && value["tasks"] === null,
  );
  if (!unfilled) return invalid(text, gitpod, document);
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === "tasks") ?? null;
  if (isAlias(pair?.value) || (pair === null && "tasks" in value))
    return refusal(
      text,
      startOf(isAlias(pair?.value) ? pair.value : root),
      "tasks comes from an alias, and a change would reach what it stands for",
      "write the list of tasks out",
    );
  const items = pair !== null && isSeq(pair.value) ? pair.value.items.filter(isNode) : [];
  const tasks = (value["tasks"] ?? []) as ExistingFile["tasks"];
  const file = {
    text,
    lineBreak: lineBreakOf(text),
    value,
    tasks,
    document,
    root,
    pair,
    items,
    comments,
    aliased: aliasedAnchors(document),
    block: null,
  };
  return withBlock(file);
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

function aliasedAnchors(document: Document.Parsed): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { Alias: (_, alias) => void names.add(alias.source) });
  return names;
}

/** What two YAML parsers may read differently, or no file can hold. */
function characterProblem(text: string): Extract<Read, { ok: false }> | null {
  const lone = /[\ud800-\udfff]/u.exec(text);
  if (lone !== null)
    return refusal(
      text,
      lone.index,
      "half of a surrogate pair stands here; allowed: UTF-8",
      "save the file as UTF-8",
    );
  const carriage = /\r(?!\n)/.exec(text);
  return carriage === null
    ? null
    : refusal(
        text,
        carriage.index,
        "a carriage return stands alone here, which not every YAML parser takes for a line end",
        "write line ends as LF or CR LF",
      );
}

function invalid(
  text: string,
  { details }: GitpodYml,
  document: Document.Parsed | null,
): Extract<Read, { ok: false }> {
  return {
    ok: false,
    problems: details.map(({ path, offset, message }) => ({
      position: positionAt(text, offset ?? placeOf(document, path)),
      message: `not valid for Gitpod: ${path.length === 0 ? "" : `${pathText(path)}: `}${message}`,
      remedy: "correct the file first: as it is, Gitpod does not start a workspace with it",
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

/** Where a node stands, behind its anchor and tag. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** The node of a key in a map; undefined where the map does not have it. */
export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === name);
}
