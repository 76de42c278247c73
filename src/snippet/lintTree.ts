import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from "yaml";
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from "yaml";
import type { Budget } from "./shellReading";

/** A node of a `.gitpod.yml`, with the way down to it. */
export interface LintNode {
  readonly path: readonly (string | number)[];
  /** What is written there, aliases followed. */
  readonly node: Node;
}

/** A way through a `.gitpod.yml` as Gitpod's parser goes: through aliases and merges. */
export interface LintTree {
  readonly root: LintNode | undefined;
  /** The value of a key; undefined where there is none. */
  readonly get: (from: LintNode | undefined, key: string) => LintNode | undefined;
  /** Keys and their values, in the file's order, merged ones last; empty for what is no map. */
  readonly entries: (from: LintNode | undefined) => readonly (readonly [key: LintNode, value: LintNode])[];
  readonly items: (from: LintNode | undefined) => readonly LintNode[];
  /** Every scalar that is written in the file, once, in its order. */
  readonly scalars: readonly Scalar[];
  /** Every map that is written in the file, once: for what stands in it, whatever uses it. */
  readonly maps: readonly LintNode[];
}

/** The pairs of a map with those that it merges, and the first of each name. */
interface KnownMap {
  readonly pairs: readonly Pair[];
  readonly byName: ReadonlyMap<string, Pair>;
}

/** Merges inside of merges that are followed. */
const deepestMerge = 10;

/**
 * The tree of a text, or of its first document where it has several; null where it cannot be read. Keys that are
 * written twice are kept, although Gitpod refuses them.
 * @param accepted - has Gitpod's parser read it? Then what this one would refuse is read as far as it goes
 * @param budget - what merges may cost: once it is spent, they are not followed any more
 */
export function lintTree(text: string, accepted: boolean, budget: Budget): LintTree | null {
  try {
    const document = parsed(text, accepted);
    return document === null ? null : treeOf(document, budget);
  } catch (error) {
    // This parser goes down to any depth.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function treeOf(document: Document.Parsed, budget: Budget): LintTree {
  const targets = aliasTargets(document.contents);
  const follow = (node: unknown): Node | undefined => {
    if (isAlias(node)) return targets.get(node);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  };
  const known = new WeakMap<YAMLMap, KnownMap>();
  // Each map is made once, and holds each name that it merges once: a few lines may say billions otherwise.
  const knownMap = (map: YAMLMap, depth: number): KnownMap => {
    const before = known.get(map);
    if (before !== undefined) return before;
    const pairs = map.items.filter((pair) => !isMerge(pair));
    const byName = new Map<string, Pair>();
    for (const pair of pairs) noteName(pair, byName, follow);
    for (const { value } of depth > deepestMerge ? [] : map.items.filter(isMerge)) {
      const source = follow(value);
      for (const found of isSeq(source) ? source.items.map(follow) : [source]) {
        if (!isMap(found) || budget.left < 0) continue;
        const merged = knownMap(found, depth + 1).pairs;
        budget.left -= 1 + merged.length;
        for (const pair of merged) if (noteName(pair, byName, follow)) pairs.push(pair);
      }
    }
    const made = { pairs, byName };
    known.set(map, made);
    return made;
  };
  const entries: LintTree["entries"] = (from) => {
    if (from === undefined || !isMap(from.node)) return [];
    return knownMap(from.node, 0).pairs.flatMap((pair) => {
      const key = follow(pair.key);
      const name = textOf(key);
      const value = follow(pair.value);
      if (key === undefined || name === undefined || value === undefined) return [];
      const path = [...from.path, name];
      return [
        [
          { path, node: key },
          { path, node: value },
        ] as const,
      ];
    });
  };
  const root = follow(document.contents);
  return {
    root: root === undefined ? undefined : { path: [], node: root },
    entries,
    get: (from, key) => {
      if (from === undefined || !isMap(from.node)) return undefined;
      const node = follow(knownMap(from.node, 0).byName.get(key)?.value);
      return node === undefined ? undefined : { path: [...from.path, key], node };
    },
    items: (from) => {
      if (from === undefined || !isSeq(from.node)) return [];
      return from.node.items.flatMap((item, i) => {
        const node = follow(item);
        return node === undefined ? [] : [{ path: [...from.path, i], node }];
      });
    },
    ...written(document),
  };
}

/** The first document that says something; null for what is no YAML. */
function parsed(text: string, accepted: boolean): Document.Parsed | null {
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: "silent", strict: false } as const;
  const documents = parseAllDocuments(text, options) as readonly Document.Parsed[];
  const [first] = documents;
  if (!accepted && documents.some(({ errors }) => errors.length > 0)) return null;
  return documents.find(({ contents }) => !isScalar(contents) || contents.value !== null) ?? first ?? null;
}

function written(document: Document.Parsed): Pick<LintTree, "scalars" | "maps"> {
  const scalars: Scalar[] = [];
  const maps: LintNode[] = [];
  visit(document, {
    Scalar: (_, scalar) => void scalars.push(scalar),
    Map: (_, node) => void maps.push({ path: [], node }),
  });
  return { scalars, maps };
}

/** Is a pair the first of its name? Pairs whose key is no text have none. */
function noteName(
  pair: Pair,
  byName: Map<string, Pair>,
  follow: (node: unknown) => Node | undefined,
): boolean {
  const name = textOf(follow(pair.key));
  if (name === undefined || byName.has(name)) return false;
  byName.set(name, pair);
  return true;
}

/** The text of a scalar; undefined for what is none, and for numbers and such. */
export function textOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === "<<" && (key.type === "PLAIN" || key.type === undefined);
}

/** What each alias stands for: the last node above it that has the anchor. */
function aliasTargets(contents: Node | null): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(contents, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
