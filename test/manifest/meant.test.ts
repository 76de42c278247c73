import { parseManifest } from "../../src/manifest";
import { resolve } from "../../src/resolve";
import { memoryFiles } from "./memoryFiles";

const head = `version: 1
accounts: { dev: { id: "012345678901", region: us-east-1 } }
installations: { acme: { issuer: "https://services.acme.gitpod.cloud/idp" } }
`;
const repo = "repos:\n  - url: https://github.com/acme/app\n";

/** What is said to do about a manifest, one remedy for each problem. */
function remedies(text: string): readonly string[] {
  const result = parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": text } }));
  if (!result.ok) return result.problems.map(({ remedy }) => remedy);
  const resolved = resolve(result.parsed);
  return resolved.ok ? [] : resolved.problems.map(({ remedy }) => remedy);
}

const meant = (yaml: string) => `did you mean \`${yaml}\`?`;

/** A line of an entry, and the remedy. */
const lines: readonly (readonly [line: string, remedy: string])[] = [
  ["session: 1h", meant("sessionDuration: 1h")],
  ["duration: 3600", meant("sessionDuration: 1h")],
  ["sessionDuration: 5400", meant("sessionDuration: 90m")],
  ["sessionDuration: 2 hours", meant("sessionDuration: 2h")],
  ["branches: [main, release/1]", meant("contexts: [{branch: main}, {branch: release/1}]")],
  ["branch: main", meant("contexts: [{branch: main}]")],
  ["contexts: [main]", meant("{branch: main}")],
  ['contexts: ["branch: main"]', meant("{branch: main}")],
  ["contexts: main", meant("contexts: [{branch: main}]")],
  ["contexts: branches", meant("contexts: [branches]")],
  ["contexts: [PRs]", "did you mean pull-requests?"],
  ["accounts: dev", meant("accounts: [dev]")],
  ["account: dev", meant("accounts: [dev]")],
  ['accounts: ["012345678901"]', 'did you mean "dev"?'],
  ["accounts: [012345678901]", "did you mean dev?"],
  ["adopt: yes", "write true or false, without quotes"],
  ["secrets: [a, b]", meant("grants: [{secret: a}, {secret: b}]")],
  [
    "policy: arn:aws:iam::aws:policy/ReadOnlyAccess",
    meant("managedPolicies: [arn:aws:iam::aws:policy/ReadOnlyAccess]"),
  ],
  ["managed_policies: []", meant("managedPolicies: []")],
  ["boundary: x", meant("permissionsBoundary: x")],
  [
    "grants: [{s3: bucket/*, access: readwrite}]",
    "write an item for each: one with access: read, one with access: write",
  ],
  [
    "grants: [{s3: bucket/*, access: [read, write]}]",
    "write an item for each access, e.g. one with access: read, one with access: write",
  ],
  ["grants: [{s3bucket: bucket/*}]", "did you mean s3?"],
  ["grants: [{queue: jobs}]", "did you mean sqs?"],
  ["grants: [{secret: a, kmsKeyId: b}]", "did you mean kmsKey?"],
  [
    "grants: [{secret: db-password-a1B2c3}]",
    'did you mean "db-password"? if the name ends so indeed, write the secret\'s ARN',
  ],
  [
    "grants: [{secret: 'arn:aws:secretsmanager:us-east-1:012345678901:secret:my-secret'}]",
    "write the secret's name alone, my-secret; or my, if they are random indeed",
  ],
  ["statements: [{Effect: allow, Action: 's3:GetObject', Resource: '*'}]", "did you mean Allow?"],
  ["statements: [{effect: Allow, Action: 's3:GetObject', Resource: '*'}]", "did you mean Effect?"],
  ["statements: [{Action: 's3:GetObject', Resource: '*'}]", "add Effect: Allow or Deny"],
  [
    "accept:\n      - rule: T57\n        reason: private: only us",
    'put the text in quotes: reason: "private: only us"',
  ],
  ["accept: [{rule: T57, reason: private: only us}]", 'put the text in quotes: reason: "private: only us"'],
  ["accept: [{reason: private: only us, rule: T57}]", 'put the text in quotes: reason: "private: only us"'],
  ["accept: [{rule: T57, reason: private, reviewed}]", meant("reason: 'private, reviewed'")],
  ["grants:\n      - secret: a\n    env: A", "indent it like its resource"],
  ["grants:\n      - secret: a\n      env: A", "align it with the keys that it belongs to, with spaces"],
];

describe("a remedy says what was meant", () => {
  test.each(lines)("%s", (line, remedy) => {
    expect(remedies(`${head}${repo}    ${line}\n`)).toEqual([remedy]);
  });

  const url = "url: https://github.com/acme/shop";
  test.each([
    ["acme/shop", url],
    ["github.com/acme/shop", url],
    ["git@github.com:acme/shop.git", url],
    ["ssh://git@github.com/acme/shop.git", url],
    ["http://github.com/acme/shop", url],
    ["https://github.com/acme/shop.git", url],
    ["https://GitHub.com/acme/shop/", url],
    ["git@gitlab.com:group/sub/app.git", "url: https://gitlab.com/group/sub/app"],
  ])("the address %s", (written, right) => {
    expect(remedies(`${head}repos:\n  - url: ${written}\n`)).toEqual([meant(right)]);
    expect(remedies(`${head}repos:\n  - repo: ${written}\n`)).toEqual([meant(right)]);
  });

  test("an address of which nobody can tell what it means is not guessed at", () => {
    for (const address of [
      "https://github.com/acme",
      "shop",
      "git@git.unknown.example:acme/shop.git",
      "../shop",
    ])
      expect(remedies(`${head}repos:\n  - url: ${address}\n`)).toEqual([
        expect.not.stringContaining("did you mean"),
      ]);
  });

  test("what is hidden or long is not offered to be copied", () => {
    expect(remedies(`${head}${repo}    session: "1\\u202eh"\n`)).toEqual(["did you mean sessionDuration?"]);
    expect(remedies(`${head}${repo}    branches: [${"a, ".repeat(90)}b]\n`)).toEqual([
      "did you mean contexts?",
    ]);
  });

  test("keys at the wrong depth are sent to the map that they belong to", () => {
    const grants = "grants:\n  - secret: a\n";
    expect(remedies(`${head}${repo}${grants}`)).toEqual(["indent it like its url"]);
    expect(remedies(`${head}${repo}  ${grants.replace("\n  ", "\n    ")}`)).toEqual([
      "align it with the keys that it belongs to, with spaces",
    ]);
    expect(remedies(`${head}${repo}  - grants: [{ secret: a }]\n`)).toEqual([
      expect.stringContaining('entry of "https://github.com/acme/app", take the dash out'),
    ]);
    expect(remedies(`${head}${repo}    defaults: {}\n`)).toEqual(["write it without indentation"]);
    expect(remedies(head.replace('idp" }', 'idp", region: us-east-1 }'))).toEqual([
      "move it to its account, under accounts",
    ]);
  });

  test("a backend of another type is completed by init", () => {
    const backend = head.replace("us-east-1 }", "us-east-1, backend: { gcs: { bucket: acme-state } } }");
    expect(remedies(backend)).toEqual([meant("partial: gcs")]);
  });

  test("an installation's host or issuer stands for its name", () => {
    for (const address of ["acme.dev", "https://a.dev/idp"]) {
      const issuer = address.startsWith("https:") ? "issuer" : "host";
      const manifest = head.replace(/\{ issuer: .*? \}/, `{ ${issuer}: "${address}" }`);
      expect(remedies(`${manifest}${repo}    installations: ["${address}"]\n`)).toEqual([
        "did you mean acme?",
      ]);
    }
  });

  test("names that only look like endings of ARNs are names", () => {
    for (const secret of ["my-secret", "db-prod01", "app-Secret", "app-dbUser", "a/b-123456"])
      expect(remedies(`${head}${repo}    grants: [{ secret: ${secret} }]\n`)).toEqual([]);
  });
});
