import fc from "fast-check";
import { problemTexts, readTaskFile } from "../../../src/workspace/lint/taskFile";
import { mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { runs } from "../../proof/settings";
import { generatedFile } from "./generated";
import { changed, options, ours } from "./ours";

type Value = Readonly<Record<string, unknown>> & { readonly tasks?: readonly unknown[] | null };

function valueOf(text: string): Value {
  return (readTaskFile(text).value ?? {}) as Value;
}

const waiting = fc.constantFrom<"none" | "all">("none", "all");

test("a merge inserts, says nothing else, is idempotent, follows the manifest, and is undone byte for byte", () => {
  const counts = { merged: 0, refused: 0 };
  fc.assert(
    fc.property(generatedFile, waiting, (text, awaits) => {
      const once = mergeSnippet(text, ours, options({ awaits }));
      if (!once.ok) {
        counts.refused++;
        expect(once.problems.length).toBeGreaterThan(0);
        return;
      }
      counts.merged++;
      expect(problemTexts(once.text)).toEqual([]);
      const { tasks, ...others } = valueOf(text);
      const { tasks: merged = [], ...mergedOthers } = valueOf(once.text);
      expect(mergedOthers).toEqual(others);
      expect(merged?.slice(0, ours.length)).toEqual(ours);
      if (awaits === "none") expect(merged?.slice(ours.length)).toEqual(tasks ?? []);
      else
        expect(merged?.slice(ours.length)).toEqual(
          (tasks ?? []).map((task) => ({
            ...(task as object),
            command: expect.stringMatching(
              /^gp sync-await -- aws; test -r ~\/\.aws\/aws\.env && \. ~\/\.aws\/aws\.env(;? |;?\n|;?$)/,
            ) as string,
          })),
        );
      expect(mergeSnippet(once.text, ours, options({ awaits }))).toEqual(once);
      expect(mergeSnippet(once.text, ours, options({ awaits: "keep" }))).toEqual(once);
      expect(removeSnippet(once.text)).toEqual({ ok: true, text });
      const next = mergeSnippet(once.text, changed, options({ awaits }));
      expect(next).toEqual(mergeSnippet(text, changed, options({ awaits })));
      expect(next.ok && removeSnippet(next.text)).toEqual({ ok: true, text });
    }),
    runs(15, 1_000),
  );
  expect(counts.merged).toBeGreaterThan(counts.refused * 4);
});

test("whatever is done to a merged file, nothing is lost and nothing invalid is written", () => {
  const counts = { written: 0, refused: 0 };
  const damage = fc.tuple(
    fc.nat(),
    fc.nat(3),
    fc.constantFrom("", "\n", " ", "#", "- ", "[", "'", "x: y\n", "  - command: mine\n"),
  );
  fc.assert(
    fc.property(generatedFile, waiting, damage, (text, awaits, [where, length, inserted]) => {
      const once = mergeSnippet(text, ours, options({ awaits }));
      fc.pre(once.ok);
      const at = where % (once.text.length + 1);
      const broken = once.text.slice(0, at) + inserted + once.text.slice(at + length);
      const again = mergeSnippet(broken, ours, options({ awaits: "keep" }));
      counts[again.ok ? "written" : "refused"]++;
      if (!again.ok) return;
      expect(problemTexts(again.text)).toEqual([]);
      expect(mergeSnippet(again.text, ours, options({ awaits: "keep" }))).toEqual(again);
      const { tasks, ...others } = valueOf(broken);
      const { tasks: mergedTasks, ...mergedOthers } = valueOf(again.text);
      expect(mergedOthers).toEqual(others);
      expect(mergedTasks?.slice(0, ours.length)).toEqual(ours);
      const had = tasks?.some((task) => JSON.stringify(task) === JSON.stringify(ours[0])) ?? false;
      expect(mergedTasks).toHaveLength((tasks?.length ?? 0) + (had ? 0 : ours.length));
      const removed = removeSnippet(again.text);
      if (!removed.ok) throw new Error(JSON.stringify(removed.problems));
      expect(removeSnippet(removed.text ?? "none")).toEqual(removed);
    }),
    runs(80, 1_000),
  );
  expect(Math.min(counts.written, counts.refused)).toBeGreaterThan(12);
});
