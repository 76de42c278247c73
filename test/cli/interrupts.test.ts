import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

const top = process.cwd();
inTemporaryFolder();

/** The process gets the signal when it begins to write snippets. */
const signalAtWork = `const fs = require("node:fs");
const { mkdirSync } = fs;
fs.mkdirSync = (path, ...rest) => {
  if (/\\.snippets\\./.test(path)) process.kill(process.pid, process.env.SIGNAL);
  return mkdirSync(path, ...rest);
};
require("node:module").syncBuiltinESMExports();
`;

describe("a signal", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s while snippets are rendered ends the synth by that signal, and leaves nothing behind",
    (sent) => {
      const repos = Array.from({ length: 300 }, (_, i) => `  - url: https://github.com/acme/app-${i}`);
      write({ "manifest.yaml": manifest(`repos:\n${repos.join("\n")}`), "preload.cjs": signalAtWork });
      const preload = ["--require", "./preload.cjs", "--import", require.resolve("tsx")];
      const bin = join(top, "src", "cli", "bin.ts");
      const { signal, stderr } = spawnSync(process.execPath, [...preload, bin, "synth"], {
        encoding: "utf8",
        env: { ...process.env, SIGNAL: sent },
      });
      expect([signal, stderr]).toEqual([sent, expect.stringContaining("interrupted: nothing was written\n")]);
      expect(readdirSync(".").sort()).toEqual(["manifest.yaml", "preload.cjs"]);
    },
  );
});
