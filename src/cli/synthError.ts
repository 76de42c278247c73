/** Something that keeps a synth from being written, and that its user can put right. */
export class SynthError extends Error {
  override readonly name = "SynthError";
  readonly code: "hcl-output" | "not-a-folder";

  constructor(code: SynthError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
