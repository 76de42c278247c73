import { escapeHidden, withoutTokens } from "../diagnostics";
import type { TemplateError } from "../workspace/render/render";
import { CommandError } from "./commandError";
import { errorCode } from "./files";
import type { CommandIo, ExitCode } from "./io";

/**
 * Runs an action, and turns what a user can cause into a message and a status. Anything else is a bug of ours and
 * keeps its stack. A token that somebody has put in a wrong place is taken out of whatever is written.
 */
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
    const { message, remedy, status } = commandError(error);
    io.stderr.write(`error: ${escapeHidden(message)}\n  remedy: ${escapeHidden(remedy)}\n`);
    return status;
  }
}

/** What a user can cause. @throws everything else */
function commandError(error: unknown): CommandError {
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
