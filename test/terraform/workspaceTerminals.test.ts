import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { type Acme, acmeRepository, acmeTrust, startAcme } from "../support/acme";
import { rendered, testExport, testLogin, testSnippet } from "../support/snippet";
import { describeReal } from "../support/toolsTier";
import type { Shell, Start, Workspace } from "../support/workspace";

jest.setTimeout(120_000);

/** What bash, zsh or fish act upon in one kind of quotes or another. */
const hostile: Readonly<Record<string, string>> = {
  PLAIN: "postgres://u:p@h/db",
  NEWLINES: "\n\nline\n\n\n",
  QUOTES: `'"\`$(touch pwned)\${HOME}$HOME (touch pwned) {a,b} \\n\\\\\\`,
  BACKSLASH: "\\'\\",
  AMPERSAND: "a&b&&c;d|e",
  COMMENT: "# not\n#a comment",
  UNICODE: "añ€😀\u202e\u0085",
  CONTROL: "\u001b[31m\t\u0001\u0003\r\u007f!!",
  EMPTYISH: " ",
};

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

describeReal("the terminals of a workspace", ["aws", "moto", "script", "zsh", "fish"], (tools) => {
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme(tools);
    for (const [name, value] of Object.entries(hostile))
      await acme.secret(name.toLowerCase(), { SecretString: value });
  });

  afterAll(() => acme.stop());

  const withExports = (...names: readonly string[]) =>
    rendered(testSnippet({ logins: [testLogin({ exports: names.map((name) => testExport(name)) })] }));
  const everything = withExports(...Object.keys(hostile));
  const open = () => acme.workspace({ shells: ["zsh", "fish"] });

  /** A home as somebody has it who uses these shells; without a .zshrc, zsh asks questions. */
  function lived(made: Workspace): Workspace {
    for (const file of [".bashrc", ".zshrc"])
      writeFileSync(join(made.folder, "home", file), "export MINE=before # no newline at the end");
    return made;
  }

  function expectValues(env: ReadonlyMap<string, string>, names = Object.keys(hostile)): void {
    for (const name of names) expect([name, env.get(name)]).toEqual([name, hostile[name]]);
    expect(env.get("AWS_PROFILE")).toBe("default");
  }

  const read = (made: Workspace, file: string) => readFileSync(join(made.folder, "home", file), "utf8");
  const cache = (made: Workspace) => read(made, ".aws/gitpod/default.json");
  const expire = (made: Workspace) => {
    const file = join(made.folder, "home", ".aws", "gitpod", "default.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, "1"));
  };
  const caller = ". ~/.aws/gitpod/values.sh; aws sts get-caller-identity --query Arn --output text";
  const task = (command: string) => JSON.stringify({ tasks: [{ command }] });

  test("all see the values as they are, in bash, zsh and fish, and keep what was there", async () => {
    const made = lived(open());
    expect((await made.run(everything)).status).toBe(0);
    for (const shell of shells) expectValues(await made.openTerminal(shell));
    expect((await made.openTerminal("zsh")).get("MINE")).toBe("before");
    expect((await made.openTerminal("bash")).get("MINE")).toBe("before");
    expect(readdirSync(join(made.folder, "workspace"))).toEqual([]);
  });

  test("drop the keys that would outrank the login", async () => {
    const made = lived(open());
    await made.run(withExports());
    const keys = { AWS_ACCESS_KEY_ID: "AKIAOLD", AWS_SECRET_ACCESS_KEY: "old", AWS_PROFILE: "other" };
    for (const shell of shells) {
      const env = await made.openTerminal(shell, keys);
      expect([shell, env.has("AWS_ACCESS_KEY_ID"), env.get("AWS_PROFILE")]).toEqual([
        shell,
        false,
        "default",
      ]);
    }
  });

  test("have no value that the manifest no longer names, after a restart of the task", async () => {
    const made = lived(open());
    await made.run(withExports("PLAIN", "QUOTES"));
    await made.run(withExports("QUOTES"), { start: "restart" });
    for (const shell of shells) {
      const env = await made.openTerminal(shell);
      expectValues(env, ["QUOTES"]);
      expect(env.has("PLAIN")).toBe(false);
    }
    for (const file of [".bashrc", ".zshrc", ".config/fish/conf.d/gitpod-aws.fish"])
      expect(read(made, file).split("~/.aws/gitpod/values").length).toBe(3);
  });

  test("a waiting task reads the values in its own shell", async () => {
    const made = open();
    const waiter = made.run(task('gp sync-await aws && . ~/.aws/gitpod/values.sh && test -n "$PLAIN"'));
    await made.run(withExports("PLAIN"));
    const waited = await waiter;
    expect(waited.status).toBe(0);
    expectValues(waited.env, ["PLAIN"]);
  });

  test("a task that is typed into zsh does what it does in bash", async () => {
    const made = lived(open());
    const commands = ["export AFTER='it''s' BANG=hi\\!"];
    const exports = Object.keys(hostile).map((name) => testExport(name));
    const run = await made.run(rendered(testSnippet({ commands, logins: [testLogin({ exports })] })), {
      terminal: true,
      shell: "zsh",
    });
    expectValues(run.env);
    expect([run.env.get("AFTER"), run.env.get("BANG")]).toEqual(["its", "hi!"]);
    expect(run.status).toBe(0);
    expect(readdirSync(join(made.folder, "markers"))).toHaveLength(1);
  });

  test("a task that is typed into fish, which knows no braces, does nothing and breaks nothing", async () => {
    const made = lived(open());
    const run = await made.run(everything, { terminal: true, shell: "fish" });
    expect(run.status).not.toBeNull();
    expect(readdirSync(join(made.folder, "workspace"))).toEqual([]);
    expect(readdirSync(join(made.folder, "home"))).not.toContain(".aws");
  });

  test("the command itself is the same to fish", async () => {
    const made = lived(open());
    const file = load(everything) as { readonly tasks: readonly { readonly command: string }[] };
    writeFileSync(join(made.folder, "tmp", "task.fish"), file.tasks.map(({ command }) => command).join());
    const run = await made.run(task(`fish "$TMPDIR/task.fish"`));
    expect(run.stderr).toContain("[aws] QUOTES is set from the secret quotes");
    expectValues(await made.openTerminal("fish"));
  });

  test.each<Start>(["fresh", "prebuilt", "restart"])(
    "are ready in a workspace that starts %s",
    async (start) => {
      const made = open();
      expectValues((await made.run(withExports("PLAIN"), { start })).env, ["PLAIN"]);
      expectValues(await made.openTerminal(), ["PLAIN"]);
    },
  );

  test("a prebuild, in which nothing runs, leaves nothing and does not fail", async () => {
    const made = open();
    const run = await made.run(everything, { start: "prebuild" });
    expect(run.status).toBe(0);
    for (const folder of ["home", "workspace", "markers", "tmp"])
      expect(readdirSync(join(made.folder, folder))).toEqual([]);
  });

  test("nobody else can read what is kept", async () => {
    const made = open();
    await made.run(everything);
    const folder = join(made.folder, "home", ".aws", "gitpod");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(folder);
    expect(files.sort()).toEqual(["default.json", "default.login", "log", "values.fish", "values.sh"]);
    for (const file of files)
      expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
  });

  test("nothing is kept where Gitpod would copy it", async () => {
    const made = open();
    mkdirSync(join(made.folder, "workspace", "aws"));
    symlinkSync(join(made.folder, "workspace", "aws"), join(made.folder, "home", ".aws"));
    const run = await made.run(everything, {
      env: { GITPOD_REPO_ROOT: join(made.folder, "workspace", "app") },
    });
    expect(run.stderr).toContain(
      "which Gitpod copies: have it in the home folder, or secrets are copied too",
    );
    expect(readdirSync(join(made.folder, "workspace", "aws", "gitpod"))).toEqual(["values.sh"]);
    expect(readdirSync(join(made.folder, "markers"))).toHaveLength(1);
    expect(run.status).toBe(1);
  });

  describe("the credentials", () => {
    test("are those of one login until they are about to end, and then of a new one", async () => {
      const made = open();
      await made.run(withExports("PLAIN"));
      const first = cache(made);
      const [, renew = 0, json = ""] = /^(\d+) 3600 \S+:role\/gitpod-acme-app (\{.*\})\n$/.exec(first) ?? [];
      const { Expiration } = JSON.parse(json) as { readonly Expiration: string };
      expect(Date.parse(Expiration) / 1000 - Number(renew)).toBe(900);
      expect((await made.run(task(caller))).stdout).toContain("assumed-role/gitpod-acme-app/");
      expect(cache(made)).toBe(first);
      expire(made);
      const misleading = { AWS_DEFAULT_OUTPUT: "text", AWS_DEFAULT_PROFILE: "not-there" };
      const renewed = await made.run(task(caller), { env: misleading });
      expect(renewed.stdout).toContain("assumed-role/gitpod-acme-app/");
      expect(cache(made)).not.toBe(first);
      expect(Number(cache(made).split(" ")[0])).toBeGreaterThan(1);
    });

    test("of a quarter of an hour are renewed after half of it", async () => {
      const made = open();
      const before = Math.floor(Date.now() / 1000);
      await made.run(rendered(testSnippet({ logins: [testLogin({ durationSeconds: 900 })] })));
      const renew = Number(cache(made).split(" ")[0]) - before;
      expect(renew).toBeGreaterThanOrEqual(450);
      expect(renew).toBeLessThan(500);
    });

    test("come out whole when many ask at once for new ones", async () => {
      const made = open();
      await made.run(withExports());
      expire(made);
      const run = await made.run(
        task(`for i in 1 2 3 4 5 6; do ${caller} >out$i 2>&1 & done; wait; cat out*`),
      );
      expect(run.stdout.match(/assumed-role\/gitpod-acme-app\//g)).toHaveLength(6);
      expect(readdirSync(join(made.folder, "home", ".aws", "gitpod")).sort()).toEqual([
        "default.json",
        "default.login",
        "values.fish",
        "values.sh",
      ]);
    });

    test.each([
      [
        "the token of the workspace has ended",
        "echo 'Error: no token available' >&2; exit 1",
        "no token available",
      ],
      [
        "the token has expired on its way",
        "echo 'An error occurred (ExpiredTokenException): Token expired' >&2; exit 1",
        "ExpiredTokenException",
      ],
    ])("cannot be renewed when %s, and whoever asks reads why", async (_, gp, said) => {
      const made = open();
      await made.run(withExports());
      writeFileSync(join(made.folder, "bin", "gp"), `#!/bin/sh\n${gp}\n`);
      expire(made);
      const run = await made.run(task(caller));
      expect(run.stderr).toContain(said);
      expect(run.stderr).toContain(`this workspace was opened on: ${acmeRepository}`);
      expect(run.status).not.toBe(0);
    });

    test("come at the next call, once the role trusts the workspace", async () => {
      const made = acme.workspace({ contextUrl: `${acmeRepository}/tree/x` });
      expect((await made.run(withExports())).status).not.toBe(0);
      const trust = (change: Parameters<typeof acmeTrust>[0]) =>
        acme.iam("UpdateAssumeRolePolicy", {
          RoleName: "gitpod-acme-app",
          PolicyDocument: JSON.stringify(acmeTrust(change)),
        });
      await trust([`${acmeRepository}/tree/x`]);
      const run = await made.run(task(caller)).finally(() => trust([]));
      expect(run.stdout).toContain("assumed-role/gitpod-acme-app/");
    });
  });
});
