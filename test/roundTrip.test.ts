import { blocking } from "../src/cli/project";
import { isTerraformText } from "../src/terraform/blocks";
import { isVisible } from "../src/diagnostics";
import type { AccessModel, Account } from "../src/model/accessModel";
import { ownershipOf } from "../src/workspace/render/ownership";
import {
  fields,
  filled,
  manifestText,
  manifestWith,
  partWith,
  standsAt,
  type Field,
  type FieldName,
} from "./support/fields";
import { command, inTemporaryFolder, tree, write } from "./support/folder";
import { nastyTexts } from "./support/nasty";
import { project, type Project } from "./support/project";
import { evaluateStack, expectedResources, readResources } from "./support/readStack";
import { expectedCalls, recordSnippet } from "./support/recorder";
import { rendered, renderedFrom } from "./support/snippet";
import { full } from "./proof/settings";
import { accountStackJson } from "./support/stacks";

const texts = nastyTexts(full ? 1000 : 520);
/** One text in 32 for each field, so that as many fields together have seen them all; with FULL=1 every eighth. */
const share = full ? 8 : 32;
const textsFor = (name: FieldName) => texts.filter((_, i) => i % share === names.indexOf(name) % share);
/** Snippets that are run in bash, which takes its time. */
const runsInBash = full ? 60 : 3;
const names = Object.keys(fields) as FieldName[];

/** Fields that are for people or programs to read: many texts must come through these. */
const freeText: readonly FieldName[] = [
  ...(["description", "tags value", "accept reason", "commands", "key", "branch", "local path"] as const),
  ...(["Resource", "Condition value", "Condition key", "s3"] as const),
];

/** What a synth would write of a manifest; null where it is refused. */
function accepted(loaded: Project): AccessModel | null {
  return loaded.ok && blocking(loaded.findings).length === 0 ? loaded.model : null;
}

const manifestOf = (name: FieldName, text: string) => manifestText(manifestWith(partWith(name, text)));

/** The first texts that come through a field, begun elsewhere for each. */
function throughField(name: FieldName, count: number): readonly string[] {
  const begin = 10 * names.indexOf(name);
  const through: string[] = [];
  for (const text of [...texts.slice(begin), ...texts.slice(0, begin)]) {
    if (accepted(project(manifestOf(name, text))) !== null && through.push(text) === count) break;
  }
  return through;
}

function expectExplained(loaded: Project): void {
  const said = loaded.ok ? blocking(loaded.findings) : loaded.diagnostics;
  expect(said.length).toBeGreaterThan(0);
  for (const { file, line, column, message, remedy } of said) {
    expect([file, line > 0, column > 0]).toEqual(["manifest.yaml", true, true]);
    expect([message, isVisible(message)]).toEqual([message, true]);
    expect([remedy, isVisible(remedy), remedy !== ""]).toEqual([remedy, true, true]);
  }
}

/** The stack says what the model says, and nothing of it is a template. */
function expectStack(account: Account): void {
  const json = accountStackJson({ account });
  const stack = evaluateStack(json);
  expect(stack.live).toEqual([]);
  expect(readResources(stack.resources)).toEqual(expectedResources(account));
  expect(stack.outputs).toEqual(account.roles.map((role) => role.name));
  expect(stack.provider).toEqual({
    region: account.region,
    allowed_account_ids: [account.id],
    ...(account.deployProfile === null ? {} : { profile: account.deployProfile }),
    ...(account.deployRole === null ? {} : { assume_role: [{ role_arn: account.deployRole }] }),
  });
  expectBackend(account, json.terraform);
}

/** Terraform takes the text of a backend literally. */
function expectBackend({ backend }: Account, terraform: Readonly<Record<string, unknown>>): void {
  for (const text of Object.values(backend).filter((value) => typeof value === "string"))
    expect([text, isTerraformText(text)]).toEqual([text, true]);
  switch (backend.kind) {
    case "local": {
      const path = `../../../${backend.path.replace(/^(\.\/)+/, "")}`;
      expect(terraform["backend"]).toEqual({ local: { path } });
      return;
    }
    case "s3": {
      const { bucket, key, region } = backend;
      expect(terraform["backend"]).toMatchObject({ s3: { bucket, key, region } });
      expect(standsAt(terraform, "backend.s3.kms_key_id") ?? null).toBe(backend.kmsKeyId);
      return;
    }
    case "cloud": {
      const { organization, workspace } = backend;
      expect(terraform["cloud"]).toMatchObject({ organization, workspaces: { name: workspace } });
      expect(standsAt(terraform, "cloud.hostname") ?? null).toBe(backend.hostname);
      return;
    }
    case "partial":
      expect(terraform["backend"]).toEqual({ [backend.type]: {} });
  }
}

describe("each nasty text in each field of a manifest", () => {
  const counts = { refused: 0, through: 0 };

  test.each(names)("%s: is refused with place and remedy, or comes out unchanged", (name) => {
    const field: Field = fields[name];
    const drawn = textsFor(name);
    let through = 0;
    for (const text of drawn) {
      const loaded = project(manifestOf(name, text));
      const model = accepted(loaded);
      if (model === null) {
        expectExplained(loaded);
        continue;
      }
      through++;
      if (field.at !== null) expect(standsAt(model, field.at)).toEqual(filled(field.becomes ?? "§", text));
      model.accounts.forEach(expectStack);
      for (const snippet of model.snippets) expect(ownershipOf(rendered(snippet))).toBe("ours");
    }
    counts.through += through;
    counts.refused += drawn.length - through;
    expect(through).toBeLessThan(drawn.length);
    if (freeText.includes(name)) expect(through).toBeGreaterThan(drawn.length / 8);
  });

  test("many are refused, and many come through", () => {
    expect(texts.length).toBeGreaterThanOrEqual(500);
    expect(counts.refused).toBeGreaterThan(full ? 400 : 200);
    expect(counts.through).toBeGreaterThan(full ? 150 : 75);
  });
});

describe("what comes through", () => {
  inTemporaryFolder();

  test("reaches gp and aws in bash as the model has it", async () => {
    const drawn = [
      ...(["key", "secret", "secret ARN", "parameter", "task", "profile", "audience"] as const),
      ...(["url of a repository", "name", "path", "branch"] as const),
    ].map((name) => ({ name, through: throughField(name, runsInBash) }));
    const runs = Array.from({ length: runsInBash }, (_, i) =>
      manifestWith(...drawn.map(({ name, through }) => partWith(name, through[i % through.length] ?? ""))),
    );
    const run = async (manifest: (typeof runs)[number]): Promise<void> => {
      const snippet = accepted(project(manifestText(manifest)))?.snippets[0];
      if (snippet === undefined) throw new Error(`refused: ${manifestText(manifest)}`);
      const key = snippet.logins[0]?.exports.find((one) => one.key !== null)?.key ?? "";
      const answer = JSON.stringify({ other: "no", [key]: "a value\n" });
      const recording = await recordSnippet(rendered(snippet), `${answer}\n`);
      expect(recording.calls).toEqual(expectedCalls(snippet));
      expect(recording.env.get("FIELD")).toBe("a value");
      expect(recording.env.get("SECRET")).toBe(answer);
      expect([recording.stderr, /^[\n -~]*$/.test(recording.stderr)]).toEqual([recording.stderr, true]);
    };
    for (let i = 0; i < runs.length; i += 8) await Promise.all(runs.slice(i, i + 8).map(run));
  });

  test("does so from a file, with status 0; what does not, with status 1 and nothing written", async () => {
    const statuses = new Set<number>();
    for (const name of names.filter((_, i) => full || i % 5 === 0)) {
      const isThrough = (text: string) => accepted(project(manifestOf(name, text))) !== null;
      const drawn = textsFor(name);
      const [through, refused] = [drawn.find(isThrough), drawn.find((text) => !isThrough(text))];
      for (const text of [through, refused].filter((found) => found !== undefined)) {
        write({ "manifest.yaml": manifestOf(name, text) });
        const before = tree();
        const { status, stderr } = await command(["synth"]);
        expect([name, text, status]).toEqual([name, text, text === through ? 0 : 1]);
        if (status === 1)
          expect([stderr, tree()]).toEqual([expect.stringMatching(/error [A-Z]\d\d/), before]);
        statuses.add(status);
      }
    }
    expect([...statuses].sort()).toEqual([0, 1]);
  });

  test("the name of the manifest's file cannot break out of its comment", () => {
    const model = accepted(project(manifestText(manifestWith())));
    const [snippet] = model?.snippets ?? [];
    if (snippet === undefined) throw new Error("the plain manifest is refused");
    for (const manifestName of textsFor("description")) {
      const text = renderedFrom(manifestName, snippet);
      expect([manifestName, ownershipOf(text)]).toEqual([manifestName, "ours"]);
      expect(text.split("\n").slice(2)).toEqual(rendered(snippet).split("\n").slice(2));
    }
  });
});
