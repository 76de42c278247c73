import { formatText } from "../../src/diagnostics";
import { modelOf, project } from "../support/project";
import { rendered } from "../support/snippet";
import { fenced, read } from "./markdown";

const readme = read("README.md");
const blocks = fenced(readme).filter(({ language }) => language === "yaml");
const manifests = blocks.filter(({ text }) => text.startsWith("version:"));

function judged(text: string) {
  const loaded = project(text);
  if (!loaded.ok) throw new Error("the manifest has problems");
  return loaded;
}

test("the README shows a manifest that is accepted, with no finding above info that nobody accepted", () => {
  expect(manifests).toHaveLength(1);
  const shown = project(manifests[0]?.text ?? "");
  const findings = shown.ok ? shown.findings.filter((f) => f.severity !== "info" && !f.accepted) : null;
  expect(findings).toEqual([]);
});

test("the README's block of Ona is accepted beside an account", () => {
  const ona = blocks.find(({ text }) => text.includes("kind: ona"))?.text ?? "";
  const accounts = 'version: 1\naccounts: { dev: { id: "123456789012", region: us-east-1 } }\n';
  expect(judged(accounts + ona).findings.filter((f) => f.severity !== "info")).toEqual([]);
});

test("the page on Ona shows manifests that are accepted", () => {
  const [whole = "", migration = ""] = fenced(read("docs/ona.md")).map(({ text }) => text);
  const accounts = /^version: 1\naccounts:\n.*\n/.exec(whole)?.[0] ?? "";
  for (const text of [whole, accounts + migration])
    expect(judged(text).findings.filter((f) => f.severity !== "info")).toEqual([]);
});

test("the page on the guide's example shows what check says of it without its last acceptance", () => {
  const page = read("examples/guide/README.md");
  const text = read("examples/guide/manifest.yaml").replace(/ +accept:\n.*\n$/, "");
  const { findings, locator } = judged(text);
  const found = findings.filter((f) => f.severity === "warning" && !f.accepted);
  const line = (file: string, at: number) => locator.line(file, at);
  expect(found.map((f) => f.rule)).toEqual(["T57"]);
  expect(fenced(page)[0]?.text).toBe(formatText([], found, { line, colour: false }));
});

test("what the README shows is the example that a clone comes with", () => {
  expect(read("manifest.yaml")).toContain(manifests[0]?.text ?? "?");
});

test("the .gitpod.yml that the README shows is what the synth of the example writes", () => {
  const file = blocks.find(({ text }) => text.startsWith("# Written by "))?.text;
  expect(modelOf(read("manifest.yaml")).snippets.map(rendered)).toContain(file);
});

test("the files that the README promises are what the example makes", () => {
  const { accounts, snippets } = modelOf(read("manifest.yaml"));
  const promised = [...readme.matchAll(/^\| `((?:cdktf\.out|snippets)\/[^`]+)` \|/gm)].map(
    ([, file]) => file,
  );
  expect(promised).toHaveLength(2);
  const made = [
    ...accounts.map(({ name }) => `cdktf.out/stacks/${name}/cdk.tf.json`),
    ...snippets.map(({ file }) => `snippets/${file}`),
  ];
  expect(promised.filter((file) => !made.includes(file ?? ""))).toEqual([]);
});
