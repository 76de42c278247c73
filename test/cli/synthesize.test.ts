import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../support/synthesize";
import { testAccount, testIdentityProvider, testModel, testRole } from "../support/model";
import type { TerraformJson } from "../support/stacks";

let workingDirectory: string;
beforeEach(() => {
  workingDirectory = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-app-"));
});
afterEach(() => {
  rmSync(workingDirectory, { recursive: true, force: true });
});

const both = testModel([testAccount({ name: "dev" }), testAccount({ name: "prod" })]);
const synth = (model = both, only?: string) =>
  synthesize(model, { outdir: "cdktf.out", workingDirectory, ...(only === undefined ? {} : { only }) });
const inOut = (...path: string[]) => join(workingDirectory, "cdktf.out", ...path);
const read = (...path: string[]) => readFileSync(inOut(...path), "utf8");
const stacksListed = () => Object.keys((JSON.parse(read("manifest.json")) as { stacks: object }).stacks);

test("every account is a stack, listed for cdktf, and nothing else is left", () => {
  expect(synth()).toBe(2);
  expect(stacksListed()).toEqual(["dev", "prod"]);
  expect(readdirSync(inOut("stacks", "dev"))).toEqual(["cdk.tf.json"]);
  expect(readdirSync(workingDirectory)).toEqual(["cdktf.out"]);
});

test("the same model gives the same bytes, wherever it is synthesized", () => {
  synth();
  const first = [read("manifest.json"), read("stacks", "dev", "cdk.tf.json")];
  expect(first.join("")).not.toContain(workingDirectory);
  rmSync(workingDirectory, { recursive: true });
  workingDirectory = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-elsewhere-"));
  synth();
  expect([read("manifest.json"), read("stacks", "dev", "cdk.tf.json")]).toEqual(first);
});

test("local state is found from wherever the stacks are written", () => {
  synthesize(both, { outdir: "a/b/out", workingDirectory });
  const json = readFileSync(join(workingDirectory, "a/b/out/stacks/dev/cdk.tf.json"), "utf8");
  expect(JSON.parse(json)).toMatchObject({
    terraform: { backend: { local: { path: "../../../../../terraform.dev.tfstate" } } },
  });
});

test("state, locks and plugins in a stack's folder stay", () => {
  mkdirSync(inOut("stacks", "dev", ".terraform"), { recursive: true });
  writeFileSync(inOut("stacks", "dev", ".terraform.lock.hcl"), "lock");
  synth();
  expect(readdirSync(inOut("stacks", "dev"))).toEqual([".terraform", ".terraform.lock.hcl", "cdk.tf.json"]);
});

test("a stack whose account is no longer declared loses its configuration, not its state", () => {
  synth();
  writeFileSync(inOut("stacks", "prod", "terraform.tfstate"), "{}");
  mkdirSync(inOut("stacks", "somebody-elses"));
  expect(synth(testModel([testAccount({ name: "dev" })]))).toBe(1);
  expect(readdirSync(inOut("stacks", "prod"))).toEqual(["terraform.tfstate"]);
  expect(existsSync(inOut("stacks", "somebody-elses"))).toBe(true);
  expect(stacksListed()).toEqual(["dev"]);
});

test("one account alone can be written, and the list of stacks keeps the others", () => {
  synth();
  const list = read("manifest.json");
  const before = read("stacks", "dev", "cdk.tf.json");
  const changed = testModel([
    testAccount({ name: "dev", roles: [] }),
    testAccount({ name: "prod", roles: [testRole("x")] }),
  ]);
  expect(synth(changed, "prod")).toBe(1);
  expect(read("stacks", "dev", "cdk.tf.json")).toBe(before);
  expect(read("stacks", "prod", "cdk.tf.json")).toContain('"x"');
  expect(read("manifest.json")).toBe(list);
  expect(() => synth(both, "stage")).toThrow("no account is named");
});

test("an identity provider that no role needs any more is let go of", () => {
  synth(testModel([testAccount({ name: "dev", roles: [], identityProviders: [] })]));
  expect(JSON.parse(read("stacks", "dev", "cdk.tf.json"))).toMatchObject({
    removed: [{ lifecycle: { destroy: false } }],
  });
});

describe("an account with shards", () => {
  const roles = Array.from({ length: 12 }, (_, i) => testRole(`gitpod-acme-${i}`));
  const dev = (shards: number) => testAccount({ name: "dev", shards, roles });
  const prod = testAccount({ name: "prod" });
  const json = (stack: string) => JSON.parse(read("stacks", stack, "cdk.tf.json")) as TerraformJson;
  const rolesIn = (stack: string) => Object.keys(json(stack).resource["aws_iam_role"] ?? {});

  test("is a stack for each, and every role is in one of them, with the permissions that it has", () => {
    const stacks = ["dev", "dev-2", "dev-3"];
    expect(synth(testModel([dev(3), prod]))).toBe(4);
    expect(stacksListed()).toEqual([...stacks, "prod"]);
    expect(stacks.flatMap(rolesIn).sort()).toEqual(roles.map((r) => r.name).sort());
    for (const stack of stacks) {
      const { resource, output } = json(stack);
      expect(rolesIn(stack)).not.toEqual([]);
      expect(Object.keys(resource["aws_iam_role_policy"] ?? {})).toEqual(rolesIn(stack));
      expect(Object.keys(output["role_arns"]?.["value"] as object)).toEqual(rolesIn(stack));
    }
  });

  test("has identity providers, and what is said of them, in the first stack alone; others wait for none", () => {
    synth(testModel([{ ...dev(2), identityProviders: [] }]));
    expect([json("dev").removed?.length, json("dev-2").removed]).toEqual([1, undefined]);
    synth(testModel([{ ...dev(2), identityProviders: [testIdentityProvider({ management: "import" })] }]));
    expect([json("dev").import?.length, json("dev-2").import]).toEqual([1, undefined]);
    expect(read("stacks", "dev", "cdk.tf.json")).toContain("depends_on");
    expect(read("stacks", "dev-2", "cdk.tf.json")).not.toMatch(/depends_on|aws_iam_openid_connect_provider/);
  });

  test("is written whole where it is written alone", () => {
    expect(synth(testModel([dev(2), prod]), "dev")).toBe(2);
    expect(readdirSync(inOut("stacks"))).toEqual(["dev", "dev-2"]);
  });

  test("loses the stacks that are too many, also where it is written alone", () => {
    for (const only of [undefined, "dev"]) {
      synth(testModel([dev(3), prod]));
      synth(testModel([dev(2), prod]), only);
      expect(existsSync(inOut("stacks", "dev-3"))).toBe(false);
      expect(stacksListed()).toEqual(["dev", "dev-2", "prod"]);
    }
  });

  test("that is written alone leaves the stacks of accounts that are no longer declared", () => {
    synth(testModel([dev(1), prod]));
    synth(testModel([dev(2)]), "dev");
    expect(existsSync(inOut("stacks", "prod", "cdk.tf.json"))).toBe(true);
  });
});

test("nothing is written through a link", () => {
  const outside = join(workingDirectory, "outside");
  mkdirSync(outside);
  mkdirSync(inOut("stacks"), { recursive: true });
  symlinkSync(outside, inOut("stacks", "dev"));
  expect(() => synth()).toThrow("stacks/dev: it is a symbolic link");
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(workingDirectory).sort()).toEqual(["cdktf.out", "outside"]);
});

test("a failed synth leaves what was there", () => {
  synth();
  const before = read("stacks", "dev", "cdk.tf.json");
  const broken = testModel([testAccount({ name: "dev", roles: [testRole("x"), testRole("x")] })]);
  expect(() => synth(broken)).toThrow("one of the roles");
  expect(read("stacks", "dev", "cdk.tf.json")).toBe(before);
  expect(stacksListed()).toEqual(["dev", "prod"]);
});
