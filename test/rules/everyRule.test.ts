import { join } from "node:path";
import { rules } from "../../src/rules";
import { command } from "../support/folder";
import { fenced, read } from "../docs/markdown";

const home = process.cwd();
beforeAll(() => {
  process.chdir(join(__dirname, "..", ".."));
});
afterAll(() => {
  process.chdir(home);
});

interface Report {
  readonly diagnostics: readonly unknown[];
  readonly findings: readonly { readonly rule: string; readonly role: string | null }[];
}

/** The commands of the page, as it shows them. */
const commands = fenced(read("examples/bad/README.md"))
  .flatMap(({ text }) => text.trim().split("\n"))
  .map((line) => line.split(" ").slice(1));

let reports: readonly Report[] = [];
beforeAll(async () => {
  const results = await Promise.all(commands.map((argv) => command([...argv, "--format", "json"])));
  expect(results.map(({ status, stderr }) => [status, stderr])).toEqual(results.map(() => [1, ""]));
  reports = results.map(({ stdout }) => JSON.parse(stdout) as Report);
});

// G11 raises the severity of other rules' findings, and has none of its own.
// P06 compares with the last synth, which a check does not.
// N03 is said where --within asks for it.
const unseen = ["G11", "P06", "N03"];

test("examples/bad shows every rule of the table, and no diagnostic", () => {
  expect(reports).toHaveLength(4);
  expect(reports.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  const found = new Set(reports.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
  const ids = rules.map(({ id }) => id).filter((id) => !unseen.includes(id));
  expect(ids.filter((id) => !found.has(id))).toEqual([]);
  expect([...found].filter((id) => !ids.includes(id))).toEqual([]);
});

test("a role of examples/bad that bears the id of a rule shows it", () => {
  const findings = reports.flatMap((report) => report.findings);
  const named = new Set(findings.map(({ role }) => /[TG]\d\d$/.exec(role ?? "")?.[0] ?? ""));
  named.delete("");
  expect(named.size).toBeGreaterThan(50);
  for (const id of named)
    expect([id, findings.some(({ rule, role }) => rule === id && role?.endsWith(id))]).toEqual([id, true]);
});
