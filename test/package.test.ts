import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { tree } from "./support/folder";
import { manifest } from "./support/project";

jest.setTimeout(120_000);

const root = join(__dirname, "..");
const { version, dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** What of a clone `npm pack` needs. */
const sources = [
  ...["package.json", "tsconfig.json", "tsconfig.build.json", "src", "templates", "schema"],
  ...["README.md", "CHANGELOG.md", "LICENSE"],
];

let folder = "";
let installed = "";

/** Runs a program in `folder/work`. */
function run(program: string, ...args: readonly string[]) {
  const cwd = join(folder, "work");
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Packs a copy, so that nothing of the clone itself is built anew, and installs it beside what it depends on. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-package-"));
  const clone = join(folder, "clone");
  mkdirSync(join(folder, "work"));
  for (const source of sources) cpSync(join(root, source), join(clone, source), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  const env = { ...process.env, npm_config_cache: join(folder, "npm"), npm_config_update_notifier: "false" };
  const packed = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: clone,
    env,
    encoding: "utf8",
  });
  if (packed.status !== 0) throw new Error(packed.stdout + packed.stderr);
  run("tar", "-xzf", join(folder, `gitpod-aws-oidc-${version}.tgz`), "-C", folder);
  const modules = join(folder, "work", "node_modules");
  installed = join(modules, "gitpod-aws-oidc");
  cpSync(join(folder, "package"), installed, { recursive: true });
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  writeFileSync(
    join(folder, "work", "manifest.yaml"),
    manifest("repos:\n  - url: https://github.com/acme/app\n    grants: [{ secret: s, env: S }]"),
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const command = (...args: readonly string[]) =>
  run(process.execPath, join(installed, "dist", "cli", "bin.js"), ...args);

describe("what npm pack makes, installed elsewhere", () => {
  test("holds what it needs, and neither sources nor tests", () => {
    const files = Object.keys(tree(installed));
    expect(files).toEqual(
      expect.arrayContaining([
        ...["LICENSE", "README.md", "dist/cli/bin.js", "dist/index.js", "dist/index.d.ts"],
        ...["schema/manifest.schema.json", "templates/gitpod.yml.hbs", "templates/task.sh.hbs"],
      ]),
    );
    const folders = new Set(files.map((file) => file.split("/")[0]));
    expect([...folders].sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "schema", "templates"].sort(),
    );
    expect(files.filter((file) => file.startsWith("dist/") && !/\.(js|d\.ts)$/.test(file))).toEqual([]);
  });

  test("runs the command", () => {
    expect(command("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    expect(command("schema").stdout).toBe(readFileSync(join(root, "schema/manifest.schema.json"), "utf8"));
    expect(command("check")).toMatchObject({ status: 0, stderr: "" });
    expect(command("synth")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("wrote 1 stack") as unknown,
    });
    for (const file of ["cdktf.out/stacks/dev/cdk.tf.json", "snippets/acme/github.com/acme/app.gitpod.yml"])
      expect([file, existsSync(join(folder, "work", file))]).toEqual([file, true]);
    expect(command("check", "--format", "nonsense").status).toBe(2);
    expect(readFileSync(join(installed, "dist/cli/bin.js"), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("loads cdktf for a synth alone, and what reads policies for a check of policies alone", () => {
    const preload = join(folder, "work", "preload.js");
    writeFileSync(
      preload,
      // The reference is an ES module, which require.cache does not know: it is seen by the data that it reads.
      `const fs = require("node:fs");
let data = 0;
for (const [owner, name] of [[fs, "readFileSync"], [fs, "readFile"], [fs.promises, "readFile"]]) {
  const read = owner[name];
  owner[name] = (file, ...rest) => ((data += /@cloud-copilot.*\\.json/.test(String(file)) ? 1 : 0), read.call(owner, file, ...rest));
}
require("node:module").syncBuiltinESMExports();
const count = (names) => Object.keys(require.cache).filter((f) => new RegExp("node_modules/(" + names + ")/").test(f)).length;
process.on("exit", () => console.error("LOADED", count("cdktf|constructs|@cdktf"), count("jsonc-parser"), data));`,
    );
    writeFileSync(
      join(folder, "work", "policy.json"),
      '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}',
    );
    const loaded = (...argv: readonly string[]) => {
      const { stderr } = run(process.execPath, "-r", preload, join(installed, "dist/cli/bin.js"), ...argv);
      return (/LOADED (.*)/.exec(stderr)?.[1] ?? "").split(" ").map((n) => Number(n) > 0);
    };
    const [nothing, cdktf, both] = [
      [false, false, false],
      [true, false, false],
      [false, true, true],
    ];
    expect([loaded("check"), loaded("check", "--format", "sarif")]).toEqual([nothing, nothing]);
    expect([loaded("schema"), loaded("synth")]).toEqual([nothing, cdktf]);
    expect(loaded("check", "--permission-policy", "policy.json")).toEqual(both);
  });

  test("exports the constructs, and types for them", () => {
    writeFileSync(
      join(folder, "work", "consumer.ts"),
      `import { AccountStack, GitpodIdentityProvider, GitpodWorkspaceRole, type GitpodWorkspaceRoleProps } from "gitpod-aws-oidc";
const names: string[] = [AccountStack, GitpodIdentityProvider, GitpodWorkspaceRole].map((c) => c.name);
console.log(names.join(" "));
// @ts-expect-error a role without its repository is not one
export const wrong: GitpodWorkspaceRoleProps = {};
`,
    );
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const options = ["--strict", "--skipLibCheck", "--module", "Node16", "--target", "ES2022"];
    expect(run(process.execPath, tsc, ...options, "consumer.ts")).toMatchObject({ status: 0, stdout: "" });
    expect(run(process.execPath, "consumer.js").stdout).toBe(
      "AccountStack GitpodIdentityProvider GitpodWorkspaceRole\n",
    );
  });
});
