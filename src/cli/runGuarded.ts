import { escapeHidden } from "../diagnostics";
import { TemplateError } from "../workspace/render/templateError";
import { CommandError } from "./commandError";
import { errorCode } from "./files";
import { Interrupted } from "./interrupts";
import type { CommandIo, ExitCode } from "./io";
import { SynthError } from "./synthError";

/**
 * Runs an action, and turns what a user can cause into a message and a status. Anything else is a bug of ours and
 * keeps its stack.
 */
export async function runGuarded(
  io: CommandIo,
  action: () => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof CommandError) {
      io.stderr.write(`error: ${escapeHidden(error.message)}\n  remedy: ${escapeHidden(error.remedy)}\n`);
      return 2;
    }
    if (error instanceof TemplateError || error instanceof SynthError) {
      io.stderr.write(`error: ${escapeHidden(error.message)}\n`);
      return 1;
    }
    if (error instanceof Interrupted) {
      io.stderr.write(`${error.message}\n`);
      // As whoever sent the signal expects it: a shell's loop ends with its command.
      process.kill(process.pid, error.signal);
      return 1;
    }
    if (isFileError(error)) {
      const what = `${error.path ?? "a file"} cannot be read or written: ${error.code}`;
      io.stderr.write(
        `error: ${escapeHidden(what)}\n  remedy: look at what is there, and who may read and write it\n`,
      );
      return 2;
    }
    throw error;
  }
}

/** Something that the operating system refused. */
function isFileError(error: unknown): error is { readonly code: string; readonly path?: string } {
  return typeof error === "object" && error !== null && "syscall" in error && errorCode(error) !== "";
}
