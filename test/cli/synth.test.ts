import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { command, inTemporaryFolder, tree, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const app = "  - url: https://github.com/acme/app";
const zoo = "  - url: https://github.com/acme/zoo";
const one = manifest(`repos:\n${app}`);
const two = manifest(`repos:\n${app}\n${zoo}`);
const snippet = (name: string) => `snippets/acme/github.com/acme/${name}.gitpod.yml`;
const stack = "cdktf.out/stacks/dev/cdk.tf.json";

describe("synth", () => {
  it("writes a stack for each account and a snippet for each URL", async () => {
    write({ "manifest.yaml": two });
    const { status, stdout } = await command(["synth"]);
    expect(status).toBe(0);
    expect(stdout).toContain("wrote 1 stack");
    expect(Object.keys(tree())).toEqual([
      "cdktf.out/manifest.json",
      stack,
      "manifest.yaml",
      snippet("app"),
      snippet("zoo"),
    ]);
  });

  it("writes the same bytes for any order of keys and entries, in any folder, and a second time nothing", async () => {
    write({ "manifest.yaml": two });
    await command(["synth"]);
    const first = tree();
    expect((await command(["synth"])).stdout).toContain("none changed");
    expect(tree()).toEqual(first);
    const turned = `${two.slice(two.indexOf("repos:")).replace(`${app}\n${zoo}`, `${zoo}\n${app}`)}${two.slice(0, two.indexOf("repos:"))}`;
    write({ "elsewhere/deep/manifest.yaml": turned });
    process.chdir("elsewhere/deep");
    await command(["synth"]);
    expect({ ...tree(), "manifest.yaml": two }).toEqual(first);
    expect(JSON.stringify(tree())).not.toContain(process.cwd());
  });

  it.each([
    ["a diagnostic", "version: 2\n"],
    ["an error finding", manifest("orgs:\n  - url: https://github.com/acme", "", "host: gitpod.io")],
  ])("with %s writes nothing and ends with 1", async (_, text) => {
    write({ "manifest.yaml": text });
    const { status, stderr } = await command(["synth"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/error (M|T57)/);
    expect(Object.keys(tree())).toEqual(["manifest.yaml"]);
  });

  it.each([
    ["CDKTF_OUTDIR", "from/env", { CDKTF_OUTDIR: "from/env" }],
    ["output of cdktf.json", "build/tf", {}],
    ["output of cdktf.json where the variable is empty", "build/tf", { CDKTF_OUTDIR: "" }],
  ])("writes stacks into the folder of %s", async (_, outdir, env) => {
    write({ "manifest.yaml": one, "cdktf.json": '{"app": "gitpod-aws-oidc synth", "output": "build/tf"}' });
    const { status, stdout } = await command(["synth"], env);
    expect([status, stdout]).toEqual([0, expect.stringContaining(`to ${outdir}/stacks`)]);
    expect(Object.keys(tree())).toEqual(expect.arrayContaining([`${outdir}/stacks/dev/cdk.tf.json`]));
  });

  it("says which setting of cdktf.json is not a text", async () => {
    write({ "manifest.yaml": one, "cdktf.json": '{"output": 1}' });
    const { status, stderr } = await command(["synth"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("cdktf.json:1:12: output is not a text")]);
  });

  it("keeps the last good output when the manifest breaks", async () => {
    write({ "manifest.yaml": one });
    await command(["synth"]);
    const good = tree();
    write({ "manifest.yaml": `${one}nonsense: 1\n` });
    expect((await command(["synth"])).status).toBe(1);
    expect({ ...tree(), "manifest.yaml": one }).toEqual(good);
  });

  it("says by name what a deploy will destroy: beside the last output, and beside a local state of it", async () => {
    write({ "manifest.yaml": two });
    expect((await command(["synth"])).stderr).not.toContain("P06");
    write({ "manifest.yaml": one });
    const { status, stderr } = await command(["synth"]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('warning P06: deploying "dev" destroys the role "acme-acme-zoo"'),
    ]);
    expect((await command(["synth"])).stderr).not.toContain("P06");
    const output = tree()["cdktf.out/manifest.json"];
    const instances = [{ attributes: { name: "acme-acme-old", path: "/" } }];
    const resources = [{ mode: "managed", type: "aws_iam_role", instances }];
    for (const name of ["dev", "gone"])
      write({ [`terraform.${name}.tfstate`]: JSON.stringify({ version: 4, resources }) });
    for (let times = 0; times < 2; times++) {
      const again = (await command(["synth"])).stderr;
      expect(again).toContain('deploying "dev" destroys the role "acme-acme-old"');
      expect(again).toContain('the account "gone" is no longer declared');
    }
    expect(tree()["cdktf.out/manifest.json"]).toBe(output);
    write({ "terraform.gone.tfstate": JSON.stringify({ version: 4, resources: [] }) });
    expect((await command(["synth"])).stderr).not.toContain("gone");
    write({ "terraform.gone.tfstate": "{\n<<<<<<<\n", "terraform.dev.tfstate": "" });
    expect((await command(["synth"])).stderr).toMatch(
      /^terraform\.gone\.tfstate:2:1: this is not JSON: .*, so what it lists does not count\n$/,
    );
  });

  it("says warnings on stderr, and on stdout counts them, info and what is accepted", async () => {
    write({ "manifest.yaml": manifest(`repos:\n${app}`, "", "host: gitpod.io") });
    const { status, stdout, stderr } = await command(["synth"]);
    expect(status).toBe(0);
    expect(stderr).toContain("warning T57");
    expect(stderr).not.toContain("T66");
    expect(stderr).not.toMatch(/info/);
    expect(stdout).toMatch(/^1 warning, 3 info: npx gitpod-aws-oidc check lists the rest\n/);
  });

  it("says that it is at work where that takes seconds", async () => {
    const repos = Array.from({ length: 1000 }, (_, i) => `  - url: https://github.com/acme/app-${i}\n`);
    write({ "manifest.yaml": manifest(`repos:\n${repos.join("")}`) });
    expect((await command(["synth"])).stderr).toBe("rendering 1000 snippets\n");
  });

  it("removes the snippets that it wrote and no longer needs, and their empty folders", async () => {
    write({ "manifest.yaml": manifest(`repos:\n${app}\n  - url: https://github.com/other/x`) });
    await command(["synth"]);
    write({
      "manifest.yaml": one,
      "snippets/notes.md": "mine",
      "snippets/acme/github.com/old.gitpod.yml": "tasks: []\n",
    });
    await command(["synth"]);
    expect(Object.keys(tree("snippets"))).toEqual([
      "acme/github.com/acme/app.gitpod.yml",
      "acme/github.com/old.gitpod.yml",
      "notes.md",
    ]);
  });

  it.each([
    ["somebody else's", "tasks: []\n", /did not write it/],
    ["an edited", null, /edited it since/],
  ])("never touches %s file: it is named, and nothing at all is written", async (_, text, message) => {
    write({ "manifest.yaml": one });
    await command(["synth"]);
    const edited = text ?? `${tree()[snippet("app")] ?? ""}# mine\n`;
    write({ [snippet("app")]: edited, "manifest.yaml": `${two}defaults: { sessionDuration: 2h }\n` });
    const before = tree();
    const { status, stderr } = await command(["synth"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(tree()).toEqual(before);
  });

  it("names an edited file that no entry needs any more, and lets it stay", async () => {
    write({ "manifest.yaml": two });
    await command(["synth"]);
    const edited = `${tree()[snippet("zoo")] ?? ""}# mine\n`;
    write({ [snippet("zoo")]: edited, "manifest.yaml": one });
    const { status, stdout, stderr } = await command(["synth"]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("none changed")]);
    expect(stderr).toContain(`${snippet("zoo")} stays: no entry needs it any more`);
    expect(tree()[snippet("zoo")]).toBe(edited);
  });

  it("rewrites a file whose line ends git has changed", async () => {
    write({ "manifest.yaml": one });
    await command(["synth"]);
    const text = tree()[snippet("app")] ?? "";
    write({ [snippet("app")]: text.replaceAll("\n", "\r\n") });
    expect((await command(["synth"])).status).toBe(0);
    expect(tree()[snippet("app")]).toBe(text);
  });

  it.each(["snippets", "snippets/acme", "snippets/acme/github.com/acme", snippet("app")])(
    "writes nothing through a link at %s",
    async (at) => {
      mkdirSync("outside");
      write({ "manifest.yaml": one, "target.yml": "mine" });
      mkdirSync(dirname(at), { recursive: true });
      symlinkSync(`${process.cwd()}/${at.endsWith(".yml") ? "target.yml" : "outside"}`, at);
      const { status, stderr } = await command(["synth"]);
      expect(status).toBe(1);
      expect(stderr).toContain("symbolic link");
      expect(Object.keys(tree()).filter((file) => !file.includes("->"))).toEqual([
        "manifest.yaml",
        "target.yml",
      ]);
      expect(tree()["target.yml"]).toBe("mine");
    },
  );

  it("--only writes one account's stack and leaves the snippets alone", async () => {
    const text =
      two.replace("installations:", '  prod: { id: "222222222222", region: us-east-1 }\ninstallations:') +
      "defaults: { accounts: [dev, prod] }\n";
    write({ "manifest.yaml": text });
    expect((await command(["synth", "--only", "prod"])).status).toBe(0);
    expect(Object.keys(tree())).toEqual([
      "cdktf.out/manifest.json",
      "cdktf.out/stacks/prod/cdk.tf.json",
      "manifest.yaml",
    ]);
    expect(await command(["synth", "--only", "nope"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no account is named "nope"') as string,
    });
  });

  it("takes the snippet folder and the templates from where the user says", async () => {
    write({
      "manifest.yaml": one,
      "cdktf.json": '{"context": {"snippets": "out", "templates": "mine"}}',
      "mine/gitpod.yml.hbs": "tasks:\n  - name: {{yaml task}}\n    command: {{yaml url}}\n",
    });
    expect((await command(["synth"])).status).toBe(0);
    expect(tree("out")["acme/github.com/acme/app.gitpod.yml"]).toMatch(
      /name: aws\n {4}command: "https:\/\/github.com\/acme\/app"\n$/,
    );
    expect((await command(["synth"], { GITPOD_AWS_SNIPPETS: "elsewhere" })).status).toBe(0);
    expect(Object.keys(tree("elsewhere"))).toHaveLength(1);
  });

  it.each(["./snips", "snips/", "a//b", "b/."])("takes it spelled %s", async (snippets) => {
    write({ "manifest.yaml": one, "cdktf.json": JSON.stringify({ context: { snippets } }) });
    for (let run = 0; run < 2; run++) expect((await command(["synth"])).status).toBe(0);
    expect(Object.keys(tree(snippets))).toEqual(["acme/github.com/acme/app.gitpod.yml"]);
  });

  it.each([
    ["tasks: {{nope}}\n", 1, /fails on the snippet/],
    ["tasks: {{#if}}\n", 1, /not valid Handlebars/],
    ["taskz: []\n", 1, /no valid .gitpod.yml/],
  ])("refuses the template %j", async (template, status, message) => {
    write({
      "manifest.yaml": one,
      "cdktf.json": '{"context": {"templates": "mine"}}',
      "mine/gitpod.yml.hbs": template,
    });
    const result = await command(["synth"]);
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(message);
    expect(Object.keys(tree())).not.toContain(stack);
  });

  it("says where a template folder is missing", async () => {
    write({ "manifest.yaml": one, "cdktf.json": '{"context": {"templates": "nowhere"}}' });
    expect(await command(["synth"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("context.templates") as string,
    });
  });

  it.each(["1", "true"])("refuses HCL, and says why: SYNTH_HCL_OUTPUT=%s", async (value) => {
    write({ "manifest.yaml": one });
    const { status, stderr } = await command(["synth"], { SYNTH_HCL_OUTPUT: value });
    expect(status).toBe(1);
    expect(stderr).toMatch(/--hcl is refused: cdktf's HCL writer does not escape/);
    expect(Object.keys(tree())).toEqual(["manifest.yaml"]);
  });

  it("keeps what Terraform left in a stack's folder", async () => {
    write({ "manifest.yaml": one, "cdktf.out/stacks/dev/.terraform.lock.hcl": "lock" });
    await command(["synth"]);
    expect(tree()["cdktf.out/stacks/dev/.terraform.lock.hcl"]).toBe("lock");
  });

  it("never takes a snippet folder that holds the user's own files", async () => {
    write({ "manifest.yaml": one });
    await command(["synth"]);
    const text = tree()[snippet("app")] ?? "";
    write({ ".gitpod.yml": text, "other/repo/.gitpod.yml": text });
    const before = tree();
    for (const folder of [".", "..", "/", "./", "../x/.."]) {
      const { status } = await command(["synth"], { GITPOD_AWS_SNIPPETS: folder });
      expect([folder, status, tree()]).toEqual([folder, 2, before]);
    }
  });

  it("keeps copies of snippets that somebody put beside those of the installations", async () => {
    write({ "manifest.yaml": two });
    await command(["synth"]);
    const text = tree()[snippet("zoo")] ?? "";
    write({ "snippets/zoo.gitpod.yml": text, "snippets/acme/.gitpod.yml": text, "manifest.yaml": one });
    await command(["synth"]);
    expect(Object.keys(tree("snippets"))).toEqual([
      "acme/.gitpod.yml",
      "acme/github.com/acme/app.gitpod.yml",
      "zoo.gitpod.yml",
    ]);
  });

  it.each([
    ["cdktf.out", "it is not a folder"],
    ["cdktf.out/stacks", "it is not a folder"],
    ["cdktf.out/stacks/dev", "it is not a folder"],
  ])("says that %s is in the way", async (at, message) => {
    write({ "manifest.yaml": one, [at]: "mine" });
    const { status, stderr } = await command(["synth"]);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(tree()[at]).toBe("mine");
  });

  it("does not write stacks through a link", async () => {
    mkdirSync("real");
    symlinkSync("real", "cdktf.out");
    write({ "manifest.yaml": one });
    expect(await command(["synth"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("cdktf.out: error F08: it is a symbolic link") as string,
    });
    expect(tree("real")).toEqual({});
  });

  it("shows names of folders safely", async () => {
    write({ "manifest.yaml": one, "cdktf.json": '{"context": {"snippets": "sn\\u001b]0;x\\u0007"}}' });
    const { stdout, stderr } = await command(["synth"], { CDKTF_OUTDIR: "o\u001b[31m" });
    // eslint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("finds what is in the way of the last stack before the first is written, and what is in the way of snippets too", async () => {
    const both =
      one.replace("installations:", '  eve: { id: "222222222222", region: us-east-1 }\ninstallations:') +
      "defaults: { accounts: [dev, eve] }\n";
    write({ "manifest.yaml": both });
    await command(["synth"]);
    rmSync("cdktf.out/stacks/eve/cdk.tf.json");
    rmSync(snippet("app"));
    write({ "cdktf.out/stacks/eve/cdk.tf.json/x": "", "cdktf.out/stacks/old/cdk.tf.json": "{}" });
    write({
      [`${snippet("app")}/x`]: "",
      "manifest.yaml": both.replace("[dev, eve]", "[dev, eve], sessionDuration: 2h"),
    });
    const before = tree();
    const { status, stderr } = await command(["synth"]);
    expect(status).toBe(1);
    expect(stderr.match(/.*F08.*/g)).toEqual([
      "cdktf.out/stacks/eve/cdk.tf.json: error F08: it is not a regular file",
      `${snippet("app")}: error F08: it is not a regular file`,
    ]);
    expect(tree()).toEqual(before);
  });

  it("says once what is in the way of many snippets", async () => {
    write({ "manifest.yaml": two, snippets: "a file" });
    const { status, stderr } = await command(["synth"]);
    expect([status, stderr.match(/F08/g)]).toEqual([1, ["F08"]]);
    expect(Object.keys(tree())).toEqual(["manifest.yaml", "snippets"]);
  });

  it.each(["cdktf.out/manifest.json", stack, snippet("app"), "cdktf.json", "terraform.dev.tfstate"])(
    "waits for no FIFO at %s",
    async (at) => {
      write({ "manifest.yaml": one });
      mkdirSync(dirname(at), { recursive: true });
      execFileSync("mkfifo", [at]);
      const { status, stderr } = await command(["synth"]);
      expect([status, stderr]).toEqual(
        at === "terraform.dev.tfstate"
          ? [0, ""]
          : at === "cdktf.json"
            ? [2, expect.stringContaining("cdktf.json cannot be read: it is not a regular file")]
            : [1, expect.stringContaining(`${at}: error F08: it is not a regular file`)],
      );
    },
  );

  it("names the file above the output that is in the way", async () => {
    write({ "manifest.yaml": one, f: "a file" });
    const { status, stderr } = await command(["synth"], { CDKTF_OUTDIR: "f/x" });
    expect([status, stderr]).toEqual([1, expect.stringContaining("f: error F08: it is not a folder")]);
    expect(Object.keys(tree())).toEqual(["f", "manifest.yaml"]);
  });
});
