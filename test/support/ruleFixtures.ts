import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathText, type Finding } from "../../src/diagnostics";
import { lintGitpodYml } from "../../src/cli/lintGitpodYml";
import { readExisting } from "../../src/documents";
import { checkDeploy, checkFiles } from "../../src/rules";
import { deployedIn } from "../../src/terraform/deployed";
import { stackSources, stackText } from "../../src/terraform/stack";
import { judge, type Fixture } from "../rules/trustFixture";
import { lintedModel, lintedRepository } from "./lint";
import { judged, permissionSubject } from "./permissions";
import { project } from "./project";

/** An input that a rule finds something in, and what it says of it. */
export interface RuleFixture {
  /** Id of the rule. */
  readonly rule: string;
  /** Below the top folder, without `.json` or `.yaml`. */
  readonly name: string;
  readonly language: "json" | "yaml";
  /** What a reader needs to see of the input. */
  readonly input: string;
  /** What the rule says of it, as its `.out` has it. */
  readonly said: Promise<string>;
}

const folder = "test/rules/fixtures";
/** The day on which waivers and entries of the fixtures have ended. */
const today = "2026-11-29";
/** The last day of what ends soon. */
const ending = "2026-12-29";

/** Everything in `test/rules/fixtures` that a rule finds something in, by rule. */
export function failingFixtures(): readonly RuleFixture[] {
  return kinds
    .flatMap((kind) => filesOf(kind).map((file) => readFixture(kind, file)))
    .sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.name < b.name ? -1 : 1));
}

const kinds = ["manifest", "trust", "permissions", "snippet", "existing"] as const;

/** The failing files of a kind; of a rule about `.gitpod.yml`, which has several, the shortest. */
function filesOf(kind: (typeof kinds)[number]): readonly string[] {
  const files = readdirSync(join(__dirname, "..", "..", folder, kind));
  if (kind !== "snippet") return files.filter((file) => /\.fail\.(json|yaml)$/.test(file));
  const failing = files.filter((file) => /^S\d\d-(?!passes).*\.yml$/.test(file));
  const shortest = new Map<string, string>();
  const lengthOf = (file: string): number => textOf(kind, file).length;
  for (const file of [...failing].sort((a, b) => lengthOf(b) - lengthOf(a)))
    shortest.set(file.slice(0, 3), file);
  return [...shortest.values()];
}

function textOf(kind: string, file: string): string {
  return readFileSync(join(__dirname, "..", "..", folder, kind, file), "utf8");
}

function readFixture(kind: keyof typeof readers, file: string): RuleFixture {
  const [, name = "", language] = /^(.*?)(?:\.gitpod)?\.(json|ya?ml)$/.exec(file) ?? [];
  const rule = name.slice(0, 3);
  const { input, found } = readers[kind](textOf(kind, file));
  return {
    ...{ rule, input, language: language === "json" ? "json" : "yaml" },
    name: `${folder}/${kind}/${name}`,
    said: Promise.resolve(found).then((all) => textOfFindings(all.filter((finding) => isOf(rule, finding)))),
  };
}

function textOfFindings(found: readonly Said[]): string {
  return found
    .map(({ severity, rule, path, message, remedy }) => {
      const place = path === "" ? "" : ` ${path}`;
      return `${severity} ${rule}${place}\n  ${message}\n  remedy: ${remedy}\n`;
    })
    .join("");
}

/** G11 speaks through other rules. */
function isOf(id: string, { rule, message }: Said): boolean {
  return rule === id || (id === "G11" && message.includes("G11"));
}

type Said = Pick<Finding, "severity" | "rule" | "path" | "message" | "remedy">;

/** What is said of the deploy of a manifest after that of another one. */
function afterAnother(before: string, after: string): readonly Said[] {
  const models = [before, after].map((text) => {
    const read = project(text);
    if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join("\n"));
    return read.model;
  });
  const [last, next] = models;
  if (last === undefined || next === undefined) throw new Error("two manifests are two models");
  const stacks = stackSources(last, last.accounts, "..");
  return checkDeploy(
    stacks.map((stack) => deployedIn(stack.name, JSON.parse(stackText(stack)))),
    next,
  ).map(({ origin, ...said }) => ({ ...said, path: pathText(origin.path) }));
}

const readers = Object.freeze({
  manifest: (text: string): { readonly input: string; readonly found: readonly Said[] } => {
    const [before = "", after] = text.split("# the next synth:\n");
    if (after !== undefined) return { input: text, found: afterAnother(before, after) };
    const [main = "", team] = text.split("# team.yaml\n");
    const judgedProject = project(main, { today, ending }, team === undefined ? {} : { "team.yaml": team });
    if (!judgedProject.ok) throw new Error(judgedProject.diagnostics.map((d) => d.message).join("\n"));
    return { input: text, found: judgedProject.findings };
  },
  trust: (text: string) => {
    const { why, ...fixture } = JSON.parse(text) as Fixture;
    const { document, ...rest } = fixture;
    const shown = document !== undefined && Object.keys(rest).length === 0 ? document : fixture;
    const found: readonly Said[] = judge(fixture).map(({ path, ...said }) => ({
      ...said,
      path: pathText(path),
      severity: said.severity,
    }));
    return { input: json(shown), found };
  },
  permissions: (text: string) => {
    const document: unknown = JSON.parse(text);
    const found: readonly Said[] = judged(permissionSubject([document])).map(({ origin, ...said }) => ({
      ...said,
      path: pathText(origin.path),
    }));
    return { input: json(document), found };
  },
  snippet: (text: string) => {
    const input = text.replace(/^# finds: .*\n/, "");
    const around = { file: ".gitpod.yml", model: lintedModel, repositories: [lintedRepository] };
    return { input, found: lintGitpodYml(input, around).then(({ findings }) => findings) };
  },
  existing: (text: string) => {
    const file = readExisting(text, "role.json", "trust");
    const found: readonly Said[] = checkFiles([file], file.access).map(({ origin, ...said }) => ({
      ...said,
      path: pathText(origin.path),
    }));
    return { input: json(JSON.parse(text)), found };
  },
});

/** JSON with what fits a line on one. */
function json(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = (deeper: string): readonly string[] =>
    isList
      ? value.map((item: unknown) => json(item, deeper))
      : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${json(item, deeper)}`);
  const [open, close] = isList ? ["[", "]"] : ["{ ", " }"];
  const line = `${open}${items("").join(", ")}${close}`;
  if (line.length + indent.length <= 100 && !line.includes("\n")) return line;
  const inner = `${indent}  `;
  return `${open.trim()}\n${items(inner)
    .map((item) => inner + item)
    .join(",\n")}\n${indent}${close.trim()}`;
}
