import { parseManifest } from "../../src/manifest";
import { isWithinCidrs } from "../../src/policy";
import { resolve } from "../../src/resolve";
import { memoryFiles } from "../manifest/memoryFiles";

const main = `version: 1
accounts:
  dev: { id: "111122223333", region: us-east-1, exclusive: true, path: /gitpod/, tags: { team: none } }
installations: { acme: { issuer: "https://services.acme.gitpod.cloud/idp" } }
defaults: { sourceCidrs: [203.0.113.0/24, "2001:db8::/32"], expires: 2027-01-01, sessionDuration: 30m, tags: { env: dev } }
grantSets: { deploy: [{ role: ci/deploy }], read: [{ secret: b }] }
include: [a.yaml]
`;

/** What is said of the included file, by the path of the key. */
function refused(entry: string): readonly string[] {
  const files = { "m.yaml": main, "a.yaml": `repos: [{ url: "https://github.com/acme/app", ${entry} }]` };
  const parsed = parseManifest("m.yaml", memoryFiles({ files }));
  if (!parsed.ok)
    return parsed.problems.map(({ code, origin }) => `${code} ${origin.path.slice(2).join(".")}`);
  const resolved = resolve(parsed.parsed);
  return resolved.ok
    ? []
    : resolved.problems.map(({ code, origin }) => `${code} ${origin.path.slice(2).join(".")}`);
}

describe("an included file", () => {
  test.each([
    ["sourceCidrs: [0.0.0.0/1, 128.0.0.0/1]", "M08 sourceCidrs"],
    ["sourceCidrs: [203.0.113.0/25, 203.0.112.0/24]", "M08 sourceCidrs"],
    ["sourceCidrs: [203.0.0.0/16]", "M08 sourceCidrs"],
    ['sourceCidrs: ["2001:db9::/32"]', "M08 sourceCidrs"],
    ["expires: 9999-12-31", "M08 expires"],
    ["sessionDuration: 12h", "M08 sessionDuration"],
    ["sessionDuration: 31m", "M08 sessionDuration"],
    ["exclusive: false", "M08 exclusive"],
    ["tags: { team: admin }", "M08 tags.team"],
    ["tags: { env: prod }", "M08 tags.env"],
    ["path: /admin/", "M08 path"],
    ["name: OrganizationAccountAccessRole", "M08 name"],
    ["grants: [{ secret: a }, { role: Admin }]", "M08 grants.1.role"],
    ["grants: [{ secret: a }, { set: deploy }]", "M08 grants.1.set"],
  ])("cannot say %s", (entry, problem) => {
    expect(refused(entry)).toEqual([problem]);
  });

  test.each([
    "sourceCidrs: [203.0.113.128/25, 203.0.113.7]",
    'sourceCidrs: ["2001:db8:1::/48"]',
    "expires: 2026-12-31",
    "expires: 2027-01-01",
    "sessionDuration: 1800s",
    "sessionDuration: 15m",
    "exclusive: true",
    "tags: { team: none, owner: shop }",
    "grants: [{ secret: a }, { set: read }]",
  ])("can say %s", (entry) => {
    expect(refused(entry)).toEqual([]);
  });

  test("all that escapes is named at once", () => {
    const schema = refused("path: /admin/, name: Admin, grants: [{ role: Admin }, { role: b, account: x }]");
    expect(schema).toEqual(["M08 grants.0.role", "M08 grants.1.role", "M08 path", "M08 name"]);
    const settings = refused(
      "sourceCidrs: [0.0.0.0/1], expires: 9999-12-31, sessionDuration: 12h, exclusive: false",
    );
    expect(settings).toEqual(["M08 sourceCidrs", "M08 expires", "M08 sessionDuration", "M08 exclusive"]);
  });
});

test("a block is within another of its own kind that begins with the same bits", () => {
  expect(isWithinCidrs("10.1.0.0/16", ["10.0.0.0/8"])).toBe(true);
  expect(isWithinCidrs("10.0.0.0/7", ["10.0.0.0/8"])).toBe(false);
  expect(isWithinCidrs("::a00:0/104", ["10.0.0.0/8"])).toBe(false);
  expect(isWithinCidrs("x", ["10.0.0.0/8"])).toBe(false);
});
