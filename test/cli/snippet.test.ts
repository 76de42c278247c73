import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { load } from "js-yaml";
import { problemTexts } from "../../src/workspace/lint/taskFile";
import { command, inTemporaryFolder, tree, write } from "../support/folder";

inTemporaryFolder();

const manifest = `version: 1
accounts:
  dev: { id: "111111111111", region: us-east-1 }
  prod: { id: "222222222222", region: eu-central-1 }
installations:
  acme: { host: acme.gitpod.cloud }
  labs: { host: labs.gitpod.cloud }
defaults: { installations: [acme], accounts: [dev] }
orgs:
  - { url: https://github.com/acme, accept: [{ rule: T54, reason: shared }] }
repos:
  - { url: https://github.com/acme/app, accounts: [dev, prod] }
  - { url: https://github.com/acme/both, installations: [acme, labs] }
`;
const own = "tasks:\n  - name: build  # ours\n    command: npm ci\n";
const app = ["--repo", "git@github.com:acme/app.git"];

function taskNames(file: string): readonly unknown[] {
  const { tasks } = load(readFileSync(file, "utf8")) as { readonly tasks: readonly { name?: unknown }[] };
  return tasks.map((task) => task.name);
}

beforeEach(() => {
  write({ "manifest.yaml": manifest });
});

describe("snippet prints", () => {
  it("what the repository's own entry needs: a profile for each of its accounts", async () => {
    const { status, stdout, stderr } = await command(["snippet", ...app]);
    expect([status, stderr]).toEqual([0, "for .gitpod.yml of https://github.com/acme/app:\n"]);
    expect(problemTexts(stdout)).toEqual([]);
    for (const part of [
      "111111111111",
      "222222222222",
      "us-east-1",
      "eu-central-1",
      "--profile prod",
      "--profile default",
    ])
      expect(stdout).toContain(part);
  });

  it("what the organization's needs, where the repository has no entry", async () => {
    const { stdout } = await command(["snippet", "--repo", "https://github.com/acme/other/tree/main"]);
    expect(stdout).toContain("role/acme-acme");
  });

  it("what the origin of the folder needs", async () => {
    const git = (...args: readonly string[]) => execFileSync("git", args, { stdio: "ignore" });
    git("init");
    git("remote", "add", "origin", "https://someone:secret@github.com/acme/app.git");
    const { status, stdout } = await command(["snippet"]);
    expect([status, stdout]).toEqual([0, (await command(["snippet", ...app])).stdout]);
    git("remote", "set-url", "origin", "https://someone:secret@example.com/acme/app.git");
    const refused = await command(["snippet"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).not.toContain("secret");
  });

  it("what the origin of the file's folder needs, though that folder is to be made", async () => {
    const git = (...args: readonly string[]) => execFileSync("git", args, { stdio: "ignore" });
    git("init");
    git("remote", "add", "origin", "https://github.com/other/platform.git");
    git("init", "app");
    git("-C", "app", "remote", "add", "origin", "https://github.com/acme/app.git");
    const { status, stderr } = await command(["snippet"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("write --repo for another repository")]);
    expect((await command(["snippet", "--into", "app/.gitpod.yml"])).status).toBe(0);
    expect((await command(["snippet", "--check", "app/.gitpod.yml"])).stdout).not.toContain("S14");
    const missing = await command(["snippet", "--into", "app/new/.gitpod.yml"]);
    expect(missing.stderr).toContain("there is no folder");
  });

  it("near entries where there is none, and the installations where there are several", async () => {
    const none = await command(["snippet", "--repo", "https://github.com/amce/app"]);
    expect(none).toMatchObject({ status: 2, stdout: "" });
    expect(none.stderr).toContain("the nearest: https://github.com/acme/app");
    const several = await command(["snippet", "--repo", "https://github.com/acme/both"]);
    expect(several.stderr).toContain("on each of acme, labs");
    const chosen = ["snippet", "--repo", "https://github.com/acme/both", "--installation", "labs"];
    expect((await command(chosen)).stdout).toContain("role/labs-acme-both");
  });

  it("how to name the manifest where there is none", async () => {
    const { status, stderr } = await command(["snippet", "other.yaml", ...app]);
    expect([status, stderr.match(/GITPOD_AWS_MANIFEST/g)?.length]).toEqual([2, 1]);
  });

  it("nothing for a manifest that a synth would refuse", async () => {
    write({ "manifest.yaml": manifest.replace("version: 1", "version: 2") });
    expect(await command(["snippet", ...app])).toMatchObject({ status: 1, stdout: "" });
    write({ "manifest.yaml": manifest.replace("acme.gitpod.cloud", "gitpod.io") });
    const open = await command(["snippet", ...app]);
    expect(open).toMatchObject({ status: 1, stdout: "" });
    expect(open.stderr).toContain("error T57");
  });
});

describe("snippet --into", () => {
  it("puts our task first, changes nothing the second time, and gives the original back", async () => {
    write({ ".gitpod.yml": own });
    chmodSync(".gitpod.yml", 0o666);
    const merge = ["snippet", ...app, "--into", ".gitpod.yml"];
    expect(await command(merge)).toMatchObject({ status: 0, stdout: "changed .gitpod.yml\n" });
    expect(taskNames(".gitpod.yml")).toEqual(["aws", "build"]);
    expect(statSync(".gitpod.yml").mode & 0o777).toBe(0o666);
    const merged = readFileSync(".gitpod.yml", "utf8");
    expect((await command(merge)).stdout).toBe(".gitpod.yml is up to date\n");
    expect(readFileSync(".gitpod.yml", "utf8")).toBe(merged);
    await command(["snippet", "--into", ".gitpod.yml", "--remove"]);
    expect(readFileSync(".gitpod.yml", "utf8")).toBe(own);
  });

  it("makes the file, and takes it away where it holds nothing else", async () => {
    expect((await command(["snippet", ...app, "--into", ".gitpod.yml"])).stdout).toBe("wrote .gitpod.yml\n");
    expect(taskNames(".gitpod.yml")).toEqual(["aws"]);
    await command(["snippet", "--into", ".gitpod.yml", "--remove"]);
    expect(existsSync(".gitpod.yml")).toBe(false);
  });

  it("leaves a file that was empty before, empty again", async () => {
    write({ ".gitpod.yml": "" });
    await command(["snippet", ...app, "--into", ".gitpod.yml"]);
    expect(taskNames(".gitpod.yml")).toEqual(["aws"]);
    const { stdout } = await command(["snippet", "--into", ".gitpod.yml", "--remove"]);
    expect([stdout, readFileSync(".gitpod.yml", "utf8")]).toEqual(["changed .gitpod.yml\n", ""]);
  });

  it("--dry-run shows a file that is made or goes", async () => {
    const into = ["snippet", ...app, "--into", ".gitpod.yml"];
    expect((await command([...into, "--dry-run"])).stdout).toMatch(
      /^--- \/dev\/null\n\+\+\+ b\/\.gitpod\.yml\n/,
    );
    await command(into);
    const { stdout } = await command(["snippet", "--into", ".gitpod.yml", "--remove", "--dry-run"]);
    expect(stdout).toMatch(/^--- a\/\.gitpod\.yml\n\+\+\+ \/dev\/null\n/);
  });

  it("makes no folder", async () => {
    for (const more of [[], ["--dry-run"]]) {
      const { status, stderr } = await command(["snippet", ...app, "--into", "nope/.gitpod.yml", ...more]);
      expect([status, stderr]).toEqual([2, expect.stringContaining('there is no folder "nope"') as string]);
    }
    expect(existsSync("nope")).toBe(false);
  });

  it("--await lets tasks wait, which a later merge keeps", async () => {
    write({ ".gitpod.yml": own });
    await command(["snippet", ...app, "--into", ".gitpod.yml", "--await", "build"]);
    expect(readFileSync(".gitpod.yml", "utf8")).toContain("gp sync-await");
    write({ "manifest.yaml": manifest.replace("acme/app,", "acme/app, sessionDuration: 2h,") });
    await command(["snippet", ...app, "--into", ".gitpod.yml"]);
    expect(readFileSync(".gitpod.yml", "utf8")).toMatch(/7200[^]*name: build[^]*gp sync-await/);
    await command(["snippet", ...app, "--into", ".gitpod.yml", "--await", "none"]);
    expect(readFileSync(".gitpod.yml", "utf8").split("name: build")[1]).not.toContain("gp sync-await");
  });

  it("--dry-run prints a diff that git applies, and writes nothing", async () => {
    write({ ".gitpod.yml": own });
    const { stdout } = await command(["snippet", ...app, "--into", ".gitpod.yml", "--dry-run"]);
    expect(readFileSync(".gitpod.yml", "utf8")).toBe(own);
    write({ "a.diff": stdout });
    execFileSync("git", ["apply", "a.diff"]);
    const applied = readFileSync(".gitpod.yml", "utf8");
    write({ ".gitpod.yml": own });
    await command(["snippet", ...app, "--into", ".gitpod.yml"]);
    expect(readFileSync(".gitpod.yml", "utf8")).toBe(applied);
  });

  it.each([
    ["tasks that are no list", "tasks: { command: x }\n", /^\.gitpod\.yml:1:\d+: error: /],
    ["no YAML", "tasks: [\n", /^\.gitpod\.yml:\d+:\d+: error: /],
  ])("refuses %s with the place, and leaves the file", async (_, text, message) => {
    write({ ".gitpod.yml": text });
    const { status, stderr } = await command(["snippet", ...app, "--into", ".gitpod.yml"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain("remedy: ");
    expect(readFileSync(".gitpod.yml", "utf8")).toBe(text);
  });

  it("writes through no link", async () => {
    write({ "real.yml": own });
    symlinkSync("real.yml", ".gitpod.yml");
    expect((await command(["snippet", ...app, "--into", ".gitpod.yml"])).status).toBe(2);
    expect(readFileSync("real.yml", "utf8")).toBe(own);
  });
});

describe("snippet --check", () => {
  it("finds nothing in what snippet --into made", async () => {
    write({ ".gitpod.yml": `${own}image: acme/dev\n` });
    await command(["snippet", ...app, "--into", ".gitpod.yml", "--await", "all"]);
    const { status, stdout } = await command(["snippet", ...app, "--check", ".gitpod.yml", "--strict"]);
    expect([status, stdout]).toEqual([0, "nothing found\n"]);
  });

  it("names rule, place and remedy, as text and as JSON", async () => {
    write({
      ".gitpod.yml":
        "tasks:\n  - init: gp idp login aws --role-arn arn:aws:iam::111111111111:role/acme-acme-app\n",
    });
    const text = await command(["snippet", ...app, "--check", ".gitpod.yml"]);
    expect(text.stdout).toMatch(/^\.gitpod\.yml:2:11: warning S01: /m);
    expect(text.status).toBe(0);
    expect((await command(["snippet", ...app, "--check", ".gitpod.yml", "--strict"])).status).toBe(1);
    const json = await command(["snippet", ...app, "--check", ".gitpod.yml", "--format", "json"]);
    const { findings } = JSON.parse(json.stdout) as { findings: readonly object[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: "S01", severity: "warning", file: ".gitpod.yml", line: 2 }),
    );
  });

  it("says where merged tasks are out of date, were edited, or are of nobody", async () => {
    write({ ".gitpod.yml": "image: acme/dev\n" });
    await command(["snippet", ...app, "--into", ".gitpod.yml"]);
    const merged = readFileSync(".gitpod.yml", "utf8");
    const check = ["snippet", ...app, "--check", ".gitpod.yml", "--strict"];
    const found = async (): Promise<readonly [number, string]> => {
      const { status, stdout } = await command(check);
      return [status, stdout];
    };
    expect(await found()).toEqual([0, "nothing found\n"]);
    write({ ".gitpod.yml": merged.replace("gp sync-done aws", "gp sync-done aws; true") });
    expect(await found()).toEqual([1, expect.stringMatching(/warning S14: .* were edited by hand/)]);
    write({
      ".gitpod.yml": merged,
      "manifest.yaml": manifest.replace("accounts: [dev, prod]", "accounts: [prod]"),
    });
    const [status, stale] = await found();
    expect([status, stale]).toEqual([
      1,
      expect.stringMatching(/warning S14: .* not what the manifest makes now/),
    ]);
    expect(stale).toMatch(
      /error S10: .*\n(?:.*\n){2} {2}remedy: run npx gitpod-aws-oidc snippet --into FILE again/,
    );
    write({ "manifest.yaml": manifest.replaceAll("github.com/acme", "github.com/other") });
    expect(await found()).toEqual([1, expect.stringMatching(/S14: .* for a repository that the manifest/)]);
  });

  it("has the other formats of check too, and refuses what is none before it reads the file", async () => {
    const file =
      "tasks:\n  - init: gp idp login aws --role-arn arn:aws:iam::111111111111:role/acme-acme-app\n";
    write({ ".gitpod.yml": file });
    const check = (format: string) =>
      command(["snippet", ...app, "--check", ".gitpod.yml", "--format", format]);
    const sarif = JSON.parse((await check("sarif")).stdout) as {
      readonly version: string;
      readonly runs: readonly { readonly results: readonly { readonly ruleId: string }[] }[];
    };
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0]?.results.map((result) => result.ruleId)).toContain("S01");
    expect((await check("markdown")).stdout).toMatch(/^\| `\.gitpod\.yml:2:\d+` \| `S01`/m);
    const none = ["snippet", ...app, "--check", "missing.yml", "--format", "xml"];
    expect((await command(none)).stderr).toContain("write one of text, json, sarif, markdown");
  });

  it("refuses the role of another repository", async () => {
    write({
      ".gitpod.yml":
        "tasks:\n  - command: gp idp login aws --role-arn arn:aws:iam::111111111111:role/acme-acme-both\n",
    });
    const { status, stdout } = await command(["snippet", ...app, "--check", ".gitpod.yml"]);
    expect(status).toBe(1);
    expect(stdout).toContain("error S10");
  });
});

describe("snippet --all", () => {
  it("writes every snippet, an index and a page, and nothing the second time", async () => {
    const all = ["snippet", "--all", "--out", "out"];
    const first = await command(all);
    expect(first.stdout).toContain("4 snippets in out, with index.json; 5 files changed");
    const files = tree("out");
    const { snippets } = JSON.parse(files["index.json"] ?? "") as {
      snippets: readonly { file: string; url: string }[];
    };
    expect(Object.keys(files).sort()).toEqual([...snippets.map((s) => s.file), "index.json"].sort());
    expect((await command(all)).stdout).toContain("; 0 files changed");
    expect(tree("out")).toEqual(files);
  });

  it.each(["./out", "out/", "out//deep", "./out/../out/.", "../sibling-of-tests/"])(
    "takes the folder however it is spelled: %s",
    async (spelled) => {
      write({ "inside/manifest.yaml": manifest });
      process.chdir("inside");
      const all = ["snippet", "--all", "--out", spelled];
      expect((await command(all)).stdout).toContain("5 files changed");
      expect(Object.keys(tree(spelled))).toHaveLength(5);
      expect((await command(all)).stdout).toContain("; 0 files changed");
    },
  );

  it("touches no file that somebody else wrote", async () => {
    write({ "out/index.json": "mine\n" });
    const { status, stderr } = await command(["snippet", "--all", "--out", "out"]);
    expect(status).toBe(1);
    expect(stderr).toContain("out/index.json: error F08: this tool did not write it");
    expect(Object.keys(tree("out"))).toEqual(["index.json"]);
  });
});

describe("snippet refuses options that mean nothing together", () => {
  it.each([
    [["--into", "a", "--check", "b"], /--into and --check do not go together/],
    [["--into", "a", "--all", "--out", "c"], /do not go together/],
    [["--await", "x"], /--await belongs to --into/],
    [["--remove"], /--remove belongs to --into/],
    [["--dry-run"], /--dry-run belongs to --into/],
    [["--replace"], /--replace belongs to --into/],
    [["--into", "a", "--remove", "--replace"], /do not go together/],
    [
      ["--into", "-", "--repo", "https://github.com/acme/app"],
      /no file of tasks is read from standard input/,
    ],
    [["--out", "x"], /--out belongs to --all/],
    [["--format", "json"], /--format belongs to --check/],
    [["--strict"], /--strict belongs to --check/],
    [["--all"], /--all needs a folder/],
    [["--all", "--out", "x", "--repo", "https://github.com/acme/app"], /--all and --repo do not go together/],
    [["--into", "a", "--remove", "--await", "x"], /do not go together/],
    [["--installation", "nope", "--repo", "https://github.com/acme/app"], /there is acme, labs/],
    [["--check", "missing.yml"], /"missing.yml" cannot be read: it does not exist/],
  ])("%j", async (args, message) => {
    const { status, stderr } = await command(["snippet", ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain("remedy: ");
  });
});
