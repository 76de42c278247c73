import { setImmediate } from "node:timers/promises";

/** Somebody pressed Ctrl-C, or the system ends the process, in the middle of work that can be taken back. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super("interrupted: nothing was written");
    this.signal = signal;
  }
}

/** Signals that end a process, held back until the work can be taken back. */
export interface Interrupts {
  /**
   * Lets a signal through.
   * @throws Interrupted - where there was one
   */
  readonly turn: () => Promise<void>;
  /** Signals end the process again. */
  readonly end: () => void;
}

const signals = Object.freeze(["SIGINT", "SIGTERM", "SIGHUP"] as const);

/** Begins to hold signals back. Until the end, long work must let them through often enough for an impatient person. */
export function holdInterrupts(): Interrupts {
  let received: NodeJS.Signals | null = null;
  const receive = (signal: NodeJS.Signals): void => {
    received ??= signal;
  };
  for (const signal of signals) process.on(signal, receive);
  return {
    async turn() {
      await setImmediate();
      if (received !== null) throw new Interrupted(received);
    },
    end() {
      for (const signal of signals) process.off(signal, receive);
    },
  };
}
