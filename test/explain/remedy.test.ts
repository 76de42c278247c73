import type { Question } from "../../src/explain/report";
import type { LoginAttempt } from "../../src/explain/verdict";
import { applyRemedy } from "../support/applyRemedy";
import { acmeIssuer, attempt, onlyRole, reportOn } from "../support/login";
import { manifest } from "../support/project";

const app = "https://github.com/acme/app";
const gitlab = "https://gitlab.com/acme/team/app";
const server = "https://stash.acme.com/projects/APP/repos/web";
const azure = "https://dev.azure.com/acme/shop/_git/web";
const bitbucket = "https://bitbucket.org/acme/app";
const scm = "\nscmHosts: { stash.acme.com: bitbucket-server }";
const organization = "0f7cbf6e-2f6b-4b0a-9c0f-3f2f3c1d9a55";
const another = "11111111-2222-4333-8444-555555555555";
const sha = "0123456789abcdef0123456789abcdef01234567";

const repo = (rest = "", url = app) =>
  manifest(`repos:\n  - url: ${url}${rest === "" ? "" : `\n    ${rest}`}${scm}`);
const org = (url = "https://github.com/acme") => manifest(`orgs:\n  - url: ${url}`);
const claims = (url = app, keys = "org_id, repository", id = `organizationId: ${organization}`) =>
  manifest(`repos:\n  - url: ${url}`, "", `host: acme.gitpod.cloud\nsubject: [${keys}]\n${id}`.trimEnd());

/** The remedy of the only role of a manifest, which must refuse. */
function remedyOf(text: string, login: LoginAttempt): string {
  const remedy = onlyRole(text, login).remedy();
  if (remedy === null) throw new Error("it is admitted");
  return remedy;
}

/** Does the manifest, changed as the remedy says, admit the login that it refused? */
function admittedAfter(text: string, login: LoginAttempt, question: Question = {}): boolean {
  const [first] = reportOn(text, login, question).roles;
  const remedy = first?.permission?.remedy ?? first?.remedy();
  if (remedy === null || remedy === undefined) throw new Error("there is no remedy");
  const { roles } = reportOn(applyRemedy(text, remedy), login, question);
  return roles.some((r) => r.verdict.admitted && r.permission?.allowed !== false);
}

describe("the remedy for a context", () => {
  it.each<[string, string, string, string]>([
    ["a branch", repo(), `${app}/tree/main`, "contexts: [repository, { branch: main }]"],
    ["a branch with a slash", repo(), `${app}/tree/release/1.2`, "[repository, { branch: release/1.2 }]"],
    ["a branch that YAML would misread", repo(), `${app}/tree/1.0`, '[repository, { branch: "1.0" }]'],
    ["a branch of the word on", repo(), `${app}/tree/on`, '[repository, { branch: "on" }]'],
    ["a pull request", repo(), `${app}/pull/7`, "[repository, pull-requests]"],
    ["a tag", repo(), `${app}/releases/tag/v1`, "[repository, tags]"],
    ["an issue", repo(), `${app}/issues/7`, "[repository, issues]"],
    ["a commit", repo(), `${app}/commit/${sha}`, "[repository, commits]"],
    ["a file", repo(), `${app}/blob/main/README.md`, "[repository, all]"],
    ["a list of commits", repo(), `${app}/commits/main`, "[repository, all]"],
    ["an unknown path", repo(), `${app}/any/path`, "[repository, all]"],
    ["a branch spelled raw", repo(), `${app}/tree/größe`, "[repository, branches]"],
    ["the repository itself", repo("contexts: [branches]"), app, "[branches, repository]"],
    ["a tag beside branches", repo("contexts: [branches]"), `${app}/releases/tag/v1`, "[branches, tags]"],
    [
      "a second branch",
      repo("contexts: [{ branch: main }]"),
      `${app}/tree/x`,
      "[{ branch: main }, { branch: x }]",
    ],
    [
      "GitLab's merge request",
      repo("", gitlab),
      `${gitlab}/-/merge_requests/7`,
      "[repository, pull-requests]",
    ],
    ["GitLab's branch", repo("", gitlab), `${gitlab}/-/tree/main`, "[repository, { branch: main }]"],
    ["GitLab's tag", repo("", gitlab), `${gitlab}/-/tags/v1`, "[repository, all]"],
    ["Bitbucket's branch", repo("", bitbucket), `${bitbucket}/src/main/`, "[repository, { branch: main }]"],
    [
      "Bitbucket's commit below src",
      repo("", bitbucket),
      `${bitbucket}/src/${sha}`,
      "[repository, branches]",
    ],
    [
      "Bitbucket Server's branch",
      repo("", server),
      `${server}/browse?at=refs%2Fheads%2Fmain`,
      "{ branch: main }",
    ],
    [
      "Bitbucket Server's branch, as prebuilds have it",
      repo("", server),
      `${server}/browse?at=a/b`,
      "{ branch: a/b }",
    ],
    [
      "Bitbucket Server's commits",
      repo("", server),
      `${server}/commits?until=main`,
      "[repository, branches]",
    ],
    ["Azure's branch", repo("", azure), `${azure}?version=GBmain`, "[repository, { branch: main }]"],
    [
      "Azure's branch and folder",
      repo("", azure),
      `${azure}?version=GBmain&path=%2Fsrc`,
      "[repository, branches]",
    ],
    ["Azure's pull request", repo("", azure), `${azure}/pullrequest/7`, "[repository, pull-requests]"],
  ])("%s is the least that admits it, and admits it", (_, text, subject, expected) => {
    const login = attempt(subject);
    expect(remedyOf(text, login)).toContain(expected);
    expect(remedyOf(text, login)).toMatch(/^open \S+ .*, or write contexts: .* at manifest\.yaml:1[01]/);
    expect(admittedAfter(text, login)).toBe(true);
  });

  it("that lets the code of forks in says so", () => {
    for (const [tail, warns] of [
      ["pull/7", true],
      [`commit/${sha}`, true],
      ["x", true],
      ["tree/main", false],
    ] as const)
      expect([tail, remedyOf(repo(), attempt(`${app}/${tail}`)).includes("code of forks")]).toEqual([
        tail,
        warns,
      ]);
  });

  it.each([
    ["a fragment of the clone URL", repo(), `${app}.git#readme`],
    [".git and a slash", repo("contexts: [all]"), `${app}.git/`],
    [
      "a short form with a slash and a branch",
      repo("", "https://dev.azure.com/acme/shop"),
      "https://dev.azure.com/acme/shop/?version=GBmain",
    ],
  ])("that no context admits, %s, is to open the repository itself", (_, text, subject) => {
    const remedy = remedyOf(text, attempt(subject));
    expect(remedy).toMatch(/^open https:\S+ itself: no context admits/);
    expect(remedy).not.toContain("write");
  });
});

describe("the remedy for another repository", () => {
  it("whose letters differ is to open it with the entry's, or to write the workspace's", () => {
    const login = attempt("https://github.com/ACME/App");
    expect(remedyOf(repo(), login)).toBe(
      `open it with the letters of ${app}, or write url: https://github.com/ACME/App at manifest.yaml:10: AWS tells upper from lower case`,
    );
    expect(admittedAfter(repo(), login)).toBe(true);
  });

  it("whose letters and context differ is both", () => {
    const login = attempt("https://github.com/ACME/App/tree/main");
    expect(remedyOf(repo(), login)).toContain(
      "write url: https://github.com/ACME/App and contexts: [repository, { branch: main }] at",
    );
    expect(admittedAfter(repo(), login)).toBe(true);
  });

  it("of an organization whose letters differ is the organization's", () => {
    const login = attempt("https://github.com/ACME/app/tree/main");
    expect(remedyOf(org(), login)).toContain("write url: https://github.com/ACME at manifest.yaml:10");
    expect(admittedAfter(org(), login)).toBe(true);
  });

  it.each([
    ["another organization", repo(), "https://github.com/other/tool", "- url: https://github.com/other/tool"],
    ["a sibling", repo(), `${app}-evil`, `- url: ${app}-evil`],
    [
      "its pull request",
      repo(),
      "https://github.com/o/r/pull/7",
      "- { url: https://github.com/o/r, contexts: [pull-requests] }",
    ],
    [
      "another organization of an organization",
      org(),
      "https://github.com/b/c",
      "- url: https://github.com/b/c",
    ],
    [
      "a branch of GitLab",
      repo(),
      `${gitlab}/-/tree/main`,
      `- { url: ${gitlab}, contexts: [{ branch: main }] }`,
    ],
  ])("of %s is an entry of its own, if it is to get in", (_, text, subject, line) => {
    const remedy = remedyOf(text, attempt(subject));
    expect(remedy).toMatch(
      /^this role is for \S+, not for \S+; if that is to get in, add to repos: in manifest\.yaml the line - /,
    );
    expect(remedy.endsWith(line)).toBe(true);
    expect(admittedAfter(text, attempt(subject))).toBe(true);
  });

  it("of the same name says that it may be a fork", () => {
    expect(remedyOf(repo(), attempt("https://github.com/mallory/app"))).toContain("which may be a fork");
  });

  it("that has a role of its own is that role", () => {
    const text = manifest(`repos:\n  - url: ${app}\n  - url: https://github.com/acme/web`);
    const [first, second] = reportOn(text, attempt("https://github.com/acme/web/pull/1")).roles;
    expect(first?.remedy()).toBe(
      `this role is for ${app}; for https://github.com/acme/web there is acme-acme-web`,
    );
    expect(second?.remedy()).toContain("pull-requests");
  });

  it("of an organization is none where the repository has a role of its own", () => {
    const text = `${repo("contexts: [branches]")}\norgs:\n  - url: https://github.com/Acme\n`;
    const advice = (question: Question) =>
      reportOn(text, attempt(app), question).roles.map((r) => [r.verdict.role.name, r.remedy() !== null]);
    expect(advice({})).toEqual([
      ["acme-Acme", false],
      ["acme-acme-app", true],
    ]);
    expect(advice({ role: "acme-Acme" })).toEqual([["acme-Acme", true]]);
  });

  it("names installation and account where the manifest has several", () => {
    const text = `version: 1
accounts:
  dev: { id: "123456789012", region: eu-central-1 }
  prod: { id: "210987654321", region: eu-central-1 }
installations:
  acme: { host: acme.gitpod.cloud }
  beta: { host: beta.gitpod.cloud }
repos:
  - { url: ${app}, installations: [acme], accounts: [prod] }
`;
    const login = attempt("https://github.com/acme/web");
    expect(remedyOf(text, login)).toContain(
      "- { url: https://github.com/acme/web, installations: [acme], accounts: [prod] }",
    );
    expect(admittedAfter(text, login)).toBe(true);
  });

  it.each([
    `${app}/../../evil/app`,
    `${app}/tree/../../../evil/app`,
    `${app}/%2e%2e/%2E./evil/app`,
    `${app}/.\t./.\n./evil/app`,
    `${app}\\..\\..\\evil\\app`,
  ])("hidden behind dot segments is what it opens, and no change of the manifest: %j", (subject) => {
    for (const text of [repo(), repo("contexts: [all]"), org()]) {
      const remedy = remedyOf(text, attempt(subject));
      expect(remedy).toMatch(
        /: this URL opens https:\/\/github\.com\/evil\/app, and the role refuses any URL that holds (\.\.|%2e|a control character)$/,
      );
      expect(remedy).not.toMatch(/\b(write|add)\b/);
    }
  });
});

it.each([
  [`${app}/tree/a..b`, ".."],
  [`${app}/tree/a%2eb`, "%2e"],
])("the guard's refusal of %s is named, and no context is added for it", (subject, held) => {
  for (const text of [repo(), repo("contexts: [all]")])
    expect(remedyOf(text, attempt(subject))).toBe(
      `open ${app} itself: the role refuses any URL that holds ${held}`,
    );
});

describe("the remedy for a subject that is not the URL of a repository", () => {
  it.each([
    ["snapshot/6a1b", `open ${app} itself: the workspace of a snapshot`],
    ["no-context", `open ${app} itself in a new workspace`],
    [
      "https://example.com/a/b",
      `open ${app} itself: this workspace's subject is not the URL of a repository (its host is none of`,
    ],
    ["git@github.com:acme/app.git", "it is not an https URL"],
  ])("%s says what it is", (subject, expected) => {
    expect(remedyOf(repo(), attempt(subject))).toContain(expected);
  });

  it("that is missing says so", () => {
    const login = attempt("", { claims: { azp: "sts.amazonaws.com" } });
    expect(remedyOf(repo(), login)).toContain("there is none");
  });
});

describe("the remedy for claims", () => {
  const subject = (id: string, url = app) => `org_id:${id}:repository:${url}.git`;

  it("of another organization is to start the workspace there, or to write its UUID", () => {
    const login = attempt(subject(another));
    expect(remedyOf(claims(), login)).toContain(
      `start the workspace in the Gitpod organization ${organization}; if this one is right, write organizationId: ${another} at`,
    );
    expect(admittedAfter(claims(), login)).toBe(true);
  });

  it("of another organization than the former issuer's own is about that one", () => {
    const former = "https://services.acme.gitpod.cloud/idp";
    const text = claims(
      app,
      "org_id, repository",
      `organizationId: ${organization}\nformerIssuers: [{ issuer: ${former}, organizationId: ${another} }]`,
    );
    const login = attempt(subject(organization), { issuer: former });
    expect(remedyOf(text, login)).toContain(
      `start the workspace in the Gitpod organization ${another}; if this one is right, write under formerIssuers: - { issuer: ${former}, organizationId: ${organization} } at manifest.yaml:11`,
    );
    expect(admittedAfter(text, login)).toBe(true);
    expect(onlyRole(text, attempt(subject(another), { issuer: former })).verdict.admitted).toBe(true);
  });

  it("of an organization that is no UUID offers nothing to write", () => {
    expect(remedyOf(claims(), attempt(subject("x]}")))).not.toContain("write");
  });

  it("of another repository is an entry of its own", () => {
    const login = attempt(subject(organization, "https://github.com/mallory/app"));
    expect(remedyOf(claims(), login)).toContain("which may be a fork; if that is to get in");
    expect(admittedAfter(claims(), login)).toBe(true);
  });

  it("whose repository has other letters is that of the letters", () => {
    const login = attempt(subject(organization, "https://github.com/Acme/app"));
    expect(admittedAfter(claims(), login)).toBe(true);
  });

  it("in another order, or more of them, is to write the list as the token has it", () => {
    const login = attempt(`repository:${app}.git:org_id:${organization}`);
    expect(remedyOf(claims(), login)).toContain("write subject: [repository, org_id] and organizationId:");
    expect(admittedAfter(claims(), login)).toBe(true);
  });

  it("that authorize nothing is to have Gitpod configure others", () => {
    const login = attempt(`user_id:1:repository:${app}.git`);
    expect(remedyOf(claims(), login)).toContain("have Gitpod configure org_id,repository");
    expect(remedyOf(claims(), login)).not.toContain("write");
  });

  it("that are empty says so", () => {
    expect(remedyOf(claims(), attempt(`org_id:${organization}:repository:`))).toContain(
      "the claim repository is empty",
    );
  });

  it("where the manifest has none is to write the list", () => {
    const login = attempt(subject(organization));
    expect(remedyOf(repo(), login)).toContain(
      `write subject: [org_id, repository] and organizationId: ${organization} at manifest.yaml:8`,
    );
    expect(admittedAfter(repo(), login)).toBe(true);
  });

  it("where the token has a URL is to configure them, or to take the list out", () => {
    expect(remedyOf(claims(), attempt(app))).toContain(
      "the subject is a URL: have Gitpod configure org_id,repository",
    );
  });

  it("that hold the URL is to open the repository itself", () => {
    const text = claims(app, "org_id, context");
    expect(remedyOf(text, attempt(`org_id:${organization}:context:${app}/tree/main`))).toBe(
      `open ${app} itself`,
    );
  });
});

describe("the remedy for something else", () => {
  it("than the audience is to ask for the right one, or to write the token's", () => {
    const login = attempt(app, { claims: { sub: app, aud: ["vault.example"], azp: "vault.example" } });
    expect(remedyOf(repo(), login)).toBe(
      "ask for the token with --audience sts.amazonaws.com, or, if vault.example is right, write audience: vault.example at manifest.yaml:8",
    );
    expect(admittedAfter(repo(), login)).toBe(true);
  });

  it("than the order of audiences is to name the right one first", () => {
    const login = attempt(app, { claims: { sub: app, aud: ["a", "sts.amazonaws.com"], azp: "a" } });
    expect(remedyOf(repo(), login)).toContain("--audience sts.amazonaws.com before any other");
  });

  it("than an audience that nobody can write offers nothing to write", () => {
    const login = attempt(app, { claims: { sub: app, azp: "a b" } });
    expect(remedyOf(repo(), login)).toBe("ask for the token with --audience sts.amazonaws.com");
  });

  it("than a token's times is a new one, or the clock", () => {
    expect(remedyOf(repo(), attempt(app, { expires: 1 }))).toContain("get a new token");
    expect(remedyOf(repo(), attempt(app, { issued: 4e9 }))).toContain("set the clock");
  });

  it("than an entry's end is a later date", () => {
    const text = repo("expires: 2026-01-01");
    expect(remedyOf(text, attempt(app))).toBe(
      "the entry expired on 2026-01-01: write a later date as expires: at manifest.yaml:11",
    );
  });

  it("than the source address is to log in from elsewhere, or to add it", () => {
    const text = repo("sourceCidrs: [203.0.113.0/24]");
    expect(remedyOf(text, attempt(app, { sourceIp: "198.51.100.7" }))).toBe(
      "log in from 203.0.113.0/24, or write sourceCidrs: [203.0.113.0/24, 198.51.100.7/32] at manifest.yaml:11",
    );
    expect(remedyOf(text, attempt(app, { sourceIp: "2001:db8::1" }))).toContain(
      'write sourceCidrs: [203.0.113.0/24, "2001:db8::1/128"]',
    );
    expect(remedyOf(text, attempt(app))).toBe("pass --source-ip: a login from 203.0.113.0/24 is admitted");
  });

  it("has a part for each thing that stands against the role's own workspaces", () => {
    const login = attempt(`${app}/tree/main`, {
      claims: { sub: `${app}/tree/main`, azp: "vault" },
      expires: 1,
    });
    expect(remedyOf(repo(), login)).toMatch(
      /write contexts: .*; and ask for the token .*; and get a new token/,
    );
    expect(
      remedyOf(repo(), { ...login, claims: { sub: "https://github.com/a/b", azp: "vault" } }),
    ).not.toContain("; and ");
  });
});

describe("what is said of an unknown issuer", () => {
  const issuerText = (issuer: string) => reportOn(repo(), attempt(app, { issuer })).unknownIssuer.join("; ");

  it.each([
    "https://services.acme.gitpod.cloud/idp",
    "https://acme.gitpod.cloud/idp",
    "https://api.acme.gitpod.clud/idp",
  ])("names the installation that comes near, and the line to write: %s", (issuer) => {
    expect(issuerText(issuer)).toContain(`acme comes near, with "${acmeIssuer}"`);
    expect(issuerText(issuer)).toContain(
      `write issuer: ${issuer} at manifest.yaml:8, in place of host: or issuer:`,
    );
  });

  it("is what admits the token, once it is written", () => {
    const issuer = "https://services.acme.gitpod.cloud/idp";
    const text = applyRemedy(repo(), issuerText(issuer)).replace(/^ +host: .*\n/m, "");
    expect(reportOn(text, attempt(app, { issuer })).roles[0]?.verdict.admitted).toBe(true);
  });

  it("offers nothing to write where AWS could trust none like it", () => {
    for (const issuer of [
      `${acmeIssuer}/`,
      "http://api.acme.gitpod.cloud/idp",
      "API.acme",
      `${acmeIssuer}?x=1`,
    ])
      expect(issuerText(issuer)).not.toContain("write");
  });

  it("that is like no other is to declare it", () => {
    expect(issuerText("https://token.actions.githubusercontent.com")).toContain(
      "declare it under installations",
    );
  });
});

describe("the remedy for a permission", () => {
  it.each([
    [
      "secretsmanager:GetSecretValue",
      "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf",
      "secret:",
    ],
    ["ssm:getparameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/app/url", "parameter:"],
    ["s3:PutObject", "arn:aws:s3:::acme-assets/x", "access: write"],
    ["s3:ListBucket", "arn:aws:s3:::acme-assets", "acme-assets/*"],
    ["dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/t", "under statements:"],
    ["dynamodb:Query", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by", 'table/orders"'],
    ["dynamodb:PutItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders", "access: write"],
    ["logs:GetLogEvents", "arn:aws:logs:eu-central-1:123456789012:log-group:/a:log-stream:b", "logs:"],
    ["sts:AssumeRole", "arn:aws:iam::210987654321:role/ci/deploy", "role:"],
    [
      "codeartifact:PublishPackageVersion",
      "arn:aws:codeartifact:eu-central-1:123456789012:package/acme/store/npm//x",
      "access: publish",
    ],
  ])("%s is a grant, or a statement where there is none, that allows it", (action, resource, expected) => {
    const permission = { action, resource };
    const [role] = reportOn(repo(), attempt(app), { permission }).roles;
    expect(role?.permission).toMatchObject({
      allowed: false,
      remedy: expect.stringContaining(expected) as string,
    });
    expect(admittedAfter(repo(), attempt(app), { permission })).toBe(true);
  });

  const getObject = { action: "s3:GetObject", resource: "arn:aws:s3:::acme-assets/x" };
  const permissionRemedies = (text: string, permission = getObject) =>
    reportOn(text, attempt(app), { permission }).roles.map((r) => r.permission?.remedy);

  it("names the line of the entry's list, and says where that replaces the list of defaults", () => {
    expect(permissionRemedies(repo("grants: [{ parameter: /a }]"))).toEqual([
      "write under grants: - { s3: acme-assets/x } at manifest.yaml:11".replace(
        "acme-assets/x",
        '"arn:aws:s3:::acme-assets/x"',
      ),
    ]);
    const inherited = repo().replace("repos:", "defaults: { grants: [{ parameter: /a }] }\nrepos:");
    expect(permissionRemedies(inherited)[0]).toMatch(
      / at manifest\.yaml:11, and repeat there the grants of defaults: the entry's list replaces theirs$/,
    );
  });

  it("is for the repository's own role, not its organization's, and for the account of the resource", () => {
    const both = `${repo()}\norgs:\n  - url: https://github.com/acme\n`;
    expect(
      reportOn(both, attempt(app), { permission: getObject }).roles.map((r) => [
        r.verdict.role.entry.kind,
        typeof r.permission?.remedy,
      ]),
    ).toEqual([
      ["org", "object"],
      ["repo", "string"],
    ]);
    const accounts = repo("accounts: [dev, prod]").replace(
      "installations:",
      '  prod: { id: "210987654321", region: eu-central-1 }\ninstallations:',
    );
    const permission = {
      action: "sqs:SendMessage",
      resource: "arn:aws:sqs:eu-central-1:210987654321:jobs",
    };
    expect(permissionRemedies(accounts, permission)).toEqual([null, expect.any(String)]);
  });

  it("is none where the policy allows it, or where the entry's end denies everything", () => {
    const permission = { action: "s3:GetObject", resource: "arn:aws:s3:::acme-assets/x" };
    const granted = reportOn(repo("grants: [{ s3: acme-assets/x }]"), attempt(app), { permission });
    expect(granted.roles[0]?.permission).toMatchObject({ allowed: true, remedy: null });
  });

  it("cannot be told where a managed policy may allow it", () => {
    const permission = { action: "s3:GetObject", resource: "arn:aws:s3:::acme-assets/x" };
    const text = repo("managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']");
    expect(reportOn(text, attempt(app), { permission }).roles[0]?.permission).toMatchObject({
      allowed: null,
      unread: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    });
  });
});
