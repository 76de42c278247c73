import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fenced, read } from "../docs/markdown";
import { compiledCommand } from "../support/compiled";
import { startMoto, type Moto } from "../support/moto";
import { createScriptFolder } from "../support/scriptFolder";
import { describeReal } from "../support/toolsTier";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly id?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly needs?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly stack: string } };
  readonly steps: readonly Step[];
}

const accounts = { dev: "123456789012", prod: "210987654321" };

/** What `init` wrote, with a second account, state that outlives a runner, and one repository for each. */
const manifest = (...repositories: readonly string[]) => `version: 1
accounts:
${Object.entries(accounts)
  .map(
    ([name, id]) =>
      `  ${name}: { id: "${id}", region: us-east-1, path: /gitpod/, backend: { s3: { bucket: state-${name}, region: us-east-1 } } }\n`,
  )
  .join("")}installations:
  acme: { issuer: https://services.acme.gitpod.cloud/idp }
defaults: { accounts: [dev, prod] }
repos:
${repositories.map((name) => `  - { url: https://github.com/acme/${name}, grants: [{ secret: ${name} }] }\n`).join("")}`;

describeReal(
  "a platform repository that init --ci github has made",
  ["terraform", "mirror", "moto", "aws"],
  (tools) => {
    const bin = compiledCommand();
    let repository: ReturnType<typeof createScriptFolder>;
    const motos = new Map<string, Moto>();

    beforeAll(async () => {
      for (const [name, id] of Object.entries(accounts)) motos.set(name, await startMoto(tools.moto, id));
      repository = createScriptFolder(tools, "http://127.0.0.1:9");
      const shims = {
        npm: `[ "$*" = ci ]`,
        npx: `shift\nexec ${process.execPath} ${bin()} "$@"`,
        gh: `echo "$@" >gh.args`,
        aws: `exec ${tools.aws} "$@"`,
      };
      for (const [name, script] of Object.entries(shims)) {
        writeFileSync(join(repository.folder, "bin", name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(repository.folder, "bin", name), 0o755);
      }
      mkdirSync(join(repository.folder, "platform"));
    });
    afterAll(async () => {
      for (const moto of motos.values()) await moto.stop();
      rmSync(repository.folder, { recursive: true, force: true });
    });

    const shell = (script: string, cwd: string, env: NodeJS.ProcessEnv = {}): string => {
      // As a runner calls it.
      const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
      const options = { cwd: join(repository.folder, cwd), env: { ...repository.env, ...env } };
      const { status, stdout, stderr } = spawnSync("bash", args, { ...options, encoding: "utf8" });
      if (status !== 0) throw new Error(`failed with ${String(status)}:\n${script}\n${stdout}${stderr}`);
      return stdout + stderr;
    };
    const platform = (script: string, env: NodeJS.ProcessEnv = {}) => shell(script, "platform", env);
    /** The environment of an account's callers. moto answers at one host, not at one for each bucket. */
    const of = (account: string) => ({
      AWS_ENDPOINT_URL: motos.get(account)?.endpoint,
      ...{ TF_CLI_ARGS_init: "-backend-config=use_path_style=true", TF_CLI_ARGS: "-no-color" },
    });
    const commit = (...repositories: readonly string[]) => {
      writeFileSync(join(repository.folder, "platform", "manifest.yaml"), manifest(...repositories));
      return platform("git add -A && git commit -qm change && git rev-parse HEAD").trim();
    };

    /** Both roles of an account, by the commands of the page. */
    const makeRoles = (account: keyof typeof accounts) => {
      const page = fenced(read("examples/ci/README.md"));
      const id = accounts[account];
      const trust = (page.find((b) => b.language === "json")?.text ?? "").replaceAll("123456789012", id);
      writeFileSync(join(repository.folder, "platform", "apply-trust.json"), trust);
      const ofPlan = trust.replace("environment:dev", "pull_request");
      writeFileSync(join(repository.folder, "platform", "plan-trust.json"), ofPlan);
      const commands = page.find((b) => b.language === "sh")?.text ?? "";
      platform(commands.replaceAll("--account dev", `--account ${account}`), of(account));
      platform(`aws s3api create-bucket --bucket state-${account}; rm *.json`, of(account));
    };
    const roles = Object.fromEntries(
      Object.entries(accounts).map(([name, id]) => {
        const arn = (role: string) => `arn:aws:iam::${id}:role/platform-${role}`;
        return [name, { plan: arn("plan"), apply: arn("apply") }];
      }),
    );

    /** Runs the steps of a job by hand, each job in a clone of its own, as a runner does. Gives what they print. */
    const run = (name: string, job: Job, { base, stack }: { base: string; stack: string }) => {
      const folder = `job-${name}-${stack}`;
      rmSync(join(repository.folder, folder), { recursive: true, force: true });
      const files = { GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary" };
      const values: Readonly<Record<string, string | undefined>> = {
        "matrix.stack": stack,
        "github.token": "token",
        "github.event.pull_request.number": "7",
        "github.event.pull_request.base.sha": base,
        "fromJSON(vars.GITPOD_AWS_OIDC_ROLES)[matrix.stack].plan": roles[stack]?.plan,
        "fromJSON(vars.GITPOD_AWS_OIDC_ROLES)[matrix.stack].apply": roles[stack]?.apply,
      };
      const filled = (text: string) =>
        text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
          const value = values[expression];
          if (value === undefined) throw new Error(`no value for ${expression}`);
          return value;
        });
      const env: Record<string, string | undefined> = { ...files, ...(stack === "" ? {} : of(stack)) };
      for (const [key, value] of Object.entries(job.env ?? {})) env[key] = filled(value);
      const printed: string[] = [];
      for (const { uses = "", run: script, with: inputs = {}, env: more = {} } of job.steps) {
        const input = (key: string) => filled(inputs[key] ?? "");
        if (uses.startsWith("actions/checkout@")) {
          const target = join(folder, input("path"));
          shell(
            `git clone -q platform ${target} && git -C ${target} checkout -q ${input("ref") || "HEAD"}`,
            ".",
          );
        } else if (uses.startsWith("aws-actions/configure-aws-credentials@")) {
          const login = `aws sts assume-role-with-web-identity --role-session-name run --web-identity-token token --role-arn ${input("role-to-assume")} --query Credentials`;
          const made = JSON.parse(shell(login, folder, env)) as Readonly<Record<string, string>>;
          env["AWS_ACCESS_KEY_ID"] = made["AccessKeyId"];
          env["AWS_SECRET_ACCESS_KEY"] = made["SecretAccessKey"];
          env["AWS_SESSION_TOKEN"] = made["SessionToken"];
        } else if (/^(github\/codeql-action\/upload-sarif|actions\/upload-artifact)@/.test(uses)) {
          expect(existsSync(join(repository.folder, folder, input("sarif_file") || input("path")))).toBe(
            true,
          );
        } else if (/^(actions\/setup-node|hashicorp\/setup-terraform)@/.test(uses)) {
          continue;
        } else {
          const own = Object.fromEntries(Object.entries(more).map(([key, value]) => [key, filled(value)]));
          printed.push(shell(script ?? `false # ${uses}`, folder, { ...env, ...own }));
        }
      }
      const file = (path: string) => readFileSync(join(repository.folder, folder, path), "utf8");
      return { printed: printed.join(""), file };
    };

    test("goes through a pull request and its merge, in both accounts", () => {
      platform("git init -q -b main && git config user.email a@acme.com && git config user.name a");
      platform(`npx gitpod-aws-oidc init --ci github --issuer https://services.acme.gitpod.cloud/idp \\
        --account ${accounts.dev} --repo https://github.com/acme/app`);
      const base = commit("app");
      for (const account of ["dev", "prod"] as const) makeRoles(account);
      const workflow = join(repository.folder, "platform", ".github/workflows/gitpod-aws-oidc.yml");
      const { jobs } = parse(readFileSync(workflow, "utf8")) as {
        readonly jobs: Readonly<Record<string, Job>>;
      };
      const start = (name: string, stack = "") => {
        const job = jobs[name];
        if (job === undefined) throw new Error(`no job ${name}`);
        return run(name, job, { base, stack });
      };
      const stacks = () => {
        const [, list = "[]"] = /^stacks=(.*)$/m.exec(start("check").file("output")) ?? [];
        return JSON.parse(list) as readonly string[];
      };

      platform("git checkout -qb more");
      commit("app", "api");
      expect(stacks()).toEqual(["dev", "prod"]);
      const { file } = start("comment");
      expect(file("gh.args")).toContain("pr comment 7 --edit-last --create-if-none --body-file access.md");
      expect(file("access.md")).toMatch(/2 gains[^]*acme\/api/);
      for (const stack of ["dev", "prod"])
        expect(start("plan", stack).printed).toMatch(/Plan: 5 to add, 0 to change, 0 to destroy/);

      platform("git checkout -q main && git merge -q more");
      for (const stack of stacks())
        expect(start("apply", stack).printed).toContain("Apply complete! Resources: 5 added");
      for (const account of ["dev", "prod"]) {
        const names = `aws iam list-roles --path-prefix /gitpod/ --query 'Roles[].RoleName' --output text`;
        expect(platform(names, of(account)).trim().split(/\s+/).sort()).toEqual([
          "acme-acme-api",
          "acme-acme-app",
        ]);
      }
      expect(start("plan", "dev").printed).toContain("No changes");
    });
  },
);
