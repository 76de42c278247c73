import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadManifest, ManifestError } from "../src/loadManifest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What loading a manifest of this text gives, or throws. */
function load(text: string): unknown {
  const file = join(folder, "manifest.yaml");
  writeFileSync(file, text);
  try {
    return loadManifest(file);
  } catch (error) {
    return error;
  }
}

const head = `version: 1
accounts: { dev: { id: "123456789012", region: eu-central-1, shards: 2 } }
installations: { acme: { issuer: https://services.acme.gitpod.cloud/idp } }
`;
const repos = (settings: string) =>
  ["a", "b", "c", "d"].map((name) => `  - { url: https://github.com/acme/${name}, ${settings} }\n`).join("");

test("a manifest's file is its stacks, shards too, each with its warnings", () => {
  const loaded = load(`${head}repos:\n${repos("contexts: [all]")}`);
  expect(loaded).toMatchObject({
    model: { accounts: [{ name: "dev" }] },
    stacks: [
      { name: "dev", root: "../../..", account: { name: "dev" } },
      {
        name: "dev-2",
        findings: { warnings: expect.arrayContaining([expect.stringMatching(/^T58: /)]) as unknown },
      },
    ],
  });
});

test.each([
  [
    "every diagnostic",
    `${head}repo: []\nrepos: [{ urll: x }]\n`,
    ['unknown key "repo"', 'unknown key "urll"', "did you mean repos"],
  ],
  [
    "every error finding",
    `${head}repos:\n${repos('statements: [{ Effect: Allow, Action: "s3:*", Resource: "*" }]')}`,
    ["error G01", "remedy: ", "manifest.yaml:"],
  ],
])("what a synth would not take is one error with the text of %s", (_, text, said) => {
  const error = load(text);
  expect(error).toBeInstanceOf(ManifestError);
  const { code, message } = error as ManifestError;
  expect(code).toBe("manifest-refused");
  for (const part of said) expect(message).toContain(part);
  expect(message).not.toContain("\u001b");
});

test("so is a file that is missing", () => {
  expect(() => loadManifest(join(folder, "none.yaml"))).toThrow(/error F01/);
});
