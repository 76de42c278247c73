import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { benchManifest, benchRepositories } from "./repositories";
import { performancePage, type Measured, type StageTimes } from "./page";

/*
 * What a synth costs beside a plain CDKTF program that makes the same resources and files, and beside the floor: the
 * same output stringified and written, and nothing else. Each run is a fresh process in an empty folder; the three
 * take turns, so that a busy machine is busy for all of them. CPU time is user and system time together, start
 * included; figures are medians. `npm run bench` prints them, `npm run bench -- --write` also writes
 * docs/performance.md.
 */

const project = join(__dirname, "..");
const sizes = sizesOf(process.argv.slice(2));
const runs = 5;
const compiled = join(project, "node_modules", ".cache", "bench");

/** `npm run bench -- 1000` measures that size alone. */
function sizesOf(args: readonly string[]): readonly number[] {
  const given = args.map(Number).filter((n) => Number.isInteger(n) && n > 0);
  return given.length > 0 ? given : [100, 1_000, 10_000];
}

/** The plain program starts as fast as ours: compiled, not through a loader. */
function compilePlain(): string {
  mkdirSync(compiled, { recursive: true });
  for (const name of ["plain", "repositories", "floor"]) {
    const source = readFileSync(join(__dirname, `${name}.ts`), "utf8");
    const { outputText } = transpileModule(source, {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
    });
    writeFileSync(join(compiled, `${name}.js`), outputText);
  }
  return join(compiled, "plain.js");
}

/** A file system in memory where there is one: a disk's bad moments would be most of what is measured. */
function scratch(): string {
  return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

function inFolder<T>(action: (folder: string) => T): T {
  const folder = mkdtempSync(join(scratch(), "gitpod-aws-oidc-bench-"));
  try {
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end and returns what it printed and used. */
function measure(
  folder: string,
  args: readonly string[],
): { readonly stdout: string; readonly used: Measured } {
  const usage = join(folder, ".usage.json");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", join(__dirname, "usage.cjs"), ...args],
    { cwd: folder, encoding: "utf8", env: { ...process.env, BENCH_USAGE: usage }, maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(stderr.slice(0, 2000));
  return { stdout, used: JSON.parse(readFileSync(usage, "utf8")) as Measured };
}

function writeManifest(folder: string, size: number): void {
  for (const [name, text] of Object.entries(benchManifest(size))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function ours(folder: string, size: number): Measured {
  writeManifest(folder, size);
  return measure(folder, [join(project, "dist", "cli", "bin.js"), "synth"]).used;
}

/** A snippet of ours with what differs between repositories replaced by what the plain program fills in. */
function plainSnippet(folder: string): string {
  const [first] = benchRepositories(1);
  if (first === undefined) throw new Error("no repository");
  const text = readFileSync(
    join(folder, "snippets", "acme", "github.com", `${first.path}.gitpod.yml`),
    "utf8",
  );
  return text.replaceAll(first.url, "{{url}}").replaceAll(first.secret, "{{secret}}");
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function medians(all: readonly Measured[]): Measured {
  return {
    cpu: median(all.map((m) => m.cpu)),
    wall: median(all.map((m) => m.wall)),
    megabytes: median(all.map((m) => m.megabytes)),
  };
}

const plainProgram = compilePlain();
const results = sizes.map((size) => {
  const all: { ours: Measured[]; plain: Measured[]; floor: Measured[]; stages: StageTimes[] } = {
    ...{ ours: [], plain: [], floor: [], stages: [] },
  };
  for (let run = 0; run < runs; run++) {
    inFolder((folder) => {
      all.ours.push(ours(folder, size));
      const snippet = plainSnippet(folder);
      inFolder((other) => all.plain.push(measure(other, [plainProgram, String(size), snippet]).used));
      inFolder((other) => {
        const { stdout } = measure(other, [join(compiled, "floor.js"), folder]);
        all.floor.push({ ...(JSON.parse(stdout) as Measured), megabytes: NaN });
      });
    });
    inFolder((folder) => {
      writeManifest(folder, size);
      const { stdout } = measure(folder, ["--import", require.resolve("tsx"), join(__dirname, "stages.ts")]);
      all.stages.push(JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as StageTimes);
    });
  }
  const stages = Object.fromEntries(
    Object.keys(all.stages[0] ?? {}).map((name) => [name, median(all.stages.map((s) => s[name] ?? NaN))]),
  );
  const result = {
    size,
    ours: medians(all.ours),
    plain: medians(all.plain),
    floor: medians(all.floor),
    stages,
  };
  const { cpu, megabytes } = result.ours;
  console.log(
    `${size} repositories: ours ${cpu.toFixed(2)} s CPU, ${megabytes.toFixed(0)} MB; plain ${result.plain.cpu.toFixed(2)} s, ${result.plain.megabytes.toFixed(0)} MB; floor ${result.floor.cpu.toFixed(2)} s; ` +
      `ours/plain ${(cpu / result.plain.cpu).toFixed(2)} in time, ${(megabytes / result.plain.megabytes).toFixed(2)} in memory`,
  );
  return result;
});
const page = performancePage(results, { runs, node: process.version });
console.log(page);
if (process.argv.includes("--write")) {
  const file = join(project, "docs", "performance.md");
  // What comes behind is written by hand and by bench/documents.ts.
  const [, ...behind] = readFileSync(file, "utf8").split(/(?=^## The start)/m);
  writeFileSync(file, [page, ...behind].join("\n"));
}
