// Makes one file, dist/cli/program.js, of the command and of packages that nearly every start of it loads. Without it Node
// reads 234 files for a check, 95 of them zod's, which loads fifty languages. The library stays as tsc makes it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const bundled = ["jsonc-parser", "picocolors", "zod"];
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));

/** The licence of a package, which goes where its code goes. */
function licence(name) {
  const folder = join("node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
}

await build({
  entryPoints: ["src/cli/program.ts"],
  outfile: "dist/cli/program.js",
  bundle: true,
  platform: "node",
  target: "node20",
  // jsonc-parser's `main` is UMD, which cannot be bundled.
  mainFields: ["module", "main"],
  // Without comments: one letter beyond ASCII in them, and V8 reads the whole file as wide text.
  minifyWhitespace: true,
  lineLimit: 120,
  external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
  footer: { js: `/* This file contains:\n\n${bundled.map(licence).join("\n\n")}\n*/` },
  logLevel: "warning",
});
