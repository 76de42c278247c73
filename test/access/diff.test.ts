import { command, inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const app = (rest = "") => manifest(`repos:\n  - url: https://github.com/acme/app\n${rest}`);

beforeEach(() => {
  write({ "old.yaml": app(), "manifest.yaml": app("    grants: [{ secret: db }]") });
});

test("shows who gains what, and where it is written", async () => {
  const { status, stdout } = await command(["access", "--diff", "old.yaml"]);
  expect(status).toBe(0);
  expect(stdout).toBe(
    "gains  acme-acme-app  dev  permissions  manifest.yaml:10\n" +
      "  who   repository acme/app on acme\n  what  read secret db\n\n1 gain, 0 losses\n",
  );
});

test("as JSON", async () => {
  const { stdout } = await command(["access", "--diff", "old.yaml", "--format", "json"]);
  const url = "https://github.com/acme/app";
  expect(JSON.parse(stdout)).toEqual({
    changes: [
      {
        ...{ change: "gains", account: "dev", role: "acme-acme-app", why: "permissions" },
        ...{ who: ["repository acme/app on acme"], what: ["read secret db"] },
        subjects: { exact: [url, `${url}.git`, `${url}/`].sort(), like: [] },
        actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        resources: ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-??????"],
        ...{ file: "manifest.yaml", line: 10 },
      },
    ],
    ...{ gains: 1, loses: 0 },
  });
});

test("as markdown, which is no longer than a comment may be", async () => {
  const repos = Array.from({ length: 700 }, (_, i) => `  - url: https://github.com/acme/app-${i}\n`).join("");
  write({ "manifest.yaml": manifest(`repos:\n${repos}`) });
  const { stdout } = await command(["access", "--diff", "old.yaml", "--format", "markdown"]);
  expect(stdout).toContain("**700 gains, 1 loss**");
  expect(stdout.length).toBeLessThan(61_000);
  expect(stdout).toMatch(/\n[0-9]+ more are not shown here: run npx gitpod-aws-oidc access --diff\.\n$/);
});

test("ends with 1 where --fail-on gains, and somebody does", async () => {
  expect((await command(["access", "--diff", "old.yaml", "--fail-on", "gains"])).status).toBe(1);
  expect(
    (await command(["access", "old.yaml", "--diff", "manifest.yaml", "--fail-on", "gains"])).status,
  ).toBe(0);
});

test("takes a folder with the file of the same name, and what it includes", async () => {
  const included = manifest("include: [teams/*.yaml]");
  const teams = "repos:\n  - url: https://github.com/acme/app\n    grants: [{ secret: db }]\n";
  write({ "before/manifest.yaml": included, "before/teams/a.yaml": teams });
  const { status, stdout } = await command(["access", "--diff", "before"]);
  expect([status, stdout]).toEqual([0, "nobody gains or loses anything\n"]);
});

test("of a manifest with diagnostics there is no answer, on either side", async () => {
  write({ "broken.yaml": "version: 1\nrepos: 7\n" });
  for (const argv of [
    ["--diff", "broken.yaml"],
    ["broken.yaml", "--diff", "old.yaml"],
  ]) {
    const { status, stdout, stderr } = await command(["access", ...argv]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/error [FM][0-9]+/);
  }
});

test.each([
  [["--fail-on", "gains"], "add --diff"],
  [["--diff", "old.yaml", "--fail-on", "losses"], "write --fail-on gains"],
  [["--diff", "old.yaml", "--format", "html"], "write one of text, json, markdown"],
  [["--diff", "old.yaml", "--within", "30d"], "--diff and --within do not go together"],
  [["--diff", "missing.yaml", "--fail-on", "gains"], "write --diff with the manifest before the change"],
])("%j is refused", async (argv, message) => {
  const { status, stdout, stderr } = await command(["access", ...argv]);
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
});
