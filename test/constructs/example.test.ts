import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { fenced } from "../docs/markdown";
import { command } from "../support/folder";
import type { TerraformJson } from "../support/stacks";

const example = resolve(__dirname, "../../examples/constructs");

/** Runs the example as `cdktf synth` would: the command of its `cdktf.json`, in its folder. */
async function runExample(outdir: string, path = process.env["PATH"]): Promise<readonly TerraformJson[]> {
  const { app } = JSON.parse(readFileSync(join(example, "cdktf.json"), "utf8")) as { readonly app: string };
  const [program = "", ...args] = app.split(" ");
  expect(program).toBe("node");
  await promisify(execFile)(process.execPath, args, {
    cwd: example,
    env: { PATH: path, CDKTF_OUTDIR: outdir },
  });
  return ["team", "shared"].map(
    (stack) =>
      JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as TerraformJson,
  );
}

test("the page's program makes the stacks of a manifest, to the byte", async () => {
  const [program] = fenced(readFileSync(join(example, "README.md"), "utf8")).filter(
    (b) => b.language === "ts",
  );
  expect(program?.text).toBe(readFileSync(join(example, "manifest.ts"), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-example-"));
  // The state's path depends on where the output is: here, far from the manifest.
  const read = (outdir: string) =>
    readFileSync(join(outdir, "stacks/dev/cdk.tf.json"), "utf8").replace(/"path": "[^"]*tfstate"/, "");
  try {
    const root = resolve(__dirname, "../..");
    const [ours, theirs] = [join(folder, "ours"), join(folder, "theirs")];
    await promisify(execFile)(process.execPath, ["--import", "tsx", "examples/constructs/manifest.ts"], {
      cwd: root,
      env: { ...process.env, CDKTF_OUTDIR: ours },
    });
    await command(["synth", join(root, "manifest.yaml")], {
      CDKTF_OUTDIR: theirs,
      GITPOD_AWS_SNIPPETS: join(folder, "snippets"),
    });
    expect(read(ours)).toBe(read(theirs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the example of somebody else's app", () => {
  let outdir: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-example-"));
  });
  afterEach(() => {
    rmSync(outdir, { recursive: true, force: true });
  });

  test("runs without Terraform, and makes the identity provider, the roles and their policies", async () => {
    const [team, shared] = await runExample(outdir, "");
    const addresses = (json: TerraformJson | undefined) =>
      Object.entries(json?.resource ?? {}).flatMap(([type, byId]) =>
        Object.keys(byId).map((id) => `${type}.${id}`),
      );
    expect(addresses(team)).toEqual([
      "aws_iam_openid_connect_provider.gitpod",
      "aws_iam_role.app",
      "aws_iam_role_policy.app",
      "aws_secretsmanager_secret.database",
    ]);
    expect(addresses(shared)).toEqual(["aws_iam_role.everybody", "aws_iam_role_policy.everybody"]);
    expect(team?.resource["aws_iam_role_policy"]?.["app"]?.["policy"]).toContain(
      "${aws_secretsmanager_secret.database.arn}",
    );
    expect(team?.output).toMatchObject({ role_arn: { value: "${aws_iam_role.app.arn}" } });
  });
});
