import { escapeHidden, nearest, quote, withoutTokens } from "../diagnostics";
import type { TemplateError } from "../workspace/render/render";
import { errorCode } from "./files";
import type { CommandIo, ExitCode } from "./io";

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

type Lists<Key extends string> = { readonly [K in Key]?: readonly Key[] };

/**
 * Refuses options that mean nothing together: each would be read as something else than it does.
 * @param apart - options, and those that none of them goes together with
 * @param owned - options, and those that do nothing without it
 */
export function checkOptions<Key extends string>(
  given: { readonly [K in Key]?: unknown },
  apart: Lists<NoInfer<Key>>,
  owned: Lists<NoInfer<Key>>,
): void {
  const isGiven = (key: Key) => given[key] !== undefined && given[key] !== false;
  const option = (key: Key) => `--${key.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;
  for (const [one, others] of Object.entries(apart) as [Key, readonly Key[]][])
    for (const other of isGiven(one) ? others.filter(isGiven) : [])
      throw new CommandError(`${option(one)} and ${option(other)} do not go together`, "leave one out");
  for (const [owner, others] of Object.entries(owned) as [Key, readonly Key[]][])
    for (const other of isGiven(owner) ? [] : others.filter(isGiven)) {
      const remedy = `add ${option(owner)}, or leave ${option(other)} out`;
      throw new CommandError(`${option(other)} belongs to ${option(owner)}`, remedy);
    }
}

/** Runs an action, and says what a user can cause; a bug of ours keeps its stack. No token is ever written. */
export async function runGuarded(
  streams: CommandIo,
  action: (io: CommandIo) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const io: CommandIo = {
    ...streams,
    stdout: { write: (text) => streams.stdout.write(withoutTokens(text)) },
    stderr: { write: (text) => streams.stderr.write(withoutTokens(text)) },
  };
  try {
    return await action(io);
  } catch (error) {
    const { message, remedy, status } = asCommandError(error);
    io.stderr.write(`error: ${escapeHidden(message)}\n  remedy: ${escapeHidden(remedy)}\n`);
    return status;
  }
}

/** What a user can cause. @throws everything else */
function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (isTemplateError(error)) return new CommandError(error.message, "correct the template", 1);
  if (!isFileError(error)) throw error;
  return new CommandError(
    `${error.path ?? "a file"} cannot be read or written: ${error.code}`,
    "look at what is there, and who may read and write it",
  );
}

/** Known by its name: its class would load what renders. */
function isTemplateError(error: unknown): error is TemplateError {
  return error instanceof Error && error.name === ("TemplateError" satisfies TemplateError["name"]);
}

/** Something that the operating system refused. */
function isFileError(error: unknown): error is { readonly code: string; readonly path?: string } {
  return typeof error === "object" && error !== null && "syscall" in error && errorCode(error) !== "";
}
