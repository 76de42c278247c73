import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { command, inTemporaryFolder, write } from "../support/folder";
import { manifest } from "../support/project";

inTemporaryFolder();

const page = async (text: string) => {
  write({ "manifest.yaml": text });
  const { status, stdout, stderr } = await command(["access", "--format", "html"]);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
};

/** What stands inside the only element of a kind. */
function inside(html: string, open: string, close: string): string {
  const [, after = "", ...others] = html.split(open);
  expect(others).toEqual([]);
  return after.slice(0, after.indexOf(close));
}

test("the page runs its own script and style by their hashes, and nothing else", async () => {
  const html = await page(manifest("repos: [{ url: https://github.com/acme/app }]"));
  const policy = inside(html, 'http-equiv="Content-Security-Policy" content="', '"');
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    `script-src ${hash(inside(html, "<script>", "</script>"))}`,
    `style-src ${hash(inside(html, "<style>", "</style>"))}`,
    ...["base-uri 'none'", "form-action 'none'"],
  ]);
  expect(html).not.toMatch(/unsafe|https?:\/\/[^"]*\.(js|css)|<(img|link|iframe)|\son[a-z]+=/);
});

test("what others wrote cannot end the data, nor be a placeholder", async () => {
  const reason = "</script><img src=x onerror=alert(1)>{{script}}$&";
  const html = await page(
    manifest(
      `repos:\n  - url: https://github.com/acme/app\n    accept: [{ rule: T57, reason: "${reason}" }]`,
    ),
  );
  const data = JSON.parse(inside(html, '<script id="data" type="application/json">', "</script>")) as {
    readonly strings: readonly (readonly [number, string])[];
  };
  let last = "";
  const strings = data.strings.map(([shared, rest]) => (last = last.slice(0, shared) + rest));
  expect(strings).toContain(reason);
  expect(html).not.toContain("<img");
});

test("same input, same bytes", async () => {
  const text = manifest("repos: [{ url: https://github.com/acme/app, grants: [{ secret: db }] }]");
  expect(await page(text)).toBe(await page(text));
  expect(existsSync("access.html")).toBe(false);
  expect(readFileSync("manifest.yaml", "utf8")).toBe(text);
});
