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
import { refuseHcl, synthesize } from "../src/app";
import { testAccount, testModel, testRole } from "./support/model";

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
  expect(synth()).toEqual({ stacks: ["dev", "prod"], abandoned: [] });
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

test("a stack whose account is declared no longer loses its configuration, not its state", () => {
  synth();
  writeFileSync(inOut("stacks", "prod", "terraform.tfstate"), "{}");
  mkdirSync(inOut("stacks", "somebody-elses"));
  expect(synth(testModel([testAccount({ name: "dev" })]))).toEqual({ stacks: ["dev"], abandoned: ["prod"] });
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
  expect(synth(changed, "prod")).toEqual({ stacks: ["prod"], abandoned: [] });
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

test("nothing is written through a link", () => {
  const outside = join(workingDirectory, "outside");
  mkdirSync(outside);
  mkdirSync(inOut("stacks"), { recursive: true });
  symlinkSync(outside, inOut("stacks", "dev"));
  expect(() => synth()).toThrow("is a link");
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

test.each(["1", "true"])("--hcl is refused: SYNTH_HCL_OUTPUT=%s", (value) => {
  expect(() => {
    refuseHcl({ SYNTH_HCL_OUTPUT: value });
  }).toThrow("does not escape");
});

test.each([undefined, "false", "0", ""])("JSON is not: SYNTH_HCL_OUTPUT=%s", (value) => {
  expect(() => {
    refuseHcl({ SYNTH_HCL_OUTPUT: value });
  }).not.toThrow();
});
