import fc from "fast-check";
import { codesOf, manifest, modelOf, project, roleOf } from "../support/project";
import { runs } from "../proof/settings";

const repo = (keys = "", url = "https://github.com/acme/app") =>
  manifest(
    `repos:\n  - url: ${url}\n${keys
      .split("\n")
      .map((l) => `    ${l}\n`)
      .join("")}`,
  );

/** Messages of a manifest that has diagnostics. */
function messages(text: string): readonly string[] {
  const loaded = project(text);
  return loaded.ok ? [] : loaded.diagnostics.map((d) => `${d.code}: ${d.message}; ${d.remedy}`);
}

describe("contexts", () => {
  test("that one kind of host has are refused for another, whichever entry comes first", () => {
    const entries = ["https://github.com/acme/app", "https://dev.azure.com/acme/shop/_git/web"].map(
      (url) => `  - url: ${url}\n    contexts: [issues]`,
    );
    for (const both of [entries, [...entries].reverse()])
      expect(messages(manifest(`repos:\n${both.join("\n")}`))).toEqual([
        expect.stringMatching(/^R08: hosts of the kind azure-devops have no issues; /),
      ]);
  });
});

describe("the files of snippets", () => {
  const clashes = (...urls: readonly string[]) =>
    messages(manifest(`repos:\n${urls.map((url) => `  - url: https://gitlab.com/acme/${url}`).join("\n")}`));
  const one = (a: string, b: string) =>
    expect.stringMatching(
      new RegExp(
        `^R07: .*"https://gitlab.com/acme/${a}" and "https://gitlab.com/acme/${b}" would be one file`,
      ),
    ) as string;

  test.each<readonly [why: string, urls: readonly string[], found: readonly string[]]>([
    [
      "each that needs a folder where another is a file",
      ["app", "app.gitpod.yml/x", "app.gitpod.yml/y"],
      [one("app", "app.gitpod.yml/x"), one("app", "app.gitpod.yml/y")],
    ],
    ["one where another needs a folder", ["B.gitpod.yml/x", "b"], [one("B.gitpod.yml/x", "b")]],
    ["none of a folder that they share", ["x/a", "x/b", "x/b/c", "y"], []],
  ])("may not clash: %s", (_, urls, found) => {
    expect(clashes(...urls)).toEqual(found);
  });
});

describe("a model", () => {
  it("has the example's roles with their names and ARNs", () => {
    const model = modelOf(`version: 1
accounts:
  dev: { id: "981341800645", region: us-east-1 }
installations:
  gitpod: { host: gitpod.io }
orgs:
  - url: https://github.com/gitpod-io
repos:
  - url: https://github.com/gitpod-io/my-application
`);
    expect(model.accounts[0]?.roles.map((r) => r.arn)).toEqual([
      "arn:aws:iam::981341800645:role/gitpod-gitpod-io",
      "arn:aws:iam::981341800645:role/gitpod-gitpod-io-my-application",
    ]);
    expect(model.accounts[0]?.identityProviders).toMatchObject([
      {
        issuer: "https://api.gitpod.io/idp",
        arn: "arn:aws:iam::981341800645:oidc-provider/api.gitpod.io/idp",
        audiences: ["sts.amazonaws.com"],
      },
    ]);
  });

  it("is the same for any order of keys and entries", () => {
    const accounts = [
      `  b: {id: "222222222222", region: us-east-1}`,
      `  a: {region: cn-north-1, id: "111111111111"}`,
    ];
    const installations = [
      "  x: {host: x.example.com}",
      "  w: {issuer: 'https://services.w.example.com/idp', audience: w}",
    ];
    const repos = [
      "  - {url: https://github.com/acme/app, installations: [x, w], accounts: [b, a], contexts: [branches, repository], grants: [{secret: s}, {parameter: p}]}",
      "  - {grants: [{s3: buc/k}], accounts: [a], installations: [w], url: https://github.com/acme/zoo}",
    ];
    const whole = (flip: (lines: string[]) => string[]) =>
      flip([
        `accounts:\n${flip(accounts).join("\n")}`,
        `installations:\n${flip(installations).join("\n")}`,
        `repos:\n${flip(repos).join("\n")}`,
        "version: 1",
      ]).join("\n");
    const bare = (text: string) =>
      JSON.stringify(modelOf(text), (key, value: unknown) =>
        key.toLowerCase().endsWith("origin") ? 0 : value,
      );
    const turned = bare(
      whole((lines) => [...lines].reverse())
        .replace("[x, w]", "[w, x]")
        .replace("[branches, repository]", "[repository, branches]")
        .replace("{secret: s}, {parameter: p}", "{parameter: p}, {secret: s}"),
    );
    expect(turned).toBe(bare(whole((lines) => lines)));
  });

  it("makes permissions once for the roles of an entry in an account, and shows what it makes as JSON", () => {
    const text = manifest(
      "  other: { host: other.gitpod.cloud }\nrepos:\n  - { url: https://github.com/acme/app, installations: [acme, other], grants: [{ secret: s }] }",
    );
    const loaded = project(text);
    const model = loaded.ok ? loaded.model : null;
    const [one, two] = model?.accounts[0]?.roles ?? [];
    expect(one?.made.permissionPolicy?.Statement).toHaveLength(1);
    expect(two?.made.permissionPolicy).toBe(one?.made.permissionPolicy);
    expect(one?.made.trustPolicy).toBe(one?.made.trustPolicy);
    expect(two?.made.trustPolicy).not.toEqual(one?.made.trustPolicy);
    expect(JSON.parse(JSON.stringify(model))).toEqual(modelOf(text));
  });

  it("holds nothing undefined", () => {
    const text = repo(
      "grants: [{secret: db, env: DB}, {s3: buc/*}]\ncontexts: [all]\nsnippet: {commands: [npm start]}",
    );
    const walk = (value: unknown, path: string): string[] =>
      value === undefined
        ? [path]
        : typeof value === "object" && value !== null
          ? Object.entries(value).flatMap(([k, v]) => walk(v, `${path}.${k}`))
          : [];
    expect(walk(modelOf(text), "model")).toEqual([]);
  });

  it("derives everything from the region's partition", () => {
    const text = manifest(
      `repos:\n  - { url: https://github.com/acme/app, grants: [{secret: db}, {s3: buc/k}, {parameter: /a/b}] }`,
    ).replace("eu-central-1", "cn-north-1");
    const role = roleOf(text);
    expect(role.arn).toMatch(/^arn:aws-cn:iam::/);
    expect(JSON.stringify([role.made.trustPolicy, role.made.permissionPolicy])).not.toMatch(/arn:aws:/);
    expect(JSON.stringify(role.made.permissionPolicy)).toContain("arn:aws-cn:s3:::buc/k");
  });
});

describe("merging", () => {
  it("maps merge by key, entry over defaults over account; the rest replaces", () => {
    const text = `version: 1
accounts:
  dev: { id: "123456789012", region: eu-central-1, tags: {a: account, b: account, c: account}, path: /account/ }
installations:
  acme: { host: acme.gitpod.cloud }
defaults:
  tags: { b: defaults, c: defaults }
  grants: [{ secret: from-defaults }]
  contexts: [branches]
  sessionDuration: 2h
  snippet: { task: login, commands: [echo defaults] }
orgs:
  - url: https://github.com/acme
repos:
  - url: https://github.com/acme/app
    tags: { c: entry }
    path: /entry/
    grants: [{ secret: own }]
    snippet: { commands: [echo own] }
`;
    const role = roleOf(text, "acme-acme-app");
    expect(role.tags).toEqual({ a: "account", b: "defaults", c: "entry" });
    expect(role.path).toBe("/entry/");
    expect(role.sessionDuration).toBe(7200);
    expect(role.maxSessionDuration).toBe(7200);
    expect(JSON.stringify(role.made.permissionPolicy)).toContain("secret:own-??????");
    expect(JSON.stringify(role.made.permissionPolicy)).not.toContain("from-defaults");
    expect(role.subjects.prefixes).toEqual(["https://github.com/acme/app/tree/"]);
    const org = roleOf(text, "acme-acme");
    expect(org.path).toBe("/account/");
    expect(org.subjects.prefixes).toEqual(["https://github.com/acme/"]);
    const snippet = modelOf(text).snippets.find((s) => s.kind === "repo");
    expect(snippet).toMatchObject({ task: "login", commands: ["echo own"] });
  });

  it("a short session asks for less than the role's maximum, which is never below an hour", () => {
    expect(roleOf(repo("sessionDuration: 15m"))).toMatchObject({
      sessionDuration: 900,
      maxSessionDuration: 3600,
    });
  });
});

describe("snippets", () => {
  const two = (extra = "") =>
    manifest(
      `repos:\n  - { url: https://github.com/acme/app, accounts: [dev, prod], grants: [{secret: a}]${extra} }`,
    ).replace("installations:", `  prod: { id: "222222222222", region: us-east-1 }\ninstallations:`);

  it("log in to the profile default in the first account that the entry names, else to one named after the account", () => {
    expect(modelOf(repo()).snippets[0]?.logins.map((l) => l.profile)).toEqual(["default"]);
    expect(modelOf(two()).snippets[0]?.logins.map((l) => [l.profile, l.region])).toEqual([
      ["default", "eu-central-1"],
      ["prod", "us-east-1"],
    ]);
    expect(
      modelOf(two().replace("[dev, prod]", "[prod, dev]")).snippets[0]?.logins.map((l) => l.profile),
    ).toEqual(["default", "dev"]);
  });

  it("never log two roles in to one profile, nor set a variable twice", () => {
    expect(messages(two(", snippet: {profile: x}"))).toEqual([
      expect.stringContaining("two roles of one snippet"),
    ]);
    expect(messages(repo("grants: [{secret: a, env: X}, {secret: b, env: X}]"))).toEqual([
      expect.stringMatching(/^R06/),
    ]);
  });

  it("set a variable in the first of an entry's accounts", () => {
    const { logins = [] } = modelOf(two().replace("{secret: a}", "{secret: a, env: A}")).snippets[0] ?? {};
    expect(logins.map((l) => l.exports.map((e) => e.variable))).toEqual([["A"], []]);
  });

  it("renew a session of one hour, and no other", () => {
    expect(modelOf(repo("snippet: {renew: true, after: aws-cli}")).snippets[0]).toMatchObject({
      renew: true,
      after: "aws-cli",
    });
    expect(messages(repo("sessionDuration: 2h\nsnippet: {renew: true}"))).toEqual([
      expect.stringMatching(/^R08: with renew, .* one hour/),
    ]);
  });

  it("are one task, of which their entries say the same", () => {
    const entries = ["after: a", "after: b"].map(
      (snippet, i) =>
        `  - { url: https://github.com/acme/app, name: n${i}, accounts: [${i === 0 ? "dev" : "prod"}], snippet: { ${snippet} } }\n`,
    );
    const text = manifest(`repos:\n${entries.join("")}`).replace(
      "installations:",
      `  prod: { id: "222222222222", region: us-east-1 }\ninstallations:`,
    );
    expect(messages(text)).toEqual([expect.stringMatching(/^R08: .* differ in snippet\.after: "a", "b"/)]);
  });

  it("read a secret by name where it is near, by ARN where it is of another account", () => {
    const exports = modelOf(
      repo(
        'grants:\n  - {secret: a, env: A, key: k}\n  - {secret: b, env: B, account: "999999999999", region: us-east-1}\n  - {parameter: /p/q, env: P}',
      ),
    ).snippets[0]?.logins[0]?.exports;
    expect(exports).toEqual([
      { variable: "A", source: "secret", id: "a", region: "eu-central-1", key: "k" },
      {
        variable: "B",
        source: "secret",
        id: "arn:aws:secretsmanager:us-east-1:999999999999:secret:b",
        region: "us-east-1",
        key: null,
      },
      { variable: "P", source: "parameter", id: "/p/q", region: "eu-central-1", key: null },
    ]);
  });
});

describe("what the parts of a manifest say together", () => {
  it.each([
    [
      "an unknown account, with the nearest",
      repo("accounts: [dve]"),
      ['R01: no account is named "dve"; there is "dev"; did you mean "dev"?'],
    ],
    ["an unknown installation", repo("installations: [x]"), [expect.stringMatching(/^R01: no installation/)]],
    ["an unknown grant set", repo("grants: [{set: x}]"), [expect.stringMatching(/^R01: no grant set/)]],
    [
      "a set with options",
      repo("grants: [{set: x, access: read}]"),
      [expect.stringMatching(/^R08: a set takes no options/)],
    ],
    [
      "a set in a set",
      `${repo("grants: [{set: x}]")}grantSets: {x: [{set: y}], y: [{secret: a}]}\n`,
      [expect.stringContaining("cannot hold a set")],
    ],
    [
      "an organization's URL under repos",
      repo("", "https://github.com/acme"),
      [expect.stringMatching(/^R03.*move the entry to orgs/)],
    ],
    [
      "a context that the host does not have",
      repo("contexts: [tags]", "https://gitlab.com/acme/app"),
      [expect.stringMatching(/^R08: hosts of the kind gitlab have no tags; they have repository, branches/)],
    ],
    [
      "a role name for several installations",
      repo("name: x\ninstallations: [acme, b]").replace("repos:", "  b: {host: b.example.com}\nrepos:"),
      [expect.stringMatching(/^R08: the name would be that of 2 roles/)],
    ],
    ["a session that is too short", repo("sessionDuration: 5m"), [expect.stringMatching(/^M04.*15m to 12h/)]],
    ["a session that is too long", repo("sessionDuration: 13h"), [expect.stringMatching(/^M04/)]],
    ["every address", repo('sourceCidrs: ["0.0.0.0/0"]'), [expect.stringMatching(/^M04.*is every address/)]],
    ["every IPv6 address", repo('sourceCidrs: ["::/0"]'), [expect.stringMatching(/^M04.*is every address/)]],
    ["no address", repo('sourceCidrs: ["10.0.0/8"]'), [expect.stringMatching(/^M04.*not a block/)]],
    [
      "a bare bucket",
      repo("grants: [{s3: my-bucket}]"),
      [expect.stringMatching(/^M04.*bucket without a key/)],
    ],
    [
      "a wildcard in a secret",
      repo("grants: [{secret: db*}]"),
      [expect.stringMatching(/^M04.*takes no wildcard/)],
    ],
    [
      "every parameter",
      repo('grants: [{parameter: "/*"}]'),
      [expect.stringMatching(/^M04.*every parameter/)],
    ],
    ["a question mark", repo('grants: [{s3: "buc/a?"}]'), [expect.stringMatching(/^M04/)]],
    ["a variable", repo('grants: [{s3: "buc/${aws:username}"}]'), [expect.stringMatching(/^M04/)]],
    [
      "writing a secret",
      repo("grants: [{secret: a, access: write}]"),
      [expect.stringMatching(/^R08: secret has no access "write"/)],
    ],
    [
      "an ARN of another service",
      repo("grants: [{secret: 'arn:aws:s3:::b/k'}]"),
      [expect.stringMatching(/^M04.*not the ARN of a secret/)],
    ],
    [
      "an ARN of another partition",
      repo("grants: [{s3: 'arn:aws-cn:s3:::buc/k'}]"),
      [expect.stringMatching(/^R08.*partition/)],
    ],
    [
      "an ARN and a region",
      repo(
        "grants: [{secret: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbC123', region: us-east-1}]",
      ),
      [expect.stringMatching(/^R08/)],
    ],
    [
      "env on objects",
      repo("grants: [{s3: buc/k, env: A}]"),
      [expect.stringMatching(/^R08.*no value to export/)],
    ],
    [
      "env on a wildcard",
      repo("grants: [{parameter: /a/*, env: A}]"),
      [expect.stringMatching(/^R08.*no single value/)],
    ],
    [
      "key without env",
      repo("grants: [{secret: a, key: k}]"),
      [expect.stringMatching(/^R08: key takes one field/)],
    ],
    ["key on a parameter", repo("grants: [{parameter: a, env: A, key: k}]"), [expect.stringMatching(/^R08/)]],
    [
      "a branch that git refuses",
      repo("contexts: [{branch: a..b}]"),
      [expect.stringMatching(/^M04.*not the name of a branch/)],
    ],
    ["one repository twice", repo("").replace(/(- url.*)/, "$1\n  $1"), [expect.stringMatching(/^R04/)]],
    [
      "role names that differ in case only",
      repo("").replace(
        /- url.*/,
        "- {url: https://github.com/acme/app}\n  - {url: https://github.com/acme/App}",
      ),
      [expect.stringMatching(/^R04/)],
    ],
  ])("%s is a diagnostic", (_, text, expected) => {
    expect(messages(text)).toEqual(expected);
  });

  it.each([
    "PATH",
    "LD_PRELOAD",
    "BASH_ENV",
    "GIT_SSH",
    "AWS_PROFILE",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "PS4",
    "LC_ALL",
    "RANDOM",
    "EPOCHSECONDS",
    "path",
    "A-B",
    "1A",
  ])("the variable %s is not exported", (variable) => {
    expect(messages(repo(`grants: [{secret: a, env: ${JSON.stringify(variable)}}]`))).toEqual([
      expect.stringMatching(/^R08.*is not allowed/),
    ]);
  });

  it("an account's boundary binds: an entry may repeat it, not replace it", () => {
    const arn = "arn:aws:iam::123456789012:policy/";
    const with_ = (own: string) =>
      manifest(
        `repos:\n  - {url: https://github.com/acme/app, permissionsBoundary: ${arn}${own}}`,
        `permissionsBoundary: ${arn}edge`,
      );
    expect(roleOf(with_("edge")).permissionsBoundary).toBe(`${arn}edge`);
    expect(messages(with_("other"))).toEqual([expect.stringMatching(/^R05/)]);
  });

  it.each([
    ["gitpod.io", "host: gitpod.io\nopenSignup: false"],
    ["a host below it", "issuer: https://services.gitpod.io/idp\nopenSignup: false"],
  ])("openSignup cannot be false on %s", (_, installation) => {
    expect(messages(manifest("", "", installation))).toEqual([
      expect.stringMatching(/^R08: on gitpod.io anybody/),
    ]);
  });

  it.each([
    "http://a.example.com/idp",
    "https://a.example.com:8443/idp",
    "https://a.example.com/idp/",
    "https://a.example.com/idp?x",
    "https://a.example.com/idp#x",
    "https://u@a.example.com/idp",
    "https://A.GITPOD.IO/idp",
    "https://a.example.com/../idp",
    "https://a.example.com/i*dp",
    "https://a.example.com/i%2adp",
  ])("the issuer %s is refused", (issuer) => {
    expect(messages(manifest("", "", `issuer: "${issuer}"`))).toEqual([
      expect.stringMatching(/^M04: the issuer/),
    ]);
  });

  it("one identity provider serves all installations of one issuer, which must agree on it", () => {
    const text = (second: string) =>
      manifest(
        "repos:\n  - {url: https://github.com/acme/app, installations: [acme, b]}",
        "",
        "host: acme.gitpod.cloud\naudience: one",
      ).replace("repos:", `  b: {host: acme.gitpod.cloud, audience: two${second}}\nrepos:`);
    expect(modelOf(text("")).accounts[0]?.identityProviders.map((p) => p.audiences)).toEqual([
      ["one", "two"],
    ]);
    expect(messages(text(", identityProvider: existing"))).toEqual([
      expect.stringMatching(/^R08.*share an issuer/),
    ]);
  });

  it("several accounts or installations must be named", () => {
    const text = repo().replace(
      "installations:",
      '  prod: {id: "222222222222", region: us-east-1}\ninstallations:',
    );
    expect(messages(text)).toEqual([expect.stringMatching(/^R02: the manifest has 2 accounts/)]);
  });

  it("two accounts never have one id", () => {
    expect(
      messages(
        repo("accounts: [dev]").replace(
          "installations:",
          '  prod: {id: "123456789012", region: us-east-1}\ninstallations:',
        ),
      ),
    ).toEqual([expect.stringMatching(/^R08: accounts "dev" and "prod" have one id/)]);
  });

  it("a shard's stack never has the name of an account", () => {
    const text = manifest("", "shards: 3").replace(
      "installations:",
      '  dev-3: {id: "222222222222", region: us-east-1}\ninstallations:',
    );
    expect(messages(text)).toEqual([
      'R08: a stack of account "dev" would have the name of the account "dev-3"; rename one of the accounts, with its state, or write fewer shards',
    ]);
    expect(messages(text.replace("shards: 3", "shards: 2"))).toEqual([]);
  });

  it("a deploy role is one of its account and partition", () => {
    const role = (arn: string) => manifest("", `deployRole: ${arn}`);
    expect(messages(role("arn:aws:iam::123456789012:role/ops"))).toEqual([]);
    expect(messages(role("arn:aws:iam::999999999999:role/ops"))).toEqual([
      expect.stringMatching(/^R08: the role is in account 999999999999/),
    ]);
    expect(messages(role("arn:aws-cn:iam::123456789012:role/ops"))).toEqual([
      expect.stringMatching(/^R08.*partition/),
    ]);
  });

  it("a quota is at most what AWS raises it to", () => {
    expect(messages(manifest("", "quotas: {trustPolicyLength: 9000}"))).toEqual([
      expect.stringMatching(/^M04: 9000 is more than/),
    ]);
  });

  it("a mistake in defaults is said once, in its place", () => {
    const text = `${repo().trimEnd()}\n  - url: https://github.com/acme/zoo\ndefaults:\n  sessionDuration: 1m\n`;
    expect(codesOf(text)).toEqual(["M04 13:20"]);
  });
});

describe("what a hostile or hurried author tries", () => {
  const included = (main: string, team: string) => {
    const loaded = project(`${main}include: [team.yaml]\n`, {}, { "team.yaml": team });
    return loaded.ok ? [] : loaded.diagnostics.map((d) => `${d.file} ${d.code}`);
  };

  it("an included file cannot take over a role that exists", () => {
    expect(
      included(manifest(""), "repos: [{ url: https://github.com/m/app, name: Admin, adopt: true }]"),
    ).toEqual(["team.yaml M08", "team.yaml M08"]);
  });

  it("an included entry never shares a snippet with one of another file", () => {
    const main = repo("accounts: [dev]").replace(
      "installations:",
      '  prod: {id: "222222222222", region: us-east-1}\ninstallations:',
    );
    const team =
      "repos: [{ url: https://github.com/acme/app, accounts: [prod], snippet: { commands: [evil] } }]";
    expect(included(main, team)).toEqual(["team.yaml R08"]);
  });

  it("an organization whose name the guard of patterns refuses is refused, of URLs and of claims", () => {
    const claims =
      "host: a.example.com\nsubject: [org_id, repository]\norganizationId: 0f0e0d0c-0b0a-4900-8807-060504030201";
    for (const installation of ["host: a.example.com", claims])
      expect(codesOf(manifest("orgs:\n  - url: https://github.com/a..b", "", installation))).toEqual([
        expect.stringMatching(/^R08 /),
      ]);
  });

  it("open signup holds for every installation of an issuer", () => {
    const text = manifest("", "", "host: x.example.com\nopenSignup: true").replace(
      "installations:\n",
      "installations:\n  twin: {host: x.example.com}\n",
    );
    expect(modelOf(text).installations.map((i) => i.openSignup)).toEqual([true, true]);
  });

  it.each([
    ["an issuer with a trailing dot", manifest("", "", "issuer: https://api.gitpod.io./idp")],
    [
      "an access point in place of a bucket",
      repo('grants: [{s3: "arn:aws:s3:us-east-1:123456789012:accesspoint/mine/object/*"}]'),
    ],
    [
      "a secret's ARN without its ending",
      repo("grants: [{secret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db'}]"),
    ],
    ["an s3 URL", repo("grants: [{s3: 's3://buc/k'}]")],
    ["tag keys that differ in case", repo("tags: {Team: a, team: b}")],
    [
      "a Sid twice",
      repo(
        "statements: [{Sid: A, Effect: Allow, Action: 's3:x', Resource: 'arn:aws:s3:::b'}, {Sid: A, Effect: Allow, Action: 's3:y', Resource: 'arn:aws:s3:::b'}]",
      ),
    ],
    [
      "an empty condition",
      repo(
        "statements: [{Effect: Allow, Action: 's3:x', Resource: 'arn:aws:s3:::b', Condition: {StringEquals: {}}}]",
      ),
    ],
    [
      "two accounts with one state",
      manifest("", "backend: {local: {path: a.tfstate}}").replace(
        "installations:",
        '  prod: {id: "222222222222", region: us-east-1, backend: {local: {path: ./a.tfstate}}}\ninstallations:',
      ),
    ],
    [
      "an account with the name of another one's shard",
      manifest("", "shards: 3").replace(
        "installations:",
        '  dev-3: {id: "222222222222", region: us-east-1}\ninstallations:',
      ),
    ],
    [
      "an account with the state of another one's shard",
      manifest("", "shards: 3\nbackend: {local: {path: a.tfstate}}").replace(
        "installations:",
        '  prod: {id: "222222222222", region: us-east-1, backend: {local: {path: ./a-3.tfstate}}}\ninstallations:',
      ),
    ],
    [
      "shards that would share a state",
      manifest("", "shards: 2\nbackend: {local: {path: a.tfstate}}").replace(
        "installations:",
        '  prod: {id: "222222222222", region: us-east-1, shards: 2, backend: {local: {path: a-2.tfstate}}}\ninstallations:',
      ),
    ],
    ["a known host's path as a host", manifest("scmHosts: {dev.azure.com/org: github}")],
    ["a name that the guard would refuse", repo("contexts: [branches]", "https://github.com/acme/a..b")],
    ["a name that no file can have", repo("", `https://github.com/acme/${"x".repeat(240)}`)],
  ])("%s is one diagnostic", (_, text) => {
    expect(messages(text)).toHaveLength(1);
  });

  it("a path of a parameter is called with the slash that it begins with", () => {
    const exports = modelOf(repo("grants: [{parameter: a/b, env: A}, {parameter: c, env: C}]")).snippets[0]
      ?.logins[0]?.exports;
    expect(exports?.map((e) => e.id)).toEqual(["/a/b", "c"]);
  });

  it("many roles are counted before they are made, and many misspelt names each answered", () => {
    const accounts = Array.from(
      { length: 500 },
      (_, i) => `  a${i}: {id: "${String(100000000000 + i)}", region: us-east-1}`,
    ).join("\n");
    const base = manifest("").replace("installations:", `${accounts}\ninstallations:`);
    const repos = (n: number, keys: string) =>
      `repos:\n${Array.from({ length: n }, (_, i) => `  - { url: https://github.com/acme/r${i}, ${keys} }\n`).join("")}`;
    const all = `accounts: [${Array.from({ length: 500 }, (_, i) => `a${i}`).join(", ")}]`;
    expect(messages(`${base}${repos(500, all)}`)).toEqual([
      expect.stringMatching(/^R08: the manifest asks for 250000 roles/),
    ]);
    expect(messages(`${base}${repos(40, "accounts: [misspelt]")}`)).toHaveLength(40);
  });
});

describe("self-hosted hosts", () => {
  const hosts = (key: string) => `${repo("", "https://git.acme.com/acme/app")}scmHosts: {"${key}": github}\n`;

  it("are declared by name, with port and path prefix", () => {
    expect(roleOf(hosts("git.acme.com")).subjects.exact).toContain("https://git.acme.com/acme/app.git");
  });

  it.each([
    "GIT.acme.com",
    "https://git.acme.com",
    "git.acme.com/",
    "git.acme.com:443",
    "git.acme.com/*",
    "github.com",
    "a b",
    "",
  ])("%j is no name of one", (key) => {
    expect(messages(hosts(key)).some((m) => /^[MR]0/.test(m))).toBe(true);
  });
});

describe("any manifest", () => {
  it("of generated settings either resolves or says why, and never throws", () => {
    const word = fc.constantFrom(
      "dev",
      "acme",
      "x",
      "https://github.com/acme/app",
      "a*",
      "1h",
      "0.0.0.0/0",
      "${x}",
      "--flags",
      "/p/*",
    );
    const key = fc.constantFrom(
      "name",
      "path",
      "description",
      "expires",
      "sessionDuration",
      "permissionsBoundary",
    );
    const listKey = fc.constantFrom(
      "accounts",
      "installations",
      "sourceCidrs",
      "managedPolicies",
      "contexts",
    );
    let resolved = 0;
    fc.assert(
      fc.property(
        fc.dictionary(key, word, { maxKeys: 2 }),
        fc.dictionary(listKey, fc.array(word, { maxLength: 2 }), { maxKeys: 1 }),
        word,
        (scalars, lists, secret) => {
          const entry = { url: "https://github.com/acme/app", ...scalars, ...lists, grants: [{ secret }] };
          const loaded = project(manifest(`repos: [${JSON.stringify(entry)}]`));
          if (loaded.ok) resolved += 1;
          else
            for (const d of loaded.diagnostics) expect(d.message.length * d.remedy.length).toBeGreaterThan(0);
        },
      ),
      runs(50),
    );
    expect(resolved).toBeGreaterThan(2);
  });
});

describe("raw statements and policies that IAM would refuse", () => {
  const foreign = "arn:aws:iam::999999999999:policy/edge";
  const own = "arn:aws:iam::123456789012:policy/edge";
  const of = (statement: string) => messages(repo(`statements: [{ Effect: Allow, ${statement} }]`));

  it.each([
    ["Action: 's3:GetObject', Resource: foo", 'M04: "foo" is neither an ARN nor *'],
    ["Action: 's3:GetObject', Resource: ''", "write the resource's ARN, or *"],
    ["Action: '', Resource: '*'", "name an action, e.g. s3:GetObject"],
    [
      "Action: 's3:GetObject', Resource: 'arn:aws:sqs:eu-central-1:12345678901:jobs'",
      "has an account id that is not 12 digits",
    ],
    [
      "Action: 's3:GetObject', Resource: '*', Condition: { StringEqual: { 'aws:SourceIp': x } }",
      'M04: "StringEqual" is not an IAM condition operator; did you mean StringEquals?',
    ],
  ])("{ %s } is a diagnostic", (statement, expected) => {
    expect(of(statement)).toEqual([expect.stringContaining(expected)]);
  });

  it.each([`permissionsBoundary: ${foreign}`, `managedPolicies: [${foreign}]`])(
    "%s is of another account than the role",
    (keys) => {
      expect(messages(repo(keys))).toEqual([
        expect.stringMatching(/^R08: the policy is of account 999999999999, and the role of 123456789012/),
      ]);
      expect(messages(repo(keys.replace(foreign, own)))).toEqual([]);
      expect(messages(repo(keys.replace(foreign, "arn:aws:iam::aws:policy/ReadOnlyAccess")))).toEqual([]);
    },
  );

  it("so is the boundary of an account", () => {
    expect(messages(manifest("", `permissionsBoundary: ${foreign}`))).toEqual([
      expect.stringMatching(/^R08: the policy is of account 999999999999/),
    ]);
  });

  it("more grants than an entry takes come with what makes them fewer", () => {
    const grants = Array.from({ length: 501 }, (_, i) => `{ sqs: q${i} }`).join(", ");
    expect(messages(repo(`grants: [${grants}]`))).toEqual([
      expect.stringMatching(/at most 500 grants; grant paths that end in \/\*/),
    ]);
  });
});
