import fc from "fast-check";
import type { Export, Login, Snippet } from "../../src/model/accessModel";
import { compileTemplates, rootTemplate } from "../../src/snippet/render";
import { shapeOf } from "../../src/snippet/shape";
import { Unquoted } from "../../src/snippet/unquoted";
import { templateSources } from "../support/snippet";

const source = { manifestName: "manifest.yaml" };

/** Text that templates must carry unharmed: markup, quotes, what is not ASCII, and what looks like a slot. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "'", '"', "{", "}", "$", "\\", "\n", "é", "\u2028", "shell 0", "😀"),
  }),
  fc.constantFrom("{{url}}", "shell 1", "yaml 0", "sts.amazonaws.com", ""),
);

const exported = fc.record<Export>({
  variable: fc.constantFrom("A", "DATABASE_URL", "B_2"),
  source: fc.constantFrom("secret", "parameter"),
  id: text,
  region: text,
  key: fc.option(text),
});

const login = fc.record<Login>({
  ...{ account: text, roleArn: text, region: text },
  profile: fc.constantFrom("default", "dev", "prod"),
  durationSeconds: fc.constantFrom(900, 3600),
  trusts: fc.array(text, { maxLength: 3 }),
  exports: fc.array(exported, { maxLength: 3 }),
});

const snippet = fc.record<Snippet>({
  ...{ installation: text, audience: text, url: text, file: text, task: text },
  kind: fc.constantFrom("repo", "org"),
  commands: fc.array(text, { maxLength: 3 }),
  logins: fc.array(login, { minLength: 1, maxLength: 3 }),
});

describe("templates that run once for each shape", () => {
  const sources = templateSources();

  test("make the same bytes as templates that run for each snippet", () => {
    const byShape = compileTemplates(sources, "proven");
    fc.assert(
      fc.property(fc.array(snippet, { minLength: 1, maxLength: 4 }), (snippets) => {
        for (const one of snippets) {
          const each = compileTemplates(sources, "unproven").renderSnippet(one, source);
          expect(byShape.renderSnippet(one, source)).toBe(each);
        }
      }),
    );
  });

  test("still refuse a line that a terminal would cut", () => {
    const renderer = compileTemplates({ [rootTemplate]: "tasks:\n  - command: {{yaml url}}" }, "proven");
    const of = (url: string): Snippet => ({ ...sample(), url });
    expect(renderer.renderSnippet(of("echo"), source)).toContain('command: "echo"');
    expect(() => renderer.renderSnippet(of("x".repeat(4001)), source)).toThrow(/more than 4000 bytes/);
  });

  test("still refuse a control character of the template", () => {
    const template = { [rootTemplate]: "tasks:\n  - command: |\n      a\tb {{shell url}}" };
    expect(() => compileTemplates(template, "proven").renderSnippet(sample(), source)).toThrow(/TAB/);
  });

  test("run for each snippet where they quote what is quoted already", () => {
    const template = { [rootTemplate]: "tasks:\n  - command: {{yaml (shell url)}}" };
    const renderer = compileTemplates(template, "proven");
    for (const url of ["one", "two"])
      expect(renderer.renderSnippet({ ...sample(), url }, source)).toContain(`command: "'${url}'"`);
  });
});

function sample(): Snippet {
  const [one] = fc.sample(snippet, { numRuns: 1, seed: 1 });
  if (one === undefined) throw new Error("no sample");
  return one;
}

describe("a context's shape", () => {
  const a = { url: new Unquoted("a"), on: true, list: [new Unquoted("b")] };

  test("is the same whatever its texts", () => {
    expect(shapeOf(a).key).toBe(shapeOf({ ...a, url: new Unquoted("],{") }).key);
    expect(shapeOf(a).texts).toEqual([a.url, ...a.list]);
  });

  test.each([
    ["a flag", { ...a, on: false }],
    ["the length of a list", { ...a, list: [...a.list, ...a.list] }],
    ["the nesting of lists", { ...a, list: [a.list] }],
    ["a text that is missing", { ...a, url: null }],
    ["a number", { ...a, on: 1 }],
  ])("differs by %s", (_, other) => {
    expect(shapeOf(other).key).not.toBe(shapeOf(a).key);
  });
});
