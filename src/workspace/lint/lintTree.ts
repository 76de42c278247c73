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
 * The tree of a text, or of its first document where it has several; null where it cannot be read. Keys that are
 * written twice are kept, although Gitpod refuses them.
 * @param accepted - has Gitpod's parser read it? Then what this one would refuse is read as far as it goes
 */
export function yamlTree(text: string, accepted: boolean): YamlTree | null {
  try {
    const document = parsed(text, accepted);
    return document === null ? null : treeOf(document);
  } catch (error) {
    // This parser goes down to any depth.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function treeOf(document: Document.Parsed): YamlTree {
  const targets = aliasTargets(document.contents);
  const follow = (node: unknown): Node | undefined => {
    if (isAlias(node)) return targets.get(node);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  };
  const nameOf = (pair: Pair): string | undefined => textOf(follow(pair.key));
  /** The pairs of a map, then those that it merges; each map once, however often it is merged. */
  const pairsOf = (map: YAMLMap, seen = new Set<YAMLMap>()): readonly Pair[] => {
    if (seen.has(map)) return [];
    seen.add(map);
    const merged = map.items.filter(isMerge).flatMap(({ value }) => {
      const source = follow(value);
      const sources = isSeq(source) ? source.items.map(follow) : [source];
      return sources.flatMap((found) => (isMap(found) ? pairsOf(found, seen) : []));
    });
    const own = map.items.filter((pair) => !isMerge(pair));
    return merged.length === 0 ? own : [...own, ...merged];
  };
  const root = follow(document.contents);
  const [scalars, maps]: [Scalar[], LintNode[]] = [[], []];
  visit(document, {
    Scalar: (_, scalar) => void scalars.push(scalar),
    Map: (_, node) => void maps.push({ path: [], node }),
  });
  return {
    ...{ scalars, maps, root: root === undefined ? undefined : { path: [], node: root } },
    get: (from, key) => {
      if (from === undefined || !isMap(from.node)) return undefined;
      const node = follow(pairsOf(from.node).find((pair) => nameOf(pair) === key)?.value);
      return node === undefined ? undefined : { path: [...from.path, key], node };
    },
    entries: (from) => {
      if (from === undefined || !isMap(from.node)) return [];
      const names = new Set<string>();
      return pairsOf(from.node).flatMap((pair) => {
        const [key, name, value] = [follow(pair.key), nameOf(pair), follow(pair.value)];
        if (key === undefined || name === undefined || value === undefined || names.has(name)) return [];
        names.add(name);
        const path = [...from.path, name];
        return [
          [
            { path, node: key },
            { path, node: value },
          ] as const,
        ];
      });
    },
    items: (from) => {
      if (from === undefined || !isSeq(from.node)) return [];
      return from.node.items.flatMap((item, i) => {
        const node = follow(item);
        return node === undefined ? [] : [{ path: [...from.path, i], node }];
      });
    },
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
