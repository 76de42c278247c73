import { parseManifest } from "../../src/manifest";
import { sourceText } from "../../src/manifest/locator";
import { memoryFiles } from "./memoryFiles";
import { readMarks } from "./marked";

const accounts = 'accounts: { dev: { id: "012345678901", region: us-east-1 } }\n';
const installations = "installations: { gitpod: { host: gitpod.io } }\n";
const head = `version: 1\n${accounts}${installations}`;
const repo = "repos:\n  - url: https://github.com/acme/app\n";

function diagnose(text: string | Uint8Array) {
  const result = parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": text } }));
  return result.ok ? [] : result.locator.diagnose(result.problems);
}

function places(text: string): readonly string[] {
  return diagnose(text)
    .map(({ code, line, column }) => `${code} ${line}:${column}`)
    .sort();
}

/** Each mark stands before the place at which its diagnostic is expected; without one there is none. */
const cases: Readonly<Record<string, string>> = {
  "the smallest manifest": head,
  "a manifest with every key of an entry": `${head}${repo}    installations: [gitpod]
    accounts: [dev]
    contexts: [repository, {branch: main}]
    grants: [{secret: a, env: A, key: k}, {parameter: /a/*}, {s3: b/*, access: write}, {set: x}]
    statements: [{Effect: Allow, Action: s3:GetObject, Resource: ["*"]}]
    managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    sessionDuration: 1h30m
    name: app
    path: /a/
    description: an app
    tags: {a: b}
    permissionsBoundary: arn:aws:iam::012345678901:policy/boundary
    expires: 2027-03-31
    sourceCidrs: [10.0.0.0/8]
    adopt: true
    snippet: {profile: default, task: aws, commands: ["echo 1"]}
    accept: [{rule: T57, reason: private, until: 2027-01-01}]
`,
  "comments and blank lines only": "«Y03»# nothing\n\n# here\n",
  "no character at all": "«Y03»",
  "a document that is null": "«Y03»~\n",
  "an end marker only": "«Y03»...\n",
  "two documents": `${head}«Y02»---\nversion: 1\n`,
  "two empty documents": "---\n«Y02»---\n",
  "a second document behind a comment with dashes": `---\n# ---\n${head}«Y02»---\n`,
  "a list": "«M02»- version: 1\n",
  "a single word": "«M02»version\n",
  "a missing bracket": `${head}repos: [«Y01»\n`,
  "a tab that indents": `${head}repos:\n«Y01»\t- url: x\n`,
  "an indentation that fits nothing": `${head}repos:\n  - url: x\n   «Y01»adopt: true\n`,
  "a colon in plain text": `${head}defaults:\n  description: a«Y01»: b\n`,
  "an unknown key at the root": `${head}«M01»repo: []\n`,
  "an unknown key of an account": `version: 1\n${installations}accounts:\n  dev: {id: "012345678901", «M01»regoin: us-east-1}\n`,
  "an unknown key of an installation": `version: 1\n${accounts}installations:\n  gitpod:\n    host: gitpod.io\n    «M01»hots: a\n`,
  "an unknown key of a grant": `${head}${repo}    grants:\n      - secret: a\n        «M01»acess: read\n`,
  "an unknown key of a branch context": `${head}${repo}    contexts: [{branch: a, «M01»tag: b}]\n`,
  "two unknown keys of one map": `${head}${repo}    «M01»one: 1\n    «M01»two: 2\n`,
  "a duplicate key": `${head}«Y04»version: 1\n`,
  "three of one key, and two of another": `${head}${repo}    adopt: true\n    «Y04»adopt: true\n    «Y04»adopt: true\n    «Y04»url: https://a.b/c\n`,
  "a duplicate key in quotes": `${head}«Y04»"version": 1\n`,
  "a duplicate key beside another problem": `${head}«Y04»version: 1\n«M01»foo: 1\n`,
  "keys that differ from __proto__ and constructor in nothing": `${head}«M01»__proto__: {}\n«M01»constructor: {}\n`,
  "a key __proto__ among names": `version: 1\n${accounts}installations:\n  gitpod: {host: gitpod.io}\n  «M01»__proto__: {host: gitpod.io}\n`,
  "a number as a key": `version: 1\ninstallations: {gitpod: {host: gitpod.io}}\naccounts:\n  «M02»0123: {}\n`,
  "null, a truth value and a list as keys": `${head}grantSets:\n  «M02»~: []\n  «M02»true: []\n  ? «M02»[a]\n  : []\n`,
  "a key in quotes that looks like a number": `${head}grantSets:\n  "123": [{secret: a}]\n`,
  "a key that is no name": `${head}grantSets:\n  «M04»Read: [{secret: a}]\n`,
  "a key << in quotes": `${head}«M01»"<<": {}\n`,
  "no version": `«M03»${accounts}${installations}`,
  "another version": `version: «M04»2\n${accounts}${installations}`,
  "a version in quotes": `version: «M04»"1"\n${accounts}${installations}`,
  "nothing but a version": "«M03»«M03»version: 1\n",
  "an account without a region": `version: 1\n${installations}accounts:\n  «M03»dev:\n    id: "012345678901"\n`,
  "an entry without a URL": `${head}repos:\n  - «M03»adopt: true\n`,
  "an acceptance without a reason": `${head}${repo}    accept:\n      - «M03»rule: T57\n`,
  "an account id without quotes": `version: 1\n${installations}accounts: {dev: {id: «M06»012345678901, region: us-east-1}}\n`,
  "an account id that is too short": `version: 1\n${installations}accounts: {dev: {id: «M04»"123", region: us-east-1}}\n`,
  "a tag that looks like a number": `${head}defaults: {tags: {cost: «M06»0042}}\n`,
  "a tag that looks like a truth value": `${head}defaults: {tags: {prod: «M02»true}}\n`,
  "a number as a URL": `${head}repos: [{url: «M06»5}]\n`,
  "a number as a context": `${head}${repo}    contexts: [«M06»5]\n`,
  "a number as an action": `${head}${repo}    statements: [{Effect: Allow, Action: «M06»5, Resource: "*"}]\n`,
  "an empty value": `${head}repos«M02»:\n`,
  "an empty item": `${head}repos:\n  -«M02»\n`,
  "a word instead of a list": `${head}${repo}    accounts: «M02»dev\n`,
  "a map instead of a list": `${head}${repo}    accept: «M02»{}\n`,
  "a list instead of a map": `${head}defaults: «M02»[]\n`,
  "yes instead of true": `${head}${repo}    adopt: «M02»yes\n`,
  "empty lists that narrow": `${head}${repo}    installations: «M05»[]\n    accounts: «M05»[]\n    contexts: «M05»[]\n    sourceCidrs: «M05»[]\n`,
  "an empty include, and an empty grant set": `${head}include: «M05»[]\ngrantSets: {a: «M05»[]}\n`,
  "an empty list of actions": `${head}${repo}    statements: [{Effect: Allow, Action: «M05»[], Resource: "*"}]\n`,
  "a context that does not exist": `${head}${repo}    contexts: [«M04»branchs]\n`,
  "an effect in lower case": `${head}${repo}    statements: [{Effect: «M04»allow, Action: a, Resource: "*"}]\n`,
  "an access that is no word": `${head}${repo}    grants: [{secret: a, access: «M02»[read]}]\n`,
  "two kinds of grant in one item": `${head}${repo}    grants: [«M04»{secret: a, parameter: b}]\n`,
  "a grant of no kind": `${head}${repo}    grants: [«M04»{access: read}]\n`,
  "a statement with Action and NotAction": `${head}${repo}    statements: [«M04»{Effect: Allow, Action: a, NotAction: b, Resource: "*"}]\n`,
  "an installation with host and issuer": `version: 1\n${accounts}installations: {gitpod: «M04»{host: a.b, issuer: "https://a.b"}}\n`,
  "a host with a port": `version: 1\n${accounts}installations: {gitpod: {host: «M04»"gitpod.io:443"}}\n`,
  "a claim that no role may trust": `version: 1\n${accounts}installations: {gitpod: {host: a.b, subject: [«M04»scope]}}\n`,
  "no claim at all": `version: 1\n${accounts}installations: {gitpod: {host: a.b, subject: «M05»[]}}\n`,
  "an organization's id in capitals": `version: 1\n${accounts}installations: {gitpod: {host: a.b, organizationId: «M04»0C9CD6BC-0ba4-4de4-8e1f-3d9d3a3d1f6a}}\n`,
  "a date that does not exist": `${head}${repo}    expires: «M04»2027-02-30\n`,
  "a duration in words": `${head}${repo}    sessionDuration: «M04»an hour\n`,
  "a session duration as a number": `${head}${repo}    sessionDuration: «M06»3600\n`,
  "a description with a typographic dash": `${head}${repo}    description: «M04»a – b\n`,
  "a block scalar that is not allowed": `${head}${repo}    description: «M04»|\n      a – b\n`,
  "a text that is too long": `${head}${repo}    name: «M04»${"a".repeat(65)}\n`,
  "a backend with two places": `version: 1\n${installations}accounts: {dev: {id: "012345678901", region: a, backend: «M04»{local: {path: a}, cloud: {organization: a, workspace: b}}}}\n`,
  "shards of an entry": `${head}${repo}    «M01»shards: 2\n`,
  "more shards than 50, none, and a part of one": `version: 1\n${installations}accounts: {a: {id: "012345678901", region: a, shards: «M04»51}, b: {id: "012345678902", region: a, shards: «M04»0}, c: {id: "012345678903", region: a, shards: «M02»1.5}}\n`,
  "keys of an entry in defaults": `${head}defaults:\n  «M01»url: https://a.b/c\n  «M01»name: a\n  «M01»adopt: true\n`,
  "contexts of an org": `${head}orgs:\n  - url: https://a.b/c\n    «M01»contexts: [all]\n`,
  "an alias to nothing": `${head}defaults: «Y01»*none\n`,
  "an alias inside of what it stands for": `${head}defaults: &d {grants: [«Y05»*d]}\n`,
  "a merge of something that is no map": `${head}defaults:\n  «Y01»<<: [1]\n`,
  "tags of YAML that run code or hold bytes": `version: «Y01»!!js/function "x"\naccounts: «Y01»!!binary aa\ninstallations: «Y01»!own {}\n`,
  "a tag that does not fit its value": "version: «Y01»!!int one\n",
  "a tag of the core schema": head.replace("gitpod.io", "!!str gitpod.io"),
  "a mistake behind an alias is where it is written": `${head}defaults:\n  grants: &g\n    - secret: «M06»«M06»5\n${repo}    grants: *g\n`,
  "a mistake behind a merge is where it is written": `${head}defaults: &d\n  sessionDuration: «M04»«M04»long\n${repo}    <<: *d\n`,
  "a merge key that the entry overrides": `${head}defaults: &d {path: /a/}\n${repo}    <<: *d\n    path: «M04»nowhere\n`,
  "a key missing behind a merge": `${head}defaults: &d {path: /a/}\nrepos:\n  - «M03»<<: *d\n`,
  "Windows line ends": `${head}${repo}    «M01»foo: 1\n`.replaceAll("\n", "\r\n"),
  "characters outside of the basic plane before the place": `${head}defaults: {tags: {"a": «M04»"\u{1f600}", "b": «M04»"\u{1f600}"}}\n`,
};

describe("every problem is at its place", () => {
  test.each(Object.entries(cases))("%s", (_name, marked) => {
    const { text, expected } = readMarks(marked.replaceAll("\r", ""));
    expect(places(marked.includes("\r") ? text.replaceAll("\n", "\r\n") : text)).toEqual(expected);
  });

  test("there are at least sixty cases, with and without a problem", () => {
    const marks = Object.values(cases).map((marked) => readMarks(marked).expected.length);
    expect(marks.length).toBeGreaterThanOrEqual(60);
    expect(marks.filter((count) => count === 0).length).toBeGreaterThanOrEqual(4);
  });
});

describe("every message says what was found, what is allowed and what to do", () => {
  const one = (text: string) => {
    const [first, ...others] = diagnose(text);
    expect(others).toEqual([]);
    return `${first?.message ?? ""} | ${first?.remedy ?? ""}`;
  };
  const repoWith = (line: string) => `${head}${repo}    ${line}\n`;

  test.each([
    [
      "a number keeps its own spelling",
      `version: 1\n${installations}accounts: {dev: {id: 012345678901, region: a}}\n`,
      'accounts.dev.id: found the number 012345678901; allowed: 12 digits in quotes | quote it: "012345678901"',
    ],
    [
      "quotes are no remedy where the text would be wrong too",
      `version: 1\n${installations}accounts: {dev: {id: 0x1f, region: a}}\n`,
      'accounts.dev.id: found the number 0x1f; allowed: 12 digits in quotes | write the id of the AWS account with quotes and leading zeros, e.g. "012345678901"',
    ],
    [
      "an unknown key names the nearest",
      `${head}defaults: {sesionDuration: 1h}\n`,
      /^defaults: unknown key "sesionDuration"; allowed: installations, .* \| did you mean sessionDuration\?$/,
    ],
    [
      "an unknown word names the nearest",
      repoWith("contexts: [pull-request]"),
      /did you mean pull-requests\?$/,
    ],
    [
      "a missing key says what it is for",
      `${head}repos: [{adopt: true}]\n`,
      'repos[0]: missing key "url" | add url: https URL of the organization or repository, as the browser shows it',
    ],
    [
      "an empty list asks for an item",
      repoWith("accounts: []"),
      "repos[0].accounts: found an empty list; allowed: at least 1 item | write at least one item, or take the key out",
    ],
    [
      "a duplicate key says where the first one is",
      `${head}version: 1\n`,
      'duplicate key "version": it stands on line 1 already | keep one of the two',
    ],
    [
      "a key for entries explains itself in defaults",
      `${head}defaults: {name: a}\n`,
      'defaults: unknown key "name"; it belongs to a single entry | write it in the entries that it is meant for',
    ],
    [
      "hidden characters are shown",
      repoWith('name: "a\\u202eb"'),
      'repos[0].name: found "a\\u202eb"; allowed: a role name of 1 to 64 letters, digits and +=,.@_- | choose a name that IAM accepts',
    ],
  ])("%s", (_name, text, expected) => {
    expect(one(text)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });
});

describe("hostile files are diagnosed in bounded time", () => {
  const codes = (text: string | Uint8Array) => [...new Set(diagnose(text).map(({ code }) => code))];
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`);

  test.each<readonly [string, string | Uint8Array, string]>([
    ["100,000 open brackets", `repos: ${"[".repeat(100_000)}`, "Y01"],
    [
      "3,000 levels of block maps",
      Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      "Y01",
    ],
    ["a billion laughs", `a0: &a0 [x, x]\n${levels.join("")}`, "Y05"],
    [
      "a merge of many keys into many maps",
      `a: &a {${Array.from({ length: 3000 }, (_, i) => `k${i}: 1`).join(", ")}}\nrepos:\n${"  - <<: *a\n".repeat(3000)}`,
      "Y05",
    ],
    ["bytes that are not UTF-8", Uint8Array.from([0x61, 0x3a, 0x20, 0xff]), "F02"],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), "F02"],
    ["a NUL", "a: \0\n", "Y01"],
    ["17 MiB", new Uint8Array(17 * 1024 * 1024).fill(0x23), "F03"],
  ])("%s", (_name, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  test("fifty thousand mistakes are not fifty thousand messages", () => {
    const diagnostics = diagnose(`${head}repos: [${"1, ".repeat(50_000)}]\n`);
    expect(diagnostics).toHaveLength(10_000);
    expect(diagnostics.at(-1)?.message).toContain("more problems");
  });

  test("10,000 repos that merge their defaults are one manifest", () => {
    const entries = Array.from(
      { length: 10_000 },
      (_, i) => `  - <<: *d\n    url: https://github.com/acme/r${i}\n`,
    );
    const defaults = "defaults: &d {path: /a/, sessionDuration: 1h, tags: {a: b}, grants: [{secret: a}]}\n";
    expect(diagnose(`${head}${defaults}repos:\n${entries.join("")}`)).toEqual([]);
  });

  test("a byte order mark shifts nothing", () => {
    const bytes = new TextEncoder().encode(`\ufeffversion: 2\n${accounts}${installations}`);
    expect(diagnose(bytes)).toMatchObject([{ code: "M04", line: 1, column: 10 }]);
  });
});

describe("a parsed manifest", () => {
  test("has its entries in order, each with its origin", () => {
    const text = `${head}repos: [{url: https://a.b/c/d}, {url: https://a.b/c/e}]\norgs: [{url: https://a.b/c}]\n`;
    const result = parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": text } }));
    expect(result.ok && result.parsed.entries.map(({ kind, origin }) => [kind, origin.path])).toEqual([
      ["org", ["orgs", 0]],
      ["repo", ["repos", 0]],
      ["repo", ["repos", 1]],
    ]);
  });

  test("has its entries where a tree of the whole text has them", () => {
    const text = `orgs: &x [{ url: https://a.b/c },\n  !!map { url: https://a.b/d }]\r\n"repos":\n# all\n-   url: https://a.b/c/d\n    contexts: [branches]\n- &e\n  url: https://a.b/c/e\n- *e\n- <<: *e\n${head}`;
    const result = parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": text } }));
    const origins = result.ok ? result.parsed.entries.map(({ origin }) => origin) : [];
    expect(origins).toHaveLength(6);
    for (const origin of origins)
      expect(result.locator.locate(origin, "value")).toEqual(sourceText(text).locate(origin.path, "value"));
  });

  test("is located through aliases and merges, by key or value, or at the nearest node that is written", () => {
    const text = `${head}defaults: &d\n  tags: &t\n    a: b\nrepos:\n  - <<: *d\n    url: https://a.b/c/d\n`;
    const { locator } = parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": text } }));
    const at = (path: readonly (string | number)[], kind: "key" | "value" = "value") => {
      const { line, column } = locator.locate({ file: "m.yaml", path }, kind);
      return `${line}:${column}`;
    };
    expect(at(["repos", 0, "tags", "a"])).toBe("6:8");
    expect(at(["repos", 0, "tags", "a"], "key")).toBe("6:5");
    expect(at(["repos", 0, "url"])).toBe("9:10");
    expect(at(["repos", 0, "grants", 3])).toBe("8:5");
    expect(at(["orgs", 0])).toBe("1:1");
    expect(locator.line("m.yaml", 9)).toBe("    url: https://a.b/c/d");
    expect(locator.line("other.yaml", 1)).toBeUndefined();
  });
});
