import { compiledLine } from "../support/compiled";
import { bash } from "../support/process";
import { command, inTemporaryFolder, tree, write } from "../support/folder";

/*
 * Folders that are mounts, disks that are full or read-only. Each is mounted for one script alone, in a namespace of its
 * own: what stands in the mount afterwards is printed by the script.
 */

const full = process.env["FULL"] === "1";
const inNamespace = (script: string) => bash(`unshare -rm bash -ec '${script.replaceAll("'", "'\\''")}'`);
const reason = !full
  ? "set FULL=1 to mount folders"
  : inNamespace("mount -t tmpfs none /mnt").status === 0
    ? null
    : "this machine lets us mount nothing (unshare -rm)";
if (reason !== null) process.stderr.write(`skipped: folders that are mounts; ${reason}\n`);

inTemporaryFolder();
const commandLine = compiledLine();

const two = `version: 1
accounts:
  aaa: { id: "111111111111", region: eu-central-1 }
  bbb: { id: "222222222222", region: eu-central-1 }
installations: { acme: { host: acme.gitpod.cloud } }
repos:
  - url: https://github.com/acme/app
    accounts: [aaa, bbb]
`;
const written = [
  "cdktf.out/manifest.json",
  "cdktf.out/stacks/aaa/cdk.tf.json",
  "cdktf.out/stacks/bbb/cdk.tf.json",
  "snippets/acme/github.com/acme/app.gitpod.yml",
];
const list = "find . -type f -not -name manifest.yaml | sort | sed s,^./,,";

(reason === null ? describe : describe.skip)("a synth", () => {
  test.each([
    "cdktf.out",
    "cdktf.out/stacks",
    "cdktf.out/stacks/bbb",
    "snippets",
    "snippets/acme/github.com",
  ])("writes into %s that is a mount, also a second time", (mount) => {
    write({ "manifest.yaml": two });
    const { status, stdout, stderr } = inNamespace(`
        mkdir -p ${mount} cdktf.out snippets
        mount -t tmpfs none ${mount}
        ${commandLine()} synth >&2
        ${commandLine()} synth >&2
        ${list}`);
    expect([status, stderr]).toEqual([0, expect.stringContaining("none changed")]);
    expect(stdout.trim().split("\n")).toEqual(written);
  });

  test.each([
    ["a full disk", "tmpfs -o size=4k", "no space left on device"],
    ["a disk that is read-only", "tmpfs -o ro", "read-only file system"],
  ])("on %s writes nothing, and says which file and why", async (_, mount, why) => {
    write({ "manifest.yaml": two });
    await command(["synth"]);
    const before = tree();
    for (const folder of ["cdktf.out/stacks/bbb", "snippets"]) {
      write({ "manifest.yaml": `${two}    sessionDuration: 2h\n    grants: [{ s3: acme/* }]\n` });
      const { stdout, stderr } = inNamespace(`
        mount -t ${mount} none ${folder}
        dd if=/dev/zero of=${folder}/zero 2>/dev/null || true
        ${commandLine()} synth >&2 || echo $?
        find ${folder} -type f`);
      expect(
        stdout
          .trim()
          .split("\n")
          .filter((line) => !line.endsWith("/zero")),
      ).toEqual(["1"]);
      expect(stderr).toMatch(
        new RegExp(`error: ${folder}\\S* cannot be written: ${why}; nothing was written\n`),
      );
      expect({ ...tree(), "manifest.yaml": two }).toEqual(before);
    }
  });
});
