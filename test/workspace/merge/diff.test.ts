import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { unifiedDiff } from "../../../src/workspace/merge/diff";
import { runs } from "../../proof/settings";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "merge-diff-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("nothing differs: nothing is printed", () => {
  expect(unifiedDiff("x", "a\n", "a\n")).toBe("");
});

test("a change is shown with three lines around it", () => {
  expect(unifiedDiff("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n")).toBe(
    "--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
  );
});

test("distant changes are apart", () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i}\n`);
  const text = unifiedDiff("x", lines.join(""), ["new\n", ...lines, "end"].join(""));
  expect(text.match(/^@@.*$/gm)).toEqual(["@@ -1,3 +1,4 @@", "@@ -18,3 +19,4 @@"]);
  expect(text).toMatch(/\+end\n\\ No newline at end of file\n$/);
});

test("a new file comes from /dev/null", () => {
  expect(unifiedDiff("x", null, "a\n")).toBe("--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+a\n");
  expect(unifiedDiff("x", "", "a\n")).toBe("--- a/x\n+++ b/x\n@@ -0,0 +1,1 @@\n+a\n");
});

test("patch turns the one text into the other", () => {
  const line = fc.constantFrom("a\n", "b\n", "c\r\n", "\n", "-\n", "+++ x\n");
  const text = fc
    .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom("", "a", "z"))
    .map(([l, e]) => l.join("") + e);
  const file = join(folder, "x");
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after && before !== "" && after !== "");
      writeFileSync(file, before);
      execFileSync("patch", ["--binary", "-p1", "--quiet"], {
        cwd: folder,
        input: unifiedDiff("x", before, after),
      });
      expect(readFileSync(file, "utf8")).toBe(after);
    }),
    runs(15, 500),
  );
});
