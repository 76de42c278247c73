import { EVENT_ID } from "js-yaml";
import type { Event } from "js-yaml";
import type { YamlProblem } from "./yamlProblems";

/** Nodes that a document may have, aliases expanded: above any real manifest, below what would exhaust memory. */
const maxNodes = 2_000_000;

/** Nodes that aliases may add for each one that is written; a small document may have 10,000 more. */
const maxGrowth = 100;

const written = {
  ...({ code: "F03", offset: 0 } as const),
  message: `the file has more values than the ${maxNodes} that are allowed`,
  remedy: "split it into several manifests",
};

/** @param offset - of the alias that is to blame */
export const expanded = (offset: number): YamlProblem => ({
  ...({ code: "Y05", offset } as const),
  message: `aliases make this file more than ${maxNodes} values, or a hundred times as many as it writes`,
  remedy: "write out what the aliases stand for, or say it once in defaults or grantSets",
});

const cyclic = (offset: number): YamlProblem => ({
  ...({ code: "Y05", offset } as const),
  message: "this alias stands inside of what it stands for",
  remedy: "take the alias out",
});

interface OpenNode {
  readonly anchor: string | undefined;
  size: number;
}

/** Most nodes by far, of which nothing is kept. */
const plainScalar: OpenNode = Object.freeze({ anchor: undefined, size: 1 });

/**
 * Guards everything that walks a document's value: aliases make a few bytes stand for a tree of any size, or for
 * one without end. Counts the tree's nodes without building it, in time linear in what is written.
 * @returns why the value must not be walked
 */
export function excessOf(source: string, events: readonly Event[]): YamlProblem | undefined {
  const limit = Math.min(maxNodes, 10_000 + maxGrowth * events.length);
  const sizes = new Map<string, number | "open">();
  const stack: OpenNode[] = [];
  let lastAlias: number | undefined;

  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      stack.push({ anchor: undefined, size: 0 });
      continue;
    }
    let node: OpenNode | undefined;
    if (event.type === EVENT_ID.POP) node = stack.pop();
    else if (event.type === EVENT_ID.SCALAR && event.anchorStart < 0) node = plainScalar;
    else {
      const anchor = event.anchorStart < 0 ? undefined : source.slice(event.anchorStart, event.anchorEnd);
      node = { anchor, size: 1 };
      if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
        if (anchor !== undefined) sizes.set(anchor, "open");
        stack.push(node);
        continue;
      }
      if (event.type === EVENT_ID.ALIAS) {
        lastAlias = event.anchorStart - 1;
        // An alias to nothing is an error that construction reports.
        const size = sizes.get(anchor ?? "") ?? 1;
        if (size === "open") return cyclic(lastAlias);
        node = { anchor: undefined, size };
      }
    }
    if (node?.anchor !== undefined) sizes.set(node.anchor, node.size);
    const parent = stack.at(-1);
    if (node === undefined || parent === undefined) continue;
    parent.size += node.size;
    if (parent.size > limit) return lastAlias === undefined ? written : expanded(lastAlias);
  }
  return undefined;
}
