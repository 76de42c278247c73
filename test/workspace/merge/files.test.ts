import { problemTexts, readTaskFile } from "../../../src/workspace/lint/taskFile";
import { type MergeOptions, mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import type { Task } from "../../../src/workspace/merge/tasks";
import { files } from "./files";
import { changed, options, ours } from "./ours";

/** The merged text, which must be one. */
function merge(text: string, tasks: readonly Task[] = ours, change: Partial<MergeOptions> = {}): string {
  const result = mergeSnippet(text, tasks, options(change));
  expect(result).toMatchObject({ ok: true });
  return result.ok ? result.text : "";
}

type Value = Readonly<Record<string, unknown>> & { readonly tasks?: readonly unknown[] | null };

function valueOf(text: string): Value {
  return (readTaskFile(text).value ?? {}) as Value;
}

test("there are at least 60 different files", () => {
  expect(new Set(files.map(([, text]) => text)).size).toBe(files.length);
  expect(files.length).toBeGreaterThanOrEqual(60);
});

describe.each(files)("a file with %s", (_, text) => {
  const merged = merge(text);
  const changedMerge = merge(text, changed);

  it("is merged, is valid for Gitpod and says the same but for our tasks, which come first", () => {
    expect(problemTexts(merged)).toEqual([]);
    const { tasks, ...others } = valueOf(text);
    expect(valueOf(merged)).toEqual({ ...others, tasks: [...ours, ...(tasks ?? [])] });
  });

  it("is merged by insertions alone, byte for byte", () => {
    let at = 0;
    for (const character of text) at = merged.indexOf(character, at) + 1 || Infinity;
    expect(at).toBeLessThanOrEqual(merged.length);
  });

  it("gets the line ends that it has", () => {
    const lineEnds = (of: string) => new Set(of.match(/\r?\n/g));
    if (lineEnds(text).size === 1) expect(lineEnds(merged)).toEqual(lineEnds(text));
    else expect([...lineEnds(merged)].sort()).toEqual(text.includes("\r") ? ["\n", "\r\n"] : ["\n"]);
  });

  it("is not changed by a second merge", () => {
    expect(merge(merged)).toBe(merged);
  });

  it("comes back byte for byte", () => {
    expect(removeSnippet(merged)).toEqual({ ok: true, text });
    expect(removeSnippet(text)).toEqual({ ok: true, text });
  });

  it("is, after the manifest has changed, what the changed manifest would have made of it", () => {
    expect(merge(merged, changed)).toBe(changedMerge);
    expect(merge(changedMerge)).toBe(merged);
    expect(removeSnippet(changedMerge)).toEqual({ ok: true, text });
  });

  it("waits where it can, and comes back", () => {
    const result = mergeSnippet(text, ours, options({ awaits: "all" }));
    if (!result.ok) {
      expect(text).toMatch(/\*(run|a\b|base)/);
      return;
    }
    expect(problemTexts(result.text)).toEqual([]);
    const tasks = valueOf(result.text).tasks?.slice(ours.length) as readonly { readonly command: string }[];
    for (const { command } of tasks) expect(command).toMatch(/^gp sync-await (-- )?'?aws'?(;| &&|\n|$)/);
    expect(merge(result.text, ours, { awaits: "all" })).toBe(result.text);
    expect(merge(result.text, ours, { awaits: "keep" })).toBe(result.text);
    expect(merge(result.text)).toBe(merged);
    const renamed = merge(result.text, changed, { awaits: "keep", task: "two-words" });
    expect(renamed.replaceAll("two-words", "aws")).toBe(merge(text, changed, { awaits: "all" }));
    expect(removeSnippet(result.text)).toEqual({ ok: true, text });
  });
});
