import { manifestJsonSchema } from "../manifest";
import type { CommandIo, ExitCode } from "./io";

/** `schema`: prints the manifest's JSON Schema. */
export function schemaCommand(io: CommandIo): ExitCode {
  io.stdout.write(manifestJsonSchema());
  return 0;
}
