import { readFileSync } from "node:fs";
import type { CommandIo } from "./io";

/** The process's own streams, environment and day. */
export function processIo(): CommandIo {
  const now = new Date().toISOString();
  let isSaid = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever reads us may stop early, as head does: that is no error. A stream fails at every write, which is said once.
    if (error.code === "EPIPE" || isSaid) return;
    isSaid = true;
    process.stderr.write(`error: standard output cannot be written: ${error.code ?? error.message}\n`);
    process.exitCode = 2;
  });
  process.stderr.on("error", () => undefined);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    colour: colour(),
    now,
    today: now.slice(0, 10),
    readStdin: () => readFileSync(0, "utf8"),
    fetch,
  };
}

/** Colour for a terminal that has it, unless NO_COLOR says otherwise. */
function colour(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return process.stdout.isTTY && process.stderr.isTTY && TERM !== "dumb";
}
