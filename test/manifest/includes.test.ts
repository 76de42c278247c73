import { parseManifest } from "../../src/manifest";
import { memoryFiles } from "./memoryFiles";
import type { MemoryFolder } from "./memoryFiles";

const head =
  'version: 1\naccounts: {dev: {id: "012345678901", region: us-east-1}}\ninstallations: {gitpod: {host: gitpod.io}}\n';
const team = (name: string) => `repos:\n  - url: https://github.com/acme/${name}\n`;

function parse(include: string, folder: MemoryFolder) {
  const files = { ...folder.files, "m.yaml": `${head}include: ${include}\n` };
  return parseManifest("m.yaml", memoryFiles({ ...folder, files }));
}

function places(include: string, folder: MemoryFolder): readonly string[] {
  const result = parse(include, folder);
  if (result.ok) return [];
  return result.locator.diagnose(result.problems).map((d) => `${d.file}:${d.line}:${d.column} ${d.code}`);
}

test("included entries follow the main ones, and are known as included", () => {
  const files = { "a.yaml": team("a"), "b.yaml": team("b") };
  const result = parse("[b.yaml, a.yaml]", { files });
  expect(result.ok && result.parsed.entries).toMatchObject([
    { origin: { file: "b.yaml", path: ["repos", 0] }, mainManifest: false },
    { origin: { file: "a.yaml", path: ["repos", 0] }, mainManifest: false },
  ]);
});

test.each([
  ["matches nothing", "[none.yaml]", "m.yaml:4:11 F04"],
  ["is the manifest itself", "[m.yaml]", "m.yaml:4:11 F07"],
  ["is no regular file", "[fifo]", "m.yaml:4:11 F06"],
  ["goes up", "[a/../../x.yaml]", "m.yaml:4:11 F05"],
  ["is absolute", "[/etc/passwd]", "m.yaml:4:11 F05"],
  ["is absolute elsewhere", "['C:/x']", "m.yaml:4:11 F05"],
  ["has a backslash", "['..\\x']", "m.yaml:4:11 M04"],
  ["has a NUL", '["a\\0"]', "m.yaml:4:11 M04"],
  ["excludes", "['!a.yaml']", "m.yaml:4:11 M04"],
  ["is a number", "[5]", "m.yaml:4:11 M06"],
])("an include that %s points at its pattern", (_name, include, expected) => {
  expect(places(include, { files: { fifo: null } })).toEqual([expected]);
});

test("a file that two patterns name is read once and reported once", () => {
  const readings: string[] = [];
  expect(places("[a.yaml, a.yaml]", { files: { "a.yaml": team("a") }, readings })).toEqual([
    "m.yaml:4:19 F07",
  ]);
  expect(readings).toEqual(["m.yaml", "a.yaml"]);
});

test("a file outside is named and never read", () => {
  const readings: string[] = [];
  const matches = { "*.yaml": [{ file: "link.yaml", identity: "/etc/secret", status: "outside" as const }] };
  const files = { "link.yaml": "secret: hunter2" };
  const result = parse('["*.yaml"]', { files, matches, readings });
  const diagnostics = result.ok ? [] : result.locator.diagnose(result.problems);
  expect(diagnostics).toMatchObject([{ code: "F05", line: 4, column: 11 }]);
  expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
  expect(JSON.stringify(diagnostics)).not.toContain("/etc");
  expect(result.locator.line("link.yaml", 1)).toBeUndefined();
  expect(readings).toEqual(["m.yaml"]);
});

test("a problem in an included file is at its place in that file", () => {
  const files = { "a.yaml": `${team("a")}    foo: 1\n`, "b.yaml": "repos: [\n", "c.yaml": "# nothing\n" };
  expect(places("[a.yaml, b.yaml, c.yaml]", { files })).toEqual([
    "a.yaml:3:5 M01",
    "b.yaml:1:9 Y01",
    "c.yaml:1:1 Y03",
  ]);
});

test("an included file includes nothing, and holds only orgs and repos", () => {
  const files = { "a.yaml": `include: [b.yaml]\ndefaults: {}\nfoo: 1\n${team("a")}`, "b.yaml": team("b") };
  expect(places("[a.yaml]", { files })).toEqual(["a.yaml:1:1 M08", "a.yaml:2:1 M08", "a.yaml:3:1 M01"]);
});

test("what gives rights past the grants belongs to the main manifest, however it is written", () => {
  const rights = "statements: []\n    managedPolicies: []\n    permissionsBoundary: null\n";
  const merged = "orgs:\n  - &o\n    url: https://github.com/acme\n    managedPolicies: []\n  - <<: *o\n";
  expect(
    places("[a.yaml, b.yaml]", { files: { "a.yaml": `${team("a")}    ${rights}`, "b.yaml": merged } }),
  ).toEqual(["a.yaml:3:5 M08", "a.yaml:4:5 M08", "a.yaml:5:5 M08", "b.yaml:4:5 M08", "b.yaml:4:5 M08"]);
});

test("the problems of all files are reported together, even where the main manifest is wrong", () => {
  const files = { "m.yaml": `${head}include: [a.yaml]\nfoo: 1\n`, "a.yaml": "bar: 1\n" };
  const result = parseManifest("m.yaml", memoryFiles({ files }));
  expect(result.ok ? [] : result.locator.diagnose(result.problems).map((d) => d.file)).toEqual([
    "a.yaml",
    "m.yaml",
  ]);
});
