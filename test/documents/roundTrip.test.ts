import fc from "fast-check";
import { atomsOf, joinAccess, readExisting } from "../../src/documents";
import { importRoles } from "../../src/documents/importRoles";
import { manifestText } from "../../src/documents/manifestText";
import type { AccessModel, HostKind, Role } from "../../src/model/accessModel";
import { accessLevels, grantKinds, grantTable } from "../../src/policy";
import { branchProblem, dialects } from "../../src/subject";
import { full, runs } from "../proof/settings";
import { entryOf } from "../proof/roles";
import { hostNames, kinds, target, type Target } from "../proof/scenarios";
import { manifest, modelOf, project } from "../support/project";
import { accountDetails, roleList } from "../support/authorizationDetails";

const grants = [
  { secret: "database" },
  { secret: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:whole-AbCdEf" },
  { secret: "theirs", account: "210987654321", region: "us-east-1" },
  { secret: "sealed", kmsKey: "1234abcd-12ab-34cd-56ef-1234567890ab" },
  { parameter: "/shared/dev/*" },
  { parameter: "one" },
  { s3: "acme-assets/fixtures/*" },
  { s3: "acme-assets/*", access: "write" },
  {
    s3: "acme-assets/x",
    kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  },
  { ecr: "team/app" },
  { ecr: "team/app", access: "push" },
  { codeartifact: "acme/npm-store" },
  { codeartifact: "acme/npm-store", access: "publish" },
  { dynamodb: "orders" },
  { dynamodb: "orders", access: "write" },
  { sqs: "jobs" },
  { sqs: "jobs.fifo", access: "receive" },
  { sns: "builds" },
  { kms: "1234abcd-12ab-34cd-56ef-1234567890ab" },
  { lambda: "resize:live" },
  { logs: "/aws/lambda/resize" },
  { eks: "dev" },
  { role: "ci/deploy" },
];
const statements = [
  {
    Sid: "Raw",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:GetObjectTagging"],
    Resource: "arn:aws:s3:::raw/*",
  },
  {
    Effect: "Deny",
    NotAction: "s3:*",
    Resource: "*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  },
  { Effect: "Deny", Action: "s3:*", Resource: ["arn:aws:s3:::raw/private/*", "arn:aws:s3:::raw/secret/*"] },
  { Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" },
];

const settings = fc.record(
  {
    expires: fc.constant("2027-03-31"),
    sourceCidrs: fc.constantFrom(["203.0.113.0/24"], ["2001:db8::/32", "198.51.100.7/32"]),
    sessionDuration: fc.constantFrom("1h", "90m", "12h"),
    path: fc.constantFrom("/", "/gitpod/dev/"),
    description: fc.constantFrom("plain", 'with "quotes", # and: {colons}', "ünïcode\nlines", "- - -"),
    tags: fc.constantFrom({}, { "managed by": "x: y # z", Team: "Ä" }),
    name: fc.constantFrom("a-role", "no", "0x1F", "1e3"),
    permissionsBoundary: fc.constant("arn:aws:iam::123456789012:policy/boundary"),
    managedPolicies: fc.constant(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
    grants: fc.subarray(grants),
    statements: fc.subarray(statements),
  },
  { requiredKeys: [] },
);

/** A manifest with one entry, and the model that it resolves to; null where it is refused. */
function modelFor(of: Target, kind: HostKind, own: object, installation: object): AccessModel | null {
  const url = entryOf(of)?.url;
  if (url === undefined) return null;
  const contexts = of.kind === "repo" && !("subject" in installation) ? { contexts: of.contexts } : {};
  const hosts = hostNames[kind].filter((name) => name !== dialects[kind].host);
  const loaded = project(
    JSON.stringify({
      version: 1,
      accounts: { dev: { id: "123456789012", region: "eu-central-1" } },
      installations: { acme: installation },
      ...(hosts.length === 0 ? {} : { scmHosts: Object.fromEntries(hosts.map((name) => [name, kind])) }),
      [`${of.kind}s`]: [{ url, ...contexts, ...own }],
    }),
  );
  return loaded.ok ? loaded.model : null;
}

/** What of a role IAM knows. */
function inIam(role: Role) {
  const { name, path, description, maxSessionDuration, permissionsBoundary, tags, managedPolicies } = role;
  return {
    ...{ name, path, description, maxSessionDuration, permissionsBoundary, tags, managedPolicies },
    trust: role.made.trustPolicy,
    permissions: atomsOf(role.made.permissionPolicy?.Statement ?? []),
  };
}

const rolesOf = (model: AccessModel): readonly Role[] => model.accounts.flatMap((account) => account.roles);

/** The manifest that the roles of a model, as AWS shows them, are imported as. */
function imported(model: AccessModel) {
  const files = [accountDetails(model), roleList(model)].map((shown) =>
    readExisting(JSON.stringify(shown), "roles.json", null),
  );
  expect(files.flatMap((file) => file.mistakes)).toEqual([]);
  const { roles, skipped } = importRoles(joinAccess(files.map(({ access }) => access)));
  const text = manifestText(roles, [], () => "eu-central-1");
  return { roles, skipped, text };
}

function expectSame(model: AccessModel): void {
  const { roles, skipped, text } = imported(model);
  expect(skipped.map((s) => s.problem)).toEqual([]);
  expect(roles.flatMap((r) => r.notes)).toEqual([]);
  const loaded = project(text);
  if (!loaded.ok) throw new Error(`${text}\n${loaded.diagnostics.map((d) => d.message).join("\n")}`);
  expect(rolesOf(loaded.model).map(inIam)).toEqual(rolesOf(model).map(inIam));
  expect(rolesOf(loaded.model).every((role) => role.adopt)).toBe(true);
}

const installations = fc.constantFrom<object>(
  { host: "gitpod.io" },
  { issuer: "https://services.acme.gitpod.cloud/idp", audience: "https://acme.example/x" },
  {
    host: "acme.gitpod.cloud",
    formerIssuers: ["https://services.acme.gitpod.cloud/idp", "https://api.gitpod.io/idp"],
  },
);
const otherOrganization = {
  issuer: "https://services.acme.gitpod.cloud/idp",
  organizationId: "1d8de7cd-1cb5-4ef5-9f20-4e0e4b4e2e7b",
};
const claimLists = fc.constantFrom<object>(
  ...[["repository"], ["org_id", "repository"], ["context", "repository"]].map((subject) => ({
    ...{ host: "acme.gitpod.cloud", subject },
    ...(subject.includes("org_id")
      ? { organizationId: "0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a", formerIssuers: [otherOrganization] }
      : {}),
  })),
);

describe("importing our own roles gives the roles back", () => {
  test.each(kinds)("of %s", (kind) => {
    let done = 0;
    fc.assert(
      fc.property(
        target(kind, false, (b) => branchProblem(b, kind) === null),
        settings,
        fc.oneof({ weight: 3, arbitrary: installations }, { weight: 1, arbitrary: claimLists }),
        (of, own, installation) => {
          const model = modelFor(of, kind, own, installation);
          fc.pre(model !== null);
          expectSame(model);
          done += 1;
        },
      ),
      runs(3, 100),
    );
    expect(done).toBeGreaterThan(full ? 50 : 2);
  });

  test.each(grantKinds.flatMap((kind) => accessLevels(kind).map((access) => [kind, access] as const)))(
    "with a grant of %s to %s",
    (kind, access) => {
      const grant = { [kind]: grantTable[kind].examples[0], access };
      const entry = { url: "https://github.com/acme/app", grants: [grant] };
      expectSame(modelOf(manifest(`repos: ${JSON.stringify([entry])}`)));
    },
  );
});
