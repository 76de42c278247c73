import { readdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "../support/folder";

const folder = join(__dirname, "fixtures", "cases-trust");

interface Report {
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly message: string;
  }[];
}

async function check(name: string): Promise<Report["findings"]> {
  const { stdout } = await command([
    "check",
    "--trust-policy",
    join(folder, `${name}.json`),
    "--format",
    "json",
  ]);
  return (JSON.parse(stdout) as Report).findings;
}

/** What is said of each document, in the order of the file; info only where it is what the case is about. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  "04-trust-foreign-account": ["warning T43"],
  "04-trust-tagsession": ["info T06"],
  "05-trust-external-id": ["error T41"],
  "05-trust-mfa": ["error T41"],
  "06-trust-provider-trailing-slash": ["error T13"],
  "06-trust-provider-upper-case": ["error T13"],
  "15-ona-no-sub.trust": ["error T23"],
  "18-ona-org-wildcard.trust": ["warning T69"],
  "18-trust-email-only": [],
  "19-org-id-key-only.trust": ["error T33"],
  "19-trust-contradicting-messages": ["error T33"],
  "t-arn-oidcprovider": ["error T13"],
  "t-arn-saml": ["error T13"],
  "t-arn-sts": ["error T13"],
  "t-bad-date": ["error T40"],
  "t-deny-everybody": ["error T42"],
  "t-empty-sub-list": ["error T39"],
  "t-externalid": ["error T41"],
  "t-ghe-com": [],
  "t-github-exact-environment": ["error T24"],
  "t-github-no-such-claim": ["error T33"],
  "t-gitlab-project-id": [],
  "t-google-audience-only": [],
  "t-principal-Service-with-oidc-arn": ["error T13"],
  "t-principal-lowercase-federated": ["error T13"],
  "t-private-ip": ["error T40"],
  "t-unknown-key": ["error T41"],
  "t-version-missing-service": ["info T13"],
};

describe("documents that people have, judged by the command", () => {
  it("are all in the table", () => {
    const names = readdirSync(folder).map((name) => name.replace(/\.json$/, ""));
    expect(names.sort()).toEqual(Object.keys(wanted).sort());
  });

  it.each(Object.entries(wanted))("%s: %j", async (name, expected) => {
    const found = [...new Set((await check(name)).map((f) => `${f.severity} ${f.rule}`))];
    const told = expected.filter((words) => words.startsWith("info"));
    expect(found.filter((words) => !words.startsWith("info") || told.includes(words))).toEqual(expected);
  });

  it("Ona's roles are judged in Ona's words", async () => {
    for (const name of ["15-ona-no-sub.trust", "18-ona-org-wildcard.trust"]) {
      const [{ message } = { message: "" }] = (await check(name)).filter(
        ({ severity }) => severity !== "info",
      );
      expect(message).toMatch(/users?(,| and) service accounts?/);
      expect(message).not.toMatch(/repository/);
    }
  });
});
