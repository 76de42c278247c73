import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compiledCommand } from "../support/compiled";
import { command, inTemporaryFolder, write } from "../support/folder";
import { fullTest } from "../support/process";

const project = resolve(__dirname, "..", "..");
const script = join(project, "examples", "rollout", "pull-requests.sh");

const bin = compiledCommand();
inTemporaryFolder();

/** A manifest where the sessions of one repository have this length. */
const manifest = (duration: string): string => `version: 1
accounts:
  dev: { id: "111111111111", region: us-east-1 }
installations:
  acme: { host: acme.gitpod.cloud }
repos:
  - { url: https://github.com/acme/app }
  - { url: https://github.com/acme/broken }
  - { url: https://github.com/acme/empty, sessionDuration: ${duration} }
`;

/** Remotes on disk, where git goes instead of to GitHub, and a `gh` that writes down how it is called. */
function rollOut(): { readonly status: number | null; readonly stdout: string; readonly gh: string } {
  writeFileSync("gh.log", "");
  const { status, stdout } = spawnSync("bash", [script, "index.json"], {
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${resolve("bin")}:${process.env["PATH"] ?? ""}`,
      GITPOD_AWS_MANIFEST: "manifest.yaml",
      GITPOD_AWS_OIDC: `${process.execPath} ${bin()}`,
      GIT_CONFIG_COUNT: "3",
      GIT_CONFIG_KEY_0: `url.${resolve("remotes")}/.insteadOf`,
      GIT_CONFIG_VALUE_0: "https://github.com/acme/",
      GIT_CONFIG_KEY_1: "user.name",
      GIT_CONFIG_VALUE_1: "Test",
      GIT_CONFIG_KEY_2: "user.email",
      GIT_CONFIG_VALUE_2: "test@example.com",
    },
  });
  return { status, stdout, gh: readFileSync("gh.log", "utf8") };
}

function remote(name: string, gitpodYml: string | null): void {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], { stdio: "pipe" });
  mkdirSync("remotes", { recursive: true });
  git("init", "--quiet", "--initial-branch=main", `source/${name}`);
  write({
    [`source/${name}/README.md`]: "hi\n",
    ...(gitpodYml === null ? {} : { [`source/${name}/.gitpod.yml`]: gitpodYml }),
  });
  git("-C", `source/${name}`, "add", ".");
  git("-C", `source/${name}`, "commit", "--quiet", "-m", "first");
  git("clone", "--quiet", "--bare", `source/${name}`, `remotes/${name}`);
}

const branchFile = (name: string, file = ".gitpod.yml"): string =>
  execFileSync("git", ["-C", `remotes/${name}`, "show", `gitpod-aws-oidc:${file}`], { encoding: "utf8" });

/** What an owner of the repository adds to the pull request. */
function commitToBranch(name: string, file: string, text: string): void {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], { stdio: "pipe" });
  git("clone", "--quiet", "--branch", "gitpod-aws-oidc", `remotes/${name}`, `owner/${name}`);
  write({ [`owner/${name}/${file}`]: text });
  git("-C", `owner/${name}`, "add", ".");
  git("-C", `owner/${name}`, "commit", "--quiet", "-m", "theirs");
  git("-C", `owner/${name}`, "push", "--quiet", "origin", "gitpod-aws-oidc");
}

fullTest(
  "the script of docs/rollout.md opens pull requests, goes on after a refusal, and may be run again",
  async () => {
    write({
      "manifest.yaml": manifest("1h"),
      // The first call asks for open pull requests: there are none.
      "bin/gh": `#!/bin/sh\necho "$@" >>${resolve("gh.log")}\n`,
    });
    execFileSync("chmod", ["+x", "bin/gh"]);
    remote("app", "tasks:\n  - command: npm start # mine\n");
    remote("broken", "tasks: { command: npm start }\n");
    remote("empty", null);
    await command(["snippet", "--all", "--out", "public"]);
    write({ "index.json": readFileSync("public/index.json", "utf8") });

    const first = rollOut();
    expect(first.status).toBe(1);
    expect(first.stdout).toContain("https://github.com/acme/app: pull request\n");
    expect(first.stdout).toContain("https://github.com/acme/empty: pull request\n");
    expect(first.stdout).toContain("1 refused:\n  https://github.com/acme/broken\n");
    expect(first.gh.match(/^pr create --fill --head gitpod-aws-oidc$/gm)).toHaveLength(2);
    expect(branchFile("app")).toMatch(/role\/acme-acme-app[^]*- command: npm start # mine\n$/);
    expect(branchFile("empty")).toContain("role/acme-acme-empty");

    execFileSync("git", ["-C", "remotes/app", "update-ref", "refs/heads/main", "gitpod-aws-oidc"]);
    commitToBranch("empty", "OWNERS", "theirs\n");
    const index = JSON.parse(readFileSync("index.json", "utf8")) as {
      readonly snippets: readonly { readonly url: string }[];
    };
    const sound = index.snippets.filter(({ url }) => !url.endsWith("/broken"));
    write({ "manifest.yaml": manifest("2h"), "index.json": JSON.stringify({ snippets: sound }) });
    const second = rollOut();
    expect(second.stdout).toContain("https://github.com/acme/app: up to date\n");
    expect(second.stdout).toContain("https://github.com/acme/empty: pull request\n");
    expect(branchFile("empty")).toContain("7200");
    expect(branchFile("empty", "OWNERS")).toBe("theirs\n");
  },
);

fullTest("an index that is none is refused", () => {
  write({ "manifest.yaml": manifest("1h"), "index.json": "not JSON\n" });
  expect(rollOut()).toMatchObject({ status: 2, stdout: "" });
});
