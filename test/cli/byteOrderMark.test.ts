import { command, inTemporaryFolder, write } from "../support/folder";
import { payload, tokenOf } from "../support/login";
import { manifest } from "../support/project";

inTemporaryFolder();

const url = "https://github.com/acme/app";
const bom = "\ufeff";
const files: Readonly<Record<string, string>> = {
  "manifest.yaml": manifest(`repos:\n  - url: ${url}`),
  "cdktf.json": '{ "context": { "manifest": "manifest.yaml" } }',
  "claims.json": JSON.stringify(payload(url)),
  "role.json": '{ "RoleName": "a", "AssumeRolePolicyDocument": { "Statement": [] } }',
  ".gitpod.yml": "tasks:\n  - command: gp idp login aws --role-arn x\n",
};

/** What Windows writes before text, in every file that a sub-command reads, and on standard input. */
test.each<[string, readonly string[], string]>([
  ["check", ["check"], ""],
  ["explain --claims", ["explain", "--claims", "claims.json"], ""],
  ["explain --claims -", ["explain", "--claims", "-"], files["claims.json"] ?? ""],
  ["explain --token -", ["explain", "--token", "-"], tokenOf(payload(url))],
  ["import-role", ["import-role", "role.json"], ""],
  ["import-role -", ["import-role", "-"], files["role.json"] ?? ""],
  ["check --trust-policy", ["check", "--trust-policy", "role.json"], ""],
  ["snippet --check", ["snippet", "--repo", url, "--check", ".gitpod.yml"], ""],
])("a byte order mark changes nothing: %s", async (_, argv, stdin) => {
  write(files);
  const plain = await command(argv, {}, { stdin });
  write(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, bom + text])));
  expect(await command(argv, {}, { stdin: bom + stdin })).toEqual(plain);
  expect(plain.stderr).toBe("");
});
