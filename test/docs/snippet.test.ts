import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Acme, startAcme } from "../support/acme";
import { command, inTemporaryFolder, write } from "../support/folder";
import { project } from "../support/project";
import { rendered } from "../support/snippet";
import { describeReal } from "../support/toolsTier";
import type { Workspace } from "../support/workspace";

jest.setTimeout(60_000);

const file = join(__dirname, "..", "..", "docs", "snippet.md");
const page = readFileSync(file, "utf8");
const heading = "## The first five minutes";
const section = page.slice(page.indexOf(heading), page.indexOf("\n## ", page.indexOf(heading) + 1));

/** What a page says in fences of a language, in its order. */
function fences(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, inside = ""]) => inside,
  );
}

const [manifest = ""] = fences(section, "yaml");
const said = fences(section, "text");
const transcripts = fences(section, "console").map((text) =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => step.slice(0, step.indexOf("\n"))),
);
const contextUrls = fences(section, "console").map((text) => text.split("\n")[1] ?? "");

describeReal("the first five minutes of a developer", ["aws", "moto", "script"], (tools) => {
  inTemporaryFolder();
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme(tools);
    await acme.secret("database_connection_string", { SecretString: "postgres://u:p@h/db" });
  });

  afterAll(() => acme.stop());

  /** What a command prints: ours where the manifest is, all others in a new terminal of the workspace. */
  async function output(made: Workspace, line: string): Promise<string> {
    const [program, ...argv] = line.split(" ");
    if (program === "gitpod-aws-oidc") {
      const { stdout, stderr } = await command(argv);
      return stdout + stderr;
    }
    const read = existsSync(join(made.folder, "home", ".bashrc")) ? ". ~/.bashrc" : "";
    const run = await made.run(JSON.stringify({ tasks: [{ before: read, command: line }] }));
    return run.stdout + run.stderr;
  }

  test("go as the page shows them", async () => {
    write({ "manifest.yaml": manifest });
    const loaded = project(manifest);
    const snippet = loaded.ok ? loaded.model.snippets[0] : undefined;
    if (snippet === undefined) throw new Error("the page's manifest is refused");
    let shown = section;
    for (const [i, contextUrl] of contextUrls.entries()) {
      const made = acme.workspace({ contextUrl });
      const task = await made.run(rendered(snippet));
      let written = "";
      for (const line of transcripts[i] ?? []) written += `$ ${line}\n${await output(made, line)}`;
      shown = shown.replace(said[i] ?? "", () => task.stderr.replace(/ +$/gm, ""));
      shown = shown.replace(fences(section, "console")[i] ?? "", () => written);
    }
    if (process.env["UPDATE_GOLDEN"] === "1")
      writeFileSync(
        file,
        page.replace(section, () => shown),
      );
    expect(shown).toBe(section);
    expect(contextUrls).toHaveLength(2);
  });
});
