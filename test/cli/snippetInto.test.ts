import { readFileSync } from "node:fs";
import { command, inTemporaryFolder, write } from "../support/folder";

inTemporaryFolder();

const arn = "arn:aws:iam::111111111111:role/acme-acme-app";
const manifest = `version: 1
accounts:
  dev: { id: "111111111111", region: us-east-1 }
installations:
  acme: { host: acme.gitpod.cloud }
repos:
  - url: https://github.com/acme/app
    snippet: { profile: default }
    grants:
      - { secret: db, env: DATABASE_URL }
`;
const into = ["snippet", "--repo", "https://github.com/acme/app", "--into", ".gitpod.yml"];
const written = () => readFileSync(".gitpod.yml", "utf8");
const key = "AKIAIOSFODNN7ABCDEFG";

beforeEach(() => {
  write({ "manifest.yaml": manifest });
});

test("what the lint says of the result is printed, and a static key is no reason to refuse", async () => {
  write({ ".gitpod.yml": `env:\n  AWS_ACCESS_KEY_ID: ${key}\ntasks:\n  - command: npm start\n` });
  const { status, stdout, stderr } = await command(into);
  expect([status, stdout]).toEqual([0, "changed .gitpod.yml\n"]);
  expect(stderr).toMatch(/^\.gitpod\.yml:2:\d+: error S11: a static AWS key/m);
  expect(stderr).not.toContain(key);
  const again = await command(into);
  expect([again.status, again.stdout]).toEqual([0, ".gitpod.yml is up to date\n"]);
  expect(again.stderr).toContain("error S11");
});

test("a repository named in short is told its URL", async () => {
  for (const name of ["snippet", "access"])
    expect(await command([name, "--repo", "acme/app"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /\n {2}remedy: did you mean --repo https:\/\/github\.com\/acme\/app\?\n$/,
      ) as string,
    });
});

test("--dry-run hides static keys in the lines around the change", async () => {
  write({ ".gitpod.yml": `env:\n  AWS_ACCESS_KEY_ID: ${key}\ntasks:\n  - command: npm start\n` });
  const { stdout } = await command([...into, "--dry-run"]);
  expect(stdout).toContain("   AWS_ACCESS_KEY_ID: ****");
  expect(stdout).toContain(arn);
  expect(stdout).not.toContain(key);
});

test("an error that only our task would bring is refused, and the file left as it was", async () => {
  const text = `tasks:\n  - command: |\n      gp idp login aws --role-arn ${arn}-2 --profile default\n      npm start\n`;
  write({ ".gitpod.yml": text });
  const { status, stderr } = await command(into);
  expect(status).toBe(1);
  expect(stderr).toContain("error S07");
  expect(stderr).toMatch(/\.gitpod\.yml is left unchanged: with our task it would have S07, see above\n$/);
  expect(written()).toBe(text);
});

test("the guide's two lines are replaced when asked, and shown by --dry-run", async () => {
  const login = `gp idp login aws --role-arn ${arn}`;
  const secret = "aws secretsmanager get-secret-value --secret-id db --region us-east-1 | jq .SecretString";
  const text = `tasks:\n  - command: |\n      ${login}\n      ${secret}\n  - name: web\n    command: npm start\n`;
  write({ ".gitpod.yml": text });
  const refused = await command(into);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/^\.gitpod\.yml:3:7: error: this logs in to .* by hand[^]*--replace/);
  const dry = await command([...into, "--replace", "--dry-run"]);
  for (const line of [login, secret]) expect(dry.stdout).toContain(`-      ${line}\n`);
  expect(written()).toBe(text);
  expect(await command([...into, "--replace"])).toMatchObject({ status: 0 });
  expect(written()).not.toContain(secret);
  await command(["snippet", "--into", ".gitpod.yml", "--remove"]);
  expect(written()).toBe("tasks:\n  - name: web\n    command: npm start\n");
});

test("aliases without end are refused with their place, and a byte order mark is kept", async () => {
  write({ ".gitpod.yml": "tasks:\n  - env: &a {x: *a}\n    command: x\n" });
  const cyclic = await command(into);
  expect(cyclic.status).toBe(1);
  expect(cyclic.stderr).toMatch(
    /^\.gitpod\.yml:2:17: error: the aliases of this file stand for too many values, or for what they are in\n/,
  );
  write({ ".gitpod.yml": "\ufefftasks: [] # none\n" });
  expect(await command(into)).toMatchObject({ status: 0 });
  expect(written()).toMatch(/^\ufefftasks: # \[\] # none\n {2}# gitpod-aws-oidc begin null/);
  await command(["snippet", "--into", ".gitpod.yml", "--remove"]);
  expect(written()).toBe("\ufefftasks: [] # none\n");
});

test("whom the role admits is no part of the task: a change of contexts makes none out of date", async () => {
  await command(into);
  const check = [...into.slice(0, 3), "--check", ".gitpod.yml"];
  write({
    "manifest.yaml": manifest.replace("    grants:", "    contexts: [repository, branches]\n    grants:"),
  });
  expect((await command(check)).stdout).not.toContain("S14");
  write({ "manifest.yaml": manifest.replace("secret: db", "secret: db2") });
  expect((await command(check)).stdout).toContain("S14");
});

test("a repository on Ona gets its file, in a folder that is made for it", async () => {
  const ona = manifest
    .replace("host: acme.gitpod.cloud", "kind: ona, organizationId: a1b2c3d4-0000-4000-8000-000000000001")
    .replace("snippet: { profile: default }", "project: b1b2c3d4-0000-4000-8000-000000000002");
  write({ "manifest.yaml": ona });
  const file = ".ona/automations.yaml";
  const app = ["snippet", "--repo", "https://github.com/acme/app"];
  const said = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await command([...app, ...args]);
    return [status, stdout, stderr];
  };
  expect((await said())[2]).toBe("for .ona/automations.yaml of https://github.com/acme/app:\n");
  expect(await said("--into", file)).toEqual([0, `wrote ${file}\n`, ""]);
  expect(readFileSync(file, "utf8")).toContain("ona idp login aws --role-arn ");
  expect(await said("--into", file)).toEqual([0, `${file} is up to date\n`, ""]);
  expect((await said("--check", file))[0]).toBe(0);

  write({ "manifest.yaml": ona.replace("env: DATABASE_URL", "env: DB_URL") });
  const { stdout } = await command([...app, "--check", file, "--format", "json"]);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly rule: string }[] };
  expect(findings.map(({ rule }) => rule)).toEqual(["S14"]);
  expect(await said("--into", file)).toEqual([0, `changed ${file}\n`, ""]);
  expect(await said("--into", file, "--remove")).toEqual([0, `${file} held nothing else: removed\n`, ""]);

  expect(await said("--into", ".gitpod.yml")).toEqual([
    2,
    "",
    expect.stringContaining("write --into .ona/automations.yaml, or choose another installation"),
  ]);
  write({ ".gitpod.yml": "tasks:\n  - command: npm start\n" });
  const [status, , stderr] = await said("--into", ".gitpod.yml");
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/this is a \.gitpod\.yml.*\n.*\n.*left unchanged/),
  ]);
});
