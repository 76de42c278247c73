import { diskFiles } from "../src/cli/manifestFiles";
import { Drafts } from "../src/cli/drafts";
import { draftStacks } from "../src/cli/stackFolder";
import { readTemplates } from "../src/cli/templates";
import { withHeader } from "../src/workspace/render/ownership";
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
  const drafts = new Drafts();
  await timed("construct and write stacks", () => {
    draftStacks(drafts, model, { outdir: "cdktf.out" }, process);
  });
  const render = readTemplates(null);
  const files = await timed("render", () =>
    model.snippets.map((snippet) => ({
      file: snippet.file,
      text: withHeader(model.manifestName, render(snippet)),
    })),
  );
  await timed("write snippets", () => {
    for (const file of files) drafts.add("snippets", file);
    drafts.commit();
  });
  console.log(JSON.stringify(times));
}

void main();
