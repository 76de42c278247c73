import { load } from "js-yaml";
import { modelOf, project } from "../support/project";
import { rendered } from "../support/snippet";
import { fenced, read } from "./markdown";

const readme = read("README.md");
const blocks = fenced(readme).filter(({ language }) => language === "yaml");
const manifests = blocks.filter(({ text }) => text.startsWith("version:"));

test("the README shows a manifest that is accepted, with no finding above info that nobody accepted", () => {
  expect(manifests).toHaveLength(1);
  const shown = project(manifests[0]?.text ?? "");
  const findings = shown.ok ? shown.findings.filter((f) => f.severity !== "info" && !f.accepted) : null;
  expect(findings).toEqual([]);
});

test("the acceptance that the README explains is needed", () => {
  const without = project((manifests[0]?.text ?? "").replace(/ +accept:\n.*\n/, ""));
  const rules = without.ok ? without.findings.filter((f) => f.severity !== "info").map((f) => f.rule) : [];
  expect(rules).toEqual(["T57"]);
});

test("what the README shows is part of the example that a clone comes with", () => {
  const shown = load(manifests[0]?.text ?? "") as Record<string, unknown>;
  expect(load(read("manifest.yaml"))).toMatchObject(shown);
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
