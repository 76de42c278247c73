import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./docs/pages";

async function generate(): Promise<void> {
  for (const { file, text } of generatedFiles) {
    const path = join(__dirname, "..", file);
    const made = await text();
    if (existsSync(path) && readFileSync(path, "utf8") === made) continue;
    writeFileSync(path, made);
    console.log(file);
  }
}

void generate();
