import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./docs/pages";

async function generate(): Promise<void> {
  for (const { file, text } of generatedFiles) {
    writeFileSync(join(__dirname, "..", file), await text());
    console.log(file);
  }
}

void generate();
