import { parseManifest } from "../../src/manifest";
import { coverEverybody, isPrivateCidr } from "../../src/policy";
import { resolve } from "../../src/resolve";
import { check } from "../../src/rules";
import { memoryFiles } from "../manifest/memoryFiles";
import { loadServiceReference } from "../../src/policy";

interface Parts {
  readonly account?: string;
  readonly installation?: string;
  readonly entry?: string;
  readonly hosts?: string;
}

function manifest({ account = "", installation, entry = "", hosts }: Parts): string {
  return `version: 1
accounts: { dev: { id: "111122223333", region: us-east-1${account} } }
installations: { acme: { ${installation ?? "issuer: https://services.acme.gitpod.cloud/idp"} } }
${hosts === undefined ? "" : `scmHosts: { ${hosts} }\n`}repos: [{ url: https://github.com/acme/app${entry} }]
`;
}

function model(text: string) {
  const parsed = parseManifest("m.yaml", memoryFiles({ files: { "m.yaml": text } }));
  return parsed.ok ? resolve(parsed.parsed) : parsed;
}

/** What is said about a manifest that is refused. */
function refusals(parts: Parts): readonly string[] {
  const result = model(manifest(parts));
  return result.ok ? [] : result.problems.map(({ message, remedy }) => `${message} | ${remedy}`);
}

describe("an installation of Gitpod Classic has an issuer https://HOST/idp", () => {
  test.each([
    ["issuer: https://app.gitpod.io", /issuer of Ona.*write kind: ona and organizationId/],
    ["issuer: https://app.ona.com", /issuer of Ona/],
    ["host: app.gitpod.io", /issuer of Ona/],
    ["issuer: https://token.actions.githubusercontent.com", /GitHub Actions, not of Gitpod/],
    ["issuer: https://gitlab.com", /source control host/],
    [
      "issuer: https://services.acme.gitpod.cloud",
      /lacks the path \/idp.*write https:\/\/services\.acme\.gitpod\.cloud\/idp/,
    ],
    ["issuer: https://gitpod.io", /write https:\/\/api\.gitpod\.io\/idp/],
    ["issuer: https://acme.gitpod.cloud", /most likely https:\/\/services\.acme\.gitpod\.cloud\/idp/],
    [
      "issuer: https://services.acme.gitpod.cloud/idp/.well-known/openid-configuration",
      /discovery document.*write https:\/\/services\.acme\.gitpod\.cloud\/idp$/,
    ],
    ["issuer: https://idp.acme.com/oauth2/default", /another path/],
    ["issuer: https://acme.okta.com/oauth2/default", /another service/],
    ["issuer: https://accounts.google.com", /another service.*, not of Gitpod \| copy iss/],
    ["issuer: services.acme.gitpod.cloud/idp", /write https:\/\/services\.acme\.gitpod\.cloud\/idp$/],
    ["host: github.com", /source control host/],
    ["host: api.acme.gitpod.cloud", /write host: acme\.gitpod\.cloud$/],
    [
      "host: services.acme.gitpod.cloud",
      /write issuer: https:\/\/services\.acme\.gitpod\.cloud\/idp instead of host$/,
    ],
  ])("not %s", (installation, expected) => {
    expect(refusals({ installation })).toEqual([expect.stringMatching(expected)]);
  });

  test.each(["host: gitpod.io", "host: apis.acme.dev", "issuer: https://acme.gitpod.cloud/idp"])(
    "%s",
    (installation) => {
      expect(refusals({ installation })).toEqual([]);
    },
  );
});

describe("what AWS, Terraform or a shell would not take is refused", () => {
  const backend = (key: string) =>
    `, backend: { s3: { bucket: acme-state, region: us-east-1, kmsKeyId: "${key}" } }`;

  test.each([
    [{ account: ", path: /aws-service-role/x/" }, /AWS does not keep for itself/],
    [{ entry: ", path: /aws-reserved/" }, /AWS does not keep for itself/],
    [{ account: backend("my-key") }, /as Terraform takes it/],
    [{ account: backend("arn:aws:kms:us-east-1:111122223333:key/my-key") }, /as Terraform takes it/],
    [
      { hosts: "git.acme.dev: github, git.acme.dev/lab: gitlab" },
      /"git\.acme\.dev\/lab" is below "git\.acme\.dev"/,
    ],
    ...[
      "RANDOM",
      "SECONDS",
      "EPOCHSECONDS",
      "LC_ALL",
      "TERM",
      "OLDPWD",
      "TMOUT",
      "HISTFILE",
      "PROMPT",
      "NULLCMD",
      "LESSOPEN",
    ].map(
      (variable) => [{ entry: `, grants: [{ secret: db, env: ${variable} }]` }, /is not allowed/] as const,
    ),
  ] as const)("%j", (parts, expected) => {
    expect(refusals(parts)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    { account: backend("alias/terraform") },
    { account: backend("arn:aws:kms:us-east-1:111122223333:alias/terraform") },
    { account: backend("mrk-1234abcd12ab34cd56ef1234567890ab") },
    { account: ", path: /service-role/" },
    { hosts: "git.acme.dev: github, git.acme.dev-lab.example: gitlab" },
    { entry: ", grants: [{ secret: db, env: LANGUAGE_KEY }]" },
  ])("%j is fine", (parts) => {
    expect(refusals(parts)).toEqual([]);
  });
});

describe("addresses of logins", () => {
  function findings(sourceCidrs: string): readonly string[] {
    const result = model(manifest({ entry: `, sourceCidrs: [${sourceCidrs}]` }));
    if (!result.ok || !("model" in result)) throw new Error("refused");
    return check(result.model, { reference: loadServiceReference([]) })
      .filter(({ rule }) => rule === "T40")
      .map(({ severity, message }) => `${severity} ${message}`);
  }

  test("a private block is an error, one for each", () => {
    expect(findings("10.0.0.0/8, 192.168.1.0/24, 203.0.113.0/24")).toEqual([
      expect.stringMatching(/^error .*10\.0\.0\.0\/8 is private/),
      expect.stringMatching(/^error .*192\.168\.1\.0\/24 is private/),
    ]);
  });

  test("halves that cover everybody are a warning", () => {
    expect(findings('0.0.0.0/1, 128.0.0.0/1, "2001:db8::/32"')).toEqual([
      expect.stringMatching(/^warning .*every address/),
    ]);
    expect(findings("203.0.113.0/24, 198.51.100.7")).toEqual([]);
  });

  test.each([
    "10.1.2.3",
    "172.31.0.0/16",
    "127.0.0.1/32",
    "169.254.169.254",
    "fd00::/8",
    "fe80::1",
    "fc00::/7",
    "::1",
  ])("%s is private", (cidr) => {
    expect(isPrivateCidr(cidr)).toBe(true);
  });

  test.each([
    "172.32.0.0/16",
    "8.0.0.0/5",
    "100.64.0.0/10",
    "203.0.113.0/24",
    "fe00::/8",
    "2001:db8::/32",
    "10.0.0.0/7",
  ])("%s is not", (cidr) => {
    expect(isPrivateCidr(cidr)).toBe(false);
  });

  test("blocks cover everybody where no address is left", () => {
    expect(coverEverybody(["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"])).toBe(true);
    expect(coverEverybody(["0.0.0.0/2", "64.0.0.0/3", "128.0.0.0/1"])).toBe(false);
    expect(coverEverybody(["::/1", "8000::/1"])).toBe(true);
    expect(coverEverybody(["::/1", "0.0.0.0/1"])).toBe(false);
    expect(coverEverybody(["::ffff:1.2.3.4/1", "8000::/2", "c000::/2"])).toBe(true);
  });
});
