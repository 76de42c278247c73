import { type MergeOptions, mergeSnippet, removeSnippet } from "../../../src/workspace/merge/merge";
import { options, ours } from "./ours";

const arn = "arn:aws:iam::123456789012:role/a";
const login = `gp idp login aws --role-arn ${arn}`;
const secret = "aws secretsmanager get-secret-value --secret-id db --region us-east-1 | jq .SecretString";

function replace(text: string, change: Partial<MergeOptions> = {}) {
  const result = mergeSnippet(text, ours, options({ replace: true, awaits: "keep", ...change }));
  if (result.ok) {
    expect(mergeSnippet(result.text, ours, options({ replace: true, awaits: "keep" }))).toEqual(result);
    expect(mergeSnippet(result.text, ours, options({ awaits: "keep" }))).toEqual(result);
  }
  return result;
}

/** What is left of a file where its logins by hand are replaced: all but what is ours. */
function left(text: string): string | null {
  const result = replace(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const removed = removeSnippet(result.text);
  return removed.ok ? removed.text : null;
}

test("without being asked, the message says how to ask, or that --replace would refuse it", () => {
  expect(replace(`tasks:\n  - command: ${login}\n`, { replace: false })).toMatchObject({
    ok: false,
    problems: [{ remedy: expect.stringMatching(/^run this again with --replace/) as string }],
  });
  expect(replace(`tasks:\n  - before: ${login}\n    command: ls\n`, { replace: false })).toMatchObject({
    ok: false,
    problems: [
      { remedy: expect.stringMatching(/^take the login out by hand, .* --replace cannot$/) as string },
    ],
  });
});

test.each([
  [
    "the guide's task goes, and what stands around it stays",
    `image: x\ntasks:\n  - command: |\n      ${login}\n      ${secret}\n  - name: web # mine\n    command: npm start\n`,
    "image: x\ntasks:\n  - name: web # mine\n    command: npm start\n",
  ],
  [
    "a task with a name and comments only goes too",
    `tasks:\n  - init: a\n  - name: AWS\n    command: |\n      # log in\n      ${login} --profile default\n`,
    "tasks:\n  - init: a\n",
  ],
  [
    "with its last task the list goes",
    `image: x\ntasks:\n  - command: ${login}\nports: []\n`,
    "image: x\nports: []\n",
  ],
  [
    "what follows in the task stays",
    `tasks:\n  - command: |\n      set -e\n      ${login} \\\n        --profile default\n      npm start\n`,
    "tasks:\n  - command: |\n      set -e\n      npm start\n",
  ],
  [
    "what follows in the line stays",
    `tasks:\n  - command: "${login} && npm start"\n`,
    'tasks:\n  - command: "npm start"\n',
  ],
  [
    "a secret that our task does not read is still printed",
    `tasks:\n  - command: |\n      ${login}\n      ${secret.replace("db", "other")}\n`,
    `tasks:\n  - command: |\n      ${secret.replace("db", "other")}\n`,
  ],
  [
    "CR LF stays CR LF",
    `tasks:\r\n  - command: |\r\n      ${login}\r\n      a\r\n`,
    "tasks:\r\n  - command: |\r\n      a\r\n",
  ],
])("%s", (_, text, rest) => {
  expect(left(text)).toBe(rest);
});

test("a task that goes on after its login waits for ours instead, and others wait as before", () => {
  const merged = mergeSnippet("tasks:\n  - command: a\n", ours, options({ awaits: "all" }));
  const more = `  - command: |\n      ${login}\n      b\n  - command: c\n`;
  const text = merged.ok ? merged.text.replace("oidc end\n", `oidc end\n  - command: ${login}\n`) + more : "";
  const result = replace(text);
  const wait = "gp sync-await -- aws; test -r ~/.aws/aws.env && . ~/.aws/aws.env";
  expect(result.ok && result.text.split("oidc end\n")[1]).toBe(
    `  - command: ${wait}; a\n  - command: |\n      ${wait}\n      b\n  - command: c\n`,
  );
});

test.each([
  [
    "another profile",
    `tasks:\n  - command: ${login} --profile dev\n`,
    /writes the profile "dev", and our task writes "default"/,
  ],
  ["a condition", `tasks:\n  - command: ${login} || exit 1\n`, /is part of a longer command/],
  ["something before it", `tasks:\n  - command: cd x && ${login}\n`, /is part of a longer command/],
  ["another phase", `tasks:\n  - init: ${login}\n`, /is not in the command of a task/],
  [
    "a variable",
    `env: { R: "${arn}" }\ntasks:\n  - command: gp idp login aws --role-arn $R\n`,
    /is not in the command/,
  ],
  [
    "the AWS CLI",
    `tasks:\n  - command: aws sts assume-role-with-web-identity --role-arn ${arn}\n`,
    /is not the guide's/,
  ],
])("a login with %s is left to its owner, who is told why", (_, text, message) => {
  expect(replace(text)).toMatchObject({
    ok: false,
    problems: [{ remedy: expect.stringMatching(message) as string }],
  });
});
