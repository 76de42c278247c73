import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestJsonSchema } from "../src/manifest/jsonSchema";

/** The files that are generated from the sources; tests fail where one is stale. */
const generated: readonly { readonly file: string; readonly text: () => string }[] = [
  { file: "schema/manifest.schema.json", text: manifestJsonSchema },
];

for (const { file, text } of generated) {
  writeFileSync(join(__dirname, "..", file), text());
  console.log(file);
}
