import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Export, Login, Snippet } from "../../src/model/accessModel";
import { withHeader } from "../../src/workspace/render/ownership";
import { compileTemplates, type RenderSnippet } from "../../src/workspace/render/render";

/** The templates that come with the product. */
export function templateSources(): Readonly<Record<string, string>> {
  const folder = join(__dirname, "..", "..", "templates");
  const files = readdirSync(folder).filter((file) => file.endsWith(".hbs"));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

let render: RenderSnippet | undefined;

/** A snippet's file, from the templates that come with the product. */
export function rendered(snippet: Snippet): string {
  return renderedFrom("manifest.yaml", snippet);
}

/** The same, from a manifest of another name. */
export function renderedFrom(manifestName: string, snippet: Snippet): string {
  render ??= compileTemplates(templateSources());
  return withHeader(manifestName, render(snippet));
}

/** A snippet with one login and nothing to export, changed as wanted. */
export function testSnippet(change: Partial<Snippet> = {}): Snippet {
  return {
    installation: "gitpod",
    format: "gitpod.yml",
    audience: "sts.amazonaws.com",
    kind: "repo",
    url: "https://github.com/acme/app",
    file: "gitpod/github.com/acme/app.gitpod.yml",
    task: "aws",
    after: null,
    renew: false,
    commands: [],
    logins: [testLogin()],
    ...change,
  };
}

/** A login to the role that is called after the repository, changed as wanted. */
export function testLogin(change: Partial<Login> = {}): Login {
  return {
    account: "dev",
    roleArn: "arn:aws:iam::123456789012:role/gitpod-acme-app",
    profile: "default",
    region: "us-east-1",
    durationSeconds: 3600,
    exports: [],
    ...change,
  };
}

/** A variable from a secret, changed as wanted. */
export function testExport(variable: string, change: Partial<Export> = {}): Export {
  return {
    variable,
    source: "secret",
    id: variable.toLowerCase(),
    region: "us-east-1",
    key: null,
    ...change,
  };
}
