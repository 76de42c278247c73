import { App } from "cdktf";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AccountStack, loadManifest } from "../src";
import { command, inTemporaryFolder, tree, write } from "./support/folder";

const folder = join(__dirname, "golden", "stacks");
const root = join(__dirname, "..");

/** Cases whose manifest is one that users read. */
const shown: Readonly<Record<string, string>> = {
  example: join(root, "manifest.yaml"),
  guide: join(root, "examples", "guide", "manifest.yaml"),
};

/** The files of a synth, without what it read. */
const written = () =>
  Object.fromEntries(
    Object.entries(tree()).filter(([file]) => file !== "manifest.yaml" && !file.startsWith("teams/")),
  );

/*
 * Each folder holds a manifest and, under expected/, every file that a synth of it writes. UPDATE_GOLDEN=1 writes
 * expected/ anew: read the difference before you commit it.
 */
describe.each(readdirSync(folder))("the golden case %s", (name) => {
  inTemporaryFolder();

  const copy = () => {
    const manifest = shown[name] ?? join(folder, name, "manifest.yaml");
    write({ "manifest.yaml": readFileSync(manifest, "utf8") });
    const included = join(folder, name, "teams");
    if (existsSync(included)) cpSync(included, "teams", { recursive: true });
  };

  it("synthesizes to the expected files, byte for byte", async () => {
    copy();
    const { status, stderr } = await command(["synth"]);
    expect([status, stderr.split("\n").filter((line) => line.includes(" error "))]).toEqual([0, []]);
    const expected = join(folder, name, "expected");
    if (process.env["UPDATE_GOLDEN"] === "1") {
      rmSync(expected, { recursive: true, force: true });
      for (const out of ["cdktf.out", "snippets"]) cpSync(out, join(expected, out), { recursive: true });
    }
    expect(written()).toEqual(tree(expected));
  });

  it("synthesizes to the same stacks by cdktf", () => {
    copy();
    const app = new App({ outdir: "by-cdktf", stackTraces: false, hclOutput: false });
    for (const stack of loadManifest("manifest.yaml").stacks) new AccountStack(app, stack.name, stack);
    app.synth();
    for (const [file, text] of Object.entries(tree(join(folder, name, "expected/cdktf.out/stacks"))))
      expect(readFileSync(join("by-cdktf/stacks", file), "utf8")).toBe(text);
  });
});
