/** What a command reads and writes besides files: the process's own streams, or a test's. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is stderr, or for `check` stdout, a terminal that shows colour? */
  readonly colour: boolean;
  /** Today's date in UTC, `YYYY-MM-DD`. */
  readonly today: string;
  /** The present moment, ISO 8601 in UTC. */
  readonly now: string;
  /** Reads standard input to its end. */
  readonly readStdin: () => string;
  readonly fetch: typeof fetch;
}

/** What a command line holds: options with a text, and flags. Absent is undefined. */
export type Options<Text extends string, Flag extends string = never> = {
  readonly [K in Text]?: string | undefined;
} & { readonly [K in Flag]?: boolean | undefined };

/** 0: fine · 1: a problem was found · 2: wrong usage, or input that cannot be read. */
export type ExitCode = 0 | 1 | 2;
