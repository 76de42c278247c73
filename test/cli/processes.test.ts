import { readdirSync } from "node:fs";
import { command, inTemporaryFolder, tree, write } from "../support/folder";
import { compiledLine } from "../support/compiled";
import { appLine, bash, fullTest } from "../support/process";
import { manifest } from "../support/project";

inTemporaryFolder();
const commandLine = compiledLine();

/** A manifest of so many repositories, each with a warning. */
function manifestOf(repositories: number): string {
  const repos = Array.from(
    { length: repositories },
    (_, i) => `  - url: https://github.com/acme/app-${i}\n    accept: [{ rule: T54, reason: not needed }]\n`,
  );
  return manifest(`repos:\n${repos.join("")}`, "", "host: gitpod.io");
}

/** As many as give a signal its turn between two snippets. */
const many = manifestOf(120);

/** The process gets the signal when it first calls this function of `fs` on such a path. */
const signalAt = (name: string, path: RegExp) => `const fs = require("node:fs");
const original = fs.${name};
fs.${name} = (path, ...rest) => {
  if (${String(path)}.test(path)) process.kill(process.pid, process.env.SIGNAL);
  return original(path, ...rest);
};
require("node:module").syncBuiltinESMExports();
`;

describe("a signal", () => {
  test("while snippets are drafted ends the synth by that signal, and leaves nothing behind", () => {
    write({ "manifest.yaml": many, "preload.cjs": signalAt("mkdirSync", /\.snippets\./) });
    const { signal, stderr } = bash(`${commandLine("./preload.cjs")} synth`, { SIGNAL: "SIGTERM" });
    expect([signal, stderr]).toEqual([
      "SIGTERM",
      expect.stringContaining("interrupted: nothing was written\n"),
    ]);
    expect(readdirSync(".").sort()).toEqual(["manifest.yaml", "preload.cjs"]);
  });

  test("while files are moved into place comes behind the last, and ends the synth all the same", async () => {
    write({ "manifest.yaml": many });
    await command(["synth"]);
    const expected = tree();
    write({
      "manifest.yaml": many,
      "preload.cjs": signalAt("renameSync", /cdktf/),
      "cdktf.out/manifest.json": "",
    });
    const { signal, stderr } = bash(`${commandLine("./preload.cjs")} synth`, { SIGNAL: "SIGINT" });
    expect([signal, stderr]).toEqual([
      "SIGINT",
      expect.stringContaining("interrupted: everything was written before\n"),
    ]);
    const { "preload.cjs": _, ...written } = tree();
    expect(written).toEqual(expected);
  });
});

describe("streams", () => {
  test("a full disk behind stdout is one line and status 2", () => {
    const { status, stderr } = bash(`${commandLine()} schema >/dev/full`);
    expect([status, stderr]).toEqual([2, "error: standard output cannot be written: ENOSPC\n"]);
  });

  fullTest("a reader that has seen enough of stdout or stderr changes nothing", () => {
    // More than a pipe holds.
    write({ "manifest.yaml": manifestOf(300) });
    const { stdout } = bash(`${commandLine()} synth 2>&1 | head -n 1; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toMatch(/warning T57.*\n0\n$/);
    expect(Object.keys(tree()).length).toBe(303);
    expect(bash(`${commandLine()} check | head -n 1; exit "\${PIPESTATUS[0]}"`).status).toBe(0);
    expect(readdirSync(".").sort()).toEqual(["cdktf.out", "manifest.yaml", "snippets"]);
  });
});

describe("the CDKTF app", () => {
  fullTest("prints no token, as the command prints none", () => {
    write({ "manifest.yaml": `${manifest("repos: []")}nope: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.abc\n` });
    const { status, stdout, stderr } = bash(appLine());
    expect([status, stdout + stderr]).toEqual([1, expect.stringContaining("(a token)")]);
    expect(stdout + stderr).not.toContain("eyJ");
  });

  fullTest("writes what the command writes, and leaves nothing in the temporary folder", async () => {
    write({ "manifest.yaml": manifest("repos:\n  - url: https://github.com/acme/app"), "tmp/x": "" });
    expect(bash(appLine(), { TMPDIR: `${process.cwd()}/tmp`, TSX_DISABLE_CACHE: "1" }).status).toBe(0);
    const byApp = tree();
    expect(readdirSync("tmp")).toEqual(["x"]);
    await command(["synth"]);
    expect(byApp).toEqual(tree());
  });
});
