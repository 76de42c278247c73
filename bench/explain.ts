import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeIn } from "../src/cli/explain";
import { diskFiles } from "../src/cli/manifestFiles";
import { readProject } from "../src/cli/project";
import { bareFacts } from "../src/explain/input";
import { explain, explainJson } from "../src/explain/report";
import { explainText } from "../src/explain/text";
import type { LoginAttempt } from "../src/explain/verdict";
import { evaluateTrust, webIdentityContext } from "../src/policy";

/*
 * How fast trust policies are decided, and what `explain` costs beyond loading the manifest. `npm run bench:explain`
 * builds the command first; figures are medians.
 */

const repositories = 10_000;
const runs = 5;
const issuer = "https://services.acme.gitpod.cloud/idp";
const now = "2026-06-01T12:00:00.000Z";
const bin = join(__dirname, "..", "dist", "cli", "bin.js");

function attempt(sub: string): LoginAttempt {
  const claims = { sub, aud: ["sts.amazonaws.com"], azp: "sts.amazonaws.com" };
  return { ...bareFacts(issuer, claims), now };
}

function manifest(): string {
  const repos = Array.from(
    { length: repositories },
    (_, i) =>
      `  - url: https://github.com/acme-${i % 50}/app-${i}\n    contexts: [repository, branches]\n    grants: [{ secret: app-${i}/db }]\n`,
  );
  return `version: 1
accounts:
  dev: { id: "123456789012", region: us-east-1, quotas: { rolesPerAccount: 10000 } }
installations:
  acme: { issuer: ${issuer} }
repos:
${repos.join("")}`;
}

/** Median milliseconds of what is done, and its last result. */
function timed<T>(action: () => T): { readonly ms: number; readonly result: T } {
  const times: number[] = [];
  let result = action();
  for (let i = 0; i < runs; i += 1) {
    const begin = performance.now();
    result = action();
    times.push(performance.now() - begin);
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? NaN, result };
}

function show(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(58)}${value.toFixed(unit === "µs" ? 2 : 0).padStart(10)} ${unit}`);
}

const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-bench-"));
try {
  const file = join(folder, "manifest.yaml");
  writeFileSync(file, manifest());
  const { ms: loading, result: project } = timed(() => readProject(file, diskFiles()));
  if (!project.ok) throw new Error(project.diagnostics[0]?.message);
  const { model, locator } = project;
  show(`loading a manifest of ${repositories} repositories`, loading, "ms");

  const [account] = model.accounts;
  const [provider] = account?.identityProviders ?? [];
  const policies = (account?.roles ?? []).map((role) => role.made.trustPolicy);
  if (!provider) throw new Error("the manifest has no identity provider");
  const decisions = timed(() => {
    const { claims } = attempt("https://github.com/acme-7/app-7/tree/main");
    const context = webIdentityContext(provider.providerName, claims, { now, sourceIp: null });
    return policies.filter((policy) => evaluateTrust(policy, { federated: provider.arn, context }).allowed);
  });
  if (decisions.result.length !== 1) throw new Error("expected one role that admits");
  show("one decision of a trust policy", (decisions.ms / policies.length) * 1000, "µs");
  show("decisions per second", (policies.length / decisions.ms) * 1000, "/s");

  const place = placeIn(locator);
  for (const [what, sub] of [
    ["that one role admits", "https://github.com/acme-7/app-7/tree/main"],
    ["that all refuse", "https://github.com/acme-7/app-7/pull/1"],
  ] as const) {
    const text = timed(() => explainText(explain(model, attempt(sub), {}, place), null));
    show(`explaining a login ${what}, as text`, text.ms, "ms");
    const json = timed(() => explainJson(explain(model, attempt(sub), {}, place)));
    show(`explaining a login ${what}, as JSON`, json.ms, "ms");
  }
  const whole = timed(() => {
    const argv = [bin, "explain", file, "--context", "https://github.com/acme-7/app-7/pull/1"];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    if (status !== 1) throw new Error(stderr);
  });
  show("the whole command, its start and the loading included", whole.ms, "ms");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
