import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { command, inTemporaryFolder, tree, write } from "./support/folder";

const folder = join(__dirname, "golden", "stacks");
const example = join(__dirname, "..", "manifest.yaml");

/*
 * Each folder holds a manifest and, under expected/, every file that a synth of it writes. UPDATE_GOLDEN=1 writes
 * expected/ anew: read the difference before you commit it. The case example is the manifest at the top level.
 */
describe.each(readdirSync(folder))("the golden case %s", (name) => {
  inTemporaryFolder();

  it("synthesizes to the expected files, byte for byte", async () => {
    const own = join(folder, name, "manifest.yaml");
    write({ "manifest.yaml": readFileSync(existsSync(own) ? own : example, "utf8") });
    const included = join(folder, name, "teams");
    if (existsSync(included)) cpSync(included, "teams", { recursive: true });
    const { status, stderr } = await command(["synth"]);
    expect([status, stderr.split("\n").filter((line) => line.includes(" error "))]).toEqual([0, []]);
    const expected = join(folder, name, "expected");
    if (process.env["UPDATE_GOLDEN"] === "1") {
      rmSync(expected, { recursive: true, force: true });
      for (const out of ["cdktf.out", "snippets"]) cpSync(out, join(expected, out), { recursive: true });
    }
    const { "manifest.yaml": _, ...written } = tree();
    const made = Object.fromEntries(Object.entries(written).filter(([file]) => !file.startsWith("teams/")));
    expect(made).toEqual(tree(expected));
  });
});
