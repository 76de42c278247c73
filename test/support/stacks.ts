import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { AccountStack, type AccountStackProps } from "../../src/constructs";

/** Terraform JSON as tests look at it. */
export interface TerraformJson {
  readonly "//": { readonly outputs: unknown };
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly provider: Readonly<Record<string, readonly unknown[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly import?: readonly { readonly to: string; readonly id: string }[];
  readonly removed?: readonly unknown[];
  readonly output: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const outdir = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-"));
afterAll(() => {
  rmSync(outdir, { recursive: true, force: true });
});

/** An empty app that writes nowhere that matters. */
export function testApp(): App {
  return new App({ outdir, stackTraces: false });
}

/** The Terraform of an account's stack. */
export function accountStackJson(props: AccountStackProps): TerraformJson {
  return new AccountStack(testApp(), props.account.name, props).toTerraform() as unknown as TerraformJson;
}

/** A stack of somebody else's app, with an AWS provider; validated, and synthesized by cdktf. */
export function foreignStackJson(build: (stack: TerraformStack) => void): TerraformJson {
  const stack = new TerraformStack(testApp(), "mine");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  build(stack);
  stack.prepareStack();
  stack.runAllValidations();
  return stack.toTerraform() as TerraformJson;
}

/** Resources without cdktf's notes on where they were made. */
export function resourcesOf(json: TerraformJson): TerraformJson["resource"] {
  return JSON.parse(
    JSON.stringify(json.resource, (key, value: unknown) => (key === "//" ? undefined : value)),
  ) as never;
}
