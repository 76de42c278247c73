import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder } from "../support/folder";
import { rerun, transcripts } from "../support/transcript";

inTemporaryFolder();

const top = join(__dirname, "..", "..");
const page = readFileSync(join(top, "docs", "troubleshooting.md"), "utf8");
const shown = transcripts(page);

test.each(shown.map(({ manifest, text }) => [text.split("\n")[0], manifest, text]))(
  "what the page shows of %s is what happens",
  async (_, manifest = "", text = "") => {
    expect(await rerun(manifest, text)).toBe(text);
  },
);

test("there are at least ten transcripts, of all three outcomes", () => {
  expect(shown.length).toBeGreaterThanOrEqual(10);
  const text = shown.map((s) => s.text).join("");
  for (const outcome of ["admitted  ", "refused   ", "undecided ", "error: "])
    expect(text).toContain(outcome);
});

test("a token is shown as an argument nowhere", () => {
  for (const file of ["README.md", "docs/troubleshooting.md"]) {
    const values = [...readFileSync(join(top, file), "utf8").matchAll(/--token(?:=|\s+)(\S+)/g)];
    expect(values.length).toBeGreaterThan(0);
    expect([file, values.filter(([, value = ""]) => !/^-[`|),]*$/.test(value))]).toEqual([file, []]);
  }
});
