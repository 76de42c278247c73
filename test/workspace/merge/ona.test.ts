import { problemTexts, readTaskFile } from "../../../src/workspace/lint/taskFile";
import { type MergeOptions, mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { snippetTasks, type Task } from "../../../src/workspace/merge/tasks";
import { rendered, testExport, testLogin, testSnippet } from "../../support/snippet";
import { options as classic } from "./ours";

/** What a synth makes, and what it makes after a change of the manifest. */
const [ours = [], changed = []] = [[], [testExport("A", { key: "it's" })]].map((exports) =>
  snippetTasks(rendered(testSnippet({ format: "automations.yaml", logins: [testLogin({ exports })] }))),
);

function options(change: Partial<MergeOptions> = {}): MergeOptions {
  return classic({ format: "automations.yaml", logins: [], ...change });
}

/** The merged text, which must be one. */
function merge(
  text: string | null,
  tasks: readonly Task[] = ours,
  change: Partial<MergeOptions> = {},
): string {
  const result = mergeSnippet(text, tasks, options(change));
  expect(result).toMatchObject({ ok: true });
  return result.ok ? result.text : "";
}

function refused(text: string, change: Partial<MergeOptions> = {}): readonly string[] {
  const result = mergeSnippet(text, ours, options(change));
  return result.ok
    ? []
    : result.problems.map(({ position, message }) => `${position.line}:${position.column} ${message}`);
}

type Value = Readonly<Record<string, unknown>> & {
  readonly tasks?: Readonly<Record<string, Task>> | null;
};

function valueOf(text: string): Value {
  return (readTaskFile(text, "automations.yaml").value ?? {}) as Value;
}

const keyed = (tasks: readonly Task[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(tasks.map(({ key, ...task }) => [String(key), task] as const));

const test1 = "  test:\n    name: Test\n    command: npm test\n";
const files: readonly (readonly [string, string])[] = [
  ["nothing at all", ""],
  ["a comment", "# nothing here yet\n"],
  ["no tasks", "services:\n  db:\n    name: db\n    commands:\n      start: run\n"],
  ["no tasks and no final newline", "services: {}"],
  ["an empty map", "tasks: {}\n"],
  ["an empty map and a comment", "tasks: { } # none yet\nservices: {}\n"],
  ["null", "tasks: null\nservices: {}\n"],
  ["no value", "services: {}\ntasks:"],
  ["a task", `tasks:\n${test1}`],
  ["a task without a line end", `tasks:\n${test1.trimEnd()}`],
  ["CR LF", `tasks:\n${test1}services: {}\n`.replaceAll("\n", "\r\n")],
  ["a byte order mark", `\ufefftasks:\n${test1}`],
  ["four columns", "tasks:\n    test:\n        name: Test\n        triggeredBy:\n            - manual\n"],
  ["comments in every place", "# a\ntasks: # b\n  # c\n  test: # d\n    # e\n    name: x # f\n# g\n"],
  ["quoted keys", '"tasks":\n  \'test\':\n    "name": x\n  "2":\n    name: two\n'],
  ["a flow map", "tasks: {test: {name: x}}\n"],
  ["a flow map over lines", "tasks: {\n  test: {name: x}, # one\n  }\n"],
  ["flow tasks in a block", "tasks:\n  test: {name: x, command: y}\n"],
  ["JSON", '{"tasks": {"test": {"name": "x", "command": "y"}}}\n'],
  ["JSON without tasks", '{"services": {}}'],
  [
    "what waits for others",
    `tasks:\n${test1}    dependsOn: [build]\n  build:\n    dependsOn:\n      - lint\n    name: b\n`,
  ],
  ["an anchor that nobody uses", "tasks: &t\n  test: &x\n    name: x\n"],
  ["a task twice by alias", "tasks:\n  test: &x\n    name: x\n  again: *x\n"],
  ["our marks inside of text", `tasks:\n${test1}    description: "# gitpod-aws-oidc waits"\n`],
];

describe.each(files)("a file of Ona with %s", (_, text) => {
  it("is merged by insertions alone, is valid, and says the same but for our tasks, which come first", () => {
    const result = merge(text);
    expect(problemTexts(result)).toEqual([]);
    const { tasks, ...others } = valueOf(text);
    expect(valueOf(result)).toEqual({ ...others, tasks: { ...keyed(ours), ...tasks } });
    const keys = Object.keys(valueOf(result).tasks ?? {}).filter((key) => !/^\d/.test(key));
    expect(keys.slice(0, 2)).toEqual(["aws", "aws-snapshot"]);
    let at = 0;
    for (const character of text) at = result.indexOf(character, at) + 1 || Infinity;
    expect(at).toBeLessThanOrEqual(result.length);
  });

  it("is not changed by a second merge, follows the manifest, and comes back byte for byte", () => {
    const once = merge(text);
    expect(merge(once)).toBe(once);
    expect(merge(once, changed)).toBe(merge(text, changed));
    expect(removeSnippet(once)).toEqual({ ok: true, text });
    expect(removeSnippet(merge(text, changed))).toEqual({ ok: true, text });
    expect(removeSnippet(text)).toEqual({ ok: true, text });
  });

  it("waits where it can, and comes back", () => {
    const result = mergeSnippet(text, ours, options({ awaits: "all" }));
    if (!result.ok) {
      expect(text).toMatch(/\{"?(test|name)|\*x/);
      return;
    }
    expect(problemTexts(result.text)).toEqual([]);
    const own = Object.entries(valueOf(result.text).tasks ?? {}).filter(([key]) => !key.startsWith("aws"));
    for (const [key, { dependsOn }] of own)
      expect(dependsOn).toEqual(["aws", ...((valueOf(text).tasks?.[key]?.["dependsOn"] ?? []) as string[])]);
    expect(merge(result.text, ours, { awaits: "all" })).toBe(result.text);
    expect(merge(result.text, changed, { awaits: "keep" })).toBe(merge(text, changed, { awaits: "all" }));
    expect(merge(result.text)).toBe(merge(text));
    expect(removeSnippet(result.text)).toEqual({ ok: true, text });
  });
});

test("where there is no file, taking our tasks out leaves none", () => {
  const made = merge(null);
  expect(problemTexts(made)).toEqual([]);
  expect(removeSnippet(made)).toEqual({ ok: true, text: null });
});

test("some tasks wait, by their keys, and a rename reaches them", () => {
  const text = `tasks:\n${test1}  lint:\n    name: Lint\n`;
  const some = merge(text, ours, { awaits: ["lint"] });
  expect(some.split("\n").slice(-4)).toEqual([
    "  lint:",
    "    dependsOn: [aws] # gitpod-aws-oidc waits",
    "    name: Lint",
    "",
  ]);
  expect(refused(text, { awaits: ["Lint"] })).toEqual([
    expect.stringMatching(/^1:1 there is no task "Lint".*"test", "lint"/),
  ]);
  // Somebody who waits already has nothing added.
  const own = text.replace("name: Lint", "dependsOn: [aws]\n    name: Lint");
  expect(merge(own, ours, { awaits: ["lint"] })).toBe(merge(own));
});

test.each([
  [
    "a .gitpod.yml",
    "tasks:\n  - command: x\n",
    {},
    /^1:1 this is a \.gitpod\.yml, and the snippet is for \.ona\/automations\.yaml/,
  ],
  ["a task of our name", "tasks:\n  aws:\n    name: x\n", {}, /^3:5 the file has a task aws already/],
  [
    "a task that Ona refuses",
    "tasks:\n  a:\n    name: x\n    run: x\n",
    {},
    /^\d:\d not valid for Ona: tasks\.a/,
  ],
  [
    "a key that is a number",
    "tasks:\n  0x10:\n    name: x\n",
    {},
    /keys that are aliases, merges or numbers/,
  ],
  [
    "tasks from a merge key",
    "tasks:\n  <<: {a: {name: x}}\n",
    {},
    /keys that are aliases, merges or numbers/,
  ],
  [
    "a task in one line that is to wait",
    "tasks:\n  a: {name: x}\n",
    { awaits: "all" },
    /^2:6 this task is written so/,
  ],
  [
    "a shared task that is to wait",
    "tasks:\n  a: &a\n    name: x\n  b: *a\n",
    { awaits: ["a"] },
    /^\d:\d+ this task is shared by an anchor/,
  ],
  [
    "a login by hand",
    "tasks:\n  a:\n    name: x\n    command: ona idp login aws --role-arn arn:aws:iam::123456789012:role/a\n",
    { logins: classic().logins },
    /^4:14 this logs in to .* by hand, and so does our task/,
  ],
  [
    "a login by hand that is to be replaced",
    "tasks:\n  a:\n    name: x\n    command: ona idp login aws --role-arn arn:aws:iam::123456789012:role/a\n",
    { logins: classic().logins, replace: true },
    /^4:14 this logs in to .* by hand/,
  ],
] as const)("%s is refused with its place", (_, text, change, problem) => {
  expect(refused(text, change)).toEqual([expect.stringMatching(problem)]);
});

test("our tasks that were edited are refused, and so is a line that somebody rewrote", () => {
  const once = merge(`tasks:\n${test1}`, ours, { awaits: "all" });
  expect(refused(once.replace("exit 1", "exit 0"))).toEqual([expect.stringMatching(/were edited since/)]);
  expect(refused(once.replace("[aws] #", "[ aws ] #"), { awaits: "keep" })).toEqual([
    expect.stringMatching(/its line was rewritten since/),
  ]);
  // A further task beside ours is theirs to keep.
  const more = once.replace("[aws] #", "[aws, build] #");
  expect(removeSnippet(more)).toEqual({
    ok: true,
    text: `tasks:\n${test1.replace("    name", "    dependsOn: [build]\n    name")}`,
  });
});

test("a snippet of Ona is not merged into a .gitpod.yml, nor the other way round", () => {
  expect(mergeSnippet("tasks:\n  a:\n    name: x\n", ours, classic())).toMatchObject({
    ok: false,
    problems: [{ message: "this is a .ona/automations.yaml, and the snippet is for .gitpod.yml" }],
  });
});
