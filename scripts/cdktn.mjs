// Makes the entry `gitpod-aws-oidc/cdktn` of what tsc has built: the same constructs, on the fork of cdktf.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const dist = "dist";

/** Modules of the fork instead of cdktf's. */
const renamed = (text) => text.replace(/(["'])(@?)cdktf(?=\1|\/provider-aws)/g, "$1$2cdktn");

mkdirSync(join(dist, "cdktn"));
for (const file of readdirSync(join(dist, "constructs")))
  writeFileSync(join(dist, "cdktn", file), renamed(readFileSync(join(dist, "constructs", file), "utf8")));
for (const end of [".js", ".d.ts"]) {
  const index = readFileSync(join(dist, `index${end}`), "utf8");
  writeFileSync(join(dist, `cdktn${end}`), index.replaceAll('"./constructs"', '"./cdktn/index"'));
}
