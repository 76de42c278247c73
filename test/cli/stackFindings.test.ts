import { stackFindings } from "../../src/cli/stackFindings";
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
      expect.stringMatching(/^\d+ info: gitpod-aws-oidc check lists them$/),
    ]);
});
