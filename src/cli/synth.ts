import { synthProject } from "../app";
import type { CommandIo, ExitCode } from "./io";
import { readSettings } from "./settings";

export interface SynthArguments {
  readonly manifest?: string | undefined;
  readonly only?: string | undefined;
}

/** `synth`: what `cdktf synth` does, without the cdktf CLI. */
export function synthCommand({ manifest, only }: SynthArguments, io: CommandIo): Promise<ExitCode> {
  return synthProject({ ...readSettings({ manifest }, io.env), ...(only === undefined ? {} : { only }) }, io);
}
