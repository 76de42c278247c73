import fc from "fast-check";
import type { Backend } from "../../src/model/accessModel";
import { isShardName, shardBackend, shardOf, stackName, stacksOf } from "../../src/model/shards";
import { runs } from "../proof/settings";
import { testAccount, testIdentityProvider, testRole } from "../support/model";

const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9+=,.@_-]{1,64}$/), {
  minLength: 1,
  maxLength: 60,
});
const number = fc.integer({ min: 1, max: 50 });
const many = Array.from({ length: 2_000 }, (_, i) => `gitpod-acme-app-${i}`);
const template = testRole("x");

function account(roles: readonly string[], shards: number) {
  return testAccount({ shards, roles: roles.map((name) => ({ ...template, name })) });
}

describe("a role's shard", () => {
  test("is one of the shards, the same every time", () => {
    fc.assert(
      fc.property(names, number, (roles, shards) => {
        for (const role of roles) {
          const shard = shardOf(role, shards);
          expect([shard >= 1 && shard <= shards, shardOf(role, shards)]).toEqual([true, shard]);
        }
      }),
      runs(10, 100),
    );
  });

  test("is the same in every release: another one would make users move their roles", () => {
    expect(["gitpod-acme-app", "gitpod-gitpod-io", "a", "B"].map((name) => shardOf(name, 7))).toEqual([
      4, 5, 6, 2,
    ]);
  });

  test("changes with one shard more for the roles of that one alone, and it gets some", () => {
    const moved = [1, 2, 3, 4, 9, 20, 49].map((shards) => {
      const changed = many
        .slice(0, 500)
        .filter((name) => shardOf(name, shards) !== shardOf(name, shards + 1));
      for (const name of changed) expect(shardOf(name, shards + 1)).toBe(shards + 1);
      return changed.length * (shards + 1);
    });
    // 500 in the mean: a share is as large as any other.
    for (const scaled of moved) expect(scaled).toBeGreaterThan(100);
    for (const scaled of moved) expect(scaled).toBeLessThan(1100);
  });

  test.each([2, 3, 50])("of 2,000 roles is each of %d about as often", (shards) => {
    const sizes = new Map<number, number>();
    for (const shard of many.map((name) => shardOf(name, shards)))
      sizes.set(shard, (sizes.get(shard) ?? 0) + 1);
    const mean = many.length / shards;
    expect(sizes.size).toBe(shards);
    // Five standard deviations of a share that chance deals out.
    for (const size of sizes.values()) expect(Math.abs(size - mean)).toBeLessThan(5 * Math.sqrt(mean));
  });
});

describe("an account's stacks", () => {
  test("have every role once, in the order of their names, whatever the others are", () => {
    fc.assert(
      fc.property(names, number, fc.integer({ min: 0, max: 59 }), (unsorted, shards, gone) => {
        const roles = [...unsorted].sort();
        const stacks = stacksOf(account(roles, shards));
        const held = stacks.map((s) => s.account.roles.map((role) => role.name));
        expect(held.flat().sort()).toEqual(roles);
        for (const own of held) expect(own).toEqual([...own].sort());
        expect(stacks.map((s) => s.shard)).toEqual(Array.from({ length: shards }, (_, i) => i + 1));

        const fewer = roles.filter((_, i) => i !== gone);
        expect(stacksOf(account(fewer, shards)).map((s) => s.account.roles.map((r) => r.name))).toEqual(
          held.map((own) => own.filter((name) => name !== roles[gone])),
        );
      }),
      runs(10, 100),
    );
  });

  test("are the account itself where it has one shard", () => {
    const whole = account(["a", "b"], 1);
    expect(stacksOf(whole)).toEqual([{ name: "dev", shard: 1, account: whole }]);
  });

  test("have the identity providers in the first, which keeps the account's name and state", () => {
    const stacks = stacksOf(account(many.slice(0, 50), 3));
    expect(stacks.map((s) => s.name)).toEqual(["dev", "dev-2", "dev-3"]);
    expect(stacks.map((s) => s.account.identityProviders)).toEqual([[testIdentityProvider()], [], []]);
    expect(stacks.map((s) => s.account.backend)).toEqual(
      ["", "-2", "-3"].map((end) => ({ kind: "local", path: `terraform.dev${end}.tfstate` })),
    );
  });
});

const s3 = {
  kind: "s3",
  bucket: "b",
  region: "us-east-1",
  ...{ kmsKeyId: null, useLockfile: true, roleArn: null, profile: null },
} as const;
const cloud = { kind: "cloud", organization: "acme", hostname: "app.terraform.io" } as const;

test.each<readonly [Backend, Backend]>([
  [
    { kind: "local", path: "a.b/state/dev.tfstate" },
    { kind: "local", path: "a.b/state/dev-2.tfstate" },
  ],
  [
    { kind: "local", path: "a.b/dev" },
    { kind: "local", path: "a.b/dev-2" },
  ],
  [
    { kind: "local", path: "a/.tfstate" },
    { kind: "local", path: "a/.tfstate-2" },
  ],
  [
    { ...s3, key: "gitpod-aws-oidc/dev.tfstate" },
    { ...s3, key: "gitpod-aws-oidc/dev-2.tfstate" },
  ],
  [
    { ...cloud, workspace: "aws.dev" },
    { ...cloud, workspace: "aws.dev-2" },
  ],
  [
    { kind: "partial", type: "http" },
    { kind: "partial", type: "http" },
  ],
])("the state of the first shard is %j, that of the second %j", (first, second) => {
  expect(shardBackend(first, 1)).toEqual(first);
  expect(shardBackend(second, 1)).toEqual(second);
  expect(shardBackend(first, 2)).toEqual(second);
});

test("the shards of any state have states of their own", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", ".", "/", "\\", "-", "2", "\n"), minLength: 1 }),
      (path) => {
        const states = Array.from({ length: 50 }, (_, i) => shardBackend({ kind: "local", path }, i + 1));
        expect(new Set(states.map((s) => JSON.stringify(s))).size).toBe(50);
      },
    ),
    runs(40, 1_000),
  );
});

test("the names of later shards are known by their number, and no others", () => {
  for (let shard = 2; shard <= 50; shard++) expect(isShardName(stackName("dev", shard), "dev")).toBe(true);
  for (const name of [
    "dev",
    "dev-",
    "dev-0",
    "dev-1",
    "dev-02",
    "dev-51",
    "dev-2-2",
    "de-2",
    "adev-2",
    "dev-2\n",
  ])
    expect([name, isShardName(name, "dev")]).toEqual([name, false]);
});
