import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { full } from "../proof/settings";
import { compiledCommand } from "../support/compiled";
import { command } from "../support/folder";
import { fenced, pages, read, top } from "./markdown";

/** Commands that somebody may copy: from blocks and code spans of pages, and from the examples for CI. */
function commandsOf(program: RegExp): readonly string[] {
  const prose = pages().flatMap((page) => {
    const text = read(page);
    const shell = fenced(text).flatMap((block) => (block.language === "sh" ? block.text.split("\n") : []));
    const spans = text.replace(/^```.*?^```$/gms, "").matchAll(/`([^`\n]+)`/g);
    return [...shell, ...[...spans].map(([, span = ""]) => span)];
  });
  const { jobs } = load(read("examples/ci/github-actions.yml")) as Workflow;
  const { repos } = load(read("examples/ci/pre-commit-config.yaml")) as PreCommit;
  const { app } = JSON.parse(read("examples/ci/cdktf.json")) as { readonly app: string };
  const ci = [
    ...Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run?.split("\n") ?? [])),
    ...repos.flatMap(({ hooks }) => hooks.map(({ entry }) => entry)),
    app,
  ];
  return [...prose, ...ci]
    .flatMap((line) => line.split("&&"))
    .filter((line) => program.test(line) && !line.startsWith("npm install"));
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

interface PreCommit {
  readonly repos: readonly {
    readonly hooks: readonly { readonly entry: string; readonly files: string }[];
  }[];
}

test("every gitpod-aws-oidc command that is shown exists, with its flags", async () => {
  const shown = commandsOf(/\bgitpod-aws-oidc (?=[a-z])/).map(
    (line) => line.split("gitpod-aws-oidc ")[1] ?? "",
  );
  expect(shown.length).toBeGreaterThan(10);
  for (const line of shown) {
    const [name = "", ...rest] = line.split(/\s+/);
    const { status, stdout } = await command([name, "--help"]);
    const unknown = rest.filter((word) => word.startsWith("--") && !stdout.includes(`${word} `));
    expect([line, status, unknown]).toEqual([line, 0, []]);
    expect([line, stdout]).toEqual([line, expect.stringContaining(`gitpod-aws-oidc ${name}`)]);
  }
});

test("flags that the README names beside a command are flags of it", async () => {
  const rows = [...read("README.md").matchAll(/^\| `gitpod-aws-oidc ([\w-]+).*?` \| (.*) \|$/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual([
    "access",
    "check",
    "deploy-policy",
    "explain",
    "import-role",
    "init",
    "rule",
    "schema",
    "snippet",
    "synth",
  ]);
  for (const [, name = "", text = ""] of rows) {
    const { stdout } = await command([name, "--help"]);
    const flags = [...text.matchAll(/`(--[a-z-]+)/g)].map(([, flag = ""]) => flag);
    expect([name, flags.filter((flag) => !stdout.includes(`${flag} `))]).toEqual([name, []]);
  }
});

test("every npm script that is shown exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const shown = commandsOf(/\bnpm run [a-z]/).map(
    (line) => /\bnpm run (?:-s )?([\w:-]+)/.exec(line)?.[1] ?? "",
  );
  expect(shown.length).toBeGreaterThan(4);
  expect(shown.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test("cdktf is called by commands that it has", () => {
  const shown = commandsOf(/\bcdktf [a-z]/).map((line) => /\bcdktf ([a-z]+)/.exec(line)?.[1] ?? "");
  const has = ["synth", "diff", "deploy", "destroy"];
  expect([...new Set(shown)].sort()).toEqual([...has].sort());
});

test("the hook watches the manifest and what it includes, and nothing else", () => {
  const { repos } = load(read("examples/ci/pre-commit-config.yaml")) as PreCommit;
  const [pattern = ""] = repos.flatMap(({ hooks }) => hooks.map(({ files }) => files));
  const watched = ["manifest.yaml", "teams/a.yaml", "teams/b/c.yaml", "README.md", "other/manifest.yaml"];
  expect(watched.filter((file) => new RegExp(pattern).test(file))).toEqual(watched.slice(0, 3));
});

test("the help of every sub-command ends with an example that is one of its own", async () => {
  const { stdout } = await command(["--help"]);
  const names = [...stdout.matchAll(/^ {2}([a-z-]+)(?= \[| <| {2})/gm)].map(([, name = ""]) => name);
  expect(names).toContain("deploy-policy");
  for (const name of names.filter((n) => n !== "help")) {
    const help = (await command([name, "--help"])).stdout;
    const [example = "", ...words] =
      /\nExample:\n {2}npx gitpod-aws-oidc (.+)\n$/.exec(help)?.[1]?.split(" ") ?? [];
    const unknown = words.filter((word) => word.startsWith("--") && !help.includes(`${word} `));
    expect([name, example, unknown]).toEqual([name, name, []]);
  }
});

/** Blocks that call our command, and nothing that needs AWS, Terraform or what these print: real parts try those. */
const offline = pages().flatMap((page) =>
  fenced(read(page))
    .filter(({ language, text }) => language === "sh" && /^(\S+=\S+ )?(npx )?gitpod-aws-oidc /m.test(text))
    .filter(({ text }) => !/^(aws|terraform) |import-role/m.test(text))
    .map(({ text }) => ({ page, text: text.replace(/^(npm|npx cdktf) .*\n/gm, "") })),
);

(full ? describe : describe.skip)("what a page shows to run", () => {
  const bin = compiledCommand();

  test.each(offline)("$page runs: $text", ({ text }) => {
    const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-page-"));
    try {
      for (const name of text.includes(" init ") ? [] : ["manifest.yaml", "examples"])
        cpSync(join(top, name), join(folder, name), { recursive: true });
      writeFileSync(join(folder, ".gitpod.yml"), "tasks:\n  - command: npm start\n");
      const git = ["init -q", "remote add origin https://github.com/acme/app"];
      for (const args of git) spawnSync("git", args.split(" "), { cwd: folder });
      mkdirSync(join(folder, "bin"));
      const call = `exec ${process.execPath} ${bin()} "$@"`;
      for (const [name, script] of [["npx", `shift\n${call}`] as const, ["gitpod-aws-oidc", call] as const])
        writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` };
      for (const line of text.trim().split("\n")) {
        const { status, stderr } = spawnSync("bash", ["-c", line], { cwd: folder, env, encoding: "utf8" });
        // 1 is the answer to a question; 2 is wrong usage or unreadable input.
        expect([line, status === 0 || status === 1 ? "runs" : stderr]).toEqual([line, "runs"]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("there are such blocks on most pages", () => {
    expect(new Set(offline.map(({ page }) => page)).size).toBeGreaterThan(5);
  });
});
