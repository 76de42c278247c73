import { readTaskFile } from "../../../src/workspace/lint/taskFile";
import { mergeSnippet, removeSnippet, type MergeOptions } from "../../../src/workspace/merge/merge";
import { tasksDigest } from "../../../src/workspace/merge/markers";
import { blockItems, flowItems, snippetTasks, type Task } from "../../../src/workspace/merge/tasks";
import { nastyTexts } from "../../support/nasty";
import { rendered, testLogin, testSnippet } from "../../support/snippet";
import { changed, options, ours } from "./ours";

function tasksOf(text: string): unknown {
  const { value, problems } = readTaskFile(text);
  expect(problems).toEqual([]);
  return (value as { readonly tasks: unknown }).tasks;
}

/** What YAML can hold: not NUL, and no half of a surrogate pair. */
const nasty = nastyTexts(600).filter((text) => !text.includes("\0") && text.isWellFormed());

const style = { dash: 3, keys: 4, step: 1 };

test.each([
  ["ours", ours],
  ["others", changed],
  ["everything nasty", nasty.map((text): Task => ({ command: text, env: { [text]: text } }))],
])("%s parse to what they are, in a block and between brackets", (_, tasks) => {
  expect(tasksOf(`tasks:\n${blockItems(tasks, style).join("\n")}\n`)).toEqual(tasks);
  expect(tasksOf(`tasks: [\n  ${flowItems(tasks).join("\n  ")}\n  ]\n`)).toEqual(tasks);
});

test("text that an editor might trim is quoted, and no line of ours ends in a blank", () => {
  for (const command of ["a \nb\n", "a\nb ", "a\nb\n\n", " a\nb", "\na", "a\tb\nc"])
    expect(blockItems([{ command }], style)).toEqual([`   -   command: ${JSON.stringify(command)}`]);
  expect(blockItems([{ command: "a\n\nb\n" }], style)).toEqual([
    "   -   command: |",
    "        a",
    "",
    "        b",
  ]);
});

test("a rendered snippet is read as tasks, and merged with nothing lost", () => {
  const text = rendered(testSnippet({ commands: ["npm ci"] }));
  const tasks = snippetTasks(text);
  expect(tasks).toEqual(tasksOf(text));
  const file = "tasks:\r\n- command: npm start";
  const result = mergeSnippet(
    file,
    tasks,
    options({ awaits: "all", logins: [{ ...testLogin(), secrets: [] }] }),
  );
  expect(result.ok && tasksOf(result.text)).toEqual([
    ...tasks,
    { command: "gp sync-await -- aws; test -r ~/.aws/aws.env && . ~/.aws/aws.env; npm start" },
  ]);
  expect(result.ok && removeSnippet(result.text)).toEqual({ ok: true, text: file });
});

describe("a snippet that was pasted by hand", () => {
  const text = rendered(testSnippet());
  const merge = (file: string, awaits: MergeOptions["awaits"]) =>
    mergeSnippet(file, snippetTasks(text), options({ awaits, logins: [{ ...testLogin(), secrets: [] }] }));

  test("is up to date as long as it says what it would say today", () => {
    for (const file of [text, `${text}  - command: npm start\n`, `# mine\n${text.replaceAll("\n", "\r\n")}`])
      expect(merge(file, "keep")).toEqual({ ok: true, text: file });
  });

  test("is refused with its place where it is out of date, or others are to wait for it", () => {
    expect(merge(text.replace("us-east-1", "eu-west-1"), "keep")).toMatchObject({
      ok: false,
      problems: [{ remedy: expect.stringContaining("pasted from a snippet") as string }],
    });
    expect(merge(`${text}  - command: npm start\n`, "all")).toMatchObject({
      ok: false,
      problems: [{ position: { line: 4 } }],
    });
  });
});

test("values of env that are no strings stay what they are", () => {
  const tasks = snippetTasks("tasks: [{command: a, env: {A: 1, B: [true, {c: null}], D: d}}]");
  expect(tasksOf(`tasks:\n${blockItems(tasks, style).join("\n")}\n`)).toEqual(tasks);
});

test.each(["tasks: [", "tasks: []", "image: x", "tasks: [{command: a}]\nenv: {A: b}\n"])(
  "%j is no snippet that could be merged",
  (text) => {
    expect(() => snippetTasks(text)).toThrow(RangeError);
  },
);

test("the digest is of what tasks mean: keys in any order, nothing else", () => {
  expect(tasksDigest([{ b: { d: "1", c: "2" }, a: "x" }])).toBe(
    tasksDigest([{ a: "x", b: { c: "2", d: "1" } }]),
  );
  const others = [[], [{}], [{ a: "" }], [{ a: {} }], [{ a: "x" }, { a: "x" }], [{ a: ["x"] }], [["a", "x"]]];
  expect(new Set(others.map(tasksDigest)).size).toBe(others.length);
});
