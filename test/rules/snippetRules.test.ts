import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { lintGitpodYml } from "../../src/cli/lintGitpodYml";
import { rules } from "../../src/rules";
import { lintedModel, lintedRepository } from "../support/lint";

const folder = join(__dirname, "fixtures", "snippet");
/**
 * Each begins with `# finds: nothing`, or with its findings behind each other: the rule, the line, and what stands at
 * the column. Those of a rule bear its id; `right-` has none; `real-` are files as people write them.
 */
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith(".yml"))
  .map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const [, expected = ""] = /^# finds: (.*)\n/.exec(text) ?? [];
    return { name, text, expected: expected === "nothing" ? [] : expected.split("; ") };
  });

describe("a .gitpod.yml", () => {
  it.each(fixtures)("$name finds $expected, and nothing else", async ({ name, text, expected }) => {
    const report = await lintGitpodYml(text, {
      file: name,
      model: lintedModel,
      repositories: [lintedRepository],
    });
    expect(report.diagnostics).toEqual([]);
    const found = report.findings.map(({ rule, line, column }, i) => {
      const [, at = ""] = / at (.*)$/.exec(expected[i] ?? "") ?? [];
      return `${rule} on line ${line} at ${(report.line(line) ?? "").slice(column - 1, column - 1 + at.length)}`;
    });
    expect(found).toEqual(expected);
  });

  it("every S rule has files that fail and files that pass, by their names", () => {
    const ids = rules.filter(({ gitpodYml }) => gitpodYml !== undefined).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 18 }, (_, i) => `S${String(i + 1).padStart(2, "0")}`));
    for (const id of ids) {
      const own = fixtures.filter(({ name }) => name.startsWith(id));
      expect([id, own.some(({ name }) => name.startsWith(`${id}-passes`))]).toEqual([id, true]);
      const failing = own.filter(({ name }) => !name.startsWith(`${id}-passes`));
      expect([id, failing.length > 0]).toEqual([id, true]);
      for (const { expected } of failing) expect(expected.join()).toContain(`${id} `);
    }
    const right = fixtures.filter(({ name }) => name.startsWith("right-"));
    expect(right.length).toBeGreaterThanOrEqual(10);
    for (const { expected } of right) expect(expected).toEqual([]);
  });
});
