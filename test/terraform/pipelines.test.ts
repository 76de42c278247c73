import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fenced, read } from "../docs/markdown";
import { startMoto, type Moto } from "../support/moto";
import { manifest } from "../support/project";
import { createScriptFolder } from "../support/scriptFolder";
import { describeReal } from "../support/toolsTier";

const blocks = fenced(read("docs/pipelines.md"));
const [deploy = "", readonly = ""] = blocks.filter((b) => b.language === "bash").map((b) => b.text);
const [ignored = ""] = blocks.filter((b) => b.language === "gitignore").map((b) => b.text);

describeReal("the page on pipelines", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let ops: ReturnType<typeof createScriptFolder>;

  beforeAll(async () => {
    moto = await startMoto(tools.moto);
    ops = createScriptFolder(tools, moto.endpoint);
  });
  afterAll(async () => {
    rmSync(ops.folder, { recursive: true, force: true });
    await moto.stop();
  });

  test("deploys with plain Terraform, and git keeps the lock file alone, which CI then holds on to", async () => {
    const file = (name: string) => join(ops.folder, name);
    writeFileSync(file("manifest.yaml"), manifest("repos:\n  - url: https://github.com/acme/app"));
    writeFileSync(file(".gitignore"), ignored);
    await ops.must(`set -e\n${deploy}`);
    const plan = "terraform -chdir=cdktf.out/stacks/dev plan -input=false -no-color -detailed-exitcode";
    expect(await ops.must(plan)).toContain("No changes");

    const lock = "cdktf.out/stacks/dev/.terraform.lock.hcl";
    await ops.must("git init -q . && git add cdktf.out");
    expect(await ops.must("git ls-files")).toBe(`${lock}\n`);
    // As CI finds it: what git has, and the state.
    await ops.must(
      "mv terraform.dev.tfstate kept && git clean -fdxq cdktf.out && mv kept terraform.dev.tfstate",
    );
    expect([existsSync(file(lock)), existsSync(file("cdktf.out/stacks/dev/.terraform"))]).toEqual([
      true,
      false,
    ]);
    await ops.must(`set -e\n${readonly}`);
    expect(await ops.must(plan)).toContain("No changes");

    const override = "cdktf.out/stacks/dev/backend_override.tf.json";
    writeFileSync(file(override), "{}");
    await ops.must("npx gitpod-aws-oidc synth");
    expect([existsSync(file(override)), existsSync(file(lock))]).toEqual([true, true]);
  });
});
