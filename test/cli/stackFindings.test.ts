import { stackFindings } from "../../src/cli/stackFindings";
import type { RuleFinding } from "../../src/diagnostics";
import { stacksOf } from "../../src/model/shards";
import { emptyReference } from "../../src/policy";
import { check } from "../../src/rules";
import { project } from "../support/project";

const text = `version: 1
accounts:
  a: { id: "111111111111", region: eu-central-1 }
  b: { id: "222222222222", region: eu-central-1 }
installations: { acme: { host: gitpod.io } }
repos:
  - { url: https://github.com/acme/one, accounts: [a] }
  - { url: https://github.com/acme/two, accounts: [b], accept: [{ rule: T57, reason: private }, { rule: T54, reason: x }] }
`;

test("each account has the warnings of its own entries that nobody accepted, and a count of info", () => {
  const loaded = project(text);
  if (!loaded.ok) throw new Error("expected a model");
  const said = stackFindings(loaded.model, check(loaded.model, { reference: emptyReference }));
  const ids = (name: string) =>
    said.get(name)?.warnings.map((line) => line.split(": ").slice(0, 2).join(" "));
  expect([ids("a"), ids("b")]).toEqual([["T57 repos[0]"], ["W03 repos[1].accept[1]"]]);
  for (const name of ["a", "b"])
    expect(said.get(name)?.info).toEqual([
      expect.stringMatching(/^\d+ info: npx gitpod-aws-oidc check lists them$/),
    ]);
});

test("what is said of a role is said in the stack that has it, of an account in its first", () => {
  const repos = Array.from({ length: 12 }, (_, i) => `  - { url: https://github.com/acme/app-${i} }\n`).join(
    "",
  );
  const loaded = project(`version: 1
accounts:
  a: { id: "111111111111", region: eu-central-1, shards: 3 }
installations: { acme: { host: gitpod.io }, beta: { host: beta.gitpod.io } }
defaults: { installations: [acme, beta] }
repos:
${repos}`);
  if (!loaded.ok) throw new Error("expected a model");
  const findings = check(loaded.model, { reference: emptyReference }).filter((f) => f.rule === "T57");
  const aboutAccount = { ...findings[0], rule: "X", role: null, origin: loaded.model.accounts[0]?.origin };
  const said = stackFindings(loaded.model, [...findings, aboutAccount as RuleFinding]);
  expect([...said.keys()]).toEqual(["a", "a-2", "a-3"]);
  const stacks = loaded.model.accounts.flatMap(stacksOf);
  for (const { name, account } of stacks) {
    const own = account.roles.map((r) => r.name);
    const expected = findings.filter((f) => f.role !== null && own.includes(f.role)).map((f) => f.message);
    const lines = said.get(name)?.warnings ?? [];
    expect(own.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.startsWith("T57")).length).toBe(expected.length);
    for (const message of expected) expect(lines.some((line) => line.includes(message))).toBe(true);
    expect(lines.some((line) => line.startsWith("X"))).toBe(name === "a");
  }
});
