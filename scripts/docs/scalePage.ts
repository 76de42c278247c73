import { page, table } from "./markdown";
import { assumptions, estimate, type ScaleAssumptions } from "./scaleModel";

/** docs/scale.md: what 100,000 repositories in 100 accounts cost, by arithmetic. */
export function scalePage(): string {
  const a = assumptions;
  const rolesPerAccount = a.repositories / a.accounts;
  return page(
    "# Scale",
    `What ${number(a.repositories)} repositories in ${a.accounts} AWS accounts cost a platform team, one role each. Nothing here was run
against AWS: these are figures that were measured on an emulator, limits that AWS documents, and assumptions that are named
so that you can put your own in their place (\`scripts/docs/scaleModel.ts\`, then \`npm run generate\`). A test plays every
call, and fails where that differs from the arithmetic by more than a tenth.`,
    "## What is assumed",
    table(
      ["what", "figure", "where from"],
      [
        [
          "roles of an account",
          number(rolesPerAccount),
          "AWS's own default quota is 1,000; `rolesPerAccount` is checked before AWS refuses",
        ],
        [
          "calls of a refresh, each role",
          String(a.refreshCalls),
          "counted at an emulator, a test repeats it; a role with a managed policy and its attachment takes 6",
        ],
        [
          "calls of the first apply, each role",
          String(a.createCalls),
          "counted there: CreateRole, PutRolePolicy and five that read",
        ],
        [
          "Terraform's own work, each role",
          `${a.ownSeconds} s`,
          "`plan -refresh=false` of 1,000 roles took 12.8 s on one busy machine",
        ],
        ["state, each role", `${a.stateBytes} bytes`, "the state of 1,000 roles"],
        [
          "IAM's answers, each account",
          `${a.rate} a second, ${a.burst} at once`,
          "assumed: AWS says that IAM has token buckets, that nobody can have them raised, and not how large they are",
        ],
        ["time to an answer", `${a.latency} s`, "assumed"],
        ["calls at a time, each Terraform", String(a.parallelism), "Terraform's default `-parallelism`"],
        [
          "a run's fixed costs",
          `${a.fixedSeconds} s`,
          "assumed: a CI job's start, `init`, the lock and the state in S3",
        ],
        ["runs at a time", String(a.runners), "assumed: as many CI runners"],
      ],
    ),
    "## What follows",
    `${number(a.repositories)} roles make ${number(a.repositories * a.refreshCalls)} calls at every refresh. One account's ${number(rolesPerAccount)} roles make
${number(rolesPerAccount * a.refreshCalls)}, and its state has ${((rolesPerAccount * a.stateBytes) / 1e6).toFixed(1)} MB. Accounts have buckets of their own, so runs of
different accounts do not slow each other down; two of one account do.`,
    table(
      ["runs at a time", "shards", "plan of everything", "first apply"],
      [
        row({ ...a, runners: 1 }),
        row({ ...a, runners: 5 }),
        row(a),
        row({ ...a, runners: a.accounts }),
        row({ ...a, shards: 4 }),
        row({ ...a, shards: 4, runners: 4 * a.accounts }),
      ],
    ),
    "## How much depends on IAM's rate",
    `With ${a.runners} runs at a time:`,
    table(
      ["answers a second", "plan of everything", "first apply"],
      [5, 10, 20, 50, 100].map((rate) => [
        String(rate),
        time(estimate({ ...a, rate }, a.refreshCalls)),
        time(estimate({ ...a, rate }, a.createCalls)),
      ]),
    ),
    "## What to do about it",
    `- **Plan what changed.** \`npx gitpod-aws-oidc synth\` is deterministic: an account whose \`cdk.tf.json\` is the one of the last
  deployment needs no plan. \`--only ACCOUNT\` synthesizes one.
- **Refresh at night.** \`terraform plan -refresh=false\` asks IAM for nothing and takes ${time(a.fixedSeconds + a.ownSeconds * rolesPerAccount)} for an account; a
  refresh that looks for changes made by hand can run once a day.
- **Split an account only for its state and its lock.** \`shards\` lets several people or jobs plan parts of one account, and
  keeps a state small ([Deploying](deploying.md#one-account-several-stacks)). IAM's rate is the account's, so shards of
  one account that run at once share it.
- **Accounts before shards.** An account more has a bucket of its own, and a quota of roles of its own.`,
  );
}

function row(a: ScaleAssumptions): readonly string[] {
  return [
    String(a.runners),
    String(a.shards),
    time(estimate(a, a.refreshCalls)),
    time(estimate(a, a.createCalls)),
  ];
}

function time(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function number(n: number): string {
  return n.toLocaleString("en-US");
}
