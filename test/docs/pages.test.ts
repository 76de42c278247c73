import { awsProvider, terraformConstraint } from "../../src/terraform/stack";
import { problemTexts } from "../../src/workspace/lint/taskFile";
import { snippetContext } from "../../src/workspace/render/context";
import { codesOf, manifest, modelOf } from "../support/project";
import { rendered, testExport, testLogin, testSnippet } from "../support/snippet";
import { fenced, pages, read } from "./markdown";

const yamlBlocks = pages().flatMap((page) =>
  fenced(read(page))
    .filter(({ language }) => language === "yaml")
    .map(({ text }) => ({ page, text })),
);

const starting = (key: string) => yamlBlocks.filter(({ text }) => text.startsWith(`${key}:`));

test.each(starting("repos"))("entries that $page shows are accepted", ({ text }) => {
  expect(codesOf(manifest(text))).toEqual([]);
});

test.each([...starting("accept"), ...starting("snippet")])(
  "keys that $page shows are accepted",
  ({ text }) => {
    const entry = `  - url: https://github.com/acme/app\n${text.replace(/^/gm, "    ")}`;
    expect(codesOf(manifest(`repos:\n${entry}`))).toEqual([]);
  },
);

test.each(starting("tasks"))("tasks that $page shows are a .gitpod.yml", ({ text }) => {
  expect(problemTexts(text)).toEqual([]);
});

test("every kind of block above occurs", () => {
  for (const key of ["repos", "accept", "snippet", "tasks"]) expect(starting(key)).not.toEqual([]);
});

test("settings of accounts that the page on deploying shows are accepted", () => {
  const page = read("docs/deploying.md");
  const backends = [...page.matchAll(/^\| `((?:local|s3|cloud): [^`]+)` \|/gm)].map(
    ([, text]) => `backend: { ${text ?? ""} }`,
  );
  const others = [...page.matchAll(/^\| `(deploy[A-Z][^`]+)` \|/gm)].map(([, text]) => text ?? "");
  expect([backends.length, others.length]).toEqual([3, 2]);
  for (const setting of [...backends, ...others])
    expect([setting, codesOf(manifest("", setting))]).toEqual([setting, []]);
});

test("the page on deploying names the versions that a stack demands", () => {
  const page = read("docs/deploying.md").replace(/\s+/g, " ");
  const versions = (constraint: string) =>
    (constraint.match(/\d[\d.]*/g) ?? []).map((v) => v.replace(/(\.0)+$/, ""));
  const [terraform = ""] = versions(terraformConstraint);
  const [from = "", below = ""] = versions(awsProvider.version);
  expect(page).toContain(`Terraform ${terraform} or later; AWS provider ${from} or later, below ${below}.`);
});

test("the page on snippets names every value that a template sees", () => {
  const page = read("docs/snippet.md");
  const login = testLogin({ exports: [testExport("A", { key: "k" })] });
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if (!Array.isArray(node)) Object.keys(node).forEach((key) => names.add(key));
    Object.values(node).forEach(visit);
  };
  visit(snippetContext(testSnippet({ commands: ["a"], logins: [login] })));
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test("the page on snippets begins with an entry and its task in full", () => {
  const [entry = "", task] = fenced(read("docs/snippet.md")).map(({ text }) => text);
  const [snippet] = modelOf(manifest(entry)).snippets;
  expect(snippet && rendered(snippet).split("\n").slice(2).join("\n")).toBe(task);
});
