import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRegularFile } from "../../src/cli/files";
import { diskFiles } from "../../src/cli/manifestFiles";
import { pathText } from "../../src/diagnostics";
import { loadProject } from "../../src/cli/project";
import { parseManifest } from "../../src/manifest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
  mkdirSync(join(folder, "repo/teams/old"), { recursive: true });
  mkdirSync(join(folder, "secret"));
  writeFileSync(join(folder, "secret/x.yaml"), "password: hunter2\n");
  for (const name of ["manifest.yaml", "teams/b.yaml", "teams/a.yaml", "teams/old/c.yaml"])
    writeFileSync(join(folder, "repo", name), "repos: []\n");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const inRepo = (name: string) => join(folder, "repo", name);
const expand = (pattern: string) =>
  diskFiles()
    .expand(inRepo("manifest.yaml"), pattern)
    .map(({ file, status }) => `${file.slice(inRepo("").length + 1)} ${status}`);

describe("an include pattern", () => {
  test.each([
    ["teams/a.yaml", ["teams/a.yaml ok"]],
    ["./teams/a.yaml", ["teams/a.yaml ok"]],
    ["teams/*.yaml", ["teams/a.yaml ok", "teams/b.yaml ok"]],
    ["teams/*", ["teams/a.yaml ok", "teams/b.yaml ok"]],
    ["**/*.yaml", ["manifest.yaml ok", "teams/a.yaml ok", "teams/b.yaml ok", "teams/old/c.yaml ok"]],
    ["teams/[ab].yaml", ["teams/a.yaml ok", "teams/b.yaml ok"]],
    ["teams/{a,b}.yaml", []],
    ["none/*.yaml", []],
    ["teams", ["teams not-regular"]],
  ])("%s leads to %j", (pattern, expected) => {
    expect(expand(pattern)).toEqual(expected);
  });

  test("follows a symbolic link that stays inside, and knows its file again", () => {
    symlinkSync("a.yaml", inRepo("teams/link.yaml"));
    const [a, , link] = diskFiles().expand(inRepo("manifest.yaml"), "teams/*.yaml");
    expect(link).toMatchObject({ status: "ok", identity: a?.identity });
  });

  test("does not leave the folder by a symbolic link to a file or a folder", () => {
    symlinkSync("../../secret/x.yaml", inRepo("teams/x.yaml"));
    symlinkSync("../../secret", inRepo("teams/out"));
    expect(expand("teams/x*.yaml")).toEqual(["teams/x.yaml outside"]);
    expect(expand("teams/out/x.yaml")).toEqual(["teams/out/x.yaml outside"]);
    expect(expand("teams/out/*.yaml")).toEqual(["teams/out outside"]);
    expect(expand("**/x.yaml")).toEqual(["teams/out outside", "teams/x.yaml outside"]);
    expect(expand("teams/*/x.yaml")).toEqual(["teams/out outside"]);
    expect(expand("teams/[ab].yaml")).toEqual(["teams/a.yaml ok", "teams/b.yaml ok"]);
  });

  test("of a glob follows a link to a folder that stays inside, and none that leads back", () => {
    mkdirSync(inRepo("ours"));
    writeFileSync(inRepo("ours/c.yaml"), "repos: []\n");
    symlinkSync("../ours", inRepo("teams/ours"));
    symlinkSync("..", inRepo("teams/old/up"));
    symlinkSync("../..", inRepo("teams/old/top"));
    expect(expand("teams/*/c.yaml")).toEqual(["teams/old/c.yaml ok", "teams/ours/c.yaml ok"]);
    expect(expand("teams/**/c.yaml")).toEqual(["teams/old/c.yaml ok", "teams/ours/c.yaml ok"]);
  });

  test("names the files and folders that it leaves out for their dot, but for .git", () => {
    for (const name of ["teams/.git", "teams/.later", "teams/.later/deep"]) mkdirSync(inRepo(name));
    for (const name of [".x.yaml", ".git/x.yaml", ".later/x.yaml", ".later/y.yaml", ".later/.z.yaml"])
      writeFileSync(inRepo(`teams/${name}`), "repos: []\n");
    expect(expand("teams/*.yaml")).toEqual([
      ...["teams/.x.yaml passed-over", "teams/a.yaml ok", "teams/b.yaml ok"],
    ]);
    expect(expand("teams/**/[xy].yaml")).toEqual(["teams/.later passed-over"]);
    expect(expand("teams/.later/*.yaml")).toEqual([
      ...["teams/.later/.z.yaml passed-over", "teams/.later/x.yaml ok", "teams/.later/y.yaml ok"],
    ]);
  });

  test("knows a FIFO and a link to nothing as no regular files", () => {
    execFileSync("mkfifo", [inRepo("teams/f.yaml")]);
    symlinkSync("nowhere", inRepo("teams/g.yaml"));
    expect(expand("teams/[fg].yaml")).toEqual(["teams/f.yaml not-regular", "teams/g.yaml not-regular"]);
  });

  test("never makes a synth print what is outside", () => {
    symlinkSync("../../secret/x.yaml", inRepo("teams/x.yaml"));
    writeFileSync(inRepo("manifest.yaml"), "include: [teams/x.yaml]\n");
    const result = parseManifest(inRepo("manifest.yaml"), diskFiles());
    expect(JSON.stringify(result)).toContain("F05");
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

test("what a glob leaves out is said, and is no match", () => {
  writeFileSync(inRepo("teams/.x.yaml"), "repos: []\n");
  const account = 'accounts: { dev: { id: "123456789012", region: eu-central-1 } }';
  const installation = "installations: { acme: { issuer: https://services.acme.gitpod.cloud/idp } }";
  const told = (include: string) => {
    const text = `version: 1\n${account}\n${installation}\ninclude: [${include}]\n`;
    writeFileSync(inRepo("manifest.yaml"), text);
    const loaded = loadProject(inRepo("manifest.yaml"), diskFiles());
    return loaded.ok
      ? loaded.findings.map(({ rule, origin }) => `${rule} ${pathText(origin.path)}`)
      : loaded.diagnostics.map(({ code }) => code);
  };
  expect(told("teams/*.yaml")).toContain("N02 include[0]");
  expect(told("teams/*x.yaml")).toEqual(["F04"]);
});

describe("reading", () => {
  test("returns the bytes of a regular file", () => {
    expect(readRegularFile(inRepo("teams/a.yaml"))).toEqual({ ok: true, bytes: Buffer.from("repos: []\n") });
  });

  test("names the reason where there are none, and waits for nothing", () => {
    execFileSync("mkfifo", [inRepo("fifo")]);
    writeFileSync(inRepo("large"), Buffer.alloc(16 * 1024 * 1024 + 1));
    const reason = (name: string) => {
      const read = readRegularFile(name);
      return read.ok ? "ok" : read.reason;
    };
    expect(["fifo", "large", "none", "manifest.yaml/x", "teams"].map((name) => reason(inRepo(name)))).toEqual(
      ["not-regular", "too-large", "missing", "missing", "not-regular"],
    );
    expect(reason("/dev/zero")).toBe("not-regular");
  });
});
