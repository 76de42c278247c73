import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { holdInterrupts } from "../../src/cli/interrupts";
import { inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

const top = process.cwd();
inTemporaryFolder();

describe("a signal", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s while snippets are rendered ends the synth by that signal, and leaves nothing behind",
    async (signal) => {
      const repos = Array.from({ length: 4000 }, (_, i) => `  - url: https://github.com/acme/app-${i}`);
      const text = manifest(`repos:\n${repos.join("\n")}`, "quotas: { rolesPerAccount: 5000 }");
      write({ "manifest.yaml": text });
      const bin = ["--import", require.resolve("tsx"), join(top, "src", "cli", "bin.ts"), "synth"];
      const child = spawn(process.execPath, bin, { stdio: ["ignore", "pipe", "pipe"] });
      let stderr = "";
      child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
      const closed = once(child, "close");
      const isAtWork = () => readdirSync(".").some((name) => name.startsWith(".snippets-"));
      while (child.exitCode === null && !isAtWork()) await setTimeout(2);
      child.kill(signal);
      expect(await closed).toEqual([null, signal]);
      expect(stderr).toContain("interrupted: nothing was written\n");
      expect(readdirSync(".")).toEqual(["manifest.yaml"]);
    },
    60_000,
  );

  test("that comes while it is held back comes through at the next turn, and after the end not at all", async () => {
    const listeners = process.listenerCount("SIGHUP");
    const interrupts = holdInterrupts();
    await interrupts.turn();
    process.emit("SIGHUP", "SIGHUP");
    process.emit("SIGINT", "SIGINT");
    await expect(interrupts.turn()).rejects.toMatchObject({ name: "Interrupted", signal: "SIGHUP" });
    interrupts.end();
    expect(process.listenerCount("SIGHUP")).toBe(listeners);
  });
});
