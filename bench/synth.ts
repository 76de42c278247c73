import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/*
 * How long `gitpod-aws-oidc synth` takes on manifests of several sizes: fresh processes, start included, nothing
 * written before. `npm run bench` builds the command first, and prints the median of its runs for each size.
 */

const sizes = [1, 300, 1_000, 10_000];
const runs = 5;
const bin = join(__dirname, "..", "dist", "cli", "bin.js");

/** A manifest like those of real teams: a third of the repositories have three grants, and half are included. */
function writeManifest(folder: string, repositories: number): void {
  const repo = (i: number): string => {
    const grants =
      i % 3 === 0
        ? [
            `{ secret: app-${i}/db, env: DATABASE_URL }`,
            `{ parameter: /app-${i}/* }`,
            `{ s3: acme-assets/app-${i}/* }`,
          ]
        : [`{ secret: app-${i}/db, env: DATABASE_URL }`];
    return `  - url: https://github.com/acme-${i % 50}/app-${i}\n    contexts: [repository, branches]\n    grants: [${grants.join(", ")}]\n`;
  };
  const half = Math.ceil(repositories / 2);
  const list = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => repo(from + i)).join("");
  mkdirSync(join(folder, "teams"));
  writeFileSync(
    join(folder, "teams", "half.yaml"),
    repositories > 1 ? `repos:\n${list(half, repositories)}` : "orgs: []\n",
  );
  writeFileSync(
    join(folder, "manifest.yaml"),
    `version: 1
accounts:
  dev: { id: "123456789012", region: us-east-1, quotas: { rolesPerAccount: 10000 } }
installations:
  acme: { issuer: https://services.acme.gitpod.cloud/idp }
include: [teams/*.yaml]
defaults:
  tags: { managed-by: gitpod-aws-oidc }
repos:
${list(0, half)}`,
  );
}

function seconds(repositories: number): number {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-bench-"));
  try {
    writeManifest(folder, repositories);
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [bin, "synth"], { cwd: folder, encoding: "utf8" });
    const taken = (performance.now() - begin) / 1000;
    if (status !== 0) throw new Error(stderr.slice(0, 2000));
    return taken;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const repositories of sizes) {
  const taken = Array.from({ length: runs }, () => seconds(repositories)).sort((a, b) => a - b);
  const median = taken[Math.floor(runs / 2)] ?? NaN;
  console.log(`${String(repositories).padStart(6)} repositories  ${median.toFixed(2)} s (median of ${runs})`);
}
