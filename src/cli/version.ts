import { readFileSync } from "node:fs";
import { join } from "node:path";

/** This package's version, e.g. `0.1.0`. */
export function packageVersion(): string {
  const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
