import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { command, inTemporaryFolder, tree, write } from "../support/folder";

inTemporaryFolder();

const organization = "a1b2c3d4-0000-4000-8000-000000000001";

test("writes all of its files or none", async () => {
  symlinkSync("nowhere", ".gitlab-ci.yml");
  const { status, stdout, stderr } = await command(["init", "--ci", "gitlab"]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(".gitlab-ci.yml: error F08: it is a symbolic link");
  expect(readdirSync(".")).toEqual([".gitlab-ci.yml"]);
});

describe("init", () => {
  it("writes a manifest that check takes", async () => {
    const given = [
      "--account",
      "012345678901",
      "--repo",
      "https://github.com/acme/app",
      "--issuer",
      "https://services.acme.gitpod.cloud/idp",
    ];
    const { status, stdout } = await command(["init", ...given]);
    expect(status).toBe(0);
    expect(stdout).toContain("wrote manifest.yaml");
    expect(tree()["manifest.yaml"]).toContain('id: "012345678901"');
    expect(tree()["manifest.yaml"]).toContain("\n  acme:\n    issuer: ");
    expect((await command(["check", "--strict"])).status).toBe(0);
  });

  it("without options too", async () => {
    expect((await command(["init"])).status).toBe(0);
    expect((await command(["check"])).status).toBe(0);
  });

  it.each([
    ["--repo", "https://u:hunter2@github.com/acme/app"],
    ["--repo", "https://hunter2@github.com/acme/app"],
    ["--repo", "https://u:hunter2@git.acme.com/acme/app"],
    ["--repo", "ssh://git:hunter2@github.com/acme/app"],
    ["--repo", "u:hunter2@github.com/acme/app"],
    ["--issuer", "https://u:hunter2@services.acme.gitpod.cloud/idp"],
    ["--issuer", "u:hunter2@services.acme.gitpod.cloud"],
  ])("prints no password of %s %s, and writes none", async (option, url) => {
    const said = await command(["init", option, url]);
    expect(JSON.stringify([said, tree()])).not.toContain("hunter2");
    expect(said.status).toBe(
      tree()["manifest.yaml"]?.includes('"https://github.com/acme/app"') === true ? 0 : 2,
    );
  });

  it("overwrites nothing", async () => {
    write({ "manifest.yaml": "mine\n" });
    expect((await command(["init"])).status).toBe(2);
    expect(tree()).toEqual({ "manifest.yaml": "mine\n" });
  });

  it.each([
    ["--account", "12345", "write its 12 digits"],
    ["--account", '1"\nrepos: []', "write its 12 digits"],
    ["--issuer", "http://x", "copy iss from gp idp token"],
    ["--issuer", "gitpod.io", "write --issuer https://api.gitpod.io/idp"],
    ["--issuer", "acme.gitpod.cloud", "most likely https://services.acme.gitpod.cloud/idp"],
    ["--issuer", "https://app.gitpod.io", "write --ona with the organization's id"],
    ["--repo", "https://github.com/acme", "write --repo https://github.com/acme/app"],
    ["--repo", "acme/app", "did you mean --repo https://github.com/acme/app?"],
    ["--repo", "https://github.com/acme/app\n  - evil", "write --repo"],
  ])("refuses %s %j in words of the command line, and writes nothing", async (option, value, remedy) => {
    for (const ona of option === "--repo" ? [[], ["--ona", organization]] : [[]]) {
      const { status, stderr } = await command(["init", ...ona, option, value]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(`error: ${option} `)]);
      expect(stderr).toContain(remedy);
      expect(tree()).toEqual({});
    }
  });

  it("takes a repository's remote, and writes its URL", async () => {
    await command(["init", "--repo", "git@github.com:acme/app.git"]);
    expect(tree()["manifest.yaml"]).toContain('- url: "https://github.com/acme/app"\n');
  });
});

interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

/** What a shell says of scripts that it only reads, and shellcheck where it is there. */
function mistakesIn(scripts: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-scripts-"));
  const files = scripts.map((script, i) => {
    const file = join(folder, `${i}.sh`);
    writeFileSync(file, script);
    return file;
  });
  const bash = files.map((file) => spawnSync("bash", ["-n", file], { encoding: "utf8" }).stderr);
  const lint = spawnSync("shellcheck", ["-s", "bash", ...files], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return bash.join("") + (lint.error === undefined ? lint.stdout : "");
}

describe("init --ona", () => {
  const project = "b1b2c3d4-0000-4000-8000-000000000002";

  it("writes a manifest with the project's entry", async () => {
    const { status, stdout } = await command(["init", "--ona", organization, "--project", project]);
    expect([status, stdout]).toEqual([0, expect.not.stringContaining("ona project list") as string]);
    const checked = await command(["check"]);
    expect([checked.status, checked.stderr]).toEqual([
      0,
      expect.not.stringMatching(/error|warning/) as string,
    ]);
    expect((await command(["synth"])).stdout).toContain("wrote 1 stack");
  });

  it("without a project has the entry as a comment, and says where the id is", async () => {
    const { status, stdout } = await command(["init", "--ona", organization]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("ona project list") as string]);
    const text = tree()["manifest.yaml"] ?? "";
    expect((await command(["check"])).status).toBe(0);
    expect(text).toContain("\n# repos:\n#   - url:");
    write({ "manifest.yaml": text.replace(/^# /gm, "").replace('"ID"', `"${project}"`) });
    expect((await command(["check"])).status).toBe(0);
  });

  it.each([
    [["--project", project], /--project belongs to --ona/],
    [
      ["--ona", organization, "--issuer", "https://services.acme.gitpod.cloud/idp"],
      /--ona and --issuer do not go together/,
    ],
    [["--ona", "acme"], /UUID in lower case/],
  ])("refuses %j", async (given, problem) => {
    expect(await command(["init", ...given])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(problem) as string,
    });
  });
});

describe("init --ci", () => {
  it("github writes a workflow whose scripts are right, and in which only plan and apply get a token", async () => {
    expect((await command(["init", "--ci", "github", "--cdktf"])).status).toBe(0);
    expect(Object.keys(tree()).sort()).toEqual([
      ".github/workflows/gitpod-aws-oidc.yml",
      ".gitignore",
      "cdktf.json",
      "manifest.yaml",
    ]);
    const text = tree()[".github/workflows/gitpod-aws-oidc.yml"] ?? "";
    const workflow = load(text) as { readonly permissions: object; readonly jobs: Record<string, Job> };
    expect(text).not.toContain("pull_request_target");
    expect(workflow.permissions).toEqual({ contents: "read" });
    const { check, comment, plan, apply } = workflow.jobs;
    for (const job of [check, comment]) expect(job?.permissions).not.toHaveProperty("id-token");
    for (const job of [comment, plan]) expect(job?.if).toContain("head.repo.full_name == github.repository");
    expect([apply?.if, apply?.environment]).toEqual(["github.event_name == 'push'", "${{ matrix.stack }}"]);
    const scripts = Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run ?? []),
    );
    expect(scripts.length).toBeGreaterThan(10);
    for (const script of scripts) expect(script).not.toContain("${{");
    expect(mistakesIn(scripts)).toBe("");
  });

  it("github's check runs on what init wrote, and finds the stacks", async () => {
    await command(["init", "--ci", "github"]);
    for (const args of [
      ["check", "--format", "sarif"],
      ["check", "--strict"],
      ["synth"],
      ["access", "--format", "html", "--out", "access.html"],
    ])
      expect([args, (await command(args)).status]).toEqual([args, 0]);
    const text = tree()[".github/workflows/gitpod-aws-oidc.yml"] ?? "";
    const [, script = ""] = /run: (echo "stacks=.*)/.exec(text) ?? [];
    const { status } = spawnSync("bash", ["-c", script], {
      env: { ...process.env, GITHUB_OUTPUT: "output" },
    });
    expect([status, tree()["output"]]).toEqual([0, 'stacks=["dev"]\n']);
  });

  it("gitlab writes a pipeline that makes two jobs for each stack", async () => {
    expect((await command(["init", "--ci", "gitlab"])).status).toBe(0);
    expect((await command(["synth"])).status).toBe(0);
    const pipeline = load(tree()[".gitlab-ci.yml"] ?? "") as {
      readonly check: { readonly script: readonly string[] };
    };
    expect(mistakesIn(pipeline.check.script)).toBe("");
    const script = pipeline.check.script.find((text) => text.includes("jobs.yml")) ?? "";
    expect(spawnSync("bash", ["-e", "-c", script]).status).toBe(0);
    const stacks = load(tree()["stacks.yml"] ?? "") as Readonly<Record<string, unknown>>;
    expect(Object.keys(stacks)).toEqual([".stack", ".plan", ".apply", "plan dev", "apply dev"]);
    expect(stacks["apply dev"]).toEqual({ extends: ".apply", variables: { STACK: "dev" } });
  });

  it("keeps what is there, and adds what is missing", async () => {
    write({ "manifest.yaml": "mine\n", ".gitignore": "mine\n" });
    const { status, stdout } = await command(["init", "--ci", "github"]);
    expect([status, tree()["manifest.yaml"], tree()[".gitignore"]]).toEqual([0, "mine\n", "mine\n"]);
    expect(stdout).toBe(
      "kept manifest.yaml\nkept .gitignore: see that it ignores node_modules/, .terraform/ and *.tfstate*\nwrote .github/workflows/gitpod-aws-oidc.yml\nfor the pipeline: give each account a backend (a runner's local state is gone with the runner), and make its two roles: see examples/ci/README.md\n",
    );
  });

  it("refuses another CI, and writes nothing", async () => {
    expect(await command(["init", "--ci", "jenkins"])).toMatchObject({ status: 2, stdout: "" });
    expect(tree()).toEqual({});
  });
});
