import { stackChanges } from "../../src/cli/stackChanges";
import { testAccount, testModel } from "../support/model";

const model = testModel([testAccount({ name: "dev", shards: 2 })]);
const said = (change: { readonly abandoned?: readonly string[]; readonly spread?: readonly string[] }) =>
  stackChanges(model, { abandoned: [], spread: [], ...change }, "out\u001b");

test("nothing is said where no stack came or went", () => {
  expect(said({})).toEqual([]);
});

test("of an account that is declared no longer it is said that what it made is still there", () => {
  expect(said({ abandoned: ["prod"] })).toEqual([
    expect.stringMatching(/^the account prod is declared no longer: .* still in AWS$/),
  ]);
});

test("of a shard that is declared no longer it is said that other stacks have its roles, and what to do", () => {
  const [line = ""] = said({ abandoned: ["dev-3"] });
  expect(line).toMatch(/^the stack dev-3 is declared no longer: /);
  expect(line).toContain(
    "if it was a shard of the account dev, other stacks have its roles now: move their state",
  );
});

test("of an account with more stacks it is said that deploying destroys roles, and what to do", () => {
  const [line = ""] = said({ spread: ["dev"] });
  expect(line).toMatch(/^the account dev has more stacks .*Terraform destroys .*; move their state/);
});

test("the folder's name is escaped for the terminal", () => {
  expect(said({ abandoned: ["prod", "dev-3"], spread: ["dev"] }).join("\n")).not.toContain("\u001b");
});
