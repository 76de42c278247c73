import { readdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/folder";

const folder = join(__dirname, "..", "fixtures", "cases", "manifest");

interface Told {
  readonly severity: string;
  readonly message: string;
  readonly remedy: string;
}
interface Report {
  readonly diagnostics: readonly (Told & { readonly code: string })[];
  readonly findings: readonly (Told & { readonly rule: string })[];
}

/** What check says of a manifest: `severity code: message; remedy`, a line each. */
async function told(name: string): Promise<readonly string[]> {
  const { stdout, stderr } = await command(["check", join(folder, `${name}.yaml`), "--format", "json"]);
  expect(stderr).toBe("");
  const { diagnostics, findings } = JSON.parse(stdout) as Report;
  return [...diagnostics.map((d) => ({ ...d, rule: d.code })), ...findings].map(
    ({ severity, rule, message, remedy }) => `${severity} ${rule}: ${message}; ${remedy}`,
  );
}

/** Case by case, what has to be among it. */
const wanted: Readonly<Record<string, readonly RegExp[]>> = {
  "03-import-in-one-account-only": [/^error R08: .*identityProviders: \{ acme-prod: create \}/],
  "07a-issuer-not-gitpod-classic": [
    /^error M04: .* is the issuer of Ona.*; write kind: ona and organizationId/,
  ],
  "07b-issuer-not-gitpod-classic": [
    /^error M04: .* is the issuer of another service, such as GitHub Actions, not of Gitpod/,
  ],
  "08-ona-manifest": [/^error M04: .* is the issuer of Ona.*; write kind: ona and organizationId/],
  "10-two-roles-of-one-repository": [/^error R08: .*snippet: \{ profile: writer \}/],
  "13-waiver-swallows": [/^error W07: /],
  "14-managed-and-boundary": [
    /^warning G20: the permissions boundary AdministratorAccess /,
    /^warning G20: the managed policy SecretsManagerReadWrite /,
    /^warning G20: the managed policy AmazonS3FullAccess /,
    /^warning G20: the managed policy AWSLambda_FullAccess /,
    /^warning G20: the managed policy AmazonEC2FullAccess /,
  ],
  "16-role-grant-4h": [
    /^info G22: .* ends after 1 h/,
    /^info G17: "arn:aws:iam::999999999999:role\/deploy" .* its trust policy must allow /,
  ],
  "19-env-RANDOM": [/^error R08: "RANDOM" is not allowed/],
  "20-assume-any-account": [/^error G15: /],
  "23-secret-arn-without-suffix": [/^error M04: .*:secret:my-secret" /],
  "manifest-private-cidr": [/^error T40: .*10\.0\.0\.0\/8/, /^error T40: .*192\.168\.1\.0\/24/],
};

/** Manifests that were refused once, and are right. */
const right = ["12-backend-role", "13-other-audiences-of-the-provider"];

test("every manifest of the folder is a case", () => {
  const names = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ""));
  expect(names.sort()).toEqual([...Object.keys(wanted), ...right].sort());
});

test.each(Object.entries(wanted))("%s: check says what is wrong", async (name, patterns) => {
  const lines = await told(name);
  for (const pattern of patterns) expect(lines).toContainEqual(expect.stringMatching(pattern));
});

test.each(right)("%s: nothing above info", async (name) => {
  expect((await told(name)).filter((line) => !line.startsWith("info "))).toEqual([]);
});
