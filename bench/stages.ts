import { synthesize } from "../src/app";
import { diskFiles } from "../src/cli/files";
import { expectShortRun } from "../src/cli/shortRun";
import { applySnippets, planSnippets } from "../src/cli/snippetFolder";
import { readTemplates } from "../src/cli/templates";
import { parseManifest } from "../src/manifest";
import { emptyReference } from "../src/policy";
import { resolve } from "../src/resolve";
import { check } from "../src/rules";

/* The stages of a synth one after the other, each with its CPU time, on the manifest of the working directory. */

const times: Record<string, number> = {};
expectShortRun();

function timed<T>(name: string, action: () => T): T {
  const before = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(before);
  times[name] = (user + system) / 1e6;
  return result;
}

const parsed = timed("parse", () => parseManifest("manifest.yaml", diskFiles()));
if (!parsed.ok) throw new Error("the manifest has problems");
const resolved = timed("resolve", () => resolve(parsed.parsed));
if (!resolved.ok) throw new Error("the manifest has problems");
const { model } = resolved;
timed("check", () => check(model, { reference: emptyReference }));
timed("construct and write stacks", () => synthesize(model, { outdir: "cdktf.out", workingDirectory: "." }));
const renderer = readTemplates(null);
const files = timed("render", () =>
  model.snippets.map((snippet) => ({ file: snippet.file, text: renderer.renderSnippet(snippet, model) })),
);
timed("write snippets", () => applySnippets(planSnippets("snippets", files)));
console.log(JSON.stringify(times));
