import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Login, Snippet } from "../../src/model/accessModel";
import { type Acme, acmeRepository, acmeTrust, startAcme } from "../support/acme";
import { rendered, testExport, testLogin, testSnippet } from "../support/snippet";
import { describeReal } from "../support/toolsTier";
import type { RunOptions, TaskRun, Workspace } from "../support/workspace";

/** Values that shells like to change. None ends in a newline, which a substitution takes away. */
const nasty: Readonly<Record<string, string>> = {
  PLAIN: "postgres://u:p@h/db",
  NEWLINES: "\n\nline\n\nend",
  QUOTES: `'"\`$(echo no)\${HOME}$HOME\\n\\!!`,
  UNICODE: "añ€😀é",
  CONTROL: "\u001b[31m\t\r\u007f",
  SPACES: "  both ends  ~ =x #y",
  DASHES: "--profile evil",
  LARGE: "0123456789abcdef'".repeat(1200),
};
const fields = { password: `p'"\\$x\ny!`, "it's!": "odd", gone: null };
const [role, other] = ["gitpod-acme-app", "other"].map((name) => `arn:aws:iam::123456789012:role/${name}`);

/** What goes wrong, and what the command that fails says. */
interface Failure {
  readonly what: string;
  readonly says: string;
  readonly login?: Partial<Login>;
  readonly prepare?: (made: Workspace) => void;
  readonly url?: string;
}

/** Whether the task said so itself: the terminal also shows what was typed. */
function failed({ stdout }: TaskRun): boolean {
  return /^aws: FAILED/m.test(stdout);
}

describeReal("a task typed into a terminal", ["aws", "moto", "script", "zsh", "jq"], (tools) => {
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme(tools);
    for (const [name, value] of Object.entries(nasty))
      await acme.secret(name.toLowerCase(), { SecretString: value });
    await acme.secret("fields", { SecretString: JSON.stringify(fields, null, 2) });
    await acme.parameter("/acme/param", "p $HOME");
    const AssumeRolePolicyDocument = JSON.stringify(acmeTrust());
    await acme.iam("CreateRole", { RoleName: "other", AssumeRolePolicyDocument });
  });

  afterAll(() => acme.stop());

  const snippet = (login: Partial<Login> = {}, change: Partial<Snippet> = {}): string =>
    rendered(testSnippet({ logins: [testLogin(login)], ...change }));
  const aws = (made: Workspace, name: string) => join(made.folder, "home", ".aws", name);
  const program = (made: Workspace, name: string, code: string) => {
    // A link to the machine's own program goes first: writing would go through it.
    rmSync(join(made.folder, "bin", name), { force: true });
    writeFileSync(join(made.folder, "bin", name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  };

  /** A workspace with both shells, whose zsh has been used before. */
  function open(contextUrl = acmeRepository): Workspace {
    const made = acme.workspace({ contextUrl, shells: ["zsh"] });
    writeFileSync(join(made.folder, "home", ".zshrc"), "");
    return made;
  }

  /** Runs the task beside another that waits for it, and expects that one to go on. */
  async function typed(made: Workspace, file: string, options: RunOptions = {}): Promise<TaskRun> {
    rmSync(join(made.folder, "markers"), { recursive: true });
    mkdirSync(join(made.folder, "markers"));
    const waits = made.run("tasks: [{command: gp sync-await aws && echo GO}]", { timeout: 240_000 });
    const run = await made.run(file, { terminal: true, timeout: 240_000, ...options });
    expect((await waits).stdout).toBe("GO\n");
    return run;
  }

  describe.each(["bash", "zsh"] as const)("in %s", (shell) => {
    test("logs in to two accounts and has every value, at each kind of start", async () => {
      const exports = [
        ...Object.keys(nasty).map((name) => testExport(name)),
        testExport("PASSWORD", { id: "fields", key: "password" }),
        testExport("ODD", { id: "fields", key: "it's!" }),
        testExport("PARAM", { source: "parameter", id: "/acme/param" }),
      ];
      const second = testLogin({
        account: "prod",
        profile: "prod",
        roleArn: other ?? "",
        region: "eu-west-1",
      });
      const expected = { ...nasty, PASSWORD: fields.password, ODD: "odd", PARAM: "p $HOME" };
      for (const start of ["fresh", "prebuilt", "restart"] as const) {
        // Gitpod decides what is run when: one shell shows it.
        if (start !== "fresh" && shell === "zsh") break;
        const made = open();
        // A value takes a second of the AWS CLI: all of them once, the last two at the other starts.
        const wanted = start === "fresh" ? exports : exports.slice(-2);
        const logins = [testLogin({ exports: wanted }), second];
        const file = snippet({}, { logins, commands: ["WAS=$PARAM; export WAS"] });
        const run = await typed(made, file, { shell, start });
        expect([failed(run), run.status]).toEqual([false, 0]);
        const values = start === "fresh" ? expected : { ODD: "odd", PARAM: "p $HOME" };
        expect(Object.fromEntries(run.env)).toMatchObject({ ...values, WAS: "p $HOME" });
        expect(run.env.has("v")).toBe(false);
        if (start !== "fresh") continue;
        for (const later of ["bash", "zsh"] as const)
          expect(Object.fromEntries(await made.openTerminal(later))).toMatchObject(expected);
        expect(statSync(aws(made, "aws.env")).mode & 0o777).toBe(0o600);
        expect(readFileSync(aws(made, "config"), "utf8")).toMatch(
          /\[default\]\nregion = us-east-1\n\[profile prod\]\nregion = eu-west-1\n/,
        );
        expect(readdirSync(join(made.folder, "workspace"))).toEqual([]);
      }
    });

    test("has no value of an earlier start", async () => {
      const made = open();
      await typed(made, snippet({ exports: [testExport("PLAIN"), testExport("DASHES")] }), { shell });
      await typed(made, snippet({ exports: [testExport("DASHES")] }), { shell, start: "restart" });
      const env = await made.openTerminal(shell);
      expect([env.has("PLAIN"), env.get("DASHES")]).toEqual([false, nasty["DASHES"]]);
      expect(readFileSync(join(made.folder, "home", ".bashrc"), "utf8").match(/aws\.env \]/g)).toHaveLength(
        1,
      );
    });

    const field = testExport("PLAIN", { id: "fields", key: "gone" });
    const failures: readonly Failure[] = [
      {
        what: "a refusal",
        says: "Not authorized to perform sts:AssumeRole",
        url: `${acmeRepository}/tree/x`,
      },
      {
        what: "no AWS CLI",
        says: `exec: "aws": executable file not found`,
        prepare: (w) => {
          rmSync(join(w.folder, "bin", "aws"));
        },
      },
      { what: "a role that is gone", says: "AccessDenied", login: { roleArn: `${role ?? ""}-gone` } },
      {
        what: "no secret",
        says: "ResourceNotFoundException",
        login: { exports: [testExport("PLAIN", { id: "gone" })] },
      },
      {
        what: "no parameter",
        says: "ParameterNotFound",
        login: { exports: [testExport("PLAIN", { id: "/x", source: "parameter" })] },
      },
      { what: "no field", says: "jq: error", login: { exports: [field] } },
      {
        what: "no jq",
        says: "not found",
        login: { exports: [field] },
        prepare: (w) => {
          rmSync(join(w.folder, "bin", "jq"));
        },
      },
      {
        what: "a refused read with a key",
        says: "AccessDeniedException",
        login: { exports: [field] },
        prepare: (w) => {
          renameSync(join(w.folder, "bin", "aws"), join(w.folder, "bin", "real-aws"));
          program(
            w,
            "aws",
            `case $1 in secretsmanager) echo AccessDeniedException >&2; exit 254 ;; *) exec real-aws "$@" ;; esac`,
          );
        },
      },
    ];
    // Zsh tries each way that our own line is reached.
    const ofZsh = ["a refusal", "no secret", "no field", "a refused read with a key"];
    test.each(failures.filter(({ what }) => shell === "bash" || ofZsh.includes(what)))(
      "says after $what which role and which URL, and harms nothing",
      async ({ says, login = {}, prepare, url }) => {
        const made = open(url);
        prepare?.(made);
        const file = snippet(login, { commands: ["echo R''AN"] });
        const run = await typed(made, file, { shell, env: { PLAIN: "mine" } });
        const said = run.stdout.replace(/\r?\n/g, "\n");
        expect(said).toContain(says);
        expect(said).toContain(
          `\naws: FAILED, see above: role ${login.roleArn ?? role ?? ""}, opened on ${url ?? acmeRepository}. `,
        );
        expect(said).not.toMatch(/RAN|eyJ|correct/);
        expect(run.env.get("PLAIN")).toBe("mine");
        expect((await made.openTerminal(shell)).has("PLAIN")).toBe(false);
      },
    );

    test("keeps what it has of the first account where the second refuses", async () => {
      const made = open();
      const logins = [
        testLogin({ exports: [testExport("PLAIN")] }),
        testLogin({ account: "prod", profile: "prod", roleArn: `${role ?? ""}-gone` }),
      ];
      const run = await typed(made, snippet({}, { logins }), { shell });
      expect(run.stdout).toContain(`\naws: FAILED, see above: role ${role ?? ""} or ${role ?? ""}-gone,`);
      expect((await made.openTerminal(shell)).get("PLAIN")).toBe(nasty["PLAIN"]);
    });

    test("is not misled by AWS_PROFILE, AWS_DEFAULT_OUTPUT and AWS_REGION, nor writes to that profile", async () => {
      const made = open();
      const env = { AWS_PROFILE: "mine", AWS_DEFAULT_OUTPUT: "text", AWS_REGION: "eu-west-1", PLAIN: "old" };
      const run = await typed(made, snippet({ exports: [testExport("PLAIN")] }), { shell, env });
      expect(Object.fromEntries(run.env)).toMatchObject({ ...env, PLAIN: nasty["PLAIN"] });
      const written =
        readFileSync(aws(made, "credentials"), "utf8") + readFileSync(aws(made, "config"), "utf8");
      expect(written.match(/^\[.*\]$/gm)).toEqual(["[default]", "[default]"]);
    });

    // Here Gitpod's tools decide, and no shell.
    if (shell === "bash")
      test("waits for the task that installs the AWS CLI, whichever starts first", async () => {
        for (const first of ["aws", "cli"]) {
          const made = open();
          const [cli, hidden] = ["aws", "hidden"].map((name) => join(made.folder, "bin", name));
          renameSync(cli ?? "", hidden ?? "");
          const installer = JSON.stringify({
            tasks: [{ command: `mv ${hidden ?? ""} ${cli ?? ""}; gp sync-done aws-cli` }],
          });
          const install = () => made.run(installer);
          if (first === "cli") await install();
          const file = snippet({ exports: [testExport("PLAIN")] }, { after: "aws-cli" });
          const rest = first === "cli" ? undefined : sleep(1500).then(install);
          const run = await made.run(file, { terminal: true, shell });
          await rest;
          expect([first, run.env.get("PLAIN")]).toEqual([first, nasty["PLAIN"]]);
        }
      });

    test("does nothing in a prebuild", async () => {
      const made = open();
      await made.run(snippet({ exports: [testExport("PLAIN")] }), {
        start: "prebuild",
        shell,
        terminal: true,
      });
      expect(readdirSync(join(made.folder, "home"))).not.toContain(".aws");
    });
  });

  describe.each(["bash", "zsh"] as const)("renewed, in %s", (shell) => {
    const renewed = (login: Partial<Login> = {}) => snippet(login, { renew: true });
    const caller = "tasks: [{command: aws sts get-caller-identity --query Arn --output text}]";

    /** Waits until something holds. */
    async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await holds())) await sleep(100);
    }

    test("lasts beyond the end of a session, for the CLI and for a program that runs on", async () => {
      acme.sts.shortenSessions(3);
      const made = open();
      // The task's 50 minutes are 2 seconds here, its minute a third of one.
      program(made, "sleep", `case $1 in 3000) set -- 2 ;; 60) set -- 0.3 ;; esac\nexec /bin/sleep "$1"`);
      const run = await typed(made, renewed({ exports: [testExport("PLAIN")] }), { shell });
      expect([failed(run), run.env.get("PLAIN")]).toEqual([false, nasty["PLAIN"]]);
      expect(run.stdout).toContain("assumed-role/gitpod-acme-app/acme-app-x1y2z3a4b5c");
      // The terminal is closed by now.
      const file = aws(made, "aws.token");
      const [token, inode] = [readFileSync(file, "utf8"), statSync(file).ino];
      await until(() => readFileSync(file, "utf8") !== token);
      expect([statSync(file).ino === inode, statSync(file).mode & 0o777]).toEqual([false, 0o600]);
      const before = acme.sts.logins.length;
      expect((await made.run(caller)).stdout).toContain("assumed-role/gitpod-acme-app/");
      await sleep(3500);
      expect((await made.run(caller)).stdout).toContain("assumed-role/gitpod-acme-app/");
      const tokens = acme.sts.logins.slice(before);
      expect(new Set(tokens).size).toBeGreaterThanOrEqual(2);
      expect(readdirSync(join(made.folder, "home", ".aws"))).not.toContain("credentials");
      // The rest is no matter of the shell.
      if (shell === "zsh") return made.remove();

      const python = [
        "import boto3, time",
        "s = boto3.client('sts')",
        "[(print(s.get_caller_identity()['Arn']), time.sleep(4)) for _ in range(3)]",
      ].join("\n");
      const path = process.env["PATH"] ?? "";
      const ran = acme.sts.logins.length;
      const long = await made.run(
        JSON.stringify({ tasks: [{ command: `PATH='${path}' python3 -c "${python}"` }] }),
      );
      expect(long.stderr).toBe("");
      expect(long.stdout.match(/assumed-role\/gitpod-acme-app\//g)).toHaveLength(3);
      expect(new Set(acme.sts.logins.slice(ran)).size).toBeGreaterThanOrEqual(2);

      // A failure leaves the old token, and is tried again.
      renameSync(join(made.folder, "bin", "gp"), join(made.folder, "bin", "hidden"));
      await sleep(2500);
      const kept = readFileSync(file, "utf8");
      await sleep(2500);
      expect([kept.split(".").length, readFileSync(file, "utf8") === kept]).toEqual([3, true]);
      renameSync(join(made.folder, "bin", "hidden"), join(made.folder, "bin", "gp"));
      await until(() => readFileSync(file, "utf8") !== kept);
      await made.remove();
    });

    test("shows a refusal", async () => {
      const made = open(`${acmeRepository}/tree/x`);
      const run = await typed(made, renewed(), { shell });
      expect(run.stdout).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
      expect(failed(run)).toBe(true);
    });
  });
});
