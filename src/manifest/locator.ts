import { parseEvents } from "js-yaml";
import {
  textPositions,
  type Diagnostic,
  type Origin,
  type Path,
  type Position,
  type TextPositions,
} from "../diagnostics";
import type { Locator } from "./parsedManifest";
import { isMerge, yamlTree } from "./yamlTree";
import type { EntryStarts, YamlMap, YamlNode, YamlPair } from "./yamlTree";
import { attempt } from "./yamlValue";

/** A file's text, for questions about places. */
export interface SourceText {
  readonly positions: TextPositions;
  /** The written node at a path, through aliases and merges; undefined where nothing is written. */
  readonly node: (path: Path) => YamlNode | undefined;
  /** The pairs of a map by key, own ones before merged ones. */
  readonly pairs: PairIndex;
  /** The position of a node or of its key; the nearest enclosing one's where nothing is written. */
  readonly locate: (path: Path, at: "key" | "value") => Position;
}

/**
 * The tree is made at the first question: of a large manifest it takes more memory than all else.
 * @param starts - what is known without it
 */
export function sourceText(text: string, starts?: EntryStarts): SourceText {
  const positions = textPositions(text);
  let tree: { readonly root: YamlNode | undefined } | undefined;
  const read = () => {
    const events = attempt(() => parseEvents(text, {}));
    return events.ok ? yamlTree(text, events.value) : { root: undefined };
  };
  const root = () => (tree ??= read()).root;
  const pairs = pairIndex();
  return {
    ...{ positions, pairs },
    node(path) {
      const { node, isWhole } = walk(root(), path, pairs);
      return isWhole ? node : undefined;
    },
    locate(path, at) {
      const [list, i] = path;
      const start = path.length === 2 && at === "value" ? starts?.get(String(list))?.[Number(i)] : undefined;
      if (start !== undefined) return positions.at(start);
      const { node, key, isWhole } = walk(root(), path, pairs);
      return positions.at(((at === "key" && isWhole ? key : undefined) ?? node)?.start ?? 0);
    },
  };
}

type PairIndex = (map: YamlMap) => ReadonlyMap<string, YamlPair>;

/** The node at a path and its key in a map; where not the whole path is written, the nearest enclosing one. */
function walk(root: YamlNode | undefined, path: Path, pairs: PairIndex) {
  let node = written(root);
  let key: YamlNode | undefined;
  for (const segment of path) {
    const pair = node?.kind === "map" ? pairs(node).get(String(segment)) : undefined;
    const item = node?.kind === "list" && typeof segment === "number" ? node.items[segment] : undefined;
    const next = pair?.value ?? item;
    if (next === undefined) return { node, key, isWhole: false };
    [node, key] = [written(next), pair?.key];
  }
  return { node, key, isWhole: true };
}

/** What an alias stands for; an alias to nothing stands for itself. */
export function written(node: YamlNode | undefined): YamlNode | undefined {
  // Aliases of aliases: an anchor on an alias is not YAML, so one step is all.
  return node?.kind === "alias" && typeof node.target !== "string" ? node.target : node;
}

/** Pairs by key, own ones before merged ones, computed once for each map. */
function pairIndex(): PairIndex {
  const known = new Map<YamlMap, ReadonlyMap<string, YamlPair>>();
  const index = (map: YamlMap): ReadonlyMap<string, YamlPair> => {
    const before = known.get(map);
    if (before !== undefined) return before;
    const pairs = new Map<string, YamlPair>();
    for (const pair of map.pairs) {
      const key = written(pair.key);
      if (key?.kind === "scalar" && !isMerge(key)) pairs.set(key.value, pair);
    }
    known.set(map, pairs);
    for (const merged of map.pairs.filter((pair) => isMerge(pair.key)).flatMap(mergeSources))
      for (const [key, pair] of index(merged)) if (!pairs.has(key)) pairs.set(key, pair);
    return pairs;
  };
  return index;
}

/** The maps that `<<` names: one, or a list of them. */
function mergeSources({ value }: YamlPair): readonly YamlMap[] {
  const source = written(value);
  const sources = source?.kind === "list" ? source.items.map(written) : [source];
  return sources.filter((node) => node?.kind === "map");
}

/** Finds places in a set of files; where a file has no text, its first character. */
export function createLocator(sources: ReadonlyMap<string, SourceText>): Locator {
  const start: Position = Object.freeze({ line: 1, column: 1 });
  const locate = ({ file, path }: Origin, at: "key" | "value") =>
    sources.get(file)?.locate(path, at) ?? start;
  return {
    locate,
    line: (file, line) => sources.get(file)?.positions.line(line),
    diagnose(problems) {
      const diagnostics = problems.map(({ code, origin, at, position, message, remedy }): Diagnostic => {
        const { line, column } = position ?? locate(origin, at ?? "value");
        return { code, severity: "error", file: origin.file, line, column, message, remedy };
      });
      const sorted = diagnostics.sort(byPlace);
      return sorted.filter((d, i) => i === 0 || byPlace(d, sorted[i - 1] ?? d) !== 0);
    },
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  for (const key of ["file", "line", "column", "code", "message"] as const)
    if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  return 0;
}
