import type { z } from "zod";
import type { SourceText } from "./locator";

/** A file whose value did not fit its schema. */
export interface ExaminedFile {
  readonly file: string;
  readonly value: unknown;
  readonly schema: z.core.$ZodType;
  readonly source: SourceText;
  /** Included files may hold less than the main manifest. */
  readonly included: boolean;
}
