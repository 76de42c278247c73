import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathText, type Finding } from "../../src/diagnostics";
import { checkDeploy } from "../../src/rules";
import { deployedIn } from "../../src/terraform/deployed";
import { stackSources, stackText } from "../../src/terraform/stack";
import { judge, type Fixture } from "../rules/trustFixture";
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
  readonly said: string;
}

const folder = "test/rules/fixtures";
/** The day on which waivers and entries of the fixtures have ended. */
const today = "2026-11-29";

/** Everything in `test/rules/fixtures` that a rule finds something in, by rule. */
export function failingFixtures(): readonly RuleFixture[] {
  return (["manifest", "trust", "permissions"] as const)
    .flatMap((kind) =>
      readdirSync(join(__dirname, "..", "..", folder, kind))
        .filter((file) => /\.fail\.(json|yaml)$/.test(file))
        .map((file) => readFixture(kind, file)),
    )
    .sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.name < b.name ? -1 : 1));
}

function readFixture(kind: keyof typeof readers, file: string): RuleFixture {
  const [rule = "", , language] = file.split(".");
  const text = readFileSync(join(__dirname, "..", "..", folder, kind, file), "utf8");
  const { input, found } = readers[kind](text);
  return {
    ...{ rule, input, language: language === "yaml" ? "yaml" : "json" },
    name: `${folder}/${kind}/${rule}.fail`,
    said: found
      .filter((finding) => isOf(rule, finding))
      .map(({ severity, rule: id, path, message, remedy }) => {
        const place = path === "" ? "" : ` ${path}`;
        return `${severity} ${id}${place}\n  ${message}\n  remedy: ${remedy}\n`;
      })
      .join(""),
  };
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
    stacks.map((stack) => deployedIn(stack.name, stackText(stack))),
    next,
  ).map(({ origin, ...said }) => ({ ...said, path: pathText(origin.path) }));
}

const readers = Object.freeze({
  manifest: (text: string): { readonly input: string; readonly found: readonly Said[] } => {
    const [before = "", after] = text.split("# the next synth:\n");
    if (after !== undefined) return { input: text, found: afterAnother(before, after) };
    const [main = "", team] = text.split("# team.yaml\n");
    const judgedProject = project(main, { today }, team === undefined ? {} : { "team.yaml": team });
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
