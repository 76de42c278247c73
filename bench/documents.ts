import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultQuotas } from "../src/model/quotas";
import type { ExistingAccess } from "../src/model/existing";
import { loadServiceReference } from "../src/policy";
import { checkExisting, servicesOf } from "../src/rules";

/*
 * What `check --permission-policy` costs: one document from the shell, the longest of AWS's managed policies, and 500 of
 * them in one process. AWS's policies are those that moto 5 brings along. `npm run bench:documents` builds the command
 * first.
 */

const runs = 7;
const count = 500;
const bin = join(__dirname, "..", "dist", "cli", "bin.js");

interface Policy {
  readonly name: string;
  readonly document: unknown;
}

/** AWS's managed policies, by name. */
function managedPolicies(): readonly Policy[] {
  const print = "import moto.iam.aws_managed_policies as m; print(getattr(m, 'aws_managed_policies_data'))";
  const { status, stdout, stderr } = spawnSync("python3", ["-c", print], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`moto's copy of AWS's managed policies is needed: ${stderr}`);
  const all = JSON.parse(stdout) as Readonly<Record<string, { readonly Document: unknown }>>;
  return Object.entries(all)
    .map(([name, { Document: document }]) => ({ name, document }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function accessOf({ name, document: value }: Policy): ExistingAccess {
  const origin = { file: `${name}.json`, path: [] };
  const unknown = { name: null, arn: null, path: null, description: null, maxSessionDuration: null };
  const none = { permissionsBoundary: null, tags: {}, trust: null, managedPolicies: [] };
  return {
    roles: [
      {
        ...unknown,
        ...none,
        ...{ origin, shown: new Set() },
        permissions: [{ kind: "permission", origin, value, role: null }],
      },
    ],
    identityProviders: [],
  };
}

/** The same as the command does, without reading and printing. */
function judge(policy: Policy): number {
  const access = accessOf(policy);
  const context = { installations: [], accounts: [], hosts: [], quotas: defaultQuotas };
  return checkExisting(access, context, loadServiceReference(servicesOf(access))).length;
}

/** CPU time in milliseconds. */
function timed(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** A document from the shell, start included: on the clock. */
function fromShell({ document }: Policy): number {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-bench-"));
  try {
    const file = join(folder, "policy.json");
    writeFileSync(file, JSON.stringify(document));
    const times = Array.from({ length: runs }, () => {
      const begin = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [bin, "check", "--permission-policy", file]);
      if (status === 2) throw new Error(stderr.toString());
      return performance.now() - begin;
    });
    return middle(times);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function show(what: string, ms: number): void {
  console.log(`${what.padEnd(64)}${ms.toFixed(ms < 100 ? 1 : 0).padStart(8)} ms`);
}

const policies = managedPolicies();
const byLength = [...policies].sort(
  (a, b) => JSON.stringify(b.document).length - JSON.stringify(a.document).length,
);
const [longest] = byLength;
const usual = policies.find(({ name }) => name === "AmazonS3ReadOnlyAccess");
if (longest === undefined || usual === undefined) throw new Error("moto has no managed policies");
const each = Math.floor(policies.length / count);
const some = policies.filter((_, i) => i % each === 0).slice(0, count);
const first = timed(() => judge(longest));
show(`the longest (${longest.name}), alone in a process: CPU`, first);
const all = some.map((policy) => ({ policy, ms: timed(() => judge(policy)) })).sort((a, b) => b.ms - a.ms);
show(`${some.length} in one process: CPU of one in the middle`, middle(all.map(({ ms }) => ms)));
show(
  `of all of them together`,
  all.reduce((sum, { ms }) => sum + ms, 0),
);
show(`of the slowest (${all[0]?.policy.name ?? ""})`, all[0]?.ms ?? NaN);
if (!process.argv.includes("--no-shell")) {
  show("one document from the shell (AmazonS3ReadOnlyAccess): clock", fromShell(usual));
  show(`the longest from the shell: clock`, fromShell(longest));
}
