import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Acme, acmeTrust, startAcme } from "../support/acme";
import { rendered, testExport, testLogin, testSnippet } from "../support/snippet";
import { describeReal } from "../support/toolsTier";
import type { Workspace } from "../support/workspace";

jest.setTimeout(120_000);

const secret = `s3cr3t 'V"al\\ue\n$x`;
const other = "arn:aws:iam::123456789012:role/other";

describeReal("a workspace whose settings are in the way", ["aws", "moto", "script", "zsh"], (tools) => {
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme(tools);
    await acme.secret("value", { SecretString: secret });
    await acme.iam("CreateRole", {
      RoleName: "other",
      AssumeRolePolicyDocument: JSON.stringify(acmeTrust()),
    });
  });

  afterAll(() => acme.stop());

  const snippet = (change: Parameters<typeof testLogin>[0] = {}, commands: readonly string[] = []) =>
    rendered(testSnippet({ commands, logins: [testLogin({ exports: [testExport("VALUE")], ...change })] }));
  const plain = snippet();
  const before = (code: string) => plain.replace('  - name: "aws"\n', `$&    before: ${code}\n`);
  const task = (command: string) => JSON.stringify({ tasks: [{ command }] });
  const who = ". ~/.aws/gitpod/values.sh; aws sts get-caller-identity --query Arn --output text";
  const aws = (made: Workspace, ...names: readonly string[]) => join(made.folder, "home", ".aws", ...names);

  function configured(file: "config" | "credentials", text: string): Workspace {
    const made = acme.workspace();
    mkdirSync(aws(made));
    writeFileSync(aws(made, file), text);
    return made;
  }

  describe("never prints a value, and has it unchanged", () => {
    test.each([
      ["set -v", "bash", false],
      ["set -v", "bash", true],
      ["set -vx", "bash", true],
      ["set -v", "zsh", true],
      ["set -x", "zsh", true],
    ] as const)("after %s in %s (on a terminal: %s)", async (options, shell, terminal) => {
      const made = acme.workspace({ shells: ["zsh"] });
      writeFileSync(join(made.folder, "home", ".zshrc"), "");
      const run = await made.run(before(options), { shell, terminal });
      expect(run.env.get("VALUE")).toBe(secret);
      expect(run.stdout + run.stderr).not.toContain("s3cr3t");
      expect(run.names.filter((name) => name.startsWith("__gao"))).toEqual([]);
    });

    test("where options, functions and a BASH_ENV come from outside, at each login", async () => {
      const made = acme.workspace();
      const startup = join(made.folder, "startup");
      writeFileSync(startup, "set -x\necho noise\n");
      const env = {
        BASH_ENV: startup,
        SHELLOPTS: "braceexpand:noclobber:nounset:verbose:xtrace",
        "BASH_FUNC_aws%%": "() { echo fake; }",
        "BASH_FUNC_gp%%": "() { echo fake; }",
      };
      await made.run(plain, { env });
      const cache = aws(made, "gitpod", "default.json");
      writeFileSync(cache, readFileSync(cache, "utf8").replace(/^\d+/, "1"));
      const run = await made.run(plain, { env });
      expect(run.stdout + run.stderr).not.toContain("s3cr3t");
      expect(run.stdout + run.stderr).not.toMatch(/^\[aws\] ====/m);
      expect(run.stderr).toContain("\n[aws] VALUE is set from the secret value\n");
      expect(readFileSync(aws(made, "gitpod", "values.sh"), "utf8")).toContain("export VALUE='s3cr3t ");
      writeFileSync(cache, "");
      // What AWS's programs run; the first noise is of the shell that runs this.
      const [, asked = ""] =
        /^credential_process = (.*)$/m.exec(readFileSync(aws(made, "config"), "utf8")) ?? [];
      const again = await made.run(task(asked), { env });
      expect(again.stdout).toMatch(/^noise\n\{"Version":1,.*\}\n$/);
      expect(again.stderr).not.toContain("AWS_SHARED_CREDENTIALS_FILE");
      expect(readFileSync(cache, "utf8")).toMatch(/^\d{10} 3600 arn:/);
    });
  });

  test("logs in where the home folder has a name that shells and programs split", async () => {
    const made = acme.workspace();
    const home = join(made.folder, `ho me"'\\$x`);
    mkdirSync(home);
    expect((await made.run(plain, { env: { HOME: home } })).env.get("VALUE")).toBe(secret);
    expect((await made.run(task(who), { env: { HOME: home } })).stdout).toContain("gitpod-acme-app/");
  });

  test("drops a web identity of somebody else's, in the task and in terminals", async () => {
    const made = acme.workspace();
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere", AWS_ROLE_ARN: other };
    const run = await made.run(plain, { env });
    expect(run.status).toBe(0);
    expect(run.stderr).toContain("AWS_ACCESS_KEY_ID and its like, which outrank every profile, are unset");
    for (const name of Object.keys(env)) expect(run.env.has(name)).toBe(false);
    expect((await made.run(task(who), { env })).stdout).toContain("assumed-role/gitpod-acme-app/");
  });

  describe("keeps nothing where Gitpod copies it", () => {
    test.each([
      ["though the repository is further down", "workspace", "workspace/go/src/app"],
      ["though a link leads there", "real", "link/app"],
    ])("%s", async (_, copied, root) => {
      const made = acme.workspace();
      mkdirSync(join(made.folder, copied, ".aws"), { recursive: true });
      symlinkSync(join(made.folder, "real"), join(made.folder, "link"));
      symlinkSync(join(made.folder, copied, ".aws"), aws(made));
      // The tests' workspace is not at the place where Gitpod has it.
      const run = await made.run(plain.replaceAll(" /workspace ", ` ${join(made.folder, "workspace")} `), {
        env: { GITPOD_REPO_ROOT: join(made.folder, root) },
      });
      expect(run.stderr).toContain("which Gitpod copies: have it in the home folder");
      expect(run.status).toBe(1);
      expect(readFileSync(aws(made, "gitpod", "values.sh"), "utf8")).toBe("");
      expect(readdirSync(aws(made, "gitpod"))).toEqual(["values.sh"]);
    });
  });

  test("lets a task that waits and reads the values go on where there is no AWS CLI", async () => {
    const made = acme.workspace();
    rmSync(join(made.folder, "bin", "aws"));
    expect((await made.run(plain)).stderr).toContain("the AWS CLI is missing");
    const waits = await made.run(task("gp sync-await aws && . ~/.aws/gitpod/values.sh && echo STARTED"));
    expect(waits.stdout).toBe("STARTED\n");
  });

  describe("is told that a profile is another role", () => {
    test.each([
      [
        "a role in ~/.aws/config",
        "config",
        `[default]\nrole_arn = ${other}\nsource_profile = base\n[profile base]\naws_access_key_id = A\naws_secret_access_key = B\n`,
        "role_arn",
      ],
      [
        "keys in ~/.aws/credentials",
        "credentials",
        "[default]\naws_access_key_id = A\naws_secret_access_key = B\n",
        "aws_access_key_id",
      ],
    ] as const)("by %s", async (_, file, text, setting) => {
      const made = configured(file, text);
      const run = await made.run(snippet({}, ["echo RAN"]));
      expect(run.stderr).toContain("[aws] ==== WRONG ROLE: account dev, profile default");
      expect(run.stderr).toContain(`what the profile has that outranks this login: ${setting}\n`);
      expect(run.stderr).toContain("role: arn:aws:iam::123456789012:role/gitpod-acme-app");
      expect(run.stdout).not.toContain("RAN");
      expect([run.status, run.env.has("VALUE")]).toEqual([1, false]);
    });

    test("not by a comment that names the profile, nor by another profile", async () => {
      const made = configured("credentials", "# see [default]\n[other]\naws_access_key_id = A\n");
      const run = await made.run(plain);
      expect([run.status, run.stderr]).toEqual([0, expect.not.stringContaining("outrank") as string]);
    });

    test("and one that a login by hand filled for the same role is said not to be renewed", async () => {
      const made = acme.workspace();
      const login = "gp idp login aws --role-arn arn:aws:iam::123456789012:role/gitpod-acme-app";
      await made.run(task(login), { env: { AWS_REGION: "us-east-1" } });
      const run = await made.run(plain);
      expect(run.status).toBe(0);
      expect(run.stderr).toContain(
        "profile default has aws_access_key_id too, which outranks this login and is not renewed",
      );
    });
  });

  test.each([
    ["role", { roleArn: other }, "assumed-role/other/"],
    ["duration", { durationSeconds: 1800 }, "assumed-role/gitpod-acme-app/"],
  ])("logs in anew where the manifest has another %s", async (_, change, arn) => {
    const made = acme.workspace();
    await made.run(plain);
    const cache = () => readFileSync(aws(made, "gitpod", "default.json"), "utf8");
    const first = cache();
    expect((await made.run(snippet(change))).status).toBe(0);
    expect(cache()).not.toBe(first);
    expect((await made.run(task(who))).stdout).toContain(arn);
  });

  test("blames no trust where there was no token", async () => {
    const made = acme.workspace();
    const run = await made.run(plain, { env: { GP_TEST_API: "http://127.0.0.1:1" } });
    expect(run.stderr).toContain("LOGIN FAILED");
    expect(run.stderr).toContain("this says nothing about whom the role trusts; is there a token?");
    expect(run.stderr).not.toContain("explain --installation");
    expect(run.stderr).not.toContain("the role trusts workspaces opened on");
    expect(run.status).toBe(1);
  });
});
