import { nearest, quote } from "../diagnostics";
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

/** The error for a name that stands for nothing. @param names - those that stand for something */
export function unknownName(kind: string, name: string, names: readonly string[]): CommandError {
  const near = nearest(name, names);
  return new CommandError(
    `no ${kind} is named ${quote(name)}`,
    near === undefined ? `there is ${names.join(", ")}` : `did you mean ${near}?`,
  );
}
