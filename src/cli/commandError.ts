import type { ExitCode } from "./io";

/** What a user can cause and put right; anything else that is thrown is a bug of ours. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** What to do about it: lower case, no final period. */
  readonly remedy: string;
  readonly status: ExitCode;

  /** @param status - @default 2, wrong usage or input that cannot be read */
  constructor(message: string, remedy: string, status: ExitCode = 2) {
    super(message);
    this.remedy = remedy;
    this.status = status;
  }
}
