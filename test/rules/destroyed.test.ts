import type { DeployedStack } from "../../src/model/deployed";
import { stacksOf } from "../../src/model/shards";
import { checkDeploy } from "../../src/rules";
import { deployedIn } from "../../src/terraform/deployed";
import { stackSources, stackText } from "../../src/terraform/stack";
import { testAccount, testModel, testRole } from "../support/model";

type Model = ReturnType<typeof testModel>;

const names = (...roles: readonly string[]) => roles.map((role) => testRole(role));
const dev = (change: Parameters<typeof testAccount>[0] = {}) => testAccount({ name: "dev", ...change });

/** What is found of a model's stacks as a synth writes them. */
const written = (model: Model): readonly DeployedStack[] =>
  stackSources(model, model.accounts, "..").map((stack) =>
    deployedIn(stack.name, JSON.parse(stackText(stack))),
  );

const said = (before: Model | readonly DeployedStack[], after: Model) =>
  checkDeploy("accounts" in before ? written(before) : before, after).map((finding) => {
    expect([finding.rule, finding.severity]).toEqual(["P06", "warning"]);
    return `${finding.message}; ${finding.remedy}`;
  });

test("nothing is said where nothing is destroyed: the same again, and more", () => {
  const before = testModel([dev({ roles: names("a") })]);
  expect(said(before, before)).toEqual([]);
  expect(said(before, testModel([dev({ roles: names("a", "b") }), testAccount({ name: "prod" })]))).toEqual(
    [],
  );
  expect(said([], before)).toEqual([]);
});

test("roles that are gone are named, in their stack", () => {
  const before = testModel([dev({ roles: names("a", "b", "c") })]);
  expect(said(before, testModel([dev({ roles: names("b") })]))).toEqual([
    'deploying "dev" destroys the roles "a", "c"; put what the message names back, unless it is meant to go or was never deployed',
  ]);
});

test("a role whose path changes is destroyed and made again", () => {
  const before = testModel([dev({ roles: names("a") })]);
  const after = testModel([dev({ roles: [testRole("a", { path: "/team/" })] })]);
  expect(said(before, after)).toEqual([
    expect.stringMatching(
      /^deploying "dev" destroys the role "a" and makes it again, because its path changes;/,
    ),
  ]);
});

test("an identity provider is destroyed with its installation, and only let go of with its last role", () => {
  const before = testModel([dev({ roles: names("a") })]);
  const without = dev({ roles: [], identityProviders: [] });
  expect(said(before, testModel([without])).join()).not.toContain("identity provider");
  expect(said(before, { ...testModel([without]), installations: [] })).toEqual([
    expect.stringContaining('the role "a"'),
    expect.stringMatching(
      /destroys the identity provider of "https:\/\/api.gitpod.io\/idp": .*leave the installation/,
    ),
  ]);
});

test("of an account that is gone it is said what it leaves in AWS, and the whole way out", () => {
  const before = testModel([dev({ roles: names("a") }), testAccount({ name: "prod", roles: names("x") })]);
  expect(said(before, testModel([dev({ roles: names("a") })]))).toEqual([
    'the account "prod" is no longer declared: Terraform destroys nothing of it, and what it made stays in AWS: the role "x", the identity provider of "https://api.gitpod.io/idp"; put the account back, synthesize, destroy it (npx cdktf destroy prod), then remove it: see "Removing" in docs/deploying.md',
  ]);
});

test("roles that move to another stack of the account are named, and so is the way to move their state", () => {
  const roles = names(...Array.from({ length: 20 }, (_, i) => `role-${i}`));
  const [one, three] = [testModel([dev({ roles })]), testModel([dev({ roles, shards: 3 })])];
  const moved = stacksOf(three.accounts[0] ?? dev())
    .slice(1)
    .flatMap(({ account }) => account.roles);
  const [line = "", ...others] = said(one, three);
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^deploying "dev" destroys the roles .*, which other stacks of the account make again; move their state/,
  );
  for (const { name } of moved) expect(line).toContain(`"${name}"`);
  expect(said(three, one)).toEqual(
    ["dev-2", "dev-3"].map(
      (name) => expect.stringContaining(`the stack "${name}" is no longer declared`) as string,
    ),
  );
});

test("a state says the same as the file of a stack; what is neither holds nothing", () => {
  const instance = (type: string, attributes: object, mode = "managed") => ({
    mode,
    type,
    instances: [{ attributes }],
  });
  const state = {
    version: 4,
    resources: [
      instance("aws_iam_role", { name: "a", path: "/team/" }),
      instance("aws_iam_role", { name: "data", path: "/" }, "data"),
      instance("aws_iam_openid_connect_provider", { url: "api.gitpod.io/idp" }),
    ],
  };
  const model = testModel([dev({ roles: [testRole("a", { path: "/team/" })] })]);
  expect([deployedIn("dev", state)]).toEqual(written(model));
  for (const other of [
    undefined,
    [],
    null,
    { resource: [], resources: {} },
    { resource: { aws_iam_role: { a: 1 } } },
  ])
    expect(deployedIn("dev", other)).toEqual({ name: "dev", roles: [], providerNames: [] });
});

test("names that a stranger may have written into the file are escaped", () => {
  const before = [{ name: "dev", roles: [{ name: "a\u001b[31m", path: "/" }], providerNames: ["x\u202e"] }];
  const line = said(before, testModel([dev({ roles: [] })])).join();
  for (const hidden of ["\u001b", "\u202e"]) expect(line).not.toContain(hidden);
});
