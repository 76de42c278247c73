import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { Drafts } from "../../src/cli/drafts";
import { inTemporaryFolder, tree, write } from "../support/folder";

inTemporaryFolder();

/** Drafts files of a folder, and looks at them before they are committed. */
function drafted(root: string, ...files: readonly string[]): Drafts {
  const drafts = new Drafts();
  for (const file of files) drafts.add(root, { file, text: "new\n" });
  return drafts;
}

function commit(root: string, ...files: readonly string[]): void {
  drafted(root, ...files).commit();
}

/** What is below a folder, but for what is in it: folders too, also those that are empty. */
const everything = (folder = ".") => (readdirSync(folder, { recursive: true }) as string[]).sort();

describe("drafts", () => {
  test("become files with the folders that they need, replace files, and leave nothing behind", () => {
    commit("out", "a/b/c.yml", "a/d.yml", "e.yml");
    write({ "out/e.yml": "old\n" });
    commit("out", "a/b/c.yml", "e.yml", "a/f/g.yml");
    expect(everything("out")).toEqual([...["a", "a/b", "a/b/c.yml", "a/d.yml", "a/f", "a/f/g.yml", "e.yml"]]);
    expect([readFileSync("out/e.yml", "utf8"), statSync("out/e.yml").mode & 0o133]).toEqual(["new\n", 0]);
    expect(everything()).not.toContainEqual(expect.stringContaining(".tmp"));
  });

  test("change nothing until they are committed, and are gone when they are discarded", () => {
    write({ "out/a/x.yml": "old\n" });
    const before = everything();
    const drafts = drafted("out", "a/x.yml", "a/y.yml", "b/z.yml");
    expect(tree()["out/a/x.yml"]).toBe("old\n");
    expect(everything("out").filter((path) => !path.includes(".tmp"))).toEqual(["a", "a/x.yml"]);
    drafts.discard();
    expect(everything()).toEqual(before);
  });

  test.each(["out", "out/a", "out/a/x.yml"])("never go through a link at %s", (at) => {
    write({ "target/mine.txt": "mine" });
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(`${process.cwd()}/target${at.endsWith(".yml") ? "/mine.txt" : ""}`, at);
    const { obstacles } = drafted("out", "a/x.yml", "a/y.yml");
    expect(obstacles).toEqual([{ path: at, message: expect.stringContaining("symbolic link") as string }]);
    expect(lstatSync(at).isSymbolicLink()).toBe(true);
    expect(tree("target")).toEqual({ "mine.txt": "mine" });
  });

  test("name what is in the way, each thing once", () => {
    write({ "out/f": "a file", "out/d.yml/x": "" });
    const drafts = drafted("out", "f/x", "f/y", "f/z/w", "d.yml", "fine.yml");
    expect(drafts.obstacles).toEqual([
      { path: "out/f", message: "it is not a folder" },
      { path: "out/d.yml", message: "it is not a regular file" },
    ]);
    drafts.discard();
    expect(everything("out")).toEqual(["d.yml", "d.yml/x", "f"]);
  });

  test("of several folders below one that is missing come together", () => {
    const drafts = drafted("build/tf", "a");
    drafts.add("build/snips", { file: "b", text: "" });
    drafts.commit();
    expect(Object.keys(tree())).toEqual(["build/snips/b", "build/tf/a"]);
  });

  test("that cannot be moved change nothing before the first, and behind it name exactly what is new", () => {
    for (const [stuck, status, state] of [
      ["a", 1, "nothing was written"],
      ["b", 2, "these are new already: out/a"],
    ] as const) {
      write({ "out/gone": "" });
      const drafts = drafted("out", "a", "b", "c");
      drafts.remove("out", "gone");
      mkdirSync(`out/${stuck}`);
      expect(() => {
        drafts.commit();
      }).toThrow(
        expect.objectContaining({
          status,
          message: `out/${stuck} cannot be written: illegal operation on a directory; ${state}`,
        }) as Error,
      );
      drafts.discard();
      expect(everything("out")).toEqual(status === 1 ? ["a", "gone"] : ["a", "b", "gone"]);
      rmSync("out", { recursive: true });
    }
  });

  test("that killed runs left are cleared, also of what is missing yet, and nothing else is", () => {
    const dead = spawnSync("true").pid;
    const left = [
      "out/.a.yml.PID-0123abcd.tmp",
      "out/b/.x y.PID-0123abcd.tmp/deep/z",
      ".out.PID-0123abcd.tmp",
    ];
    const others = [
      ".other.PID-0123abcd.tmp",
      "out/.a.yml.tmp",
      "out/a.yml.PID-0123abcd.tmp",
      `out/.a.yml.${process.ppid}-0123abcd.tmp`,
      "out/b/.a.yml.PID-0123ABCD.tmp",
    ].map((file) => file.replace("PID", String(dead)));
    write(Object.fromEntries([...left, ...others].map((file) => [file.replace("PID", String(dead)), ""])));
    expect(new Drafts().filesBelow("out", 1)).toHaveLength(others.length - 1);
    expect(Object.keys(tree())).toEqual([...others].sort());
  });

  test("remove files last, with the folders that are empty then", () => {
    write({ "out/a/b/x": "", "out/a/y": "" });
    const drafts = drafted("out", "new");
    drafts.remove("out", "a/b/x");
    drafts.commit();
    expect(everything("out")).toEqual(["a", "a/y", "new"]);
  });

  test("keep the permissions that are asked for", () => {
    const drafts = new Drafts();
    drafts.add(".", { file: "x", text: "", mode: 0o666 });
    drafts.commit();
    expect(statSync("x").mode & 0o777).toBe(0o666);
  });
});
