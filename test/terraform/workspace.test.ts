import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Acme, acmeRepository, startAcme } from "../support/acme";
import { rendered, testExport, testLogin, testSnippet } from "../support/snippet";
import { describeReal } from "../support/toolsTier";

jest.setTimeout(120_000);

/** Values that shells, terminals and CLIs like to change. */
const nasty: Readonly<Record<string, string>> = {
  PLAIN: "postgres://u:p@h/db",
  NEWLINES: "\n\nline\n\n\n",
  QUOTES: `'"\`$(echo no)\${HOME}$HOME\\n\\`,
  NONE: "None",
  JSON_TEXT: `{"a": [1, "b"]}`,
  UNICODE: "añ€😀\u202e\u0085\u2028é",
  CONTROL: "\u001b[31m\t\u0003\u0004\r\u007f!!",
  SPACES: "  both ends  ",
  DASHES: "--profile evil",
  LARGE: "0123456789abcdef".repeat(3840),
};

const fields = {
  password: `p'"\\$\n\n`,
  emoji: "😀é\u0001",
  number: 1.5,
  yes: true,
  nested: { password: "no" },
  gone: null,
};

describeReal("a workspace that runs a rendered snippet", ["aws", "moto", "script"], (tools) => {
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme(tools);
    for (const [name, value] of Object.entries(nasty))
      await acme.secret(name.toLowerCase(), { SecretString: value });
    await acme.secret("fields", { SecretString: JSON.stringify(fields, null, 2) });
    await acme.secret("nul", { SecretString: "before\0after" });
    await acme.secret("binary", { SecretBinary: Buffer.from([0, 255, 1]).toString("base64") });
    await acme.parameter("/acme/param", "p\n$HOME\n");
  });

  afterAll(() => acme.stop());

  const everything = testSnippet({
    logins: [
      testLogin({
        exports: [
          ...Object.keys(nasty).map((name) => testExport(name)),
          testExport("PARAM", { source: "parameter", id: "/acme/param" }),
        ],
      }),
    ],
  });

  test.each([false, true])(
    "has every value unchanged in its variable (on a terminal: %s)",
    async (terminal) => {
      const run = await acme.workspace().run(rendered(everything), { terminal });
      expect(run.stderr).not.toContain("IS NOT SET");
      for (const [name, value] of Object.entries({ ...nasty, PARAM: "p\n$HOME\n" }))
        expect([name, run.env.get(name)]).toEqual([name, value]);
      expect(run.status).toBe(0);
      expect(run.env.get("AWS_REGION")).toBe("us-east-1");
      expect(run.names.filter((name) => name.startsWith("__gao"))).toEqual([]);
    },
  );

  test.each([false, true])("has the fields of a JSON secret (on a terminal: %s)", async (terminal) => {
    const exports = Object.keys(fields).map((key) => testExport(key.toUpperCase(), { id: "fields", key }));
    const made = acme.workspace();
    const run = await made.run(rendered(testSnippet({ logins: [testLogin({ exports })] })), { terminal });
    const env = await made.openTerminal();
    expect(env.get("PASSWORD")).toBe(fields.password);
    expect(env.get("EMOJI")).toBe(fields.emoji);
    expect(env.get("NUMBER")).toBe("1.5");
    expect(env.get("YES")).toBe("true");
    expect(env.has("NESTED")).toBe(false);
    expect(env.has("GONE")).toBe(false);
    expect(run.status).toBe(1);
    expect(run.stdout + run.stderr).toContain("it has: password, emoji, number, yes, nested, gone");
    expect(run.stdout + run.stderr).not.toContain(fields.password.slice(0, 4));
  });

  test("reports a secret that is missing or binary, and sets the others", async () => {
    const exports = ["MISSING", "BINARY", "NUL", "PLAIN"].map((name) => testExport(name));
    exports.push(testExport("NUMBER", { id: "fields", key: "number" }));
    const snippet = testSnippet({ logins: [testLogin({ exports })], commands: ["echo RAN"] });
    const made = acme.workspace();
    const run = await made.run(rendered(snippet));
    const env = await made.openTerminal();
    expect(run.stderr).toContain("MISSING IS NOT SET: the secret missing of us-east-1");
    expect(run.stderr).toContain("ResourceNotFoundException");
    expect(run.stderr).toContain("BINARY IS NOT SET");
    expect(run.stderr).toContain("it holds a NUL character, which no variable can");
    for (const name of ["MISSING", "BINARY", "NUL"]) expect(env.has(name)).toBe(false);
    expect(env.get("PLAIN")).toBe(nasty["PLAIN"]);
    expect(run.stdout).not.toContain("RAN");
    expect(run.status).toBe(1);
  });

  test("says why a login is refused, harmlessly, and runs no command", async () => {
    const strange = "https://github.com/acme/other/\u001b[2J\u0085$(touch pwned)";
    const made = acme.workspace({ contextUrl: strange });
    const run = await made.run(
      rendered(
        testSnippet({ commands: ["echo RAN"], logins: [testLogin({ exports: [testExport("PLAIN")] })] }),
      ),
    );
    expect(run.stderr).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    expect(run.stderr).toContain("arn:aws:iam::123456789012:role/gitpod-acme-app");
    expect(run.stderr).toContain("opened on: https://github.com/acme/other/?[2J??$(touch pwned)");
    expect(run.stderr).toContain("https://github.com/acme/app.git");
    expect(run.stderr).toContain("gp idp token --decode --audience sts.amazonaws.com");
    expect(run.stderr).toContain(
      "gitpod-aws-oidc explain --installation gitpod --context $'https://github.com/acme/other/\\E[2J\\302\\205$(touch pwned)'",
    );
    expect(run.stderr).toMatch(/^[\n -~]*$/);
    expect(run.env.has("PLAIN")).toBe(false);
    expect(run.stdout).not.toContain("RAN");
    expect(run.status).toBe(1);
    expect(readdirSync(join(made.folder, "workspace"))).toEqual([]);
  });

  test("says what is missing where there is no AWS CLI, or no gp", async () => {
    const noAws = acme.workspace();
    rmSync(join(noAws.folder, "bin", "aws"));
    const noGp = acme.workspace();
    rmSync(join(noGp.folder, "bin", "gp"));
    const first = await noAws.run(rendered(everything));
    expect(first.stderr).toContain("the AWS CLI is missing: install it in .gitpod.Dockerfile");
    expect(first.stderr).not.toContain("http");
    expect(readdirSync(join(noAws.folder, "markers"))).toHaveLength(1);
    const second = await noGp.run(rendered(everything));
    expect(second.stderr).toContain("gp is missing: this is not a Gitpod workspace");
    expect([first.status, second.status]).toEqual([1, 1]);
  });

  test("is not misled by what the environment already says", async () => {
    const preset = {
      AWS_PROFILE: "not-there",
      AWS_DEFAULT_OUTPUT: "text",
      AWS_ACCESS_KEY_ID: "AKIAOLD",
      AWS_SECRET_ACCESS_KEY: "old",
      AWS_REGION: "eu-west-1",
      IDP_AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/other",
    };
    const made = acme.workspace();
    const snippet = testSnippet({
      logins: [testLogin({ profile: "dev", exports: [testExport("PLAIN")] })],
      commands: ["aws sts get-caller-identity --output text >id"],
    });
    const run = await made.run(rendered(snippet), { env: preset });
    expect(run.env.get("PLAIN")).toBe(nasty["PLAIN"]);
    expect(run.env.get("AWS_PROFILE")).toBe("dev");
    expect(run.env.get("AWS_REGION")).toBe("us-east-1");
    expect(run.env.has("AWS_ACCESS_KEY_ID")).toBe(false);
    expect(run.stderr).toContain("AWS_ACCESS_KEY_ID and its like, which outrank every profile, are unset");
    expect(run.stderr).toContain("AWS_PROFILE is dev in this shell and in new terminals; it was not-there");
    expect(run.status).toBe(0);
    expect(readFileSync(join(made.folder, "workspace", "id"), "utf8")).toContain(
      "assumed-role/gitpod-acme-app/acme-app-x1y2z3a4b5c-",
    );
  });

  test.each([acmeRepository, "https://github.com/acme/other"])(
    "lets a waiting task go on, opened on %s",
    async (opened) => {
      const made = acme.workspace({ contextUrl: opened });
      const waiter = made.run("tasks: [{command: gp sync-await aws && echo GO}]", { timeout: 30_000 });
      await made.run(rendered(testSnippet()));
      expect((await waiter).stdout).toBe("GO\n");
    },
  );

  test("lets a waiting task go on when somebody interrupts a login", async () => {
    const made = acme.workspace();
    writeFileSync(join(made.folder, "bin", "aws"), "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    const run = await made.run(rendered(testSnippet()), { terminal: true, interruptAfter: 1500 });
    expect(run.stdout).toContain("LOGIN FAILED");
    expect(readdirSync(join(made.folder, "markers"))).toHaveLength(1);
    expect(run.status).not.toBe(0);
  });

  test("runs commands in the shell of the task, until one fails", async () => {
    const commands = [
      "cd / && ANSWER=42 && export ANSWER",
      "export BANG='hi!' UNI=é TABBED=$'a\\tb'\n\nexport MORE=$ANSWER",
      "export QUOTED='a\\\\b $(echo \"c\") `echo d`'",
    ];
    const made = acme.workspace();
    for (const terminal of [false, true]) {
      const run = await made.run(rendered(testSnippet({ commands })), { terminal });
      expect(Object.fromEntries(run.env)).toMatchObject({
        ANSWER: "42",
        MORE: "42",
        BANG: "hi!",
        UNI: "é",
        TABBED: "a\tb",
        QUOTED: 'a\\\\b $(echo "c") `echo d`',
      });
      expect(run.status).toBe(0);
    }
    const broken = await made.run(rendered(testSnippet({ commands: ["if then fi (", "echo RAN"] })));
    expect(broken.stdout).not.toContain("RAN");
    expect(broken.status).not.toBe(0);
  });

  test("keeps values out of a trace", async () => {
    const snippet = rendered(testSnippet({ logins: [testLogin({ exports: [testExport("PLAIN")] })] }));
    const run = await acme.workspace().run(snippet.replace("command: |\n", "command: |\n      set -x\n"));
    expect(run.env.get("PLAIN")).toBe(nasty["PLAIN"]);
    expect(run.stderr).toContain("+ ");
    expect(run.stderr).not.toContain(nasty["PLAIN"]);
  });

  test("may do what its role allows, and nothing else", async () => {
    const statement = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await acme.iam("PutRolePolicy", {
      RoleName: "gitpod-acme-app",
      PolicyName: "read",
      PolicyDocument: policy,
    });
    const made = acme.workspace();
    await made.run(rendered(testSnippet()));
    await acme.enforcePermissions(true);
    const use =
      "aws secretsmanager get-secret-value --secret-id plain; aws secretsmanager delete-secret --secret-id plain";
    const run = await made.run(`tasks: [{command: "${use}"}]`).finally(() => acme.enforcePermissions(false));
    expect(run.stdout).toContain("postgres://");
    expect(run.stderr).toMatch(/is not authorized to perform: secretsmanager:DeleteSecret/);
    expect(run.status).not.toBe(0);
  });

  test("logs in to every account that it can", async () => {
    const exports = [testExport("PLAIN")];
    const denied = testLogin({
      account: "prod",
      profile: "prod",
      roleArn: "arn:aws:iam::123456789012:role/gone",
    });
    const logins = [testLogin({ exports }), { ...denied, exports: [testExport("QUOTES")] }];
    const made = acme.workspace();
    const run = await made.run(rendered(testSnippet({ logins })));
    const env = await made.openTerminal();
    expect(env.get("PLAIN")).toBe(nasty["PLAIN"]);
    expect(env.has("QUOTES")).toBe(false);
    expect(env.get("AWS_PROFILE")).toBe("default");
    expect(run.stderr).toContain("LOGIN FAILED: account prod, profile prod");
    expect(run.status).toBe(1);
  });

  test("does nothing in a prebuild", async () => {
    const made = acme.workspace();
    await made.run(rendered(everything), { start: "prebuild" });
    expect(readdirSync(join(made.folder, "home"))).toEqual([]);
  });
});
