import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTaskFile } from "../../../src/workspace/lint/taskFile";
import { mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { options, ours } from "./ours";

/*
 * Files into which version 0.1.0 merged its long tasks: `values` has two variables, one from a field of a secret, and
 * tasks that wait; `two` has two accounts, commands, a task's name with a blank, and is JSON; `one` has a single role.
 */
const folder = join(__dirname, "..", "..", "fixtures", "merged-0.1.0");
const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe.each(["one", "two", "values"])("the tasks of 0.1.0 in the file %s", (name) => {
  const before = read(`${name}.before.yml`);
  const merged = read(`${name}.merged.yml`);

  it.each(["\n", "\r\n"])("are taken out, byte for byte, with line ends %j", (lineEnd) => {
    const withEnds = (text: string) => text.replaceAll("\n", lineEnd);
    expect(removeSnippet(withEnds(merged))).toEqual({ ok: true, text: withEnds(before) });
  });

  it("are replaced by those of today, and what waited waits", () => {
    const awaits = name === "one" ? "none" : "all";
    const today = mergeSnippet(before, ours, options({ awaits }));
    expect(mergeSnippet(merged, ours, options({ awaits: "keep" }))).toEqual(today);
    const { tasks } = readTaskFile(today.ok ? today.text : "").value as {
      readonly tasks: readonly unknown[];
    };
    expect(tasks[0]).toEqual(ours[0]);
  });

  it("are refused where somebody edited them", () => {
    const edited = merged.replace("aws configure set region", "aws configure set  region");
    expect(edited).not.toBe(merged);
    expect(removeSnippet(edited)).toMatchObject({ ok: false });
  });
});
