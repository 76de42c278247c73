/** Wrong usage, or input that cannot be read: the command ends with status 2. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** What to do about it: lower case, no final period. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
