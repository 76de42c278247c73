import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { benchManifest } from "./repositories";

/*
 * What `access` of 10,000 repositories costs, in fresh processes: `npm run bench:access` builds the command first. The
 * old manifest of the diff lacks a grant of every hundredth repository. The first line reads and resolves the manifest,
 * and shows nothing: what the others take beyond that is their own.
 */

const repositories = 10_000;
const runs = 5;
const bin = join(__dirname, "..", "dist", "cli", "bin.js");

interface Usage {
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-bench-"));
try {
  for (const [name, text] of Object.entries(benchManifest(repositories))) {
    for (const side of ["old", "new"]) mkdirSync(dirname(join(folder, side, name)), { recursive: true });
    writeFileSync(join(folder, "new", name), text);
    writeFileSync(
      join(folder, "old", name),
      text.replaceAll(/\{ parameter: \/acme-[0-9]+-app-[0-9]*00\/\* \}, /g, ""),
    );
  }
  const usage = join(folder, "usage.json");
  const manifest = join(folder, "new", "manifest.yaml");
  const out = join(folder, "out");
  let least = NaN;
  for (const argv of [
    ["--within", "0d"],
    ["--format", "text"],
    ["--format", "json"],
    ["--format", "html"],
    ["--diff", join(folder, "old"), "--format", "markdown"],
  ]) {
    const measured = Array.from({ length: runs }, (): Usage => {
      const command = [
        "--require",
        join(__dirname, "usage.cjs"),
        bin,
        "access",
        manifest,
        ...argv,
        "--out",
        out,
      ];
      const { status, stderr } = spawnSync(process.execPath, command, {
        encoding: "utf8",
        env: { ...process.env, BENCH_USAGE: usage },
      });
      if (status !== 0) throw new Error(stderr);
      return JSON.parse(readFileSync(usage, "utf8")) as Usage;
    });
    const [cpu, wall, megabytes] = (["cpu", "wall", "megabytes"] as const).map((key) =>
      median(measured.map((m) => m[key])),
    );
    if (Number.isNaN(least)) least = cpu ?? NaN;
    const what = argv.map((word) => word.replace(folder, "")).join(" ");
    console.log(
      `${what.padEnd(36)} ${cpu?.toFixed(2)} s CPU (${((cpu ?? NaN) / least).toFixed(2)}), ${wall?.toFixed(2)} s, ${megabytes?.toFixed(0)} MB, writes ${(statSync(out).size / 1e6).toFixed(2)} MB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
