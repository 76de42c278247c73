import { problemTexts, readTaskFile } from "../../../src/workspace/lint/taskFile";

test.each([
  ["a task", "tasks: [{name: a, before: b, init: c, command: d, openIn: left, openMode: tab-after}]"],
  ["strings in env", 'env: {A: "1", B: yes, C: arn:aws:iam::123456789012:role/x, D: "2020-01-01"}'],
  ["anything in a task's env", "tasks: [{env: {A: 1, B: true, C: {d: e}}, command: x}]"],
  ["anchors and merge keys", "tasks: [&a {command: x}, {<<: *a, name: b}]"],
  [
    "sections of others",
    "image: {file: Dockerfile}\nports: [{port: 1}]\ngithub: {prebuilds: {master: true}}",
  ],
])("%s is valid", (_, text) => {
  expect(problemTexts(text)).toEqual([]);
});

test.each([
  ["an unknown key of the file", "x-mine: 1", /^the file: unrecognized key: "x-mine"/],
  ["an unknown key of a task", "tasks: [{run: x}]", /^tasks\[0\]: unrecognized key: "run"/],
  ["a list for a command", "tasks: [{command: [a]}]", /^tasks\[0\]\.command: .*string/],
  ["no list of tasks", "tasks:", /^tasks: /],
  ["a number in env", "env: {A: 1}", /^env\.A: expected a string: write the value in quotes$/],
  ["an account id in env", "env: {A: 981341800645}", /^env\.A: /],
  ["a number to base 60 in env", "env: {A: 1:30:00}", /^env\.A: /],
  ["a date in env", "env: {A: 2020-01-01}", /^env\.A: /],
  ["a boolean in env", "env: {A: true}", /^env\.A: /],
  ["nothing in env", "env: {A: }", /^env\.A: /],
  ["a key twice", "env: {A: a}\nenv: {B: b}", /^line 2: duplicated mapping key$/],
  ["several documents", "tasks: []\n---\ntasks: []", /^the file: expected a single document/],
  ["nothing", "", /^the file: expected a document/],
  ["a comment alone", "# x\n", /^the file: expected a document/],
  ["a list", "[]", /^the file: /],
  ["broken YAML", "a: [", /^line \d+: /],
])("%s is a problem", (_, text, problem) => {
  expect(problemTexts(text)).toEqual([expect.stringMatching(problem)]);
});

test("a problem shows hidden characters of the file", () => {
  expect(problemTexts('"a\\e\\u202E": 1').join()).toMatch(/^[ -~]*$/);
});

test("brackets and quoted text that go on at the column of their key are valid, as they are for Gitpod", () => {
  const text = 'tasks: [\n{command: "a\nb"},\n]\nenv: {\n}\n';
  expect(readTaskFile(text)).toMatchObject({
    problems: [],
    value: { tasks: [{ command: "a b" }], env: {} },
  });
});

test("a problem behind such a line has its own place", () => {
  const text = "tasks: [\n]\nenv: {}\nenv: {}\n";
  expect(problemTexts(text)).toEqual(["line 4: duplicated mapping key"]);
  expect(readTaskFile(text).problems).toEqual([{ path: [], offset: 19, message: "duplicated mapping key" }]);
});

test("a problem has the way down to it, and the value is there", () => {
  expect(readTaskFile("env: {A: 1}")).toEqual({
    format: "gitpod.yml",
    text: "env: {A: 1}",
    value: { env: { A: 1 } },
    problems: [{ path: ["env", "A"], offset: null, message: "expected a string: write the value in quotes" }],
  });
});

describe("a file of Ona", () => {
  test.each([
    ["a task", "tasks: {aws: {name: a, command: b, description: c, dependsOn: [d], runsOn: {docker: {}}}}"],
    [
      "triggers",
      "tasks: {a: {name: a, triggeredBy: [manual, prebuild, postDevcontainerStart, postEnvironmentStart, beforeSnapshot]}}",
    ],
    ["services", "services: {db: {name: db, commands: {start: run}, triggeredBy: [postDevcontainerStart]}}"],
  ])("%s is valid", (_, text) => {
    expect([readTaskFile(text).format, problemTexts(text)]).toEqual(["automations.yaml", []]);
  });

  test.each([
    ["an unknown key", "tasks: {a: {name: a, env: {}}}", /^tasks\.a: unrecognized key: "env"/],
    ["an unknown key of the file", "services: {}\nimage: x", /^the file: unrecognized key: "image"/],
    ["a task without a name", "tasks: {a: {command: x}}", /^tasks\.a\.name: /],
    ["another trigger", "tasks: {a: {name: a, triggeredBy: [onStart]}}", /^tasks\.a\.triggeredBy\[0\]: /],
    ["a key with a space", "tasks: {a b: {name: a}}", /^tasks\["a b"\]: |^tasks\.a b: |^tasks/],
    ["a list of commands", "tasks: {a: {name: a, command: [x]}}", /^tasks\.a\.command: .*string/],
  ])("%s is a problem", (_, text, problem) => {
    expect(problemTexts(text)).toEqual([expect.stringMatching(problem)]);
  });

  test("a file that does not say whose it is, is what is expected", () => {
    expect(readTaskFile("tasks:", "automations.yaml").format).toBe("automations.yaml");
    expect(readTaskFile("env: {A: a}", "automations.yaml").format).toBe("gitpod.yml");
  });
});
