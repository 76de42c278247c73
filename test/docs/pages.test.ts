import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsProvider, terraformConstraint } from "../../src/terraform/stack";
import { checkGitpodYml } from "../../src/snippet";
import { snippetContext } from "../../src/snippet/context";
import { codesOf, manifest } from "../support/project";
import { rendered, testExport, testLogin, testSnippet } from "../support/snippet";
import { createWorkspace } from "../support/workspace";
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
  expect(checkGitpodYml(text)).toEqual([]);
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

describe("what the page on snippets says that the task prints", () => {
  const [success = "", refused = "", missing = ""] = fenced(read("docs/snippet.md"))
    .filter(({ language }) => language === "text")
    .map(({ text }) => text);
  const login =
    "echo 'Error: exit status 255: '; echo 'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity'; exit 1";
  const trusts = ["", ".git", "/"].map((end) => `https://github.com/acme/app${end}`);
  const role = "arn:aws:sts::123456789012:assumed-role/gitpod-acme-app/session";
  const keys = `printf '[x]\\na = A\\nb = B\\nc = C\\n' >"$AWS_SHARED_CREDENTIALS_FILE"`;
  const secret = `printf "\\nAn error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.\\n" >&2; exit 254`;

  test.each([
    ["where all is well", success, "", ""],
    ["where the login is refused", refused, login, ""],
    ["where the secret is missing", missing, "", secret],
  ])("%s", async (_, shown, gp, aws) => {
    const workspace = createWorkspace({ contextUrl: "https://github.com/acme/app/tree/feature" });
    try {
      program(workspace.folder, "gp", `[ "$1" != idp ] || { ${gp || keys}; }`);
      program(
        workspace.folder,
        "aws",
        `case $1 in configure) ;; sts) echo ${role} ;; *) ${aws || "echo value"} ;; esac`,
      );
      const exports = [testExport("DATABASE_URL")].map((e) => ({ ...e, id: "database_connection_string" }));
      const { stdout, stderr } = await workspace.run(
        rendered(testSnippet({ logins: [testLogin({ exports, trusts })] })),
      );
      expect([stdout, stderr.replace(/ +$/gm, "")]).toEqual(["", expect.stringContaining(shown)]);
      expect(shown).toMatch(/^\[aws\] /);
    } finally {
      await workspace.remove();
    }
  });
});

/** A program of the workspace that stands for the real one, and says what that says. */
function program(folder: string, name: string, body: string): void {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}
