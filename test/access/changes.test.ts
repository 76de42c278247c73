import fc from "fast-check";
import { load } from "js-yaml";
import { accessChanges, declaredAccess, type Change } from "../../src/access";
import { readProject } from "../../src/cli/project";
import type { AccessModel, Role } from "../../src/model/accessModel";
import type { Statement } from "../../src/model/policyDocument";
import { identityProviderArn } from "../../src/model/names";
import { evaluatePermission, many, matchesAction, matchesPattern, textOnly } from "../../src/policy";
import { naiveAdmits } from "../support/naive";
import { manifest, memoryFiles } from "../support/project";

/** What a drawn manifest says of one repository or organization. */
interface Drawn {
  readonly [key: string]: unknown;
}

const account = "123456789012";
const secret = `arn:aws:secretsmanager:eu-central-1:${account}:secret`;
const pick = <T>(...items: readonly T[]) => fc.constantFrom(...items);

const contexts = fc.uniqueArray(
  pick<unknown>("repository", "branches", { branch: "main" }, { branch: "a/b" }, "pull-requests", "all"),
  { minLength: 1, maxLength: 3, selector: (c) => JSON.stringify(c) },
);
const grants = fc.uniqueArray(
  pick<Drawn>(
    { secret: "db" },
    { secret: "db2" },
    { s3: "acme-data/app/*" },
    { s3: "acme-data/*" },
    { s3: "acme-data/app/*", access: "write" },
    { parameter: "/app/*" },
    { parameter: "/app/url" },
  ),
  { maxLength: 3, selector: (g) => JSON.stringify(g) },
);
const saying =
  (Effect: Statement["Effect"]) =>
  (
    Action: Statement["Action"],
    Resource: Statement["Resource"],
    Condition?: Statement["Condition"],
  ): Statement => ({
    ...{ Effect, Action, Resource },
    ...(Condition === undefined ? {} : { Condition }),
  });
const [allow, deny] = [saying("Allow"), saying("Deny")];
const tls = { Bool: { "aws:SecureTransport": "true" } };
const office = { IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } };
const statements = fc.uniqueArray(
  pick<Statement>(
    allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], `${secret}:db-??????`),
    allow("secretsmanager:Get*", `${secret}:*`),
    allow("s3:GetObject", ["arn:aws:s3:::acme-data/app/*", "arn:aws:s3:::acme-data/x"]),
    allow("s3:*", "*", tls),
    allow("s3:getobject", "arn:aws:s3:::acme-data/a?p/*", office),
    { Effect: "Allow", NotAction: "s3:*", Resource: "*" },
    { Effect: "Allow", Action: "s3:*", NotResource: "arn:aws:s3:::acme-data/app/*" },
    deny("s3:*", "arn:aws:s3:::acme-data/app/x"),
    deny("s3:Get*", "*", office),
    deny("*", "*", { StringNotEquals: { "aws:RequestedRegion": ["eu-central-1"] } }),
    { Effect: "Deny", NotAction: "secretsmanager:*", Resource: "*" },
  ),
  { maxLength: 3, selector: (s) => JSON.stringify(s) },
);
const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const settings = {
  grants,
  statements,
  expires: often(pick("2026-07-01", "2027-01-01")),
  sourceCidrs: often(pick(["203.0.113.0/24"], ["203.0.112.0/20"], ["203.0.113.7/32", "198.51.100.0/24"])),
  sessionDuration: often(pick("30m", "2h")),
  accounts: pick(["dev"], ["dev"], ["prod"], ["dev", "prod"]),
};
const entryOf = (url: string) =>
  fc.option(fc.record({ url: fc.constant(url), contexts, ...settings }), { nil: undefined, freq: 4 });
const drawn = fc.record({
  installation: fc.record({
    issuer: pick(
      "https://services.acme.gitpod.cloud/idp",
      "https://services.acme.gitpod.cloud/idp",
      "https://services.beta.gitpod.cloud/idp",
    ),
    audience: pick("sts.amazonaws.com", "sts.amazonaws.com", "other"),
    formerIssuers: pick([], ["https://services.old.gitpod.cloud/idp"]),
  }),
  org: fc.option(fc.record({ url: fc.constant("https://github.com/acme"), ...settings })),
  app: entryOf("https://github.com/acme/app"),
  web: entryOf("https://github.com/acme/web-app"),
});
type Manifest = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function modelFrom(value: object, included: Readonly<Record<string, object>> = {}): AccessModel {
  const files = Object.entries({ ...included, "manifest.yaml": value }).map(([name, v]) => [
    name,
    JSON.stringify(v),
  ]);
  const project = readProject(
    "manifest.yaml",
    memoryFiles(Object.fromEntries(files) as Record<string, string>),
  );
  if (!project.ok) throw new Error(project.diagnostics.map((d) => d.message).join("\n"));
  return project.model;
}

function manifestOf({ installation, org, app, web }: Manifest, names = ["dev", "prod", "acme"]) {
  const [dev = "", prod = "", acme = ""] = names;
  const renamed = <T extends { readonly accounts: readonly string[] }>(entry: T) => ({
    ...entry,
    accounts: entry.accounts.map((name) => (name === "dev" ? dev : prod)),
  });
  return {
    version: 1,
    accounts: {
      [dev]: { id: account, region: "eu-central-1" },
      [prod]: { id: "210987654321", region: "eu-central-1" },
    },
    installations: { [acme]: installation },
    ...{
      orgs: org === null ? [] : [renamed(org)],
      repos: [app, web].flatMap((e) => (e ? [renamed(e)] : [])),
    },
  };
}

/** A manifest that differs from another in some of what a third says. */
function mixed(old: Manifest, other: Manifest, choice: () => boolean): Manifest {
  const mix = <T extends object>(a: T, b: T): T =>
    Object.fromEntries(
      Object.entries(a).map(([key, value]) => [key, choice() ? value : b[key as keyof T]]),
    ) as T;
  const entry = <T extends object | null | undefined>(a: T, b: T): T =>
    a && b ? mix(a, b) : choice() ? a : b;
  const { installation, org, app, web } = old;
  return {
    installation: mix(installation, other.installation),
    ...{ org: entry(org, other.org), app: entry(app, other.app), web: entry(web, other.web) },
  };
}

const changesOf = (before: AccessModel, after: AccessModel) =>
  accessChanges(declaredAccess(before), declaredAccess(after), { before: () => 1, after: () => 1 });

/** A login with what is done after it. */
interface Request {
  readonly account: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly action: string;
  readonly resource: string;
  readonly time: string;
  readonly address: string;
}

/** Requests near what the roles of two manifests say: most that a role allows, or nearly so. */
function requestsNear(models: readonly AccessModel[]): fc.Arbitrary<Request> {
  const installations = models.flatMap((model) => model.installations);
  const issuers = installations.flatMap((i) => [i.issuer, ...i.formerIssuers.map((f) => f.issuer)]);
  const subjects = ({ subjects: { exact, prefixes } }: Role) => [
    ...[...exact, ...exact.map((text) => `${text}x`)],
    ...prefixes.flatMap((prefix) => [`${prefix}main`, `${prefix}a/../../b`, prefix, prefix.slice(0, -1)]),
  ];
  const actions = ({ Action }: Statement) =>
    many(Action ?? "sqs:Send*").map((a) => a.replaceAll("*", "Object"));
  const resources = ({ Resource }: Statement) =>
    many(Resource ?? "arn:aws:s3:::acme-data/*").flatMap((text) =>
      ["x", "app/x", ""].map((run) => text.replaceAll("*", run).replaceAll("?", "a")),
    );
  const roles = models.flatMap((model) =>
    model.accounts.flatMap((a) => a.roles.map((role) => ({ id: a.id, role }))),
  );
  return pick(...roles).chain(({ id, role }) => {
    const said = role.made.permissionPolicy?.Statement ?? [];
    return pick(...said, allow("s3:PutObject", "arn:aws:s3:::acme-data/app/*")).chain((statement) =>
      fc.record({
        account: pick(id),
        issuer: pick(...issuers),
        subject: pick(...subjects(role), "https://github.com/acme/app/pull/7"),
        audience: pick(...installations.map((i) => i.audience)),
        action: pick(...actions(statement), ...actions(statement), "s3:PutObject"),
        resource: pick(...resources(statement)),
        time: pick("2026-06-01T00:00:00Z", "2026-08-01T00:00:00Z", "2027-08-01T00:00:00Z"),
        address: pick("203.0.113.7", "203.0.112.7", "198.51.100.7", "8.8.8.8"),
      }),
    );
  });
}

function allows(model: AccessModel, request: Request): boolean {
  const key = request.issuer.replace("https://", "");
  const context = new Map([
    [`${key}:sub`, [request.subject]],
    [`${key}:aud`, [request.audience]],
    ["aws:currenttime", [request.time]],
    ["aws:sourceip", [request.address]],
    ["aws:securetransport", ["true"]],
    ["aws:requestedregion", ["eu-central-1"]],
  ]);
  return model.accounts.some(
    ({ id, roles }) =>
      id === request.account &&
      roles.some(
        ({ made: { trustPolicy, permissionPolicy } }) =>
          permissionPolicy !== null &&
          naiveAdmits(trustPolicy, { federated: identityProviderArn("aws", id, request.issuer), context }) &&
          evaluatePermission(permissionPolicy, { ...request, context }).allowed,
      ),
  );
}

function isCovered(changes: readonly Change[], { subject, action, resource }: Request): boolean {
  const matches = (patterns: readonly string[], text: string) =>
    patterns.some((p) => matchesPattern(p, text, textOnly));
  // Patterns of subjects have no variables but escapes.
  const like = (patterns: readonly string[]) =>
    patterns.some((p) => matchesPattern(p, subject, () => undefined));
  return changes.some(
    ({ subjects, actions, resources }) =>
      (subjects.exact.includes(subject) || like(subjects.like)) &&
      actions.some((pattern) => matchesAction(pattern, action)) &&
      matches(resources, resource),
  );
}

const full = process.env["FULL"] === "1";
const pairs = full ? 1000 : 40;
const perPair = 50;

test(`what only one of two manifests allows is covered by a change: ${pairs * perPair} requests`, () => {
  const seen = { requests: 0, gained: 0, lost: 0, both: 0 };
  fc.assert(
    fc.property(
      drawn,
      drawn,
      fc.infiniteStream(pick(true, true, false)),
      fc.integer(),
      (old, other, picks, seed) => {
        const now = mixed(old, other, () => picks.next().value as boolean);
        const [before, after] = [modelFrom(manifestOf(old)), modelFrom(manifestOf(now))];
        if (![before, after].some((m) => m.accounts.some((a) => a.roles.length > 0))) return;
        const changes = changesOf(before, after);
        const gains = changes.filter((c) => c.change === "gains");
        const loses = changes.filter((c) => c.change === "loses");
        for (const request of fc.sample(requestsNear([before, after]), { numRuns: perPair, seed })) {
          const [was, is] = [allows(before, request), allows(after, request)];
          seen.requests += 1;
          if (was && is) seen.both += 1;
          if (is && !was) seen.gained += 1;
          if (was && !is) seen.lost += 1;
          if (is && !was) expect([request, isCovered(gains, request)]).toEqual([request, true]);
          if (was && !is) expect([request, isCovered(loses, request)]).toEqual([request, true]);
        }
      },
    ),
    { numRuns: pairs, seed: 17 },
  );
  for (const outcome of [seen.gained, seen.lost, seen.both]) expect(outcome).toBeGreaterThan(pairs / 10);
  expect(seen.requests).toBeGreaterThan(pairs * perPair * 0.8);
});

describe("no change is what means the same:", () => {
  const others: readonly (readonly [string, (drawn: Manifest) => AccessModel])[] = [
    ["another order", (drawn) => modelFrom(reversed(manifestOf(drawn)) as object)],
    [
      "other names of accounts and installations, and so of roles",
      (drawn) => modelFrom(manifestOf(drawn, ["a", "b", "c"])),
    ],
    [
      "roles that are renamed",
      (drawn) => {
        const { repos, ...rest } = manifestOf(drawn);
        return modelFrom({ ...rest, repos: repos.map((entry, i) => ({ ...entry, name: `role-${i}` })) });
      },
    ],
    [
      "entries that move to an included file",
      (drawn) => {
        const { repos, ...rest } = manifestOf(drawn);
        return modelFrom(
          { ...rest, include: ["teams.yaml"], repos: repos.filter((r) => r.statements.length > 0) },
          {
            "teams.yaml": {
              repos: repos.flatMap(({ statements, ...r }) => (statements.length > 0 ? [] : [r])),
            },
          },
        );
      },
    ],
    [
      "grants as statements of the same actions and resources",
      (drawn) => {
        const model = modelFrom(manifestOf(drawn));
        const { repos, ...rest } = manifestOf(drawn);
        const written = repos.map(({ grants: _, ...entry }) => {
          const role = model.accounts.flatMap((a) => a.roles).find((r) => r.entry.url === entry.url);
          const all = role?.made.permissionPolicy?.Statement ?? [];
          return {
            ...entry,
            statements: all.filter((s) => !JSON.stringify(s).includes("CurrentTime")),
          };
        });
        return modelFrom({ ...rest, repos: written });
      },
    ],
  ];

  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed).reverse();
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([k, v]) => [k, reversed(v)])
        .reverse(),
    );
  };

  test.each(others)("%s", (_, other) => {
    fc.assert(
      fc.property(drawn, (manifest) => {
        const one: Manifest = { ...manifest, app: manifest.app && { ...manifest.app, accounts: ["dev"] } };
        const web = one.web && { ...one.web, accounts: ["dev"] };
        expect(changesOf(modelFrom(manifestOf({ ...one, web })), other({ ...one, web }))).toEqual([]);
      }),
      { numRuns: full ? 300 : 8, seed: 4 },
    );
  });
});

/** What a change of one entry comes to: `gains subjects: who: what`. */
function words(before: string, after: string): readonly string[] {
  const repo = (rest: string) =>
    modelFrom(load(manifest(`repos:\n  - url: https://github.com/acme/app\n${rest}`)) as object);
  return changesOf(repo(before), repo(after)).map(
    ({ change, why, who, what }) => `${change} ${why}: ${who.join(", ")}: ${what.join(", ")}`,
  );
}

describe("a change in words:", () => {
  const here = "repository acme/app on acme";
  const rows: readonly (readonly [string, string, string, readonly string[]])[] = [
    ["nothing", "", "", []],
    [
      "more contexts",
      "    grants: [{ secret: db }]",
      "    grants: [{ secret: db }]\n    contexts: [repository, branches, { branch: main }]",
      ["gains subjects: branches of acme/app on acme, branch main of acme/app on acme: read secret db"],
    ],
    [
      "everything",
      "",
      "    contexts: [repository, all]",
      ["gains subjects: everything of acme/app on acme: nothing"],
    ],
    [
      "another grant",
      "    grants: [{ secret: a }]",
      "    grants: [{ secret: b }]",
      [`gains permissions: ${here}: read secret b`, `loses permissions: ${here}: read secret a`],
    ],
    [
      "a later end",
      "    expires: 2026-07-01",
      "    expires: 2027-07-01",
      [`gains until: ${here}: ends 2027-07-01 (was 2026-07-01)`],
    ],
    ["an end", "", "    expires: 2026-07-01", [`loses until: ${here}: ends 2026-07-01 (was never)`]],
    [
      "more addresses",
      "    sourceCidrs: [203.0.113.0/24]",
      "",
      [`gains from: ${here}: logins from anywhere (was 203.0.113.0/24)`],
    ],
    [
      "a wider block of addresses",
      "    sourceCidrs: [203.0.113.0/24]",
      "    sourceCidrs: [203.0.112.0/20]",
      [`gains from: ${here}: logins from 203.0.112.0/20 (was 203.0.113.0/24)`],
    ],
    [
      "a longer session",
      "    sessionDuration: 30m",
      "    sessionDuration: 45m",
      [`gains session: ${here}: sessions of 45m (was 30m)`],
    ],
    [
      "another boundary",
      "    permissionsBoundary: arn:aws:iam::123456789012:policy/a",
      "    permissionsBoundary: arn:aws:iam::123456789012:policy/b",
      ["gains", "loses"].map(
        (change) =>
          `${change} trust: ${here}: permissions boundary arn:aws:iam::123456789012:policy/b (was arn:aws:iam::123456789012:policy/a)`,
      ),
    ],
    [
      "a Deny that goes",
      '    statements: [{ Effect: Deny, Action: "s3:*", Resource: "*" }]',
      "",
      [`gains permissions: ${here}: no longer denied: s3:* on *`],
    ],
    [
      "a policy of the account's own that goes: it may have denied something",
      "    managedPolicies: [arn:aws:iam::123456789012:policy/own]",
      "",
      [
        `gains permissions: ${here}: what arn:aws:iam::123456789012:policy/own may deny`,
        `loses permissions: ${here}: all of arn:aws:iam::123456789012:policy/own (not read)`,
      ],
    ],
    [
      "a resource by what the caller is called",
      '    statements: [{ Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/${aws:PrincipalTag/team}/*" }]\n    tags: { team: a }',
      '    statements: [{ Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/${aws:PrincipalTag/team}/*" }]\n    tags: { team: b }',
      ["gains", "loses"].map(
        (change) =>
          `${change} permissions: ${here}: s3:GetObject on arn:aws:s3:::acme/\${aws:PrincipalTag/team}/*`,
      ),
    ],
  ];
  test.each(rows)("%s", (_, before, after, expected) => {
    expect(words(before, after)).toEqual(expected);
  });

  test("another audience, and a former issuer, are who", () => {
    const on = (installation: string) =>
      modelFrom(load(manifest("repos: [{ url: https://github.com/acme/app }]", "", installation)) as object);
    const plain = on("host: acme.gitpod.cloud");
    const said = (before: AccessModel, after: AccessModel) =>
      changesOf(before, after).map(({ change, why, what }) => `${change} ${why}: ${what.join()}`);
    expect(said(plain, on("host: acme.gitpod.cloud\naudience: b"))).toEqual([
      "gains trust: tokens of api.acme.gitpod.cloud/idp for b",
      "loses trust: tokens of api.acme.gitpod.cloud/idp for sts.amazonaws.com",
    ]);
    const former = on("host: acme.gitpod.cloud\nformerIssuers: [https://services.acme.gitpod.cloud/idp]");
    expect(said(plain, former)).toEqual([
      "gains trust: tokens of services.acme.gitpod.cloud/idp for sts.amazonaws.com",
    ]);
  });
});

test("a role that takes another's name is a change: policies of resources name roles by it", () => {
  const named = (app: string, web: string) =>
    modelFrom(
      load(
        manifest(
          `repos:\n  - { url: https://github.com/acme/app, name: ${app} }\n  - { url: https://github.com/acme/web, name: ${web} }`,
        ),
      ) as object,
    );
  const gains = (before: AccessModel, after: AccessModel) =>
    changesOf(before, after)
      .filter(({ change }) => change === "gains")
      .map(({ role, who }) => `${role}: ${who.join()}`);
  expect(gains(named("prod", "test"), named("test", "prod"))).toEqual([
    "prod: repository acme/web on acme",
    "test: repository acme/app on acme",
  ]);
  expect(gains(named("prod", "test"), named("old", "prod"))).toContain("prod: repository acme/web on acme");
  expect(gains(named("prod", "test"), named("one", "two"))).toEqual([]);
});
