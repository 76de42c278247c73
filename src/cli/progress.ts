import { escapeHidden } from "../diagnostics";
import type { CommandIo } from "./io";

/** One line at the bottom of a terminal that says how far long work is. */
export interface Progress {
  /** Says what is being done. Cheap enough for each of many items. */
  readonly step: (what: string) => void;
  /** Takes the line away: before anything else is printed, and at the end. */
  readonly clear: () => void;
}

/** Milliseconds of work that nobody needs to be told of. */
const patience = 1000;
/** Milliseconds between two lines. */
const interval = 100;
/** Characters that fit on a line of any terminal: a line that wraps cannot be rewritten. */
const width = 79;
/** To the beginning of the line, and clear it. */
const rewrite = "\r\u001b[K";

const silent: Progress = Object.freeze({ step: () => undefined, clear: () => undefined });

/**
 * Begins to show the progress of work on stderr: after a second, where somebody looks on, and nothing otherwise.
 * @param clock - milliseconds since any moment
 */
export function startProgress(
  io: Pick<CommandIo, "stderr" | "interactive">,
  clock: () => number = () => performance.now(),
): Progress {
  if (!io.interactive) return silent;
  let due = clock() + patience;
  let shown = false;
  return {
    step(what) {
      const now = clock();
      if (now < due) return;
      due = now + interval;
      shown = true;
      io.stderr.write(rewrite + escapeHidden(what).slice(0, width));
    },
    clear() {
      if (shown) io.stderr.write(rewrite);
      shown = false;
    },
  };
}
