import { synthesize } from "../src/cli/synth";
import { diskFiles } from "../src/cli/files";
import { applySnippets, planSnippets } from "../src/cli/snippetFolder";
import { readTemplates } from "../src/cli/templates";
import { parseManifest } from "../src/manifest";
import { emptyReference } from "../src/policy";
import { resolve } from "../src/resolve";
import { check } from "../src/rules";

/* The stages of a synth one after the other, each with its CPU time, on the manifest of the working directory. */

const times: Record<string, number> = {};

async function timed<T>(name: string, action: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const result = await action();
  const { user, system } = process.cpuUsage(before);
  times[name] = (user + system) / 1e6;
  return result;
}

async function main(): Promise<void> {
  const parsed = await timed("parse", () => parseManifest("manifest.yaml", diskFiles()));
  if (!parsed.ok) throw new Error("the manifest has problems");
  const resolved = await timed("resolve", () => resolve(parsed.parsed));
  if (!resolved.ok) throw new Error("the manifest has problems");
  const { model } = resolved;
  await timed("check", () => check(model, { reference: emptyReference }));
  await timed("construct and write stacks", () =>
    synthesize(model, { outdir: "cdktf.out", workingDirectory: "." }),
  );
  const renderer = readTemplates(null);
  const files = await timed("render", () =>
    model.snippets.map((snippet) => ({ file: snippet.file, text: renderer.renderSnippet(snippet, model) })),
  );
  await timed("write snippets", async () => {
    applySnippets(await planSnippets("snippets", files, () => Promise.resolve()));
  });
  console.log(JSON.stringify(times));
}

void main();
