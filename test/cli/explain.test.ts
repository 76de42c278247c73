import { applyRemedy } from "../support/applyRemedy";
import { command, inTemporaryFolder, tree, write, type CommandResult } from "../support/folder";
import { acmeIssuer, payload, signatureText, tokenOf } from "../support/login";
import { manifest } from "../support/project";

inTemporaryFolder();

const app = "https://github.com/acme/app";
const one = manifest(`repos:\n  - url: ${app}\n    grants: [{ s3: acme-assets/fixtures/* }]`);
const several = `version: 1
accounts:
  dev: { id: "123456789012", region: eu-central-1 }
  prod: { id: "210987654321", region: eu-central-1 }
installations:
  acme: { host: acme.gitpod.cloud }
  beta: { issuer: https://services.beta.gitpod.cloud/idp, audience: beta }
repos:
  - { url: ${app}, installations: [acme], accounts: [dev, prod] }
  - { url: https://github.com/acme/web, installations: [acme, beta], accounts: [dev] }
`;

/** Runs explain on the manifest of the folder; what it writes never holds any part of a token. */
async function explain(argv: readonly string[], stdin = ""): Promise<CommandResult> {
  const result = await command(["explain", ...argv], {}, { stdin });
  const written = result.stdout + result.stderr;
  expect(written).not.toContain(signatureText);
  expect(written).not.toMatch(/eyJ\w/);
  return result;
}

async function json(argv: readonly string[], stdin = "") {
  const { stdout, status } = await explain([...argv, "--format", "json"], stdin);
  return {
    status,
    ...(JSON.parse(stdout) as { installation: string | null; roles: Record<string, unknown>[] }),
  };
}

describe("explain ends", () => {
  beforeEach(() => {
    write({ "manifest.yaml": one });
  });

  it("with 0 where a role admits the token, read from standard input, and writes no file", async () => {
    const { status, stdout, stderr } = await explain(["--token", "-"], `${tokenOf(payload(app))}\n`);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("admitted  acme-acme-app in account dev");
    expect(stdout).toContain("signature not checked (--verify)");
    expect(Object.keys(tree())).toEqual(["manifest.yaml"]);
  });

  it("with 1 where none does", async () => {
    const { status, stdout } = await explain(["--token", "-"], tokenOf(payload(`${app}/tree/main`)));
    expect(status).toBe(1);
    expect(stdout).toContain("refused   acme-acme-app");
  });

  it("with 1 for a URL with a password, which it does not show", async () => {
    for (const url of [
      "https://ada:hunter2@github.com/acme/app",
      "https://acme.gitpod.cloud/#HTTPS://hunter2@github.com/acme/app",
    ]) {
      for (const format of ["text", "json"]) {
        const { status, stdout, stderr } = await explain(["--context", url, "--format", format]);
        expect([status, stderr]).toEqual([1, ""]);
        expect(stdout).toContain("****@github.com/acme/app");
        expect(stdout).not.toMatch(/hunter2|ada/);
      }
    }
  });

  it("with 1 where the issuer is unknown, and says which comes near", async () => {
    const token = tokenOf(payload(app, { iss: "https://services.acme.gitpod.cloud/idp" }));
    const { status, stdout } = await explain(["--token", "-"], token);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^refused {3}no installation .* issuer/m);
    expect(stdout).toMatch(/issuer: https:\/\/services\.acme\.gitpod\.cloud\/idp at\s+manifest\.yaml:8/);
    const parsed = await json(["--token", "-"], token);
    expect(parsed).toMatchObject({ status: 1, installation: null, roles: [] });
  });

  it("with 2 where it hangs on an address that nobody knows, unless another role admits", async () => {
    const net = "  - url: https://github.com/acme/net\n    sourceCidrs: [203.0.113.0/24]\n";
    write({ "manifest.yaml": `${one}${net}` });
    const from = async (address: string) =>
      (await explain(["--context", "https://github.com/acme/net", "--source-ip", address])).status;
    expect([await from("203.0.113.9"), await from("198.51.100.9")]).toEqual([0, 1]);
    const open = await explain(["--context", "https://github.com/acme/net"]);
    expect(open.status).toBe(2);
    expect(open.stdout).toContain("undecided acme-acme-net");
    expect(open.stderr).toMatch(/^undecided: the source address is not known/);
    write({ "manifest.yaml": `${one}${net}orgs:\n  - url: https://github.com/acme\n` });
    expect((await explain(["--context", "https://github.com/acme/net"])).status).toBe(0);
    expect(
      (await explain(["--context", "https://github.com/acme/net", "--role", "acme-acme-net"])).status,
    ).toBe(2);
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["prose", "Error: token contains an invalid number of segments"],
    ["alg none", tokenOf(payload(app), { alg: "none" })],
    ["HS256", tokenOf(payload(app), { alg: "HS256" })],
    ["1 MB", tokenOf(payload("x".repeat(1_000_000)))],
    ["deep nesting", tokenOf(`{"a":${"[".repeat(7000)}${"]".repeat(7000)}}`)],
    ["a list for sub", tokenOf(payload([app]))],
    ["ESC", tokenOf(payload(`${app}\u001b[2J`))],
    ["__proto__", tokenOf(`{"__proto__":{"iss":"x"},"iss":"${acmeIssuer}","sub":"${app}"}`)],
    ["a key twice", tokenOf(`{"iss":"${acmeIssuer}","sub":"${app}","sub":"${app}"}`)],
  ])("with 2 on a hostile token, %s, with a clear word on stderr alone", async (_, token) => {
    const { status, stdout, stderr } = await explain(["--token", "-"], token);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^error: (?:there is no verdict|standard input is empty)[^\n]*\n {2}remedy: [^\n]{10,}\n$/,
    );
  });

  it.each([
    [[]],
    [["--token", "-", "--context", app]],
    [["--claims", "x.json", "--context", app]],
    [["--context", app, "--verify"]],
    [["--context", app, "--action", "s3:GetObject"]],
    [["--context", app, "--resource", "*"]],
    [["--context", app, "--format", "xml"]],
    [["--context", app, "--source-ip", "198.51.100.0/24"]],
    [["--context", app, "--event", "1"]],
    [["--context", `open-prebuild/6a1b/${app}`]],
    [["--context", app, "--now", "tomorrow"]],
    [["--context", app, "--now", "2026-02-30"]],
    [["--context", app, "--installation", "amce"]],
    [["--context", app, "--role", "acme-acme-ap"]],
    [["--context", app, "--no-such-option"]],
    [["--claims", "missing.json"]],
    [["--claims", "."]],
    [["missing.yaml", "--context", app]],
    [["a", "b", "--context", app]],
  ])("with 2 on wrong usage: %j", async (argv) => {
    const { status, stdout, stderr } = await explain(argv);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^(missing.yaml:1:1: )?error/);
  });

  it("with 2 where the manifest has problems, and names them", async () => {
    write({ "manifest.yaml": one.replace("repos:", "repoz:") });
    const { status, stderr } = await explain(["--context", app]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/manifest\.yaml:9:1: .*"repoz"/);
  });

  it("with 2 where standard input or a file cannot be read as text", async () => {
    write({ "manifest.yaml": one });
    const closed = await command(
      ["explain", "--token", "-"],
      {},
      {
        get stdin(): string {
          throw new Error("EAGAIN");
        },
      },
    );
    expect(closed).toMatchObject({ status: 2, stderr: expect.stringContaining("cannot be read") as string });
  });
});

describe("a token in a wrong place", () => {
  const token = tokenOf(payload(app));
  beforeEach(() => {
    write({ "manifest.yaml": one });
  });

  it.each([
    [["--context", token]],
    [["--claims", token]],
    [[token, "--token", "-"]],
    [["--context", app, "--role", token]],
    [["--context", app, "--installation", token]],
    [["--context", app, "--now", token]],
    [["--context", app, "--format", token]],
    [[`--${token}`]],
    [["--token", token, token, token]],
  ])("is never written, and ends with 2: case %#", async (argv) => {
    expect((await explain(argv)).status).toBe(2);
  });

  it("as --token's own value is read, but not written", async () => {
    expect((await explain(["--token", token])).status).toBe(0);
  });

  it("in a file of claims is not written", async () => {
    write({ "claims.json": token });
    expect((await explain(["--claims", "claims.json"])).stderr).toContain("this is a token");
  });
});

describe("explain reads", () => {
  beforeEach(() => {
    write({ "manifest.yaml": one });
  });

  it("decoded claims from a file or standard input", async () => {
    const decoded = JSON.stringify({ Header: { alg: "RS256" }, Payload: payload(app) });
    write({ "claims.json": decoded });
    expect((await explain(["--claims", "claims.json"])).status).toBe(0);
    expect((await explain(["--claims", "-"], decoded)).status).toBe(0);
  });

  it("a CloudTrail event: its moment, address and role count", async () => {
    write({
      "manifest.yaml": manifest(
        `repos:\n  - url: ${app}\n    sourceCidrs: [203.0.113.0/24]\n    expires: 2026-05-01`,
      ),
    });
    const event = (sourceIPAddress: string, eventTime: string) =>
      JSON.stringify({
        eventName: "AssumeRoleWithWebIdentity",
        ...{ sourceIPAddress, eventTime },
        userIdentity: {
          principalId: `arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp:sts.amazonaws.com:${app}`,
          userName: app,
          identityProvider: "arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp",
        },
      });
    const status = async (ip: string, at: string) => (await explain(["--claims", "-"], event(ip, at))).status;
    expect(await status("203.0.113.9", "2026-04-30T12:00:00Z")).toBe(0);
    expect(await status("198.51.100.7", "2026-04-30T12:00:00Z")).toBe(1);
    expect(await status("203.0.113.9", "2026-05-01T00:00:00Z")).toBe(1);
  });

  describe("several CloudTrail events", () => {
    const provider = "arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp";
    const login = (sub: string, change: object = {}) => ({
      ...{ eventName: "AssumeRoleWithWebIdentity", eventTime: "2026-05-31T12:00:00Z" },
      requestParameters: { roleArn: "arn:aws:iam::123456789012:role/acme-acme-app" },
      userIdentity: {
        ...{ principalId: `${provider}:sts.amazonaws.com:${sub}`, userName: sub, identityProvider: provider },
      },
      ...change,
    });
    const fine = login(app);
    const refused = login(`${app}/tree/main`, { errorCode: "AccessDenied" });
    const anonymous = login(app, { userIdentity: { type: "Unknown" } });
    const unheard = login(app, {
      userIdentity: { ...fine.userIdentity, principalId: "somebody" },
    });
    const records = (...Records: readonly object[]) => JSON.stringify({ Records });
    const argv = ["--claims", "-"];

    it("are all explained, each with its number, its moment and what AWS answered", async () => {
      const { status, stdout } = await explain(argv, records(fine, refused));
      expect(status).toBe(1);
      expect(stdout.match(/^(event|admitted|refused) .*/gm)).toEqual([
        "event     1 of 2, 2026-05-31T12:00:00.000Z: let in",
        "admitted  acme-acme-app in account dev",
        "event     2 of 2, 2026-05-31T12:00:00.000Z: refused with AccessDenied",
        "refused   acme-acme-app in account dev",
      ]);
      expect((await explain(argv, records(fine, fine))).status).toBe(0);
    });

    it("of which --event wants one", async () => {
      const one = await explain([...argv, "--event", "2"], records(fine, refused));
      expect([one.status, one.stdout]).toEqual([1, expect.stringMatching(/^event {5}2 of 2, /)]);
      expect(await json([...argv, "--event", "1"], records(fine, refused))).toMatchObject({
        ...{ status: 0, installation: "acme", roles: [{ admitted: true, because: null, remedy: null }] },
      });
      for (const event of ["0", "3", "x", "1.0"]) {
        const { status, stderr } = await explain([...argv, "--event", event], records(fine, refused));
        expect([status, stderr]).toEqual([2, expect.stringContaining("a number from 1 to 2")]);
      }
    });

    it("are a list in JSON, each as if it were alone", async () => {
      const { stdout } = await explain([...argv, "--format", "json"], records(fine, refused));
      const { events } = JSON.parse(stdout) as { events: Record<string, unknown>[] };
      expect(events.map((e) => Object.keys(e))).toEqual(
        [1, 2].map(() => ["event", "at", "error", "installation", "subject", "audience", "roles"]),
      );
      expect(events.map((e) => [e["event"], e["error"], e["subject"]])).toEqual([
        [1, null, app],
        [2, "AccessDenied", `${app}/tree/main`],
      ]);
    });

    it("that say too little are named, and the others explained", async () => {
      const { status, stdout, stderr } = await explain(argv, records(fine, anonymous));
      expect([status, stdout.match(/^event/gm)?.length]).toEqual([2, 1]);
      expect(stderr).toBe("event 2 of 2: no verdict: the event does not say identity provider and subject\n");
    });

    it("without a readable audience are undecided, unless something else refuses", async () => {
      const { status, stdout, stderr } = await explain(argv, records(unheard));
      expect([status, stderr]).toEqual([2, "undecided: the event does not say the audience\n"]);
      expect(stdout).toMatch(/^audience {2}\(not in the event\)$/m);
      expect(stdout).toMatch(/^undecided acme-acme-app .*\n {10}the event does not say the audience$/m);
      const branch = { ...refused, userIdentity: { ...refused.userIdentity, principalId: "somebody" } };
      expect((await explain(argv, records(branch))).status).toBe(1);
    });

    it("that AWS refused and the manifest admits are a matter of the deploy", async () => {
      const { stdout } = await explain(argv, records({ ...fine, errorCode: "AccessDenied" }));
      expect(stdout).toContain("AWS refused what the manifest admits: deploy it");
      const gone = login(app, {
        errorCode: "AccessDenied",
        requestParameters: { roleArn: "arn:aws:iam::123456789012:role/old" },
      });
      expect((await explain(argv, records(gone))).stdout).toMatch(
        /^note {6}the login asked for arn:aws:iam::123456789012:role\/old, which is none of these$/m,
      );
    });
  });

  it("what somebody types, and the address of the browser", async () => {
    for (const typed of [
      app,
      "github.com/acme/app",
      "git@github.com:acme/app.git",
      `https://acme.gitpod.cloud/#${app}`,
      `FOO=bar/${app}`,
    ])
      expect([typed, (await explain(["--context", typed])).status]).toEqual([typed, 0]);
  });

  it("the day of --now: a token of that day is not from the future", async () => {
    const token = tokenOf(payload(app));
    const status = async (...argv: string[]) => (await explain(["--token", "-", ...argv], token)).status;
    expect(await status("--now", "2026-06-01")).toBe(0);
    expect(await status("--now", "2026-05-31")).toBe(1);
    expect(await status("--now", "2026-06-02")).toBe(1);
  });
});

describe("with several installations and accounts", () => {
  beforeEach(() => {
    write({ "manifest.yaml": several });
  });

  it("--context needs --installation, and names them", async () => {
    const { status, stderr } = await explain(["--context", app]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("one of acme, beta")]);
  });

  it("the token's issuer says which, and all its roles of all accounts are judged", async () => {
    const { status, installation, roles } = await json(["--token", "-"], tokenOf(payload(app)));
    expect([status, installation]).toEqual([0, "acme"]);
    expect(roles.map((r) => [r["account"], r["role"], r["admitted"]])).toEqual([
      ["dev", "acme-acme-app", true],
      ["dev", "acme-acme-web", false],
      ["prod", "acme-acme-app", true],
    ]);
  });

  it("each has its own audience and condition keys", async () => {
    const beta = await json(["--context", "https://github.com/acme/web", "--installation", "beta"]);
    expect(beta).toMatchObject({ status: 0, installation: "beta", audience: "beta" });
    expect(beta.roles.map((r) => r["role"])).toEqual(["beta-acme-web"]);
  });

  it("--role takes a name, in all accounts, or an ARN", async () => {
    const argv = ["--context", app, "--installation", "acme", "--role"];
    expect((await json([...argv, "acme-acme-app"])).roles).toHaveLength(2);
    const { roles } = await json([...argv, "arn:aws:iam::210987654321:role/acme-acme-app"]);
    expect(roles.map((r) => r["account"])).toEqual(["prod"]);
    expect((await json([...argv, "acme-acme-web"])).status).toBe(1);
  });

  it("--role of no name says the nearest, and of another installation whose it is", async () => {
    const argv = ["--context", app, "--installation", "acme", "--role"];
    expect((await explain([...argv, "acme-acme-wbe"])).stderr).toContain("did you mean acme-acme-web?");
    expect((await explain([...argv, "beta-acme-web"])).stderr).toContain("is for workspaces of beta");
  });

  it("--installation that is not the token's says whose it is", async () => {
    const { status, stdout } = await explain(
      ["--token", "-", "--installation", "beta"],
      tokenOf(payload(app)),
    );
    expect(status).toBe(1);
    expect(stdout).toContain("the token is not of beta: its issuer is that of acme");
  });
});

describe("--action and --resource", () => {
  const argv = ["--context", app, "--resource", "arn:aws:s3:::acme-assets/fixtures/a", "--action"];
  beforeEach(() => {
    write({ "manifest.yaml": one });
  });

  it("need no permission for sts:GetCallerIdentity", async () => {
    expect((await explain([...argv, "sts:GetCallerIdentity"])).status).toBe(0);
  });

  it("of a login that is undecided are judged, too", async () => {
    write({ "manifest.yaml": `${one}    sourceCidrs: [198.51.100.0/24]\n` });
    expect((await explain([...argv, "s3:GetObject"])).status).toBe(2);
    const refused = await explain([...argv, "s3:DeleteObject"]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toMatch(/^undecided [^]*^refused +s3:DeleteObject on /m);
  });

  it("go on to what the role may do", async () => {
    expect((await explain([...argv, "s3:GetObject"])).status).toBe(0);
    const refused = await explain([...argv, "s3:DeleteObject"]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain("refused   s3:DeleteObject on arn:aws:s3:::acme-assets/fixtures/a");
  });

  it("on what another account has are no verdict, and name the account where the manifest has it", async () => {
    const accounts = 'accounts:\n  prod: { id: "210987654321", region: eu-central-1 }\n';
    write({
      "manifest.yaml": one
        .replace("accounts:\n", accounts)
        .replace("grants: [", "accounts: [dev]\n    grants: [{ secret: db, account: '210987654321' }, "),
    });
    const secret = "arn:aws:secretsmanager:eu-central-1:210987654321:secret:db-a1b2c3";
    const argv = ["--context", app, "--action", "secretsmanager:GetSecretValue", "--resource", secret];
    const { status, stdout, stderr } = await explain(argv);
    expect([status, stderr]).toEqual([
      2,
      "undecided: allowed by its policy; the resource's account must allow it too\n",
    ]);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "remedy have account prod of this manifest allow arn:aws:iam::123456789012:role/acme-acme-app, in the policy",
    );
  });

  it("are denied by nothing but what the login of the same moment would meet", async () => {
    write({ "manifest.yaml": `${one}    expires: 2026-06-02\n` });
    expect((await explain([...argv, "s3:GetObject"])).status).toBe(0);
    expect((await explain([...argv, "s3:GetObject", "--now", "2026-06-02"])).status).toBe(1);
  });

  it("are no verdict where a managed policy may allow it", async () => {
    write({ "manifest.yaml": `${one}    managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]\n` });
    expect((await explain([...argv, "s3:DeleteObject"])).status).toBe(2);
    expect((await explain([...argv, "s3:GetObject"])).status).toBe(0);
  });
});

it("the remedy, written into the file, admits what was refused", async () => {
  write({ "manifest.yaml": one });
  const argv = ["--context", `${app}/tree/main`];
  const { status, roles } = await json(argv);
  expect(status).toBe(1);
  write({ "manifest.yaml": applyRemedy(one, String(roles[0]?.["remedy"])) });
  expect((await explain(argv)).status).toBe(0);
});

it("is the same, byte for byte, each time", async () => {
  write({ "manifest.yaml": several });
  for (const format of ["text", "json"]) {
    const argv = ["--token", "-", "--format", format];
    const token = tokenOf(payload(`${app}/pull/7`));
    expect(await explain(argv, token)).toEqual(await explain(argv, token));
  }
});

describe("what a tired person passes", () => {
  beforeEach(() => {
    write({ "manifest.yaml": one });
  });

  it.each([
    [["--context", app, "--action", "getsecret", "--resource", "arn:aws:s3:::b/k"], "is not an action"],
    [["--context", app, "--action", "s3:GetObject", "--resource", "b/k"], "is not an ARN"],
    [["--context", " "], "--context is empty"],
    [["--context", "acme/app"], "--context is not a URL"],
    [["--context", "main"], "pass the URL that the workspace is opened on, e.g. https://"],
  ])("%j ends with 2 and says what is wrong", async (argv, message) => {
    const { status, stderr } = await explain(argv);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("a token that never ends is no token for AWS", async () => {
    const { status, stderr } = await explain(["--token", "-"], tokenOf(payload(app, { exp: undefined })));
    expect([status, stderr]).toEqual([2, expect.stringContaining("has no exp")]);
  });

  it("of several audiences the first alone counts", async () => {
    const token = (aud: readonly string[]) => tokenOf(payload(app, { aud, azp: undefined }));
    expect((await explain(["--token", "-"], token(["sts.amazonaws.com", "x"]))).status).toBe(0);
    expect((await explain(["--token", "-"], token(["x", "sts.amazonaws.com"]))).status).toBe(1);
  });

  it.each([
    ["https://gitlab.com/acme/app/-/tree/main?ref_type=branches", "https://gitlab.com/acme/app/-/tree/main"],
    [
      "https://dev.azure.com/acme/shop/_git/web?version=GBmain&_a=history",
      "https://dev.azure.com/acme/shop/_git/web?version=GBmain",
    ],
  ])(
    "a declared branch, spelled as %s, is to be opened by a spelling that is admitted",
    async (typed, admitted) => {
      const url = typed.replace(/(\/-\/tree|\?).*$/, "");
      write({ "manifest.yaml": manifest(`repos:\n  - { url: "${url}", contexts: [{ branch: main }] }`) });
      const { status, stdout } = await explain(["--context", typed]);
      expect([status, stdout.replace(/\s+/g, " ")]).toEqual([
        1,
        expect.stringContaining(`open it as ${url}`),
      ]);
      expect((await explain(["--context", admitted])).status).toBe(0);
    },
  );
});

it("installations that no token tells apart show all their roles", async () => {
  const twins = one
    .replace("installations:\n", "installations:\n  twin: { host: acme.gitpod.cloud }\n")
    .replace(`- url: ${app}`, `- url: ${app}\n    installations: [acme, twin]`);
  write({ "manifest.yaml": twins });
  const { roles } = await json(["--token", "-"], tokenOf(payload(app)));
  expect(roles.map((r) => [r["role"], r["admitted"]])).toEqual([
    ["acme-acme-app", true],
    ["twin-acme-app", true],
  ]);
});
