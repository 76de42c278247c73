import { generatedFiles } from "../../scripts/docs/pages";
import { keyRows } from "../../scripts/docs/schemaRows";
import { accountSchema, installationSchema } from "../../src/manifest/accountSchema";
import { repoSchema } from "../../src/manifest/entrySchema";
import { manifestJsonSchema } from "../../src/manifest";
import { diagnosticCodes } from "../../src/diagnostics";
import { rules } from "../../src/rules";
import { command } from "../support/folder";
import { modelOf } from "../support/project";
import { read } from "./markdown";

test.each(generatedFiles)("$file is up to date: npm run generate writes it", async ({ file, text }) => {
  expect(read(file)).toBe(await text());
});

test("the page on the manifest names every key", () => {
  const page = read("docs/manifest.md");
  const missing: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties } = node as { readonly properties?: object };
    for (const key of Object.keys(properties ?? {}))
      if (!new RegExp(`\`([a-zA-Z3.[\\]]+\\.)?${key}\``).test(page)) missing.push(key);
    Object.values(node).forEach(visit);
  };
  visit(JSON.parse(manifestJsonSchema()));
  // The one map among the contexts: `{ branch: main }`.
  expect([...new Set(missing)]).toEqual(["branch"]);
  expect(page).toContain("`{ branch: main }`");
});

test("the pages on rules and diagnostics name all of them", () => {
  const [ofRules, ofDiagnostics] = [read("docs/rules.md"), read("docs/diagnostics.md")];
  expect(rules.filter((rule) => !ofRules.includes(`\n### ${rule.id}: ${rule.title}\n`))).toEqual([]);
  const codes = Object.entries(diagnosticCodes);
  expect(codes.filter(([id, meaning]) => !ofDiagnostics.includes(`\n### ${id}: ${meaning}\n`))).toEqual([]);
});

test("the example of a code is told that code, and no other", () => {
  for (const section of read("docs/diagnostics.md").split("\n### ").slice(1)) {
    const told = [...section.matchAll(/: error ([FYMR]\d\d): /g)].map(([, id]) => id);
    expect([section.slice(0, 3), [...new Set(told)]]).toEqual([
      section.slice(0, 3),
      ["F02", "F03", "F08"].includes(section.slice(0, 3)) ? [] : [section.slice(0, 3)],
    ]);
  }
});

test("rule says of every rule and code what the pages say", async () => {
  for (const id of [...rules.map((rule) => rule.id), ...Object.keys(diagnosticCodes)]) {
    const { status, stdout } = await command(["rule", id.toLowerCase()]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^${id}: .+\\n\\n[^]+\\n$`))]);
    expect(stdout).not.toMatch(/\n##/);
  }
  expect(await command(["rule", "T99"])).toMatchObject({ status: 2, stdout: "" });
});

test("a manifest that writes down a default means what one without it means", () => {
  const parts = [
    { path: ["accounts", "dev"], rows: keyRows(accountSchema, new Map()) },
    { path: ["installations", "acme"], rows: keyRows(installationSchema, new Map()) },
    { path: ["repos", 0], rows: keyRows(repoSchema, new Map()) },
  ];
  const tried: string[] = [];
  for (const { path, rows } of parts) {
    for (const { key, byDefault, schema } of rows) {
      const value = literal(byDefault);
      const full = [...path, ...key.split(".")];
      if (key.includes("[]") || !schema.safeParse(value).success || !written(full, value)) continue;
      tried.push(full.join("."));
      expect([full, modelOf(JSON.stringify(written(full, value)))]).toEqual([
        full,
        modelOf(JSON.stringify(base())),
      ]);
    }
  }
  expect(tried).toEqual(
    expect.arrayContaining([
      "accounts.dev.backend.s3.key",
      "accounts.dev.quotas.rolesPerAccount",
      "installations.acme.audience",
      "installations.acme.identityProvider",
      "repos.0.description",
      "repos.0.name",
      "repos.0.sessionDuration",
      "repos.0.snippet.profile",
      "repos.0.snippet.task",
    ]),
  );
});

/** What a default says, with the words that stand for something put in. */
function literal(byDefault: string): unknown {
  const text = byDefault
    .replace(/;.*/, "")
    .replace("<stack>", "dev")
    .replace("<url>", "https://github.com/acme/app")
    .replace("<installation>-<path of the URL>", "acme-acme-app");
  if (text === "true" || text === "false") return text === "true";
  return /^\d+$/.test(text) ? Number(text) : text;
}

function base() {
  return {
    version: 1,
    accounts: {
      dev: {
        ...{ id: "123456789012", region: "eu-central-1", quotas: {} },
        backend: { s3: { bucket: "acme", region: "eu-central-1" } },
      },
    },
    installations: { acme: { host: "acme.gitpod.cloud" } },
    repos: [{ url: "https://github.com/acme/app", snippet: {}, grants: [{ secret: "db", env: "DB" }] }],
  };
}

/** The base with a value at a path; undefined where the base has no map to put it into. */
function written(path: readonly (string | number)[], value: unknown): object | undefined {
  const root: object = base();
  let node: unknown = root;
  for (const segment of path.slice(0, -1)) node = (node as Record<string, unknown> | undefined)?.[segment];
  if (typeof node !== "object" || node === null) return undefined;
  (node as Record<string, unknown>)[String(path.at(-1))] = value;
  return root;
}
