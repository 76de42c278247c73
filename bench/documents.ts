import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultQuotas } from "../src/model/quotas";
import type { ExistingAccess } from "../src/model/existing";
import { loadServiceReference } from "../src/policy";
import { checkExisting, servicesOf } from "../src/rules";

/*
 * What `check --permission-policy` costs: one document from the shell, beside cfn-lint where that is on the machine, the
 * longest of AWS's managed policies, and 500 of them in one process. AWS's policies are those that moto 5 brings along. `npm run bench:documents` builds the command
 * first and prints the figures; `-- --write` also writes them into docs/performance.md.
 */

const runs = 5;
const count = 500;
const bin = join(__dirname, "..", "dist", "cli", "bin.js");
const page = join(__dirname, "..", "docs", "performance.md");

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

/** Calls with a file of this JSON, which is gone afterwards. */
function withFile<T>(content: unknown, call: (file: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-bench-"));
  try {
    const file = join(folder, "policy.json");
    writeFileSync(file, JSON.stringify(content));
    return call(file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** CPU time in milliseconds of the command on a document, its start included. */
function fromShell({ document }: Policy): number {
  return withFile(document, (file, folder) => {
    const usage = join(folder, "usage.json");
    const argv = ["--require", join(__dirname, "usage.cjs"), bin, "check", "--permission-policy", file];
    const times = Array.from({ length: runs }, () => {
      const env = { ...process.env, BENCH_USAGE: usage };
      const { status, stderr } = spawnSync(process.execPath, argv, { env });
      if (status === 2) throw new Error(stderr.toString());
      return (JSON.parse(readFileSync(usage, "utf8")) as { readonly cpu: number }).cpu * 1000;
    });
    return middle(times);
  });
}

/** The same of cfn-lint, on a template with the policy; null where this machine has none. */
function byCfnLint({ document }: Policy): number | null {
  if (spawnSync("cfn-lint", ["--version"]).status !== 0) return null;
  const policy = { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: document } };
  return withFile({ Resources: { Policy: policy } }, (file) => {
    const timed = `TIMEFORMAT='%U %S'; time cfn-lint --template ${file} >&-`;
    const times = Array.from({ length: runs }, () => {
      const { stderr } = spawnSync("bash", ["-c", timed], { encoding: "utf8" });
      const [user = NaN, system = NaN] = (stderr.trim().split("\n").pop() ?? "").split(" ").map(Number);
      return (user + system) * 1000;
    });
    return middle(times);
  });
}

interface Figure {
  readonly what: string;
  /** Null for what is not on this machine. */
  readonly ms: number | null;
}

function figures(): readonly Figure[] {
  const policies = managedPolicies();
  const length = ({ document }: Policy): number => JSON.stringify(document).length;
  const [longest] = [...policies].sort((a, b) => length(b) - length(a));
  const usual = policies.find(({ name }) => name === "AmazonS3ReadOnlyAccess");
  if (longest === undefined || usual === undefined) throw new Error("moto has no managed policies");
  const step = Math.floor(policies.length / count);
  const some = policies.filter((_, i) => i % step === 0).slice(0, count);
  const first = timed(() => judge(longest));
  const each = some.map((policy) => timed(() => judge(policy)));
  return [
    { what: `${usual.name} from the shell`, ms: fromShell(usual) },
    { what: "the same in a template, by cfn-lint", ms: byCfnLint(usual) },
    { what: `${longest.name}, the longest, from the shell`, ms: fromShell(longest) },
    { what: "the same, in a process that has started", ms: first },
    { what: `one of ${some.length} in one process, the middle`, ms: middle(each) },
    { what: "the slowest of them", ms: Math.max(...each) },
  ];
}

/** The section of docs/performance.md. */
function section(found: readonly Figure[]): string {
  const shown = (ms: number | null) => (ms === null ? "not on this machine" : ms.toFixed(ms < 100 ? 1 : 0));
  const rows = found.map(({ what, ms }) => `| ${what} | ${shown(ms)} |`).join("\n");
  return `## Policies that exist

Written by \`npm run bench:documents -- --write\`: \`check --permission-policy\` of AWS's managed policies, as moto brings them
along. CPU time, since the machine was not idle; from the shell with the start of Node, medians of ${runs}. The first of a process
loads what AWS publishes of the services that it names.

| what | ms of CPU time |
| --- | ---: |
${rows}
`;
}

const found = section(figures());
console.log(found);
if (process.argv.includes("--write")) {
  const [before = ""] = readFileSync(page, "utf8").split("## Policies that exist");
  writeFileSync(page, `${before.trimEnd()}\n\n${found}`);
}
