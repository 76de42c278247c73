import { readTaskFile } from "../../../src/workspace/lint/taskFile";
import { type MergeOptions, mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { options, ours } from "./ours";

/** The file's own tasks after a merge that makes tasks wait, and its text. */
function waiting(text: string, awaits: MergeOptions["awaits"] = "all", task = "aws") {
  const result = mergeSnippet(text, ours, options({ awaits, task }));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(removeSnippet(result.text)).toEqual({ ok: true, text });
  const { tasks } = readTaskFile(result.text).value as { readonly tasks: readonly unknown[] };
  return {
    text: result.text,
    tasks: tasks.slice(ours.length) as readonly Readonly<Record<string, unknown>>[],
  };
}

const first = "gp sync-await -- aws; test -r ~/.aws/aws.env && . ~/.aws/aws.env";

test.each([
  ["plain", "command: npm start", `${first}; npm start`],
  ["in single quotes", "command: 'it''s'", `${first}; it's`],
  ["in double quotes", 'command: "a\\tb"', `${first}\na\tb`],
  ["literal", "command: |\n      a\n      b", `${first}\na\nb\n`],
  ["literal and stripped", "command: |-\n      a", `${first}\na`],
  ["literal and kept", "command: |+\n      a\n\n", `${first}\na\n\n\n`],
  ["literal with leading blanks", "command: |2\n        a\n      b", `${first}\n  a\nb\n`],
  ["folded", "command: >\n      a\n      b", `${first}; a b\n`],
  ["folded, with leading blanks", "command: >2-\n        a\n      b", `${first};\n  a\nb`],
  ["folded, with a leading empty line", "command: >\n\n      a", `${first};\na\n`],
  ["plain over lines", "command: npm\n      start", `${first}; npm start`],
  ["missing", "init: a", first],
])("a command that is %s waits first", (_, command, expected) => {
  const { tasks } = waiting(`tasks:\n  - name: x\n    ${command}\n`);
  expect(tasks[0]?.["command"]).toBe(expected);
});

test("only the command waits, never before or init", () => {
  const { tasks } = waiting("tasks:\n  - before: a\n    init: b\n    command: c\n");
  expect(tasks).toEqual([{ before: "a", init: "b", command: `${first}; c` }]);
});

test("only tasks of the names that are given wait", () => {
  const { tasks } = waiting(
    "tasks:\n  - {name: a, command: x}\n  - {name: b, command: y}\n  - {name: a, init: z}\n",
    ["a"],
  );
  expect(tasks.map((task) => task["command"])).toEqual([`${first}; x`, "y", first]);
});

test("an unknown name is refused with the nearest", () => {
  expect(
    mergeSnippet(
      "image: x\ntasks:\n  - name: web\n    init: a\n",
      ours,
      options({ awaits: ["wbe", "zzzzz"] }),
    ),
  ).toEqual({
    ok: false,
    problems: [
      {
        position: { line: 2, column: 1 },
        message: 'there is no task "wbe" that could wait; allowed: "web"',
        remedy: 'did you mean "web"?',
      },
      {
        position: { line: 2, column: 1 },
        message: 'there is no task "zzzzz" that could wait; allowed: "web"',
        remedy: "give the name of a task, or all",
      },
    ],
  });
});

test("our own task never waits for itself", () => {
  const text = waiting("tasks:\n  - {name: a, command: x}\n").text;
  expect(mergeSnippet(text, ours, options({ awaits: ["aws"] }))).toMatchObject({ ok: false });
});

test("a wait that somebody wrote is left alone on the way in and out", () => {
  for (const line of ["gp sync-await aws", "gp sync-await 'aws'", 'gp sync-await "aws"']) {
    const text = `tasks:\n  - command: |\n      ${line}\n      npm start\n`;
    expect(waiting(text).tasks).toEqual([{ command: `${line}\nnpm start\n` }]);
  }
});

test.each(["gp sync-await awsome", "gp sync-await 'build'", "echo gp sync-await aws"])(
  "%s is no wait for us",
  (line) => {
    expect(waiting(`tasks:\n  - command: ${line}\n`).tasks).toEqual([{ command: `${first}; ${line}` }]);
  },
);

test("where our task reads no values, tasks only wait", () => {
  const result = mergeSnippet("tasks:\n  - command: a\n", ours, options({ awaits: "all", hasValues: false }));
  expect(result.ok && result.text).toMatch(/^ {2}- command: gp sync-await -- aws; a\n$/m);
  expect(removeSnippet(result.ok ? result.text : "")).toEqual({ ok: true, text: "tasks:\n  - command: a\n" });
});

test("who waits may change from merge to merge, and keep leaves it", () => {
  const text = "tasks:\n  - {name: a, command: x}\n  - name: b\n    command: |\n      y\n";
  const a = waiting(text, ["a"]).text;
  const b = mergeSnippet(a, ours, options({ awaits: ["b"] }));
  expect(b).toEqual({ ok: true, text: waiting(text, ["b"]).text });
  expect(mergeSnippet(a, ours, options({ awaits: "keep" }))).toEqual({ ok: true, text: a });
  expect(mergeSnippet(a, ours, options({ awaits: "none" }))).toEqual(mergeSnippet(text, ours, options()));
});

test.each([
  ["an alias", "gitConfig: {a: &c x}\ntasks:\n  - command: *c\n", 3, 14],
  ["an anchor that is used elsewhere", "tasks:\n  - command: &c x\n  - name: b\n    init: *c\n", 2, 17],
  [
    "a task that is used elsewhere",
    "tasks:\n  - &t\n    command: x\n  - <<: *t\n    name: b\n    command: y\n",
    3,
    5,
  ],
  ["a merge key", "gitConfig: &m {command: x}\ntasks:\n  - <<: *m\n    name: a\n", 3, 9],
  ["a task by alias", "gitConfig: &m {command: x}\ntasks:\n  - *m\n", 3, 5],
])("a command by %s is refused with its place", (_, text, line, column) => {
  const result = mergeSnippet(text, ours, options({ awaits: "all" }));
  expect(result).toMatchObject({ ok: false, problems: [{ position: { line, column } }] });
  expect(mergeSnippet(text, ours, options())).toMatchObject({ ok: true });
});

test("a place is that of the file as it is, with our tasks in it", () => {
  const { text } = waiting("tasks:\n  - {name: a, command: x}\n");
  const more = `${text}  - name: b\n    command: &c y\n  - init: *c\n`;
  const line = more.split("\n").findIndex((one) => one.includes("&c")) + 1;
  expect(mergeSnippet(more, ours, options({ awaits: "all" }))).toMatchObject({
    ok: false,
    problems: [{ position: { line, column: 17 } }],
  });
});

test("a wait that a formatter folded is taken out", () => {
  const { text } = waiting("tasks:\n  - command: 'a b'\n");
  const folded = text.replace("gp sync-await -- aws", "gp\n      sync-await -- aws");
  expect(folded).not.toBe(text);
  expect(removeSnippet(folded)).toEqual({ ok: true, text: "tasks:\n  - command: 'a b'\n" });
});

test("a wait is taken out of a line that goes on behind it, and refused where it is written otherwise", () => {
  const { text } = waiting("tasks:\n  - command: |\n      a b\n");
  for (const end of ["; ", ";"])
    expect(removeSnippet(text.replace(/(?<=aws\.env)\n *(?=a b)/, end))).toEqual({
      ok: true,
      text: "tasks:\n  - command: |\n      a b\n",
    });
  expect(removeSnippet('tasks:\n  - command: "gp\\x20sync-await -- aws; a"\n')).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringMatching(/^this command waits/) as string, position: { column: 14 } }],
  });
});

test("where lines are folded, the empty line that 0.1.0 wrote behind its wait goes too", () => {
  const before = "tasks:\n  - command: >\n      a\n      b\n";
  const old = waiting(before).text.replace("aws.env;\n", "aws.env\n\n");
  expect(removeSnippet(old)).toEqual({ ok: true, text: before });
});

test("what follows our wait may be edited, and only the wait goes", () => {
  const { text } = waiting("tasks:\n  - command: |\n      a\n");
  expect(removeSnippet(text.replace("      a\n", "      b\n\n      c\n"))).toEqual({
    ok: true,
    text: "tasks:\n  - command: |\n      b\n\n      c\n",
  });
});
