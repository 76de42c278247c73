import fc from "fast-check";
import * as yaml from "prettier/plugins/yaml";
import { format } from "prettier/standalone";
import { readTaskFile } from "../../../src/workspace/lint/taskFile";
import { mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { full, runs } from "../../proof/settings";
import { files } from "./files";
import { generatedFile } from "./generated";
import { changed, options, ours } from "./ours";

/** A merged file as Prettier leaves it, which changes quotes, indentation and line ends. */
async function formatted(text: string): Promise<string> {
  return format(text, {
    parser: "yaml",
    plugins: [yaml],
    tabWidth: 4,
    singleQuote: true,
    proseWrap: "always",
  });
}

function tasksOf(text: string): unknown {
  return (readTaskFile(text).value as { readonly tasks?: unknown } | undefined)?.tasks ?? [];
}

/** What Prettier made says the same: it does not always. */
function saysTheSame(text: string, other: string): boolean {
  return JSON.stringify(readTaskFile(text).value) === JSON.stringify(readTaskFile(other).value);
}

async function checkFormatted(text: string): Promise<boolean> {
  const once = mergeSnippet(text, ours, options({ awaits: "all" }));
  if (!once.ok) return false;
  let pretty: string;
  try {
    pretty = await formatted(once.text);
  } catch {
    return false;
  }
  if (!saysTheSame(pretty, once.text)) return false;
  expect(mergeSnippet(pretty, ours, options({ awaits: "all" }))).toEqual({ ok: true, text: pretty });
  const next = mergeSnippet(pretty, changed, options({ awaits: "all" }));
  expect(next).toMatchObject({ ok: true });
  const removed = removeSnippet(next.ok ? next.text : "");
  expect(removed).toMatchObject({ ok: true });
  expect(
    JSON.stringify(tasksOf(removed.ok ? (removed.text ?? "") : "")).replaceAll(/"(\\n| )+/g, '"'),
  ).toEqual(JSON.stringify(tasksOf(text)).replaceAll(/"(\\n| )+/g, '"'));
  return true;
}

test("our tasks are known again after a formatter has been over them", async () => {
  let count = 0;
  // Prettier carries a comment that is indented further than our tasks to between our marks: that is refused.
  const kept = files.filter(([name], i) => name !== "a comment far to the right" && (full || i % 3 === 0));
  for (const [, text] of kept) if (await checkFormatted(text)) count++;
  expect(count).toBeGreaterThan(kept.length * 0.8);
});

test("the same holds for generated files", async () => {
  let [count, all] = [0, 0];
  await fc.assert(
    fc.asyncProperty(generatedFile, async (text) => {
      all++;
      if (await checkFormatted(text)) count++;
    }),
    runs(4, 300),
  );
  expect(count * 2).toBeGreaterThan(all);
});
