import { type MergeOptions, mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { changed, options, ours } from "./ours";

const arn = "arn:aws:iam::123456789012:role/a";

/** Places and messages of a refusal; a text that was made fails the test. */
function refused(text: string, change: Partial<MergeOptions> = {}): readonly string[] {
  const result = mergeSnippet(text, ours, options(change));
  if (result.ok) throw new Error(`merged: ${result.text}`);
  for (const { remedy } of result.problems) expect(remedy).toMatch(/^[^A-Z].*[^.]$/s);
  return result.problems.map(({ position, message }) => `${position.line}:${position.column} ${message}`);
}

function merged(text: string, change: Partial<MergeOptions> = {}): string {
  const result = mergeSnippet(text, ours, options(change));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.text;
}

test.each([
  ["not YAML", "tasks: [", /^1:9 not valid for Gitpod: /],
  ["not YAML further below", "image: x\ntasks:\n\t- a", /^3:1 not valid for Gitpod: /],
  ["several documents", "image: x\n---\nimage: y\n", /^1:1 not valid for Gitpod: expected a single document/],
  ["a list", "# c\n- command: a\n", /^2:1 this is not a map/],
  ["a text", "hello\n", /^1:1 this is not a map/],
  ["a written null", "null\n", /^1:1 this is not a map/],
  ["tasks that are a map", "image: x\ntasks:\n  a: b\n", /^3:3 not valid for Gitpod: tasks: /],
  ["tasks that are text", "tasks: x\n", /^1:8 not valid for Gitpod: tasks: /],
  ["a task that is text", "tasks:\n  - a\n", /^2:5 not valid for Gitpod: tasks\[0\]: /],
  ["a task that is nothing", "tasks:\n  -\n", /^2:4 not valid for Gitpod: tasks\[0\]: /],
  [
    "a list for a command",
    "tasks:\n  - name: x\n    command: [a]\n",
    /^3:14 not valid for Gitpod: tasks\[0\]\.command: /,
  ],
  ["a key that Gitpod does not know", "imag: x\n", /^1:1 not valid for Gitpod: unrecognized key: "imag"/],
  ["a number in env", "env:\n  A: 1\n", /^2:6 not valid for Gitpod: env\.A: /],
  ["a key twice", "tasks: []\nimage: x\ntasks: []\n", /^3:\d+ not valid for Gitpod: duplicated/],
  ["a key twice in a task", "tasks:\n  - name: a\n    name: b\n", /^3:\d+ not valid for Gitpod: duplicated/],
  ["an alias for tasks", "vscode: {extensions: &x []}\ntasks: *x\n", /^2:8 tasks comes from an alias/],
  ["tasks from a merge key", "<<: &x {tasks: [{command: a}]}\n", /^1:1 tasks comes from an alias/],
  ["a key of several lines", "? tasks\n: - command: a\n", /^1:3 tasks is written in a way/],
  ["a null between brackets", "{tasks: null}\n", /^1:2 tasks is written in a way/],
  [
    "a list that is shared",
    "vscode: {extensions: &x [{command: a}]}\ntasks: *x",
    /^2:8 tasks comes from an alias/,
  ],
  ["a NUL", "image: x\0\n", /^1:9 not valid for Gitpod/],
  ["an alias that nothing stands for", "image: *x\n", /^1:\d+ not valid for Gitpod/],
  ["nesting without end", `image: ${"[".repeat(20_000)}`, /^1:\d+ not valid for Gitpod: nesting/],
])("%s is refused with its place", (_, text, problem) => {
  const problems = refused(text);
  expect(problems[0]).toMatch(problem);
  expect(removeSnippet(text)).toMatchObject({ ok: problem.source.includes("written in a way") });
});

test("all that Gitpod refuses is said at once", () => {
  expect(refused("env: {A: 1, B: true}\ntasks: [x]\n")).toHaveLength(3);
});

test("hidden characters of the file do not reach a terminal", () => {
  expect(refused('"a\\e\\u202E": 1\n').join()).toMatch(/^[ -~]*$/);
  expect(refused("tasks:\n  - name: x\n", { awaits: ["\u202e\u001b"] }).join()).toMatch(/^[ -~]*$/);
});

describe("a login by hand to a role of ours", () => {
  test.each([
    ["in a command", `tasks:\n  - command: gp idp login aws --role-arn ${arn}\n`, "2:14"],
    [
      "over several lines",
      `tasks:\n  - init: |\n      gp idp login aws \\\n        --role-arn '${arn}'\n`,
      "3:7",
    ],
    ["as older documentation writes it", `tasks:\n  - command: gp idp aws login --role-arn ${arn}\n`, "2:14"],
    [
      "with the AWS CLI",
      `tasks:\n  - command: aws sts assume-role-with-web-identity --role-arn ${arn}\n`,
      "2:14",
    ],
    [
      "by a variable",
      `env:\n  ROLE: ${arn}\ntasks:\n  - command: gp idp login aws --role-arn $ROLE\n`,
      "2:9",
    ],
    ["by an alias", `env: {A: &l "gp idp login aws --role-arn ${arn}"}\ntasks:\n  - command: *l\n`, "1:14"],
  ])("%s is refused with its place", (_, text, place) => {
    expect(refused(text)).toEqual([
      expect.stringMatching(new RegExp(`^${place} this logs in to "${arn}" by hand`)),
    ]);
  });

  test.each([
    ["to another role", `tasks:\n  - command: gp idp login aws --role-arn ${arn}-2\n`],
    ["in a comment of YAML", `# gp idp login aws --role-arn ${arn}\nimage: x\n`],
    [
      "in a comment of the shell",
      `tasks:\n  - command: |\n      # gp idp login aws --role-arn ${arn}\n      ls\n`,
    ],
    ["that is only the role's name", `env:\n  ROLE: ${arn}\n`],
  ])("is no login %s", (_, text) => {
    expect(removeSnippet(merged(text))).toEqual({ ok: true, text });
  });

  test("is pointed at in its own line, below our tasks, and each of several", () => {
    const text = merged("tasks:\n  - command: |\n      # hello\n      ls\n");
    const login = `gp idp login aws --role-arn ${arn}`;
    const line = text.split("\n").length - 1;
    expect(refused(text.replace("      ls\n", `      ls && ${login}\n      ${login}\n`))).toEqual([
      expect.stringMatching(`^${line}:13 this logs in`),
      expect.stringMatching(`^${line + 1}:7 this logs in`),
    ]);
  });

  test("is none inside of our own tasks", () => {
    expect(merged(merged("image: x\n"))).toBe(merged("image: x\n"));
  });
});

describe("what was changed by hand between our marks is refused, and nothing is lost", () => {
  const text = merged("tasks:\n  - command: a\n");
  test.each([
    [
      "another command",
      text.replace("# login", "# my login"),
      /^2:3 the tasks from here to line 11 .* were edited/,
    ],
    [
      "a key more",
      text.replace("    command: |\n      # login", "    openIn: left\n    command: |\n      # login"),
      /^2:3 .* were edited/,
    ],
    [
      "a task more",
      text.replace("  # gitpod-aws-oidc end", "  - command: mine\n  # gitpod-aws-oidc end"),
      /^2:3 .* were edited/,
    ],
    [
      "a comment",
      text.replace("  # gitpod-aws-oidc end", "  # mine\n  # gitpod-aws-oidc end"),
      /^11:3 .* were edited/,
    ],
    [
      "our task gone",
      text.replace(/ {2}- name: "aws"[^]*(?= {2}# gitpod-aws-oidc end)/, ""),
      /^2:3 .* were edited/,
    ],
    ["another digest", text.replace(/list [0-9a-f]{16}/, `list ${"0".repeat(16)}`), /^2:3 .* were edited/],
    ["no end", text.replace("  # gitpod-aws-oidc end\n", ""), /^2:3 this comment .* not one of a pair/],
    ["no beginning", text.replace(/ {2}# gitpod-aws-oidc begin.*\n/, ""), /^10:3 this comment/],
    ["a broken beginning", text.replace("begin list", "begin lists"), /^2:3 this comment/],
    ["the same twice", text.replace(/ {2}# gitpod[^]*oidc end\n/, "$&$&"), /^12:3 this comment/],
    [
      "the marks the wrong way round",
      text.replace("end\n", "begin list 0123456789abcdef:\n").replace(/begin list .*/, "end"),
      /^2:3 this comment/,
    ],
  ])("%s", (_, edited, problem) => {
    expect(edited).not.toBe(text);
    expect(refused(edited)).toEqual([expect.stringMatching(problem)]);
    expect(removeSnippet(edited)).toMatchObject({ ok: false });
  });

  test("a key of somebody's own between the marks", () => {
    const own = merged("image: x\n").replace("  # gitpod-aws-oidc end", "ports: []\n  # gitpod-aws-oidc end");
    expect(refused(own)).toEqual([
      expect.stringMatching(/^3:3 between the comments of gitpod-aws-oidc stands something/),
    ]);
    expect(removeSnippet(own)).toMatchObject({ ok: false });
  });
});

describe("what was changed by hand around our tasks stays", () => {
  test("a task below the key that we wrote keeps the key", () => {
    const text = merged("image: x\n");
    expect(removeSnippet(`${text}  - command: mine\n`)).toEqual({
      ok: true,
      text: "image: x\ntasks:\n  - command: mine\n",
    });
  });

  test("a task above ours comes below them", () => {
    const text = merged("tasks:\n  - command: a\n");
    expect(merged(text.replace("tasks:\n", "tasks:\n  - init: b\n"))).toBe(
      merged("tasks:\n  - init: b\n  - command: a\n"),
    );
  });

  test("a comment between our key and our tasks, or beside the key, stays", () => {
    const text = merged("image: x\n").replace("tasks:\n", "tasks:\n  # mine\n");
    expect(removeSnippet(text)).toEqual({ ok: true, text: "image: x\n  # mine\n" });
    expect(removeSnippet(text.replace("tasks:", "tasks: # too"))).toEqual({
      ok: true,
      text: "image: x\n# too\n  # mine\n",
    });
    expect(merged(text)).toBe(text);
    expect(mergeSnippet(text, changed, options())).toMatchObject({ ok: true });
  });

  test("a wait for a name that no task of ours can have is not ours", () => {
    const text = merged("tasks:\n  - command: x\n", { awaits: "all" }).replaceAll("aws;", "-aws;");
    expect(removeSnippet(text)).toEqual({
      ok: true,
      text: "tasks:\n  - command: gp sync-await -- -aws; test -r ~/.aws/aws.env && . ~/.aws/aws.env; x\n",
    });
  });

  test("a final line end that an editor adds stays", () => {
    expect(removeSnippet(`${merged("image: x")}\n`)).toEqual({ ok: true, text: "image: x\n" });
  });

  test("line ends that git changed do not matter", () => {
    const text = merged("image: x\ntasks:\n  - command: |\n      a\n", { awaits: "all" }).replaceAll(
      "\n",
      "\r\n",
    );
    expect(merged(text, { awaits: "all" })).toBe(text);
    expect(removeSnippet(text)).toEqual({
      ok: true,
      text: "image: x\r\ntasks:\r\n  - command: |\r\n      a\r\n",
    });
  });

  test("a null that is no comment any more leaves an empty key", () => {
    expect(removeSnippet(merged("tasks: null\n").replace(" # null", ""))).toEqual({
      ok: true,
      text: "tasks:\n",
    });
  });
});

test("a role that is still named in our old tasks is no login by hand when the manifest changes", () => {
  const text = merged("tasks:\n  - command: a\n");
  expect(mergeSnippet(text, changed, options())).toMatchObject({ ok: true });
});

test("a file that was not there goes with our tasks, and an empty one comes back", () => {
  for (const before of [null, ""]) {
    const made = mergeSnippet(before, ours, options());
    if (!made.ok) throw new Error("refused");
    expect(mergeSnippet(made.text, ours, options())).toEqual(made);
    expect(removeSnippet(made.text)).toEqual({ ok: true, text: before });
    const next = mergeSnippet(made.text, changed, options());
    expect(next).toEqual(mergeSnippet(before, changed, options()));
    expect(next.ok && removeSnippet(next.text)).toEqual({ ok: true, text: before });
    expect(removeSnippet(`image: x\n${made.text}`)).toEqual({ ok: true, text: "image: x\n" });
    expect(removeSnippet(made.text.replace("tasks:\n", "tasks:\n  # mine\n"))).toEqual({
      ok: true,
      text: "  # mine\n",
    });
  }
});

test("aliases that stand for very much are refused at once, and a list inside of itself", () => {
  const lists = Array.from({ length: 30 }, (_, i) => `  x${i + 1}: &x${i + 1} [*x${i}, *x${i}]\n`);
  expect(refused(`vscode:\n  x0: &x0 [a]\n${lists.join("")}`)).toEqual([
    expect.stringMatching(/^3:\d+ the aliases of this file stand for too many values/),
  ]);
  expect(refused("tasks:\n  - env: &a {y: 1, x: *a}\n    command: x\n")).toEqual([
    expect.stringMatching(/^2:23 the aliases .* stand for .* what they are in/),
  ]);
});

test("an automations file of Ona is told from a .gitpod.yml", () => {
  for (const text of ["tasks:\n  aws:\n    name: x\n    command: y\n", "services: {}\n"])
    expect(refused(text)).toEqual([expect.stringMatching(/^1:1 this is a \.ona\/automations\.yaml/)]);
});

test("a task that lets go what waits for ours is refused", () => {
  expect(refused("tasks:\n  - command: a\n  - before: |\n      b\n      gp sync-done aws\n")).toEqual([
    expect.stringMatching(/^3:5 this task runs gp sync-done aws, as ours does/),
  ]);
  merged("tasks:\n  - command: gp sync-done aws-cli\n");
});
