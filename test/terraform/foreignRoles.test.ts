import { join } from "node:path";
import { parse } from "yaml";
import { command, inTemporaryFolder, write } from "../support/folder";
import { startMoto, type Moto } from "../support/moto";
import { describeReal } from "../support/toolsTier";
import { createDeployment, type Deployment } from "./support";

inTemporaryFolder();

interface Entry {
  readonly name: string;
  readonly url: string;
  readonly statements?: readonly { readonly Effect: string; readonly Resource: string }[];
}

/** Effect and resource of every statement of every role. */
const expected: Readonly<Record<string, readonly string[]>> = Object.freeze({
  written: ["Allow arn:aws:s3:::acme-read/*", "Allow arn:aws:s3:::home/x/*", "Deny *"],
  blocks: ["Allow arn:aws:s3:::acme-read/*", "Allow arn:aws:s3:::home/y/*"],
  "counted-0": ["Allow arn:aws:s3:::counted/0/*"],
  "counted-1": ["Allow arn:aws:s3:::counted/1/*"],
  shared: ["Allow arn:aws:s3:::acme-read/*"],
  "module-api": ["Allow arn:aws:s3:::acme-read/*", "Allow arn:aws:s3:::api/*"],
  "module-web": ["Allow arn:aws:s3:::acme-read/*", "Allow arn:aws:s3:::web/*"],
  "module-wildcard": [],
});
const elsewhere = "arn:aws:iam::123456789012:policy/elsewhere";

/** What real Terraform, its AWS provider and the AWS CLI make of test/fixtures/foreign-roles, applied once for all. */
describeReal("roles that others made", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let deployment: Deployment;
  const shown: Record<string, string> = {};

  beforeAll(async () => {
    moto = await startMoto(tools.moto);
    deployment = createDeployment({ ...tools, endpoint: moto.endpoint });
    const show = (...args: readonly string[]) => deployment.mustTerraform("show", "-json", ...args);
    const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" };
    await deployment.aws(
      "iam create-policy --policy-name elsewhere --policy-document",
      JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    );
    deployment.copy(join(__dirname, "../fixtures/foreign-roles"));
    await deployment.mustTerraform("init", "-input=false", "-no-color");
    await deployment.mustTerraform("plan", "-input=false", "-no-color", "-out=first");
    shown["first-plan.json"] = await show("first");
    await deployment.mustTerraform("apply", "-input=false", "-no-color", "first");
    shown["applied.tfstate"] = deployment.read("terraform.tfstate");
    await deployment.mustTerraform("apply", "-refresh-only", "-input=false", "-no-color", "-auto-approve");
    shown["refreshed.tfstate"] = deployment.read("terraform.tfstate");
    shown["state.json"] = await show();
    await deployment.mustTerraform("plan", "-input=false", "-no-color", "-var=home=z", "-out=second");
    shown["second-plan.json"] = await show("second");
    const details = "iam get-account-authorization-details --filter Role LocalManagedPolicy";
    shown["details.json"] = JSON.stringify(await deployment.aws(details));
    shown["roles.json"] = JSON.stringify(await deployment.aws("iam list-roles"));
  });
  afterAll(async () => {
    deployment.remove();
    await moto.stop();
  });
  beforeEach(() => {
    write(shown);
  });

  async function imported(...files: readonly string[]) {
    const { status, stdout, stderr } = await command(["import-role", ...files]);
    expect(status).toBe(1);
    const { repos = [] } = parse(stdout) as { readonly repos?: readonly Entry[] };
    const entries = repos.map(({ name, statements = [] }) => [
      name,
      statements.map((s) => `${s.Effect} ${s.Resource}`).sort(),
    ]);
    return { entries: Object.fromEntries(entries) as unknown, count: repos.length, stdout, stderr };
  }

  it.each(["applied.tfstate", "refreshed.tfstate", "state.json"])(
    "%s: an entry for each, no statement twice, and nothing else",
    async (file) => {
      const { entries, count, stdout } = await imported(file);
      expect([entries, count]).toEqual([expected, Object.keys(expected).length]);
      expect(stdout).not.toContain("# No entry for");
      expect(stdout).not.toContain('description: ""');
      expect(stdout.match(/permissionsBoundary: .*/g)).toEqual([
        'permissionsBoundary: "arn:aws:iam::123456789012:policy/edge"',
      ]);
      // Of blocks and both of the module: in the role's own copy, and in an attachment of its own.
      expect(stdout.match(/managedPolicies: .*/g)).toEqual(
        Array.from({ length: 3 }, () => `managedPolicies: ["${elsewhere}"]`),
      );
    },
  );

  it("a plan of a change shows what is to come, not the copy of what was", async () => {
    const { entries } = await imported("second-plan.json");
    const written = expected["written"]?.map((statement) => statement.replace("home/x", "home/z"));
    expect(entries).toEqual({ ...expected, written });
  });

  it("a plan before the first apply names what it does not know yet", async () => {
    const { entries, stdout, stderr } = await imported("first-plan.json");
    expect(entries).toEqual({});
    for (const name of Object.keys(expected)) expect(stdout).toContain(`# No entry for role "${name}"`);
    expect(stderr).toContain(
      'policy_arn of module.exact["web"].aws_iam_role_policy_attachment.this["read"] is not in the file',
    );
    expect(stderr).toContain("assume_role_policy of aws_iam_role.counted[1] is not in the file");
  });

  it("the details of the account, alone or beside a state, are the same roles", async () => {
    const own = (statements: readonly string[] = []) => [...statements, "Allow *"].sort();
    const details = {
      ...expected,
      // Here the text of that policy is shown.
      blocks: own(expected["blocks"]),
      "module-api": own(expected["module-api"]),
      "module-web": own(expected["module-web"]),
    };
    for (const files of [["details.json"], ["details.json", "roles.json"], ["state.json", "details.json"]])
      expect((await imported(...files)).entries).toEqual(details);
  });

  it.each(["applied.tfstate", "refreshed.tfstate", "state.json", "second-plan.json", "details.json"])(
    "%s is judged without a word about what it does not show",
    async (file) => {
      const { stdout } = await command(["check", "--trust-policy", file, "--format", "json"]);
      const { findings } = JSON.parse(stdout) as {
        readonly findings: readonly { readonly rule: string; readonly role: string | null }[];
      };
      expect(findings.filter(({ rule }) => rule === "E01" || rule === "T01")).toEqual([]);
      expect(findings.map(({ role }) => role)).toEqual(expect.arrayContaining(Object.keys(expected)));
    },
  );
});
