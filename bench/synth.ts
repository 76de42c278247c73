import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../src/app";
import { testAccount, testModel, testRole } from "../test/support/model";

/*
 * How long a synth of a model takes, process start included: `npm run bench` prints a line for each number of roles.
 * With `--model N`, this is the process that is measured.
 */

const sizes = [1, 300, 1_000, 10_000];
const runs = 3;

function synthModel(roles: number): void {
  const workingDirectory = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-bench-"));
  try {
    const account = testAccount({
      roles: Array.from({ length: roles }, (_, i) => testRole(`gitpod-acme-app-${i}`)),
    });
    synthesize(testModel([account]), { outdir: "cdktf.out", workingDirectory });
  } finally {
    rmSync(workingDirectory, { recursive: true, force: true });
  }
}

function seconds(roles: number): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", __filename, "--model", String(roles)],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - begin) / 1000;
}

const [flag, count] = process.argv.slice(2);
if (flag === "--model") {
  synthModel(Number(count));
} else {
  for (const roles of sizes) {
    const taken = Array.from({ length: runs }, () => seconds(roles)).sort((a, b) => a - b);
    const median = taken[Math.floor(runs / 2)] ?? 0;
    console.log(`${String(roles).padStart(6)} roles  ${median.toFixed(2)} s (median of ${runs})`);
  }
}
