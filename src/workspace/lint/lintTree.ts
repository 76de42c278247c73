import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from "yaml";
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from "yaml";

/** A node of a file, with the way down to it. */
export interface LintNode {
  readonly path: readonly (string | number)[];
  /** What is written there, aliases followed. */
  readonly node: Node;
}

/** A way through a file as Gitpod's parser goes: through aliases and merges. */
export interface YamlTree {
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

/**
 * The tree of a text, or of its first document where it has several; an empty one where it cannot be read. Keys that are
 * written twice are kept, although Gitpod refuses them.
 * @param accepted - has Gitpod's parser read it? Then what this one would refuse is read as far as it goes
 */
export function yamlTree(text: string, accepted: boolean): YamlTree {
  try {
    return treeOf(contentsOf(text, accepted));
  } catch (error) {
    // This parser goes down to any depth.
    if (error instanceof RangeError) return treeOf(null);
    throw error;
  }
}

function treeOf(contents: Node | null): YamlTree {
  const targets = aliasTargets(contents);
  const follow = (node: unknown): Node | undefined => {
    if (isAlias(node)) return targets.get(node);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  };
  const below = (from: LintNode, key: string | number, node: Node): LintNode => ({
    path: [...from.path, key],
    node,
  });
  /** The pairs of a map, then those that it merges; each map once, however often it is merged. */
  const pairsOf = (map: YAMLMap, seen = new Set<YAMLMap>()): readonly Pair[] => {
    if (seen.has(map)) return [];
    seen.add(map);
    const merged = map.items.filter(isMerge).flatMap(({ value }) => {
      const source = follow(value);
      const sources = isSeq(source) ? source.items.map(follow) : [source];
      return sources.flatMap((found) => (isMap(found) ? pairsOf(found, seen) : []));
    });
    return [...map.items.filter((pair) => !isMerge(pair)), ...merged];
  };
  const entries: YamlTree["entries"] = (from) => {
    const found = new Map<string, readonly [LintNode, LintNode]>();
    for (const pair of isMap(from?.node) ? pairsOf(from.node) : []) {
      const [key, value] = [follow(pair.key), follow(pair.value)];
      const name = textOf(key);
      if (from === undefined || key === undefined || value === undefined || name === undefined) continue;
      if (!found.has(name)) found.set(name, [below(from, name, key), below(from, name, value)]);
    }
    return [...found.values()];
  };
  const root = follow(contents);
  const [scalars, maps]: [Scalar[], LintNode[]] = [[], []];
  visit(contents, {
    Scalar: (_, scalar) => void scalars.push(scalar),
    Map: (_, node) => void maps.push({ path: [], node }),
  });
  return {
    ...{ scalars, maps, entries, root: root === undefined ? undefined : { path: [], node: root } },
    get: (from, name) => entries(from).find(([{ path }]) => path.at(-1) === name)?.[1],
    items: (from) =>
      isSeq(from?.node)
        ? from.node.items.flatMap((item, i) => {
            const node = follow(item);
            return node === undefined ? [] : [below(from, i, node)];
          })
        : [],
  };
}

/** The first document that says something; null for what is no YAML. */
function contentsOf(text: string, accepted: boolean): Node | null {
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: "silent", strict: false } as const;
  const documents: readonly Document.Parsed[] = parseAllDocuments(text, options);
  if (!accepted && documents.some(({ errors }) => errors.length > 0)) return null;
  const all = documents.map(({ contents }): Node | null => contents);
  return all.find((contents) => !isScalar(contents) || contents.value !== null) ?? all[0] ?? null;
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
