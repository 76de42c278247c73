import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./docs/pages";

for (const { file, text } of generatedFiles) {
  writeFileSync(join(__dirname, "..", file), text());
  console.log(file);
}
